extension Checker {
    /// The type of an operator's result. The dialects of Frappe, whose operators take anything, are not checked.
    @inline(never)
    mutating func operatorType(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        switch node.kind {
        case .not:
            try condition(node.a, "!")
            return .bool
        case .negate:
            let operand = try type(of: node.a)
            guard operand.isDynamic || [.int, .double, .number, .decimal, .duration].contains(operand.filled) else {
                throw mismatch("-", [operand], at: index)
            }
            return operand.filled
        case .and, .or:
            let sign = node.kind == .and ? "&&" : "||"
            for child in program.children[Int(node.a)..<Int(node.a + node.b)] { try condition(child, sign) }
            return .bool
        case .conditional:
            try condition(node.a, "? :")
            return try choice("? :", type(of: node.b), type(of: node.c), at: index)
        case .equal, .notEqual:
            let (left, right) = (try type(of: node.a), try type(of: node.b))
            guard ExpressionStaticType.comparable(left, right) else {
                throw mismatch(
                    Evaluator.sign(node.kind), [left, right], at: index, expected: hint(node, left, right))
            }
            return .bool
        case .less, .lessEqual, .greater, .greaterEqual:
            let (left, right) = (try type(of: node.a), try type(of: node.b))
            guard Self.areOrdered(left.filled, right.filled) else {
                throw mismatch(
                    Evaluator.sign(node.kind), [left, right], at: index, expected: hint(node, left, right))
            }
            return .bool
        case .contained: return try contained(node, at: index)
        case .add, .subtract, .multiply, .divide, .modulo:
            let (left, right) = (try type(of: node.a), try type(of: node.b))
            guard let result = Self.arithmetic(node.kind, left.filled, right.filled) else {
                throw mismatch(
                    Evaluator.sign(node.kind), [left, right], at: index, expected: hint(node, left, right))
            }
            return result
        default: return .dyn
        }
    }

