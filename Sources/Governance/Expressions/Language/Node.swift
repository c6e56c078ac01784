/// One step of a compiled expression. What `a`, `b` and `c` mean depends on the kind; nodes come after what they are made of.
struct Node: Sendable {
    var kind: Kind
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    /// The byte of the source where it stands.
    var at: Int32

    enum Kind: UInt8, Sendable {
        /// Constant `a`.
        case constant
        /// Variable in slot `a`.
        case variable
        /// Macro variable `a`; its name is name `b`.
        case local
        /// Field named `b` of node `a`.
        case select
        /// Whether node `a` has the field named `b`.
        case has
        /// Node `a` at the index node `b`.
        case index
        /// The `b` children from `a` on as a list; as a map each two are key and value.
        case list, map
        /// Of node `a`.
        case not, negate
        /// Of the `b` children from `a` on.
        case and, or
        /// Node `a` decides between `b` and `c`.
        case conditional
        /// Of the nodes `a` and `b`.
        case equal, notEqual, less, lessEqual, greater, greaterEqual, contained
        case add, subtract, multiply, divide, modulo
        /// Function `a` of the `c` children from `b` on; `externalCall` has the name `a`.
        case call, externalCall
        /// A method whose name `a` is a reserved word, which no function has, of the `c` children from `b` on.
        case unknownMethod
        /// Whether the text of node `a` matches pattern `b`, whose source is constant `c`.
        case matches
        /// Comprehension `b` over node `a`.
        case comprehension
        /// The body of comprehension `b` with its variable set to node `a`.
        case bind

        /// Field named `b` of node `a`, or none.
        case optionalSelect
        /// Node `a` at the index node `b`, or none.
        case optionalIndex
        /// Node `a` as an element of a list or value of a map that is only there if the optional has a value.
        case optionalEntry
        /// Node `a`, or node `b` if that is none: an optional, or its value.
        case optionalOr, optionalOrValue
        /// The body of comprehension `b` with its variable set to the value of node `a`, as an optional; or none.
        case optionalMap, optionalFlatMap

        // What follows is only in the dialects of Frappe, which take any value for a truth value and any two for operands.

        /// Field named `b` of node `a`, null when there is none.
        case looseSelect
        /// Node `a` at the index node `b`, null when there is none.
        case looseIndex
        /// Of the `b` children from `a` on, giving the one that decides.
        case looseAnd, looseOr
        /// Of node `a`.
        case looseNot, looseNegate
        /// Node `a` decides between `b` and `c`.
        case looseConditional
        /// Operator `c` of the nodes `a` and `b`.
        case looseBinary
        /// Node `b` if node `a` is null.
        case coalesce
        /// Whether node `a` is something: as a bare field name decides, for which an empty list is nothing.
        case filled
    }
}

/// A macro that goes over a list or the keys of a map.
struct Comprehension: Sendable {
    enum Macro: String, Sendable {
        case all, exists
        case existsOne = "exists_one"
        case map, filter, transformList, transformMap, find
    }

    var macro: Macro
    /// The macro variable, or the first of two.
    var first: Int32
    /// The second of two macro variables, which has the value where the first has index or key; -1 if there is one.
    var second: Int32
    /// The node that picks elements for `map` and the transformations; -1 if there is none.
    var filter: Int32
    var body: Int32
    /// Whether any value counts as a truth value.
    var isLoose: Bool
    /// The names of the variables.
    var names: [String]
}

/// Which language an expression was written in.
enum Dialect: Sendable {
    case cel, javascript, python
}

/// Operators of the dialects that take any operands.
enum LooseOperator: Int32, Sendable {
    case equal, notEqual, strictEqual, strictNotEqual, less, lessEqual, greater, greaterEqual
    case add, subtract, multiply, divide, modulo, floorDivide, contained, notContained
}

/// A compiled expression.
final class Program: Sendable {
    let source: String
    let dialect: Dialect
    let environment: ExpressionEnvironment
    let nodes: [Node]
    let children: [Int32]
    let constants: [ExpressionValue]
    let names: [String]
    let comprehensions: [Comprehension]
    let patterns: [Pattern]
    let root: Int32
    let localCount: Int

    init(_ builder: consuming ProgramBuilder, root: Int32) {
        source = builder.source
        dialect = builder.dialect
        environment = builder.environment
        nodes = builder.nodes
        children = builder.children
        constants = builder.constants
        names = builder.names
        comprehensions = builder.comprehensions
        patterns = builder.patterns
        localCount = builder.localCount
        self.root = root
    }

    /// The variables and fields that it reads, each as the longest path that is written out, sorted.
    var paths: [String] {
        var inner: Set<Int32> = []
        for node in nodes where Self.isSelect(node) { inner.insert(node.a) }
        var paths: Set<String> = []
        for index in nodes.indices where !inner.contains(Int32(index)) {
            if let path = path(Int32(index)) { paths.insert(path) }
        }
        return paths.sorted()
    }

    private static func isSelect(_ node: Node) -> Bool {
        switch node.kind {
        case .select, .optionalSelect, .looseSelect, .has: true
        default: false
        }
    }

    private func path(_ index: Int32) -> String? {
        var fields: [String] = []
        var node = nodes[Int(index)]
        while true {
            switch node.kind {
            case .variable:
                return ([environment.variables[Int(node.a)]] + fields.reversed()).joined(separator: ".")
            case .select, .optionalSelect, .looseSelect, .has:
                fields.append(names[Int(node.b)])
                node = nodes[Int(node.a)]
            default: return nil
            }
        }
    }
}
