/// Finds the type of a program before it is evaluated, and what in it can never work.
///
/// It goes from the root down, because a macro's body stands before the macro that says what its variable ranges over. Each
/// node is visited once, and the height of a program is limited.
struct Checker {
    let program: Program
    /// The types of the macro variables, by slot.
    private var locals: [ExpressionStaticType]

    /// The type of what a program gives.
    ///
    /// - Throws: ``ExpressionProblem``: `type_mismatch`, `no_such_field`, `no_such_function`.
    static func check(_ program: Program) throws(ExpressionProblem) -> ExpressionStaticType {
        var checker = Checker(program: program)
        return try checker.type(of: program.root).settled
    }

    private init(program: Program) {
        self.program = program
        locals = Array(repeating: .dyn, count: program.localCount)
    }

    func problem(
        _ code: ExpressionProblem.Code, _ message: String, at index: Int32, expected: String? = nil
    )
        -> ExpressionProblem
    {
        ExpressionProblem(
            code, message, in: program.source, at: Int(program.nodes[Int(index)].at), expected: expected)
    }

    func mismatch(
        _ name: String, _ types: [ExpressionStaticType], at index: Int32, expected: String? = nil
    )
        -> ExpressionProblem
    {
        let types = types.map(\.description).joined(separator: ", ")
        return problem(.typeMismatch, "'\(name)' does not take (\(types))", at: index, expected: expected)
    }

    private func name(_ index: Int32) -> String { program.names[Int(index)] }

    private func children(_ start: Int32, _ count: Int32) -> ArraySlice<Int32> {
        program.children[Int(start)..<Int(start + count)]
    }

    /// The type of a node.
    mutating func type(of index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        let node = program.nodes[Int(index)]
        switch node.kind {
        case .constant: return Self.type(of: program.constants[Int(node.a)])
        case .variable:
            let environment = program.environment
            return environment.types[environment.variables[Int(node.a)]] ?? .dyn
        case .local: return locals[Int(node.a)]
        case .select: return try field(name(node.b), of: type(of: node.a), at: index)
        case .has:
            _ = try field(name(node.b), of: type(of: node.a), at: index)
            return .bool
        case .index: return try element(node, at: index)
        case .list: return try list(node)
        case .map: return try map(node)
        case .call: return try call(node, at: index)
        case .externalCall:
            for child in children(node.b, node.c) { _ = try type(of: child) }
            return program.environment.results[name(node.a)] ?? .dyn
        case .unknownMethod:
            throw problem(.noSuchFunction, "there is no function '\(name(node.a))'", at: index)
        case .matches:
            let operand = try type(of: node.a)
            guard operand.fits(.string) else { throw mismatch("matches", [operand, .string], at: index) }
            return .bool
        case .comprehension: return try comprehension(node, at: index)
        case .bind:
            let binding = program.comprehensions[Int(node.b)]
            locals[Int(binding.first)] = try type(of: node.a)
            return try type(of: binding.body)
        case .optionalSelect, .optionalIndex, .optionalEntry, .optionalOr, .optionalOrValue, .optionalMap,
            .optionalFlatMap:
            return try optionalType(node, at: index)
        default: return try operatorType(node, at: index)
        }
    }

