/// Reads the JavaScript and the Python of Frappe's conditions into the nodes that CEL is evaluated with.
///
/// Of both languages it knows what conditions consist of: values, fields, operators, choices, a few functions and methods,
/// and arrow functions for `some`, `every`, `filter`, `map` and `find`. There are no statements.
struct FrappeParser {
    var builder: ProgramBuilder
    var reader: TokenReader
    let bytes: [UInt8]
    let dialect: Dialect
    private var depth = 0

    static func compile(
        _ source: String, _ dialect: Dialect, _ environment: ExpressionEnvironment
    )
        throws(ExpressionProblem) -> Program
    {
        // What stands in front is blanked, so that places stay right.
        var text = source
        if let prefix = prefix(of: source) {
            text = String(repeating: " ", count: prefix) + source.utf8Text(from: prefix)
        }
        var parser = FrappeParser(
            builder: ProgramBuilder(source, dialect, environment),
            reader: TokenReader(try Lexer.tokens(text, dialect, environment.limits)), bytes: Array(text.utf8),
            dialect: dialect)
        let root = try parser.expression()
        while parser.reader.take(";") {}
        guard parser.reader.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        return Program(parser.builder, root: root)
    }

    static func compile(
        dependsOn source: String, _ environment: ExpressionEnvironment
    ) throws(ExpressionProblem)
        -> Program
    {
        let text = Evaluator.trimmed(source)
        if text.hasPrefix("eval:") { return try compile(source, .javascript, environment) }
        if text.hasPrefix("fn:") {
            throw ExpressionProblem(
                .unsupported, "fn: names a function of a browser script", line: 1, column: 1, expected: "eval:")
        }
        var builder = ProgramBuilder(source, .javascript, environment)
        let bytes = Array(text.utf8)
        guard let first = bytes.first, Lexer.isLetter(first),
            bytes.allSatisfy({ Lexer.isLetter($0) || Lexer.isDigit($0) }),
            bytes.count <= 140, let slot = builder.variable("doc")
        else {
            throw ExpressionProblem(
                .syntax, "this is neither the name of a field nor eval: and a condition", line: 1, column: 1,
                expected: "a field name, or eval: and a condition")
        }
        let doc = try builder.add(Node(kind: .variable, a: slot, at: 0), of: [])
        let field = try builder.select(.looseSelect, doc, text, at: 0)
        let root = try builder.add(.filled, field, at: 0)
        return Program(builder, root: root)
    }

    /// How many bytes `eval:` and the space before it take.
    private static func prefix(of source: String) -> Int? {
        let bytes = Array(source.utf8)
        let start = bytes.prefix { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }.count
        return bytes.dropFirst(start).starts(with: "eval:".utf8) ? start + 5 : nil
    }

    private init(builder: ProgramBuilder, reader: TokenReader, bytes: [UInt8], dialect: Dialect) {
        self.builder = builder
        self.reader = reader
        self.bytes = bytes
        self.dialect = dialect
    }

    func unexpected(_ expected: String) -> ExpressionProblem {
        if reader.isSign("=") {
            return builder.problem(
                .syntax, "a single = would assign", at: reader.token.start, expected: "== to compare")
        }
        return builder.problem(
            .syntax, "\(reader.describe(bytes)) cannot stand here", at: reader.token.start, expected: expected)
    }

    mutating func expect(_ sign: String) throws(ExpressionProblem) {
        guard reader.take(sign) else { throw unexpected("'\(sign)'") }
    }

    mutating func takeWord(_ word: String) -> Bool {
        guard reader.isWord(word) else { return false }
        reader.advance()
        return true
    }

    // MARK: Choices and operators

