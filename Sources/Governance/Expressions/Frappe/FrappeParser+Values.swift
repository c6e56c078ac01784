extension FrappeParser {
    /// A value and what is read of it: fields, elements, methods.
    mutating func postfix() throws(ExpressionProblem) -> Int32 {
        var operand = try primary()
        while true {
            let at = reader.token.start
            if reader.take("?.") {
                if reader.take("[") {
                    operand = try builder.add(.looseIndex, operand, try index(), at: at)
                } else {
                    operand = try memberAccess(of: operand)
                }
            } else if reader.take(".") {
                operand = try memberAccess(of: operand)
            } else if reader.take("[") {
                operand = try builder.add(.looseIndex, operand, try index(), at: at)
            } else {
                return operand
            }
        }
    }

    private mutating func index() throws(ExpressionProblem) -> Int32 {
        let index = try expression()
        try expect("]")
        return index
    }

    private mutating func memberAccess(of operand: Int32) throws(ExpressionProblem) -> Int32 {
        let name = reader.token
        guard name.kind == .identifier else { throw unexpected("a field or method") }
        reader.advance()
        guard reader.take("(") else { return try builder.select(.looseSelect, operand, name.text, at: name.start) }
        if let macro = try macro(name, over: operand) { return macro }
        let arguments = [operand] + (try arguments(until: ")"))
        guard let signature = Signature.frappe["." + name.text], signature.arity ~= arguments.count else {
            throw builder.problem(
                .noSuchFunction, "there is no method '\(name.text)' of \(arguments.count - 1) arguments", at: name.start
            )
        }
        return try builder.call(signature.function, arguments, at: name.start)
    }

    private mutating func arguments(until end: String) throws(ExpressionProblem) -> [Int32] {
        var values: [Int32] = []
        while !reader.take(end) {
            values.append(try expression())
            if reader.take(end) { break }
            guard reader.take(",") else { throw unexpected("',' or '\(end)'") }
        }
        return values
    }

    /// `rows.some(row => row.qty > 0)` and its like.
    private mutating func macro(_ name: Token, over range: Int32) throws(ExpressionProblem) -> Int32? {
        guard dialect == .javascript else { return nil }
        let macro: Comprehension.Macro
        switch name.text {
        case "some": macro = .exists
        case "every": macro = .all
        case "filter": macro = .filter
        case "map": macro = .map
        case "find": macro = .find
        default: return nil
        }
        let isParenthesised = reader.take("(")
        let variable = reader.token
        guard variable.kind == .identifier else { throw unexpected("a function: row => condition") }
        reader.advance()
        if isParenthesised { try expect(")") }
        try expect("=>")
        let slot = builder.enter(variable.text)
        let body = try expression()
        builder.leave(1)
        try expect(")")
        let comprehension = Comprehension(
            macro: macro, first: slot, second: -1, filter: -1, body: body, isLoose: true, names: [variable.text])
        return try builder.comprehension(comprehension, over: range, at: name.start)
    }

    private mutating func primary() throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        switch token.kind {
        case .int, .float:
            reader.advance()
            return try builder.constant(try number(token), at: token.start)
        case .string:
            reader.advance()
            do {
                let text = try Literals.string(Array(bytes[Int(token.start)..<Int(token.end)]), dialect)
                return try builder.constant(.string(text), at: token.start)
            } catch let fault as Literals.Fault {
                throw builder.problem(.syntax, fault.message, at: token.start + Int32(fault.offset))
            } catch let error as ExpressionProblem {
                throw error
            } catch {
                throw unexpected("a text")
            }
        case .identifier: return try word()
        case .sign: break
        default: throw unexpected("a value")
        }
        reader.advance()
        switch token.text {
        case "(": return try parenthesised(at: token.start)
        case "[": return try builder.group(.list, try arguments(until: "]"), at: token.start)
        case "{": return try builder.group(.map, try entries(), at: token.start)
        default:
            reader.advance(-1)
            throw unexpected("a value")
        }
    }

    private func number(_ token: Token) throws(ExpressionProblem) -> ExpressionValue {
        let text = String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
        let value: ExpressionValue? =
            token.kind == .int ? Literals.int(text, negative: false).map { .int($0) } : Literals.float(text)
        guard let value else { throw builder.problem(.syntax, "the number is too large", at: token.start) }
        return value
    }

    /// An expression in parentheses, or one of Python's tuples.
    private mutating func parenthesised(at: Int32) throws(ExpressionProblem) -> Int32 {
        if dialect == .python, reader.take(")") { return try builder.group(.list, [], at: at) }
        let first = try expression()
        if dialect == .python, reader.take(",") {
            return try builder.group(.list, [first] + (try arguments(until: ")")), at: at)
        }
        try expect(")")
        return first
    }

    private mutating func entries() throws(ExpressionProblem) -> [Int32] {
        var values: [Int32] = []
        while !reader.take("}") {
            let token = reader.token
            if dialect == .javascript, token.kind == .identifier {
                reader.advance()
                values.append(try builder.constant(.string(token.text), at: token.start))
            } else {
                values.append(try expression())
            }
            try expect(":")
            values.append(try expression())
            if reader.take("}") { break }
            guard reader.take(",") else { throw unexpected("',' or '}'") }
        }
        return values
    }

    private static let constants: [String: ExpressionValue] = [
        "true": .bool(true), "false": .bool(false), "null": .null, "undefined": .null, "NaN": .double(.nan),
        "Infinity": .double(.infinity),
    ]
    private static let pythonConstants: [String: ExpressionValue] = [
        "True": .bool(true), "False": .bool(false), "None": .null,
    ]

    /// A constant, variable or function; of names with points the longest declared one.
    private mutating func word() throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        let at = token.start
        if let constant = (dialect == .python ? Self.pythonConstants : Self.constants)[token.text] {
            reader.advance()
            return try builder.constant(constant, at: at)
        }
        if let slot = builder.local(token.text) {
            reader.advance()
            return try builder.add(Node(kind: .local, a: slot, b: builder.name(token.text), at: at), of: [])
        }
        var path = [token.text]
        while path.count < TokenReader.longestName, [".", "?."].contains(reader.peek(2 * path.count - 1).text),
            reader.peek(2 * path.count).kind == .identifier
        {
            path.append(reader.peek(2 * path.count).text)
        }
        let isCalled = reader.peek(2 * path.count - 1).kind == .sign && reader.peek(2 * path.count - 1).text == "("
        for count in stride(from: isCalled ? path.count - 1 : path.count, to: 0, by: -1) {
            guard let slot = builder.variable(path.prefix(count).joined(separator: ".")) else { continue }
            reader.advance(2 * count - 1)
            return try builder.add(Node(kind: .variable, a: slot, at: at), of: [])
        }
        guard isCalled else {
            throw builder.problem(
                .undeclared, "there is no variable '\(path.joined(separator: "."))'", at: at,
                expected: "one of " + builder.environment.variables.joined(separator: ", "))
        }
        let name = path.joined(separator: ".")
        reader.advance(2 * path.count)
        let arguments = try arguments(until: ")")
        if builder.environment.functions[name] != nil { return try builder.externalCall(name, arguments, at: at) }
        guard let signature = Signature.frappe[name], signature.arity ~= arguments.count else {
            throw builder.problem(
                .noSuchFunction, "there is no function '\(name)' of \(arguments.count) arguments", at: at)
        }
        if signature.function == .looseInt, arguments.count > 1, !builder.isInt(arguments[1], 10) {
            throw builder.problem(.unsupported, "only numbers to the base 10 are read", at: at, expected: "10 or none")
        }
        return try builder.call(signature.function, arguments, at: at)
    }
}