    private static func type(of value: ExpressionValue) -> ExpressionStaticType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .literal: .number
        case .decimal: .decimal
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .list, .map, .optional: .dyn
        }
    }

    // MARK: Fields and elements

    @inline(never)
    func field(
        _ name: String, of type: ExpressionStaticType, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionStaticType
    {
        switch type.filled {
        case .dyn, .open: return .dyn
        case .map(let key, let value) where ExpressionStaticType.comparable(.string, key): return value
        case .object(let shape):
            guard let field = shape.type(of: name) else {
                throw problem(.noSuchField, "'\(shape.name)' has no field '\(name)'", at: index)
            }
            return field
        case .optional(let value): return .optional(try field(name, of: value, at: index).filled.part)
        default:
            throw problem(.typeMismatch, "a value of type \(type) has no field '\(name)'", at: index)
        }
    }

    @inline(never)
    private mutating func element(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        let operand = try type(of: node.a)
        let key = try type(of: node.b)
        return try element(key, node.b, of: operand, at: index)
    }

    /// What stands at a key; a text that is written is the name of a field.
    func element(
        _ key: ExpressionStaticType, _ keyNode: Int32, of type: ExpressionStaticType, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionStaticType
    {
        switch type.filled {
        case .dyn, .open: return .dyn
        case .list(let element) where key.fits(.int) || key.fits(.uint): return element
        case .map(let wanted, let value) where ExpressionStaticType.comparable(key, wanted): return value
        case .object where key.fits(.string):
            let node = program.nodes[Int(keyNode)]
            guard node.kind == .constant, case .string(let name) = program.constants[Int(node.a)] else { return .dyn }
            return try field(name, of: type, at: keyNode)
        case .optional(let value): return .optional(try element(key, keyNode, of: value, at: index).filled.part)
        default: throw mismatch("[]", [type, key], at: index)
        }
    }

    // MARK: Lists and maps

    @inline(never)
    private mutating func list(_ node: Node) throws(ExpressionProblem) -> ExpressionStaticType {
        var element = ExpressionStaticType.open
        for child in children(node.a, node.b) { element = .joined(element, try type(of: child)) }
        return .list(element.part)
    }

    @inline(never)
    private mutating func map(_ node: Node) throws(ExpressionProblem) -> ExpressionStaticType {
        var key = ExpressionStaticType.open
        var value = ExpressionStaticType.open
        for (position, child) in children(node.a, node.b).enumerated() {
            let type = try type(of: child)
            if position % 2 == 1 {
                value = .joined(value, type)
                continue
            }
            guard [.bool, .int, .uint, .string].contains(where: type.fits) else {
                throw problem(
                    .typeMismatch, "\(type) cannot be a key", at: child, expected: "a text, whole number or truth value"
                )
            }
            key = .joined(key, type)
        }
        return .map(key, value.part)
    }

    // MARK: Functions and macros

    @inline(never)
    private mutating func call(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionStaticType {
        guard let function = Function(rawValue: UInt8(truncatingIfNeeded: node.a)) else { return .dyn }
        var types: [ExpressionStaticType] = []
        for child in children(node.b, node.c) { types.append(try type(of: child)) }
        switch (function, types.first ?? .dyn) {
        case (.greatest, _), (.least, _): return try extreme(function, types, at: index)
        case (.optionalOf, let value): return .optional(value.part)
        case (.optionalOfNonZeroValue, let value): return .optional(value.filled.part)
        case (.value, .optional(let value)): return value
        case (.value, .dyn), (.value, .open): return .dyn
        default: break
        }
        let results = (Overload.all[function] ?? []).filter { $0.takes(types) }.map(\.result)
        guard let first = results.first else { throw mismatch(function.name, types, at: index) }
        return results.allSatisfy { $0 == first } ? first : .dyn
    }

    /// Of numbers, or of one list of numbers.
    private func extreme(
        _ function: Function, _ types: [ExpressionStaticType], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionStaticType
    {
        var numbers = types
        if types.count == 1, case .list(let element) = types[0].filled { numbers = [element] }
        let fitting = numbers.allSatisfy { $0.isDynamic || $0.filled.isNumeric }
        let (hasDouble, hasDecimal) = (
            numbers.contains { $0.filled == .double }, numbers.contains { $0.filled == .decimal }
        )
        guard fitting, !(hasDouble && hasDecimal) else { throw mismatch(function.name, types, at: index) }
        return numbers.map(\.filled).reduce(.open) { .joined($0, $1) }
    }

    @inline(never)
    private mutating func comprehension(
        _ node: Node, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionStaticType
    {
        let macro = program.comprehensions[Int(node.b)]
        let range = try type(of: node.a)
        let (key, value): (ExpressionStaticType, ExpressionStaticType)
        switch range.filled {
        case .dyn, .open: (key, value) = (.dyn, .dyn)
        case .list(let element): (key, value) = (macro.second < 0 ? element : .int, element)
        case .map(let keys, let values): (key, value) = (keys, values)
        case .object: (key, value) = (.string, .dyn)
        default: throw mismatch(macro.macro.rawValue, [range], at: index, expected: "a list or map")
        }
        locals[Int(macro.first)] = key
        if macro.second >= 0 { locals[Int(macro.second)] = value }
        if macro.filter >= 0 { try condition(macro.filter, macro.macro.rawValue) }
        switch macro.macro {
        case .map, .transformList: return .list(try type(of: macro.body).part)
        case .transformMap: return .map(key, try type(of: macro.body).part)
        case .filter:
            try condition(macro.body, macro.macro.rawValue)
            return .list(key)
        case .all, .exists, .existsOne, .find:
            try condition(macro.body, macro.macro.rawValue)
            return .bool
        }
    }

    /// Asks for a truth value.
    mutating func condition(_ index: Int32, _ name: String) throws(ExpressionProblem) {
        let type = try type(of: index)
        if !type.fits(.bool) {
            throw mismatch(
                name, [type], at: index, expected: type.filled.isNumeric ? "a comparison, such as != 0" : "a condition")
        }
    }

    /// The type of the variable of a macro that is about to be read.
    mutating func bind(_ slot: Int32, _ type: ExpressionStaticType) { locals[Int(slot)] = type }
}