    mutating func expression() throws(ExpressionProblem) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        guard depth <= builder.environment.limits.nesting else {
            throw builder.problem(
                .tooLarge, "parentheses, lists or choices are nested deeper than \(builder.environment.limits.nesting)",
                at: reader.token.start)
        }
        let first = try disjunction()
        let at = reader.token.start
        if dialect == .javascript, reader.take("?") {
            let yes = try expression()
            try expect(":")
            return try builder.add(.looseConditional, first, yes, try expression(), at: at)
        }
        if dialect == .python, takeWord("if") {
            let condition = try disjunction()
            guard takeWord("else") else { throw unexpected("else") }
            return try builder.add(.looseConditional, condition, first, try expression(), at: at)
        }
        return first
    }

    private mutating func takeOr() -> Bool { dialect == .python ? takeWord("or") : reader.take("||") }
    private mutating func takeAnd() -> Bool { dialect == .python ? takeWord("and") : reader.take("&&") }

    private mutating func disjunction() throws(ExpressionProblem) -> Int32 {
        var parts = [try conjunction()]
        let at = reader.token.start
        while true {
            if takeOr() {
                parts.append(try conjunction())
            } else if reader.take("??") {
                let left = parts.count == 1 ? parts[0] : try builder.group(.looseOr, parts, at: at)
                parts = [try builder.add(.coalesce, left, try conjunction(), at: at)]
            } else {
                return parts.count == 1 ? parts[0] : try builder.group(.looseOr, parts, at: at)
            }
        }
    }

    private mutating func conjunction() throws(ExpressionProblem) -> Int32 {
        var parts = [try negation()]
        let at = reader.token.start
        while takeAnd() { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : try builder.group(.looseAnd, parts, at: at)
    }

    /// Python's `not`, which binds weaker than comparisons.
    private mutating func negation() throws(ExpressionProblem) -> Int32 {
        let at = reader.token.start
        var count = 0
        while dialect == .python, takeWord("not") { count += 1 }
        var operand = try dialect == .python ? comparisons() : equality()
        for _ in 0..<count { operand = try builder.add(.looseNot, operand, at: at) }
        return operand
    }

    /// Python's comparisons, which can be chained: `0 < x < 10`.
    private mutating func comparisons() throws(ExpressionProblem) -> Int32 {
        let first = try sum()
        var links: [Link] = []
        // Each operand of a chain but the last is kept in a local, so that it is evaluated once. The local is there before the
        // next operand is read, whose own locals must be others.
        while true {
            let at = reader.token.start
            guard let operation = pythonComparison() else { break }
            let slot = builder.enter("")
            links.append(Link(operation: operation, at: at, slot: slot, right: try sum()))
        }
        builder.leave(links.count)
        guard var link = links.popLast() else { return first }
        if links.isEmpty { return try builder.loose(link.operation, first, link.right, at: link.at) }
        var result = try builder.loose(link.operation, try kept(link), link.right, at: link.at)
        while let previous = links.popLast() {
            let comparison = try builder.loose(
                previous.operation, try kept(previous), try kept(link), at: previous.at)
            let both = try builder.group(.looseAnd, [comparison, result], at: previous.at)
            result = try builder.bind(.bind, link.name, link.slot, previous.right, both, at: previous.at)
            link = previous
        }
        return try builder.bind(.bind, link.name, link.slot, first, result, at: link.at)
    }

    /// One comparison of a chain: its left operand is kept in a local.
    private struct Link {
        var operation: LooseOperator
        var at: Int32
        var slot: Int32
        var right: Int32
        /// A name that cannot be written.
        var name: String { "@\(slot)" }
    }

    private mutating func kept(_ link: Link) throws(ExpressionProblem) -> Int32 {
        try builder.add(Node(kind: .local, a: link.slot, b: builder.name(link.name), at: link.at), of: [])
    }

    private mutating func pythonComparison() -> LooseOperator? {
        if takeWord("in") { return .contained }
        if takeWord("is") { return takeWord("not") ? .strictNotEqual : .strictEqual }
        if reader.isWord("not"), reader.peek(1).text == "in" {
            reader.advance(2)
            return .notContained
        }
        return relation(Self.comparisonSigns)
    }

    private static let comparisonSigns: [String: LooseOperator] = [
        "==": .equal, "!=": .notEqual, "<": .less, "<=": .lessEqual, ">": .greater, ">=": .greaterEqual,
    ]
    private static let equalitySigns: [String: LooseOperator] = [
        "==": .equal, "!=": .notEqual, "===": .strictEqual, "!==": .strictNotEqual,
    ]
    private static let orderSigns: [String: LooseOperator] = [
        "<": .less, "<=": .lessEqual, ">": .greater, ">=": .greaterEqual,
    ]
    private static let sumSigns: [String: LooseOperator] = ["+": .add, "-": .subtract]
    private static let productSigns: [String: LooseOperator] = [
        "*": .multiply, "/": .divide, "%": .modulo, "//": .floorDivide,
    ]

    private mutating func relation(_ signs: [String: LooseOperator]) -> LooseOperator? {
        guard reader.token.kind == .sign, let operation = signs[reader.token.text] else { return nil }
        reader.advance()
        return operation
    }

    private mutating func equality() throws(ExpressionProblem) -> Int32 {
        var left = try order()
        while true {
            let at = reader.token.start
            guard let operation = relation(Self.equalitySigns) else { return left }
            left = try builder.loose(operation, left, try order(), at: at)
        }
    }

    private mutating func order() throws(ExpressionProblem) -> Int32 {
        var left = try sum()
        while true {
            let at = reader.token.start
            let operation = takeWord("in") ? LooseOperator.contained : relation(Self.orderSigns)
            guard let operation else { return left }
            left = try builder.loose(operation, left, try sum(), at: at)
        }
    }

    private mutating func sum() throws(ExpressionProblem) -> Int32 {
        var left = try product()
        while true {
            let at = reader.token.start
            guard let operation = relation(Self.sumSigns) else { return left }
            left = try builder.loose(operation, left, try product(), at: at)
        }
    }

    private mutating func product() throws(ExpressionProblem) -> Int32 {
        var left = try unary()
        while true {
            let at = reader.token.start
            guard let operation = relation(Self.productSigns) else { return left }
            left = try builder.loose(operation, left, try unary(), at: at)
        }
    }

    private mutating func unary() throws(ExpressionProblem) -> Int32 {
        let start = reader.token.start
        var signs: [String] = []
        while true {
            if reader.isSign("-") || reader.isSign("+") || (dialect == .javascript && reader.isSign("!"))
                || (dialect == .javascript && reader.isWord("typeof"))
            {
                signs.append(reader.token.text)
                reader.advance()
            } else {
                break
            }
        }
        var operand = try postfix()
        for sign in signs.reversed() {
            switch sign {
            case "-": operand = try builder.add(.looseNegate, operand, at: start)
            case "!": operand = try builder.add(.looseNot, operand, at: start)
            case "typeof": operand = try builder.call(.typeOf, [operand], at: start)
            default: operand = try builder.call(.looseNumber, [operand], at: start)
            }
        }
        return operand
    }
}

extension String {
    /// The text from a byte on, which must begin a character.
    fileprivate func utf8Text(from offset: Int) -> String { String(decoding: Array(utf8)[offset...], as: UTF8.self) }
}
