internal import Values

extension Evaluator {
    /// The value of a node that makes or reads an optional.
    @inline(never)
    mutating func optionalValue(of node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        switch node.kind {
        case .optionalSelect:
            let operand = try value(of: node.a)
            try pay(bytes: name(node.b).utf8.count, at: index)
            if case .optional(let optional) = operand { return try field(node.b, of: optional, at: index) }
            return .having(try found(node.b, in: operand, at: index))
        case .optionalIndex:
            let operand = try value(of: node.a)
            let key = try value(of: node.b)
            if case .optional(let optional) = operand { return try element(key, of: optional, at: index) }
            return .having(try found(key, in: operand, at: index))
        case .optionalOr, .optionalOrValue:
            let isValue = node.kind == .optionalOrValue
            let first = try optional(node.a, isValue ? "orValue" : "or", at: index)
            if let value = first.value { return isValue ? value : .optional(first) }
            return isValue ? try value(of: node.b) : .optional(try optional(node.b, "or", at: index))
        case .optionalMap, .optionalFlatMap:
            let isFlat = node.kind == .optionalFlatMap
            let name = isFlat ? "optFlatMap" : "optMap"
            let binding = program.comprehensions[Int(node.b)]
            guard let value = try optional(node.a, name, at: index).value else { return .absent }
            locals[Int(binding.first)] = value
            return isFlat
                ? .optional(try optional(binding.body, name, at: index)) : .having(try self.value(of: binding.body))
        default: return .optional(try optional(node.a, "?", at: index))
        }
    }

    /// The optional that a node gives.
    private mutating func optional(
        _ node: Int32, _ name: String, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionOptional {
        let value = try value(of: node)
        guard case .optional(let optional) = value else { throw noSuchOverload(name, value, at: index) }
        return optional
    }

    /// A field of what may be there: none of none.
    func field(
        _ name: Int32, of optional: ExpressionOptional, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue {
        guard let value = optional.value else { return .absent }
        return .having(try found(name, in: value, at: index))
    }

    /// An element of what may be there: none of none.
    mutating func element(
        _ key: ExpressionValue, of optional: ExpressionOptional, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue
    {
        guard let value = optional.value else { return .absent }
        return .having(try found(key, in: value, at: index))
    }

    /// A field as `has` asks for it: of an object a field that is null is not there.
    private func found(
        _ name: Int32, in value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        guard case .map(let map) = value else { throw noField(name, of: value, at: index) }
        return map.present(self.name(name))
    }

    private mutating func found(
        _ key: ExpressionValue, in value: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .list(let list):
            guard let position = Self.position(key) else { throw noSuchOverload("[]", value, key, at: index) }
            return position >= 0 && position < Int64(list.count) ? list[Int(position)] : nil
        case .map(let map):
            guard MapKey(key) != nil || key.type == .double else { throw noSuchOverload("[]", value, key, at: index) }
            try pay(key: key, at: index)
            if case .string(let name) = key { return map.present(name) }
            return map[key]
        default: throw noSuchOverload("[]", value, key, at: index)
        }
    }

    /// The functions that make optionals and look into them. `nil` when there is no overload.
    func optionalCall(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        guard let first = arguments.first else { return .absent }
        if function == .optionalOf { return .having(first) }
        if function == .optionalOfNonZeroValue { return Self.isZero(first) ? .absent : .having(first) }
        guard case .optional(let optional) = first else { return nil }
        if function == .hasValue { return .bool(optional.value != nil) }
        guard let value = optional.value else {
            throw problem(.optionalNone, "the optional has no value", at: index)
        }
        return value
    }

    private static func isZero(_ value: ExpressionValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .literal(let value): value.double == 0
        case .decimal(let value): value.isZero
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .duration(let span): span.nanoseconds == 0
        case .list(let list): list.count == 0
        case .map(let map): map.count == 0
        case .timestamp, .type, .optional: false
        }
    }

    /// The elements of a list literal, without those that are optional and none.
    mutating func elements(_ node: Node, at index: Int32) throws(ExpressionProblem) -> [ExpressionValue] {
        var result: [ExpressionValue] = []
        result.reserveCapacity(Int(node.b))
        for child in program.children[Int(node.a)..<Int(node.a + node.b)] {
            let value = try value(of: child)
            if program.nodes[Int(child)].kind != .optionalEntry {
                result.append(value)
            } else if case .optional(let optional) = value, let value = optional.value {
                result.append(value)
            }
        }
        return result
    }
}
