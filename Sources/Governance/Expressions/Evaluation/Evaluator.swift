internal import Values

/// Evaluates a program once: it walks the nodes, counts what that costs and gives each problem its place.
///
/// Recursion is bounded by the height that the limits allow the syntax tree.
struct Evaluator {
    let program: Program
    let scope: any ExpressionScope
    /// What is left of the cost.
    var remaining: Int
    var locals: [ExpressionValue]

    init(_ program: Program, _ scope: any ExpressionScope) {
        self.program = program
        self.scope = scope
        remaining = program.environment.limits.cost
        locals = program.localCount == 0 ? [] : Array(repeating: .null, count: program.localCount)
    }

    // MARK: Problems and cost

    /// A problem at a node.
    @inline(never)
    func problem(_ code: ExpressionProblem.Code, _ message: String, at index: Int32) -> ExpressionProblem {
        ExpressionProblem(code, message, in: program.source, at: Int(program.nodes[Int(index)].at))
    }

    @inline(never)
    func noSuchOverload(_ name: String, _ types: ExpressionValue..., at index: Int32) -> ExpressionProblem {
        let types = types.map(\.type.rawValue).joined(separator: ", ")
        return problem(.noSuchOverload, "'\(name)' does not take (\(types))", at: index)
    }

    /// Takes units from what is left.
    mutating func pay(_ units: Int, at index: Int32) throws(ExpressionProblem) {
        remaining -= units
        if remaining < 0 {
            remaining = 0
            throw problem(
                .costLimit, "the evaluation takes more than \(program.environment.limits.cost) steps", at: index)
        }
    }

    /// Takes what handling that much text costs.
    mutating func pay(bytes: Int, at index: Int32) throws(ExpressionProblem) { try pay(bytes >> 4, at: index) }

    /// Takes what looking for a key of a map costs.
    mutating func pay(key: ExpressionValue, at index: Int32) throws(ExpressionProblem) {
        if case .string(let text) = key { try pay(bytes: text.utf8.count, at: index) }
    }

    /// Takes what a problem costs that another operand may make up for: finding its place reads the source. The cost limit is
    /// never made up for.
    mutating func payForProblem(_ problem: ExpressionProblem, at index: Int32) throws(ExpressionProblem) {
        if problem.code == .costLimit { throw problem }
        try pay(bytes: program.source.utf8.count, at: index)
    }

    func name(_ index: Int32) -> String { program.names[Int(index)] }

    // MARK: Values

    /// The value of a node.
    mutating func value(of index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        try pay(1, at: index)
        let node = program.nodes[Int(index)]
        switch node.kind {
        case .constant: return program.constants[Int(node.a)]
        case .local: return locals[Int(node.a)]
        case .variable: return try variable(node.a, at: index)
        case .select: return try select(node, at: index)
        case .has: return try has(node, at: index)
        case .index: return try element(node, at: index)
        case .list: return ExpressionValue(try elements(node, at: index))
        case .map: return try map(node, at: index)
        case .not:
            let operand = try value(of: node.a)
            guard case .bool(let value) = operand else { throw noSuchOverload("!", operand, at: index) }
            return .bool(!value)
        case .negate: return try negated(value(of: node.a), at: index)
        case .and: return try decided(node, by: false, at: index)
        case .or: return try decided(node, by: true, at: index)
        case .conditional:
            let condition = try value(of: node.a)
            guard case .bool(let isTrue) = condition else { throw noSuchOverload("? :", condition, at: index) }
            return try value(of: isTrue ? node.b : node.c)
        case .equal, .notEqual:
            let left = try value(of: node.a)
            let right = try value(of: node.b)
            return .bool(try equal(left, right, at: index) == (node.kind == .equal))
        case .less, .lessEqual, .greater, .greaterEqual:
            let left = try value(of: node.a)
            let right = try value(of: node.b)
            return .bool(try ordered(node.kind, left, right, at: index))
        case .contained:
            let element = try value(of: node.a)
            let container = try value(of: node.b)
            return .bool(try contained(element, container, at: index))
        case .add, .subtract, .multiply, .divide, .modulo:
            let left = try value(of: node.a)
            let right = try value(of: node.b)
            return try arithmetic(node.kind, left, right, at: index)
        case .call: return try call(node, at: index)
        case .unknownMethod: throw problem(.noSuchFunction, "there is no function '\(name(node.a))'", at: index)
        case .externalCall: return try externalCall(node, at: index)
        case .matches: return try matches(node, at: index)
        case .comprehension: return try comprehension(node, at: index)
        case .bind:
            let binding = program.comprehensions[Int(node.b)]
            locals[Int(binding.first)] = try value(of: node.a)
            return try value(of: binding.body)
        case .optionalSelect, .optionalIndex, .optionalEntry, .optionalOr, .optionalOrValue, .optionalMap,
            .optionalFlatMap:
            return try optionalValue(of: node, at: index)
        default: return try looseValue(of: node, at: index)
        }
    }

    /// The values of children.
    mutating func values(_ start: Int32, _ count: Int32) throws(ExpressionProblem) -> [ExpressionValue] {
        var result: [ExpressionValue] = []
        result.reserveCapacity(Int(count))
        for child in start..<start + count { result.append(try value(of: program.children[Int(child)])) }
        return result
    }

    private func variable(_ slot: Int32, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let name = program.environment.variables[Int(slot)]
        if let value = scope.value(of: name, slot: Int(slot)) { return value }
        if program.dialect != .cel { return .null }
        throw problem(.noSuchValue, "there is no value for '\(name)' here", at: index)
    }