    /// What either of two branches gives: they must have a type in common, be numbers, or one of them null.
    private func choice(
        _ name: String, _ l: ExpressionStaticType, _ r: ExpressionStaticType, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionStaticType
    {
        if let common = ExpressionStaticType.common(l, r) { return common }
        if l == .null { return .nullable(r.part) }
        if r == .null { return .nullable(l.part) }
        if l.filled.isNumeric, r.filled.isNumeric { return .dyn }
        throw mismatch(name, [l, r], at: index, expected: "the same type in both branches, or dyn(x)")
    }

    private mutating func contained(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        let (element, container) = (try type(of: node.a), try type(of: node.b))
        let fits =
            switch container.filled {
            case .dyn, .open: true
            case .list(let wanted), .map(let wanted, _): ExpressionStaticType.comparable(element, wanted)
            case .object: element.fits(.string)
            default: false
            }
        if !fits { throw mismatch("in", [element, container], at: index) }
        return .bool
    }

    private static func areOrdered(_ l: ExpressionStaticType, _ r: ExpressionStaticType) -> Bool {
        switch (l, r) {
        case (.double, .decimal), (.decimal, .double): return false
        default: break
        }
        func hasOrder(_ type: ExpressionStaticType) -> Bool {
            type.isDynamic || type.isNumeric || [.bool, .string, .bytes, .timestamp, .duration].contains(type)
        }
        guard hasOrder(l), hasOrder(r) else { return false }
        return l.isDynamic || r.isDynamic || l == r || (l.isNumeric && r.isNumeric)
    }

    /// What would be right where the operands do not go together.
    private func hint(_ node: Node, _ l: ExpressionStaticType, _ r: ExpressionStaticType) -> String? {
        let types = [l.filled, r.filled]
        func has(_ wanted: ExpressionStaticType...) -> Bool { types.contains { wanted.contains($0) } }
        if has(.bool), has(.int), node.kind == .equal || node.kind == .notEqual {
            let sign = Evaluator.sign(node.kind)
            let isFalse = [node.a, node.b].contains { index in
                let operand = program.nodes[Int(index)]
                guard operand.kind == .constant else { return false }
                return program.constants[Int(operand.a)].bool == false
            }
            return sign + (isFalse ? " 0" : " 1")
        }
        if has(.int, .uint, .decimal), has(.number, .double) { return "decimal(x)" }
        if has(.int), has(.uint) { return "int(x)" }
        if node.kind == .add, has(.string) { return "string(x)" }
        if types.contains(.timestamp), types.contains(.string) { return "date(x) or timestamp(x)" }
        return nil
    }

    /// The types that a value of any type may turn out to have in arithmetic.
    private static let candidates: [ExpressionStaticType] = [
        .int, .uint, .double, .decimal, .string, .bytes, .timestamp, .duration, .list(.dyn),
    ]

    /// The type of a sum, difference, product, quotient or remainder; `nil` when there is none.
    static func arithmetic(
        _ kind: Node.Kind, _ l: ExpressionStaticType, _ r: ExpressionStaticType
    )
        -> ExpressionStaticType?
    {
        if l.isDynamic, r.isDynamic { return .dyn }
        guard l.isDynamic || r.isDynamic else { return known(kind, l, r) }
        let results = candidates.compactMap { l.isDynamic ? known(kind, $0, r) : known(kind, l, $0) }
        guard let first = results.first else { return nil }
        return results.allSatisfy { $0 == first } ? first : .dyn
    }

    private static func known(
        _ kind: Node.Kind, _ l: ExpressionStaticType, _ r: ExpressionStaticType
    )
        -> ExpressionStaticType?
    {
        switch (l, r, kind) {
        case (.int, .int, _): .int
        case (.uint, .uint, _): .uint
        case (.decimal, .decimal, _), (.decimal, .int, _), (.decimal, .uint, _), (.decimal, .number, _),
            (.int, .decimal, _), (.uint, .decimal, _), (.number, .decimal, _):
            .decimal
        case (.number, .number, .add), (.number, .number, .subtract), (.number, .number, .multiply): .number
        case (.number, .number, .divide): .double
        case (.double, .double, _), (.double, .number, _), (.number, .double, _): kind == .modulo ? nil : .double
        case (.string, .string, .add), (.bytes, .bytes, .add), (.duration, .duration, .add),
            (.duration, .duration, .subtract):
            l
        case (.list(let a), .list(let b), .add): .list(.joined(a, b))
        case (.timestamp, .duration, .add), (.duration, .timestamp, .add), (.timestamp, .duration, .subtract):
            .timestamp
        case (.timestamp, .timestamp, .subtract): .duration
        default: nil
        }
    }

    // MARK: Optionals

    /// The type of a node that makes or reads an optional.
    @inline(never)
    mutating func optionalType(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        let operand = try type(of: node.a)
        var value = operand
        if case .optional(let inner) = operand { value = inner }
        switch node.kind {
        case .optionalSelect:
            return .optional(try field(program.names[Int(node.b)], of: value, at: index).filled.part)
        case .optionalIndex:
            let key = try type(of: node.b)
            return .optional(try element(key, node.b, of: value, at: index).part)
        default: break
        }
        let name = Self.name(node.kind)
        guard operand.isDynamic || operand != value else {
            throw mismatch(name, [operand], at: index, expected: "an optional")
        }
        switch node.kind {
        case .optionalEntry: return value
        case .optionalOrValue: return try choice(name, value, type(of: node.b), at: index)
        case .optionalOr:
            let other = try optional(node.b, name)
            return .optional(try choice(name, value, other, at: index))
        default:
            let binding = program.comprehensions[Int(node.b)]
            bind(binding.first, value)
            return .optional(
                node.kind == .optionalFlatMap ? try optional(binding.body, name) : try type(of: binding.body).part)
        }
    }

    private static func name(_ kind: Node.Kind) -> String {
        switch kind {
        case .optionalOr: "or"
        case .optionalOrValue: "orValue"
        case .optionalMap: "optMap"
        case .optionalFlatMap: "optFlatMap"
        default: "?"
        }
    }

    /// The type of the value of a node that must be an optional.
    private mutating func optional(
        _ index: Int32, _ name: String
    ) throws(ExpressionProblem) -> ExpressionStaticType {
        let type = try type(of: index)
        if case .optional(let value) = type { return value }
        guard type.isDynamic else { throw mismatch(name, [type], at: index, expected: "an optional") }
        return .dyn
    }
}
