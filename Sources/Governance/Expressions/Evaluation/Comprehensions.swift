extension Evaluator {
    /// A macro over a list, or over the keys of a map in their order.
    @inline(never)
    mutating func comprehension(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let macro = program.comprehensions[Int(node.b)]
        let range = try value(of: node.a)
        var values: ExpressionMap?
        let list: ExpressionList
        switch range {
        case .list(let elements): list = elements
        case .map(let map):
            if let count = map.count { try pay(count, at: index) }
            guard let keys = map.keys else {
                throw problem(.noSuchOverload, "the fields of this object cannot be gone over", at: index)
            }
            list = ExpressionList(keys)
            values = map
        case .null where macro.isLoose: list = ExpressionList([ExpressionValue]())
        default: throw noSuchOverload(macro.macro.rawValue, range, at: index)
        }
        let loop = Loop(macro: macro, list: list, map: values)
        switch macro.macro {
        case .all: return .bool(try quantified(loop, decisive: false, at: index))
        case .exists: return .bool(try quantified(loop, decisive: true, at: index))
        case .existsOne: return .bool(try count(loop, at: index) == 1)
        case .map, .filter, .transformList: return try collected(loop, at: index)
        case .transformMap: return try entries(loop, at: index)
        case .find: return try found(loop, at: index)
        }
    }

    private struct Loop {
        var macro: Comprehension
        var list: ExpressionList
        /// The map whose keys the list has.
        var map: ExpressionMap?
    }

    /// Sets the macro's variables to an element.
    private mutating func enter(_ loop: Loop, _ position: Int, at index: Int32) throws(ExpressionProblem) {
        try pay(1, at: index)
        let element = loop.list[position]
        guard loop.macro.second >= 0 else {
            locals[Int(loop.macro.first)] = element
            return
        }
        if let map = loop.map {
            try pay(key: element, at: index)
            locals[Int(loop.macro.first)] = element
            locals[Int(loop.macro.second)] = map[element] ?? .null
        } else {
            locals[Int(loop.macro.first)] = .int(Int64(position))
            locals[Int(loop.macro.second)] = element
        }
    }

    private mutating func isTrue(_ node: Int32, _ loop: Loop) throws(ExpressionProblem) -> Bool {
        let result = try value(of: node)
        if case .bool(let isTrue) = result { return isTrue }
        guard loop.macro.isLoose else { throw noSuchOverload(loop.macro.macro.rawValue, result, at: node) }
        return Loose.isTrue(result, program.dialect)
    }

    /// An element that decides makes up for the errors of others.
    @inline(never)
    private mutating func quantified(_ loop: Loop, decisive: Bool, at index: Int32) throws(ExpressionProblem) -> Bool {
        var failure: ExpressionProblem?
        for position in 0..<loop.list.count {
            do {
                try enter(loop, position, at: index)
                if try isTrue(loop.macro.body, loop) == decisive { return decisive }
            } catch {
                try payForProblem(error, at: index)
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        return !decisive
    }

    @inline(never)
    private mutating func count(_ loop: Loop, at index: Int32) throws(ExpressionProblem) -> Int {
        var count = 0
        for position in 0..<loop.list.count {
            try enter(loop, position, at: index)
            if try isTrue(loop.macro.body, loop) { count += 1 }
        }
        return count
    }

    @inline(never)
    private mutating func collected(_ loop: Loop, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        var result: [ExpressionValue] = []
        for position in 0..<loop.list.count {
            try enter(loop, position, at: index)
            if loop.macro.macro == .filter {
                let element = locals[Int(loop.macro.first)]
                if try isTrue(loop.macro.body, loop) { result.append(element) }
                continue
            }
            if loop.macro.filter >= 0, try !isTrue(loop.macro.filter, loop) { continue }
            result.append(try value(of: loop.macro.body))
        }
        return ExpressionValue(result)
    }

    @inline(never)
    private mutating func entries(_ loop: Loop, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        var result: [(ExpressionValue, ExpressionValue)] = []
        for position in 0..<loop.list.count {
            try enter(loop, position, at: index)
            let key = locals[Int(loop.macro.first)]
            if loop.macro.filter >= 0, try !isTrue(loop.macro.filter, loop) { continue }
            result.append((key, try value(of: loop.macro.body)))
        }
        return try map(of: result, at: index)
    }

    @inline(never)
    private mutating func found(_ loop: Loop, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        for position in 0..<loop.list.count {
            try enter(loop, position, at: index)
            let element = loop.list[position]
            if try isTrue(loop.macro.body, loop) { return element }
        }
        return .null
    }
}
