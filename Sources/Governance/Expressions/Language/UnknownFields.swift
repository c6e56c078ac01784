/// Finds the fields that a program reads of objects whose shape has no such field, in any language.
struct UnknownFields {
    private let program: Program
    private var locals: [Place?]
    private(set) var paths: Set<String> = []

    /// A value of a known type, and how it is reached.
    private struct Place {
        var path: String
        var type: ExpressionStaticType

        /// What its elements are, when it is a list.
        var element: Place? {
            if case .list(let element) = type.filled { Place(path: path, type: element) } else { nil }
        }
    }

    init(_ program: Program) {
        self.program = program
        locals = Array(repeating: nil, count: program.localCount)
        _ = visit(program.root)
    }

    private mutating func visit(_ index: Int32) -> Place? {
        let node = program.nodes[Int(index)]
        switch node.kind {
        case .variable:
            let name = program.environment.variables[Int(node.a)]
            return program.environment.types[name].map { Place(path: name, type: $0) }
        case .local: return locals[Int(node.a)]
        case .select, .has, .optionalSelect, .looseSelect:
            return visit(node.a).flatMap { field(program.names[Int(node.b)], of: $0) }
        case .index, .optionalIndex, .looseIndex:
            let place = visit(node.a)
            _ = visit(node.b)
            if let place, let name = text(node.b) { return field(name, of: place) }
            return place?.element
        case .call:
            let arguments = program.children[Int(node.b)..<Int(node.b + node.c)]
            let places = arguments.map { visit($0) }
            guard node.a == Int32(Function.looseGet.rawValue), let place = places.first ?? nil,
                let name = text(program.children[Int(node.b) + 1])
            else { return nil }
            return field(name, of: place)
        case .comprehension, .bind, .optionalMap, .optionalFlatMap: return scope(node)
        case .coalesce, .optionalOrValue:
            let first = visit(node.a)
            let second = visit(node.b)
            return first ?? second
        case .looseOr:
            let places = program.children[Int(node.a)..<Int(node.a + node.b)].map { visit($0) }
            return places.first ?? nil
        default:
            for part in program.parts(of: node) { _ = visit(part) }
            return nil
        }
    }

    /// A macro or binding, whose variable stands for elements or for the value.
    private mutating func scope(_ node: Node) -> Place? {
        let macro = program.comprehensions[Int(node.b)]
        let place = visit(node.a)
        let outer = locals[Int(macro.first)]
        defer { locals[Int(macro.first)] = outer }
        guard node.kind == .comprehension else {
            locals[Int(macro.first)] = place
            return visit(macro.body)
        }
        locals[Int(macro.first)] = macro.second < 0 ? place?.element : nil
        if macro.second >= 0 { locals[Int(macro.second)] = place?.element }
        if macro.filter >= 0 { _ = visit(macro.filter) }
        _ = visit(macro.body)
        switch macro.macro {
        case .filter: return place
        case .find: return place?.element
        default: return nil
        }
    }

    private mutating func field(_ name: String, of place: Place) -> Place? {
        var type = place.type.filled
        if case .optional(let value) = type { type = value.filled }
        guard case .object(let shape) = type else { return nil }
        let path = place.path + "." + name
        guard let field = shape.type(of: name) else {
            paths.insert(path)
            return nil
        }
        return Place(path: path, type: field)
    }

    private func text(_ index: Int32) -> String? {
        let node = program.nodes[Int(index)]
        return node.kind == .constant ? program.constants[Int(node.a)].string : nil
    }
}

extension Program {
    /// The nodes that a node is made of, without those in the scope of a macro.
    func parts(of node: Node) -> [Int32] {
        switch node.kind {
        case .constant, .variable, .local: []
        case .list, .map, .and, .or, .looseAnd, .looseOr: Array(children[Int(node.a)..<Int(node.a + node.b)])
        case .call, .externalCall, .unknownMethod: Array(children[Int(node.b)..<Int(node.b + node.c)])
        case .conditional, .looseConditional: [node.a, node.b, node.c]
        case .index, .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .contained, .add, .subtract,
            .multiply, .divide, .modulo, .looseIndex, .looseBinary, .coalesce, .optionalIndex, .optionalOr,
            .optionalOrValue:
            [node.a, node.b]
        case .select, .has, .not, .negate, .matches, .looseSelect, .looseNot, .looseNegate, .filled, .optionalSelect,
            .optionalEntry, .comprehension, .bind, .optionalMap, .optionalFlatMap:
            [node.a]
        }
    }
}
