/// Collects the nodes of an expression and holds them to the limits.
struct ProgramBuilder {
    let source: String
    let dialect: Dialect
    let environment: ExpressionEnvironment
    private(set) var nodes: [Node] = []
    private(set) var children: [Int32] = []
    private(set) var constants: [ExpressionValue] = []
    private(set) var names: [String] = []
    private(set) var comprehensions: [Comprehension] = []
    private(set) var patterns: [Pattern] = []
    private(set) var localCount = 0
    private var heights: [Int] = []
    private var nameIndex: [String: Int32] = [:]
    /// The macro variables in scope, the innermost last.
    private var locals: [(name: String, slot: Int32)] = []

    init(_ source: String, _ dialect: Dialect, _ environment: ExpressionEnvironment) {
        self.source = source
        self.dialect = dialect
        self.environment = environment
    }

    /// A problem at a byte of the source.
    func problem(
        _ code: ExpressionProblem.Code, _ message: String, at: Int32, expected: String? = nil
    )
        -> ExpressionProblem
    {
        ExpressionProblem(code, message, in: source, at: Int(at), expected: expected)
    }

    /// Adds a node made of others.
    mutating func add(_ node: Node, of parts: [Int32]) throws(ExpressionProblem) -> Int32 {
        var height = 1
        for part in parts { height = max(height, 1 + heights[Int(part)]) }
        guard height <= environment.limits.height else {
            throw problem(
                .tooLarge, "the expression is nested deeper than \(environment.limits.height) steps", at: node.at)
        }
        guard nodes.count < environment.limits.nodes else {
            throw problem(.tooLarge, "the expression has more than \(environment.limits.nodes) parts", at: node.at)
        }
        nodes.append(node)
        heights.append(height)
        return Int32(nodes.count - 1)
    }

    mutating func constant(_ value: ExpressionValue, at: Int32) throws(ExpressionProblem) -> Int32 {
        constants.append(value)
        return try add(Node(kind: .constant, a: Int32(constants.count - 1), at: at), of: [])
    }

    /// A node of up to three others, or fewer.
    mutating func add(_ kind: Node.Kind, _ parts: Int32..., at: Int32) throws(ExpressionProblem) -> Int32 {
        var node = Node(kind: kind, at: at)
        if parts.count > 0 { node.a = parts[0] }
        if parts.count > 1 { node.b = parts[1] }
        if parts.count > 2 { node.c = parts[2] }
        return try add(node, of: parts)
    }

    /// A list, map, conjunction or disjunction.
    mutating func group(_ kind: Node.Kind, _ parts: [Int32], at: Int32) throws(ExpressionProblem) -> Int32 {
        let start = append(parts)
        return try add(Node(kind: kind, a: start, b: Int32(parts.count), at: at), of: parts)
    }

    mutating func select(
        _ kind: Node.Kind, _ operand: Int32, _ name: String, at: Int32
    ) throws(ExpressionProblem) -> Int32 {
        try add(Node(kind: kind, a: operand, b: self.name(name), at: at), of: [operand])
    }

    mutating func call(_ function: Function, _ arguments: [Int32], at: Int32) throws(ExpressionProblem) -> Int32 {
        if function == .matches, let pattern = try literalPattern(arguments[1]) {
            let constant = nodes[Int(arguments[1])].a
            return try add(Node(kind: .matches, a: arguments[0], b: pattern, c: constant, at: at), of: [arguments[0]])
        }
        let start = append(arguments)
        let node = Node(kind: .call, a: Int32(function.rawValue), b: start, c: Int32(arguments.count), at: at)
        return try add(node, of: arguments)
    }

    mutating func externalCall(_ name: String, _ arguments: [Int32], at: Int32) throws(ExpressionProblem) -> Int32 {
        guard let arity = environment.functions[name], arity ~= arguments.count else {
            throw problem(.noSuchFunction, "there is no function \(name) of \(arguments.count) arguments", at: at)
        }
        let start = append(arguments)
        let node = Node(kind: .externalCall, a: self.name(name), b: start, c: Int32(arguments.count), at: at)
        return try add(node, of: arguments)
    }

