/// Reads CEL into nodes (langdef.md of google/cel-spec, section "Syntax"), checking names and numbers of arguments.
///
/// Types are not checked: CEL calls that unchecked, or dynamic, evaluation.
struct CELParser {
    var builder: ProgramBuilder
    var reader: TokenReader
    let bytes: [UInt8]
    private var depth = 0

    static func compile(_ source: String, _ environment: ExpressionEnvironment) throws(ExpressionProblem) -> Program {
        var parser = CELParser(
            builder: ProgramBuilder(source, .cel, environment),
            reader: TokenReader(try Lexer.tokens(source, .cel, environment.limits)), bytes: Array(source.utf8))
        let root = try parser.expression()
        guard parser.reader.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        return Program(parser.builder, root: root)
    }

    private init(builder: ProgramBuilder, reader: TokenReader, bytes: [UInt8]) {
        self.builder = builder
        self.reader = reader
        self.bytes = bytes
    }

    func unexpected(_ expected: String) -> ExpressionProblem {
        builder.problem(
            .syntax, "\(reader.describe(bytes)) cannot stand here", at: reader.token.start, expected: expected)
    }

    mutating func expect(_ sign: String) throws(ExpressionProblem) {
        guard reader.take(sign) else { throw unexpected("'\(sign)'") }
    }

