internal import Values

/// Writes a program as text: CEL as one would write it, with parentheses only where they are needed; what only Frappe's
/// dialects have as functions, such as `loose_equal(doc.status, "Open")`.
struct Printer {
    private let program: Program

    init(_ program: Program) { self.program = program }

    /// The text of a node.
    func text(_ index: Int32) -> String {
        let node = program.nodes[Int(index)]
        switch node.kind {
        case .constant: return literal(program.constants[Int(node.a)])
        case .variable: return program.environment.variables[Int(node.a)]
        case .local: return name(node.b)
        case .select: return operand(node.a, 8) + "." + field(node.b)
        case .has: return "has(" + operand(node.a, 8) + "." + field(node.b) + ")"
        case .index: return operand(node.a, 8) + "[" + text(node.b) + "]"
        case .list: return "[" + texts(node.a, node.b) + "]"
        case .map:
            let parts = children(node.a, node.b).map(text)
            let entries = stride(from: 0, to: parts.count - 1, by: 2).map { parts[$0] + ": " + parts[$0 + 1] }
            return "{" + entries.joined(separator: ", ") + "}"
        case .not: return "!" + operand(node.a, 8)
        case .negate: return "-" + operand(node.a, 8, isNegated: true)
        case .and: return children(node.a, node.b).map { operand($0, 3) }.joined(separator: " && ")
        case .or: return children(node.a, node.b).map { operand($0, 2) }.joined(separator: " || ")
        case .conditional:
            return operand(node.a, 1) + " ? " + operand(node.b, 1) + " : " + text(node.c)
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .contained, .add, .subtract, .multiply,
            .divide, .modulo:
            let level = Self.level(node.kind)
            return operand(node.a, level) + " " + Evaluator.sign(node.kind) + " " + operand(node.b, level + 1)
        case .call: return call(node)
        case .externalCall: return name(node.a) + "(" + texts(node.b, node.c) + ")"
        case .matches: return operand(node.a, 8) + ".matches(" + literal(program.constants[Int(node.c)]) + ")"
        case .comprehension: return comprehension(node)
        case .bind:
            let binding = program.comprehensions[Int(node.b)]
            return "cel.bind(" + binding.names[0] + ", " + text(node.a) + ", " + text(binding.body) + ")"
        default: return loose(node)
        }
    }

    private func name(_ index: Int32) -> String { program.names[Int(index)] }

    private func field(_ index: Int32) -> String {
        let name = name(index)
        return name.utf8.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) } ? name : "`" + name + "`"
    }

    private func children(_ start: Int32, _ count: Int32) -> ArraySlice<Int32> {
        program.children[Int(start)..<Int(start + count)]
    }

    private func texts(_ start: Int32, _ count: Int32) -> String {
        children(start, count).map(text).joined(separator: ", ")
    }

    /// An operand, in parentheses when it binds weaker than that.
    private func operand(_ index: Int32, _ level: Int, isNegated: Bool = false) -> String {
        let node = program.nodes[Int(index)]
        let text = text(index)
        let isNegativeNumber = node.kind == .constant && text.hasPrefix("-")
        // A number after a minus sign would take the sign for its own.
        let isNumber = isNegated && node.kind == .constant && text.utf8.first.map(Lexer.isDigit) == true
        return Self.level(node.kind) < level || (isNegativeNumber && level >= 8) || isNumber ? "(" + text + ")" : text
    }

    private static func level(_ kind: Node.Kind) -> Int {
        switch kind {
        case .conditional: 0
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .contained: 3
        case .add, .subtract: 5
        case .multiply, .divide, .modulo: 6
        case .not, .negate: 7
        default: 8
        }
    }

    private func call(_ node: Node) -> String {
        guard let function = Function(rawValue: UInt8(truncatingIfNeeded: node.a)) else { return "" }
        let arguments = children(node.b, node.c)
        guard function.isMethod, let first = arguments.first else {
            return function.name + "(" + texts(node.b, node.c) + ")"
        }
        let rest = arguments.dropFirst().map(text).joined(separator: ", ")
        return operand(first, 8) + "." + function.name + "(" + rest + ")"
    }

    private func comprehension(_ node: Node) -> String {
        let macro = program.comprehensions[Int(node.b)]
        var parts = macro.names
        if macro.filter >= 0 { parts.append(text(macro.filter)) }
        parts.append(text(macro.body))
        return operand(node.a, 8) + "." + macro.macro.rawValue + "(" + parts.joined(separator: ", ") + ")"
    }

    private func loose(_ node: Node) -> String {
        switch node.kind {
        case .looseSelect: return operand(node.a, 8) + ".?" + field(node.b)
        case .looseIndex: return operand(node.a, 8) + "[?" + text(node.b) + "]"
        case .looseAnd: return "loose_and(" + texts(node.a, node.b) + ")"
        case .looseOr: return "loose_or(" + texts(node.a, node.b) + ")"
        case .looseNot: return "loose_not(" + text(node.a) + ")"
        case .looseNegate: return "loose_negate(" + text(node.a) + ")"
        case .looseConditional: return "loose_if(\(text(node.a)), \(text(node.b)), \(text(node.c)))"
        case .coalesce: return "coalesce(\(text(node.a)), \(text(node.b)))"
        case .filled: return "filled(" + text(node.a) + ")"
        default:
            let operation = LooseOperator(rawValue: node.c).map { "\($0)" } ?? ""
            return "loose_\(operation)(\(text(node.a)), \(text(node.b)))"
        }
    }

    private func literal(_ value: ExpressionValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .uint(let value): return String(value) + "u"
        case .double(let value): return Self.point(PlainNumber.text(value))
        case .literal(let value): return Self.point(value.exact.description)
        case .string(let text): return "\"" + text.unicodeScalars.map(Self.escaped).joined() + "\""
        case .bytes(let bytes): return "b\"" + bytes.map { "\\x" + PlainNumber.hex($0) }.joined() + "\""
        case .type(let type): return type.rawValue
        default: return ""
        }
    }

    private static func point(_ number: String) -> String { number.utf8.contains(0x2E) ? number : number + ".0" }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default:
            scalar.value < 0x20 || scalar.value == 0x7F
                ? "\\x" + PlainNumber.hex(UInt8(truncatingIfNeeded: scalar.value)) : String(Character(scalar))
        }
    }
}