    mutating func unknownMethod(_ name: String, _ arguments: [Int32], at: Int32) throws(ExpressionProblem) -> Int32 {
        let start = append(arguments)
        let node = Node(kind: .unknownMethod, a: self.name(name), b: start, c: Int32(arguments.count), at: at)
        return try add(node, of: arguments)
    }

    mutating func loose(
        _ operation: LooseOperator, _ l: Int32, _ r: Int32, at: Int32
    ) throws(ExpressionProblem) -> Int32 {
        try add(Node(kind: .looseBinary, a: l, b: r, c: operation.rawValue, at: at), of: [l, r])
    }

    mutating func comprehension(_ value: Comprehension, over range: Int32, at: Int32) throws(ExpressionProblem) -> Int32
    {
        comprehensions.append(value)
        let node = Node(kind: .comprehension, a: range, b: Int32(comprehensions.count - 1), at: at)
        return try add(node, of: [range, value.body] + (value.filter >= 0 ? [value.filter] : []))
    }

    /// `cel.bind`, or `optMap` and `optFlatMap`: as a macro whose one element is the value.
    mutating func bind(
        _ kind: Node.Kind, _ name: String, _ slot: Int32, _ value: Int32, _ body: Int32, at: Int32
    ) throws(ExpressionProblem)
        -> Int32
    {
        comprehensions.append(
            Comprehension(macro: .map, first: slot, second: -1, filter: -1, body: body, isLoose: false, names: [name]))
        let node = Node(kind: kind, a: value, b: Int32(comprehensions.count - 1), at: at)
        return try add(node, of: [value, body])
    }

    // MARK: Names

    mutating func name(_ name: String) -> Int32 {
        if let index = nameIndex[name] { return index }
        names.append(name)
        let index = Int32(names.count - 1)
        nameIndex[name] = index
        return index
    }

    /// Brings a macro variable into scope and gives its slot.
    mutating func enter(_ name: String) -> Int32 {
        let slot = Int32(locals.count)
        locals.append((name, slot))
        localCount = max(localCount, locals.count)
        return slot
    }

    /// Ends the scope of the macro variables entered last.
    mutating func leave(_ count: Int) { locals.removeLast(count) }

    func local(_ name: String) -> Int32? { locals.last { $0.name == name }?.slot }

    func variable(_ name: String) -> Int32? {
        environment.variables.firstIndex(of: name).map(Int32.init)
    }

    // MARK: What the parsers look at

    func kind(_ index: Int32) -> Node.Kind { nodes[Int(index)].kind }

    func node(_ index: Int32) -> Node { nodes[Int(index)] }

    /// Whether a node is that whole number, as written.
    func isInt(_ index: Int32, _ number: Int64) -> Bool {
        let node = nodes[Int(index)]
        guard node.kind == .constant, case .int(number) = constants[Int(node.a)] else { return false }
        return true
    }

    /// Makes the question whether it is there from a field that was read last.
    mutating func turnIntoHas(_ index: Int32) { nodes[Int(index)].kind = .has }

    private mutating func append(_ parts: [Int32]) -> Int32 {
        let start = Int32(children.count)
        children.append(contentsOf: parts)
        return start
    }

    private mutating func literalPattern(_ index: Int32) throws(ExpressionProblem) -> Int32? {
        let node = nodes[Int(index)]
        guard node.kind == .constant, case .string(let text) = constants[Int(node.a)] else { return nil }
        do {
            patterns.append(try Pattern(text, limit: environment.limits.patternSize))
        } catch {
            throw problem(error.isSize ? .tooLarge : .invalidArgument, error.message, at: node.at)
        }
        return Int32(patterns.count - 1)
    }
}