    /// `Expr = ConditionalOr ["?" ConditionalOr ":" Expr]`
    mutating func expression() throws(ExpressionProblem) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        guard depth <= builder.environment.limits.nesting else {
            throw builder.problem(
                .tooLarge, "parentheses, lists or choices are nested deeper than \(builder.environment.limits.nesting)",
                at: reader.token.start)
        }
        let condition = try logical(.or)
        let at = reader.token.start
        guard reader.take("?") else { return condition }
        let first = try logical(.or)
        try expect(":")
        let second = try expression()
        return try builder.add(.conditional, condition, first, second, at: at)
    }

    /// `ConditionalOr` and `ConditionalAnd`: a chain is one node, so that its length does not count as depth.
    private mutating func logical(_ kind: Node.Kind) throws(ExpressionProblem) -> Int32 {
        let sign = kind == .or ? "||" : "&&"
        var parts = [kind == .or ? try logical(.and) : try relation()]
        let at = reader.token.start
        while reader.take(sign) {
            parts.append(kind == .or ? try logical(.and) : try relation())
        }
        return parts.count == 1 ? parts[0] : try builder.group(kind, parts, at: at)
    }

    private mutating func relation() throws(ExpressionProblem) -> Int32 {
        var left = try addition()
        while let kind = relationKind {
            let at = reader.token.start
            reader.advance()
            let right = try addition()
            left = try builder.add(kind, left, right, at: at)
        }
        return left
    }

    private var relationKind: Node.Kind? {
        if reader.isWord("in") { return .contained }
        guard reader.token.kind == .sign else { return nil }
        return switch reader.token.text {
        case "==": .equal
        case "!=": .notEqual
        case "<": .less
        case "<=": .lessEqual
        case ">": .greater
        case ">=": .greaterEqual
        default: nil
        }
    }

    private mutating func addition() throws(ExpressionProblem) -> Int32 {
        var left = try multiplication()
        while reader.isSign("+") || reader.isSign("-") {
            let token = reader.token
            reader.advance()
            let right = try multiplication()
            left = try builder.add(token.text == "+" ? .add : .subtract, left, right, at: token.start)
        }
        return left
    }

    private mutating func multiplication() throws(ExpressionProblem) -> Int32 {
        var left = try unary()
        while reader.isSign("*") || reader.isSign("/") || reader.isSign("%") {
            let token = reader.token
            reader.advance()
            let right = try unary()
            let kind: Node.Kind = token.text == "*" ? .multiply : (token.text == "/" ? .divide : .modulo)
            left = try builder.add(kind, left, right, at: token.start)
        }
        return left
    }

    /// `Unary = Member | "!" {"!"} Member | "-" {"-"} Member`
    private mutating func unary() throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        guard reader.isSign("!") || reader.isSign("-") else { return try member() }
        var count = 0
        while reader.take(token.text) { count += 1 }
        var isLiteral = false
        if token.text == "-", reader.token.kind == .int || reader.token.kind == .float {
            // The sign belongs to the number, so that the least int can be written.
            isLiteral = true
            count -= 1
        }
        var operand = isLiteral ? try member(negative: true) : try member()
        for _ in 0..<count { operand = try builder.add(token.text == "!" ? .not : .negate, operand, at: token.start) }
        return operand
    }

    /// Words that are no field names; the other reserved words are.
    private static let notSelectable: Set<String> = ["in", "true", "false", "null"]

    private mutating func member(negative: Bool = false) throws(ExpressionProblem) -> Int32 {
        var operand = negative ? try number(negative: true) : try primary()
        while true {
            let at = reader.token.start
            if reader.take(".") {
                let isOptional = reader.take("?")
                let name = reader.token
                guard
                    name.kind == .identifier && !Self.notSelectable.contains(name.text)
                        || name.kind == .quotedIdentifier
                else { throw unexpected("a field or method") }
                reader.advance()
                if name.kind == .identifier, !isOptional, reader.take("(") {
                    operand = try method(name, of: operand)
                } else {
                    let kind: Node.Kind = isOptional ? .optionalSelect : .select
                    operand = try builder.select(kind, operand, name.text, at: name.start)
                }
            } else if reader.take("[") {
                let kind: Node.Kind = reader.take("?") ? .optionalIndex : .index
                let index = try expression()
                try expect("]")
                operand = try builder.add(kind, operand, index, at: at)
            } else {
                return operand
            }
        }
    }

    private mutating func primary() throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        switch token.kind {
        case .int, .uint, .float: return try number(negative: false)
        case .string, .bytes: return try text()
        case .identifier: return try name()
        case .sign: break
        case .quotedIdentifier, .end: throw unexpected("a value")
        }
        reader.advance()
        switch token.text {
        case "(":
            let inner = try expression()
            try expect(")")
            return inner
        case "[":
            let elements = try arguments(until: "]")
            return try builder.group(.list, elements, at: token.start)
        case "{":
            return try builder.group(.map, try entries(), at: token.start)
        case "." where reader.token.kind == .identifier:
            return try name(isRooted: true)
        default:
            reader.advance(-1)
            throw unexpected("a value")
        }
    }

    private mutating func number(negative: Bool) throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        reader.advance()
        let text = String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
        let value: ExpressionValue?
        switch token.kind {
        case .int: value = Literals.int(text, negative: negative).map(ExpressionValue.int)
        case .uint: value = Literals.uint(text).map(ExpressionValue.uint)
        default: value = Literals.float((negative ? "-" : "") + text)
        }
        guard let value else { throw builder.problem(.syntax, "the number is too large", at: token.start) }
        return try builder.constant(value, at: token.start)
    }

    private mutating func text() throws(ExpressionProblem) -> Int32 {
        let token = reader.token
        reader.advance()
        let source = Array(bytes[Int(token.start)..<Int(token.end)])
        let value: ExpressionValue
        do {
            value =
                token.kind == .bytes ? .bytes(try Literals.bytes(source)) : .string(try Literals.string(source, .cel))
        } catch {
            throw builder.problem(.syntax, error.message, at: token.start + Int32(error.offset))
        }
        return try builder.constant(value, at: token.start)
    }

    /// Expressions with commas between them, and perhaps one at the end of a list.
    mutating func arguments(until end: String) throws(ExpressionProblem) -> [Int32] {
        var values: [Int32] = []
        while !reader.take(end) {
            values.append(try end == "]" ? entry(isOptional: reader.take("?")) : expression())
            if reader.take(end) { break }
            guard reader.take(",") else { throw unexpected("',' or '\(end)'") }
            if end == ")", reader.isSign(end) { throw unexpected("an argument") }
        }
        return values
    }

    /// An element of a list or the value of a map, which is left out if it is optional and none.
    private mutating func entry(isOptional: Bool) throws(ExpressionProblem) -> Int32 {
        let at = reader.token.start
        let value = try expression()
        return isOptional ? try builder.add(.optionalEntry, value, at: at) : value
    }

    private mutating func entries() throws(ExpressionProblem) -> [Int32] {
        var values: [Int32] = []
        while !reader.take("}") {
            let isOptional = reader.take("?")
            values.append(try expression())
            try expect(":")
            values.append(try entry(isOptional: isOptional))
            if reader.take("}") { break }
            guard reader.take(",") else { throw unexpected("',' or '}'") }
        }
        return values
    }
}