    private mutating func select(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let operand = try value(of: node.a)
        try pay(bytes: name(node.b).utf8.count, at: index)
        guard case .map(let map) = operand else {
            if case .optional(let optional) = operand { return try field(node.b, of: optional, at: index) }
            throw noField(node.b, of: operand, at: index)
        }
        guard let value = map[name(node.b)] else {
            throw problem(
                map.isObject ? .noSuchField : .noSuchKey, "there is no field '\(name(node.b))'", at: index)
        }
        return value
    }

    @inline(never)
    func noField(_ name: Int32, of value: ExpressionValue, at index: Int32) -> ExpressionProblem {
        problem(
            .noSuchOverload, "a value of type \(value.type.rawValue) has no field '\(self.name(name))'", at: index)
    }

    @inline(never)
    private mutating func has(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        var operand = try value(of: node.a)
        try pay(bytes: name(node.b).utf8.count, at: index)
        if case .optional(let optional) = operand {
            guard let value = optional.value else { return .bool(false) }
            operand = value
        }
        guard case .map(let map) = operand else { throw noField(node.b, of: operand, at: index) }
        return .bool(map.has(name(node.b)))
    }

    @inline(never)
    private mutating func element(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let operand = try value(of: node.a)
        let key = try value(of: node.b)
        switch operand {
        case .list(let list):
            guard let position = Self.position(key) else { throw noSuchOverload("[]", operand, key, at: index) }
            guard position >= 0, position < Int64(list.count) else {
                throw problem(
                    .invalidIndex, "there is no element \(position) in a list of \(list.count)", at: index)
            }
            return list[Int(position)]
        case .map(let map):
            guard MapKey(key) != nil || key.type == .double else { throw noSuchOverload("[]", operand, key, at: index) }
            try pay(key: key, at: index)
            guard let value = map[key] else {
                throw problem(.noSuchKey, "there is no such key in the map", at: index)
            }
            return value
        case .optional(let optional): return try element(key, of: optional, at: index)
        default: throw noSuchOverload("[]", operand, key, at: index)
        }
    }

    /// The position that a key denotes in a list; `nil` when it is no whole number.
    static func position(_ key: ExpressionValue) -> Int64? {
        guard case .int(let position)? = MapKey(key) else { return nil }
        return position
    }

    @inline(never)
    private mutating func map(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let children = program.children[Int(node.a)..<Int(node.a + node.b)]
        var entries: [(ExpressionValue, ExpressionValue)] = []
        entries.reserveCapacity(children.count / 2)
        for at in stride(from: children.startIndex, to: children.endIndex - 1, by: 2) {
            let key = try value(of: children[at])
            let value = try value(of: children[at + 1])
            if program.nodes[Int(children[at + 1])].kind != .optionalEntry {
                entries.append((key, value))
            } else if case .optional(let optional) = value, let value = optional.value {
                entries.append((key, value))
            }
        }
        return try map(of: entries, at: index)
    }

    /// A map of entries.
    mutating func map(
        of entries: [(ExpressionValue, ExpressionValue)], at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue
    {
        var fault: (key: ExpressionValue, isDuplicate: Bool)?
        for (key, _) in entries { try pay(key: key, at: index) }
        for (key, _) in entries where key.type == .double || key.type == .decimal {
            fault = (key, false)
        }
        if fault == nil, let made = MapEntries(entries, fault: &fault) { return .map(ExpressionMap(made)) }
        guard let fault, fault.isDuplicate else {
            throw problem(.noSuchOverload, "a key must be a text, a whole number or a truth value", at: index)
        }
        throw problem(.duplicateKey, "the map has a key twice", at: index)
    }

    /// Of a conjunction, decided by false, or a disjunction, decided by true.
    ///
    /// Both are commutative: an operand that decides makes up for the error of another, wherever it stands.
    @inline(never)
    private mutating func decided(
        _ node: Node, by decisive: Bool, at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue
    {
        var failure: ExpressionProblem?
        for child in node.a..<node.a + node.b {
            do {
                let operand = try value(of: program.children[Int(child)])
                if case .bool(let value) = operand {
                    if value == decisive { return .bool(decisive) }
                } else if failure == nil {
                    failure = noSuchOverload(decisive ? "||" : "&&", operand, at: index)
                }
            } catch {
                try payForProblem(error, at: index)
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    @inline(never)
    private mutating func externalCall(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let arguments = try values(node.b, node.c)
        for argument in arguments { try payForText(argument, at: index) }
        guard let value = scope.call(name(node.a), arguments) else {
            throw problem(.noSuchValue, "'\(name(node.a))' gives nothing for these arguments here", at: index)
        }
        return value
    }

    @inline(never)
    private mutating func matches(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let operand = try value(of: node.a)
        guard case .string(let text) = operand else {
            throw noSuchOverload("matches", operand, .string(""), at: index)
        }
        return .bool(try matches(program.patterns[Int(node.b)], text, at: index))
    }

    /// Whether a pattern matches in a text.
    mutating func matches(_ pattern: Pattern, _ text: String, at index: Int32) throws(ExpressionProblem) -> Bool {
        try pay(pattern.instructions.count >> 4, at: index)
        var steps = remaining
        let result = pattern.matches(text, steps: &steps)
        let used = remaining - steps
        try pay(used, at: index)
        return result ?? false
    }
}
