extension CELParser {
    private static let reserved: Set<String> = [
        "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    /// What a word in front stands for: a constant, a macro's variable, a variable (the longest declared name with points
    /// that fits), a type, or a function and its arguments.
    mutating func name(isRooted: Bool = false) throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        let at = token.start
        if Self.reserved.contains(token.text) {
            throw builder.problem(.syntax, "'\(token.text)' is reserved", at: at, expected: "a value")
        }
        if let constant = Self.constant(token.text) {
            reader.advance()
            return try builder.constant(constant, at: at)
        }
        if !isRooted, let slot = builder.local(token.text), reader.peek(1).text != "(" {
            reader.advance()
            return try builder.add(Node(kind: .local, a: slot, b: builder.name(token.text), at: at), of: [])
        }
        // The words with points between them, up to one that is called.
        var path = [token.text]
        while path.count < TokenReader.longestName, reader.peek(2 * path.count - 1).text == ".",
            reader.peek(2 * path.count).kind == .identifier
        {
            path.append(reader.peek(2 * path.count).text)
        }
        let isCalled = reader.peek(2 * path.count - 1).kind == .sign && reader.peek(2 * path.count - 1).text == "("
        for count in stride(from: isCalled ? path.count - 1 : path.count, to: 0, by: -1) {
            let name = path.prefix(count).joined(separator: ".")
            let value: Int32
            if let slot = builder.variable(name) {
                value = try builder.add(Node(kind: .variable, a: slot, at: at), of: [])
            } else if let type = ExpressionType(rawValue: name) {
                value = try builder.constant(.type(type), at: at)
            } else {
                continue
            }
            reader.advance(2 * count - 1)
            return value
        }
        if isCalled {
            let name = path.joined(separator: ".")
            reader.advance(2 * path.count)
            return try function(name, at: at)
        }
        if reader.peek(2 * path.count - 1).text == "{" {
            throw builder.problem(.unsupported, "there are no messages to construct, write a map", at: at)
        }
        throw builder.problem(
            .undeclared, "there is no variable '\(path[0])'", at: at,
            expected: "one of " + builder.environment.variables.joined(separator: ", "))
    }

    private static func constant(_ word: String) -> ExpressionValue? {
        switch word {
        case "true": .bool(true)
        case "false": .bool(false)
        case "null": .null
        default: nil
        }
    }

    /// A function whose name and opening parenthesis have been read.
    private mutating func function(_ name: String, at: Int32) throws(ExpressionProblem) -> Int32 {
        if name == "has" { return try has(at: at) }
        if name == "cel.bind" { return try bind(at: at) }
        let arguments = try arguments(until: ")")
        if builder.environment.functions[name] != nil { return try builder.externalCall(name, arguments, at: at) }
        return try call(Signature.cel[name], name, arguments, at: at)
    }

    private mutating func call(
        _ signature: Signature?, _ name: String, _ arguments: [Int32], at: Int32
    )
        throws(ExpressionProblem) -> Int32
    {
        guard let signature else { throw builder.problem(.noSuchFunction, "there is no function '\(name)'", at: at) }
        guard signature.arity ~= arguments.count else {
            throw builder.problem(
                .noSuchFunction, "'\(name)' does not take that many arguments", at: at,
                expected: Self.wording(signature.arity, isMethod: signature.function.isMethod && name != "matches"))
        }
        return try builder.call(signature.function, arguments, at: at)
    }

    private static func wording(_ arity: ClosedRange<Int>, isMethod: Bool) -> String {
        let shift = isMethod ? 1 : 0
        let (least, most) = (arity.lowerBound - shift, arity.upperBound - shift)
        return least == most ? "\(least)" : "\(least) to \(most)"
    }

    /// A method or macro whose name and opening parenthesis have been read.
    mutating func method(_ name: Token, of operand: Int32) throws(ExpressionProblem) -> Int32 {
        if let macro = try macro(name, over: operand) { return macro }
        if name.text == "optMap" || name.text == "optFlatMap" {
            return try bind(name.text == "optMap" ? .optionalMap : .optionalFlatMap, to: operand, at: name.start)
        }
        let arguments = [operand] + (try arguments(until: ")"))
        if Self.reserved.contains(name.text) {
            return try builder.unknownMethod(name.text, arguments, at: name.start)
        }
        if name.text == "or" || name.text == "orValue", arguments.count == 2 {
            let kind: Node.Kind = name.text == "or" ? .optionalOr : .optionalOrValue
            return try builder.add(kind, arguments[0], arguments[1], at: name.start)
        }
        return try call(Signature.cel["." + name.text], name.text, arguments, at: name.start)
    }

    // MARK: Macros

    private mutating func has(at: Int32) throws(ExpressionProblem) -> Int32 {
        let start = reader.token.start
        let field = try expression()
        guard builder.kind(field) == .select else {
            throw builder.problem(.syntax, "has() asks for a field", at: start, expected: "has(doc.field)")
        }
        builder.turnIntoHas(field)
        try expect(")")
        return field
    }

    /// `cel.bind(name, value, body)`, or the name and body of `optMap` and `optFlatMap`.
    private mutating func bind(
        _ kind: Node.Kind = .bind, to operand: Int32? = nil, at: Int32
    )
        throws(ExpressionProblem) -> Int32
    {
        let name = try variableName()
        let value: Int32
        if let operand {
            value = operand
        } else {
            value = try expression()
            try expect(",")
        }
        let slot = builder.enter(name)
        let body = try expression()
        builder.leave(1)
        try expect(")")
        return try builder.bind(kind, name, slot, value, body, at: at)
    }

    /// A word and the comma after it.
    private mutating func variableName() throws(ExpressionProblem) -> String {
        let token = reader.token
        guard token.kind == .identifier, Self.constant(token.text) == nil, !Self.reserved.contains(token.text) else {
            throw unexpected("the name of a variable")
        }
        reader.advance()
        try expect(",")
        return token.text
    }

    private mutating func macro(_ name: Token, over range: Int32) throws(ExpressionProblem) -> Int32? {
        let macro: Comprehension.Macro
        switch name.text {
        case "all": macro = .all
        case "exists": macro = .exists
        case "exists_one", "existsOne": macro = .existsOne
        case "map": macro = .map
        case "filter": macro = .filter
        case "transformList": macro = .transformList
        case "transformMap": macro = .transformMap
        default: return nil
        }
        let first = try variableName()
        var names = [first]
        let isTransformation = macro == .transformList || macro == .transformMap
        let canHaveTwo = isTransformation || macro == .all || macro == .exists || macro == .existsOne
        if canHaveTwo, reader.token.kind == .identifier, reader.peek(1).kind == .sign, reader.peek(1).text == "," {
            names.append(try variableName())
        }
        if isTransformation, names.count < 2 { throw unexpected("the name of a second variable") }
        guard Set(names).count == names.count else {
            throw builder.problem(.syntax, "both variables have the same name", at: name.start)
        }
        let slot = builder.enter(names[0])
        let second = names.count > 1 ? builder.enter(names[1]) : -1
        var body = try expression()
        var filter: Int32 = -1
        if macro == .map || isTransformation, reader.take(",") {
            filter = body
            body = try expression()
        }
        builder.leave(names.count)
        try expect(")")
        let comprehension = Comprehension(
            macro: macro, first: slot, second: second, filter: filter, body: body, isLoose: false, names: names)
        return try builder.comprehension(comprehension, over: range, at: name.start)
    }
}
