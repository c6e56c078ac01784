internal import Values

/// Writes a program as text: CEL as one would write it, with parentheses only where they are needed; what only Frappe's
/// dialects have as functions, such as `loose_equal(doc.status, "Open")`.
struct Printer {
    private let program: Program
    /// The macro variables in scope, which take a name that begins with one of theirs for their own.
    private var locals: Set<String> = []

    init(_ program: Program) { self.program = program }

    /// The text of a node.
    func text(_ index: Int32) -> String {
        let node = program.nodes[Int(index)]
        switch node.kind {
        case .constant: return literal(program.constants[Int(node.a)])
        case .variable: return rooted(program.environment.variables[Int(node.a)])
        case .local: return name(node.b)
        case .select: return holder(node) + "." + field(node.b)
        case .has: return "has(" + holder(node) + "." + field(node.b) + ")"
        case .index: return operand(node.a, 8) + "[" + text(node.b) + "]"
        case .list: return "[" + texts(node.a, node.b) + "]"
        case .map:
            let parts = children(node.a, node.b)
            let entries = stride(from: parts.startIndex, to: parts.endIndex - 1, by: 2).map { at in
                let value = program.nodes[Int(parts[at + 1])]
                return value.kind == .optionalEntry
                    ? "?" + text(parts[at]) + ": " + text(value.a) : text(parts[at]) + ": " + text(parts[at + 1])
            }
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
        case .unknownMethod:
            let arguments = children(node.b, node.c)
            let rest = arguments.dropFirst().map(text).joined(separator: ", ")
            return operand(program.children[Int(node.b)], 8) + "." + name(node.a) + "(" + rest + ")"
        case .externalCall: return called(name(node.a)) + "(" + texts(node.b, node.c) + ")"
        case .matches: return operand(node.a, 8) + ".matches(" + literal(program.constants[Int(node.c)]) + ")"
        case .comprehension: return comprehension(node)
        case .bind:
            let binding = program.comprehensions[Int(node.b)]
            let body = within(binding.names).text(binding.body)
            return called("cel.bind") + "(" + binding.names[0] + ", " + text(node.a) + ", " + body + ")"
        case .optionalSelect: return operand(node.a, 8) + ".?" + field(node.b)
        case .optionalIndex: return operand(node.a, 8) + "[?" + text(node.b) + "]"
        case .optionalEntry: return "?" + text(node.a)
        case .optionalOr: return operand(node.a, 8) + ".or(" + text(node.b) + ")"
        case .optionalOrValue: return operand(node.a, 8) + ".orValue(" + text(node.b) + ")"
        case .optionalMap, .optionalFlatMap:
            let binding = program.comprehensions[Int(node.b)]
            return operand(node.a, 8) + (node.kind == .optionalMap ? ".optMap(" : ".optFlatMap(") + binding.names[0]
                + ", " + within(binding.names).text(binding.body) + ")"
        default: return loose(node)
        }
    }

    private func name(_ index: Int32) -> String { program.names[Int(index)] }

    private func within(_ names: [String]) -> Printer {
        var inner = self
        inner.locals.formUnion(names)
        return inner
    }

    /// A declared name, with a point in front where a macro variable would be taken for its beginning.
    private func rooted(_ name: String) -> String {
        !locals.isEmpty && locals.contains(name.split(separator: ".").first.map(String.init) ?? "") ? "." + name : name
    }

    /// The name of a function; without points none is taken for a macro variable.
    private func called(_ name: String) -> String { name.utf8.contains(0x2E) ? rooted(name) : name }

    /// What a field is read of; a variable in parentheses if it would go on as the longer name of another one.
    private func holder(_ node: Node) -> String {
        let text = operand(node.a, 8)
        guard program.nodes[Int(node.a)].kind == .variable else { return text }
        let variables = program.environment.variables
        let longer = variables[Int(program.nodes[Int(node.a)].a)] + "." + name(node.b)
        return variables.contains { $0 == longer || $0.hasPrefix(longer + ".") } ? "(" + text + ")" : text
    }

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
            return called(function.name) + "(" + texts(node.b, node.c) + ")"
        }
        let rest = arguments.dropFirst().map(text).joined(separator: ", ")
        return operand(first, 8) + "." + function.name + "(" + rest + ")"
    }

    private func comprehension(_ node: Node) -> String {
        let macro = program.comprehensions[Int(node.b)]
        var parts = macro.names
        let inner = within(macro.names)
        if macro.filter >= 0 { parts.append(inner.text(macro.filter)) }
        parts.append(inner.text(macro.body))
        return operand(node.a, 8) + "." + macro.macro.rawValue + "(" + parts.joined(separator: ", ") + ")"
    }

    private func loose(_ node: Node) -> String {
        switch node.kind {
        case .looseSelect: return "loose_field(" + text(node.a) + ", " + literal(.string(name(node.b))) + ")"
        case .looseIndex: return "loose_element(" + text(node.a) + ", " + text(node.b) + ")"
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
        case .literal(let value):
            // The decimal has no negative zero.
            return (value.exact.isZero && value.double.sign == .minus ? "-" : "") + Self.point(value.exact.description)
        case .string(let text): return "\"" + text.unicodeScalars.map(Self.escaped).joined() + "\""
        case .bytes(let bytes): return "b\"" + bytes.map { "\\x" + [$0].hexText }.joined() + "\""
        case .type(let type): return rooted(type.rawValue)
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
                ? "\\x" + [UInt8(truncatingIfNeeded: scalar.value)].hexText : String(Character(scalar))
        }
    }
}
