internal import Values

extension Evaluator {
    /// The value of a node that only Frappe's dialects have.
    @inline(never)
    mutating func looseValue(of node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        switch node.kind {
        case .looseSelect: return try field(name(node.b), of: try value(of: node.a), at: index)
        case .looseIndex:
            let operand = try value(of: node.a)
            return try looseElement(try value(of: node.b), of: operand, at: index)
        case .looseAnd: return try looseDecided(node, by: false)
        case .looseOr: return try looseDecided(node, by: true)
        case .looseNot: return .bool(!Loose.isTrue(try value(of: node.a), program.dialect))
        case .looseNegate:
            let operand = try value(of: node.a)
            try payForText(operand, at: index)
            switch Loose.number(operand) {
            case .exact(let number): return Loose.value(-number)
            case .special(let number): return .double(-number)
            }
        case .looseConditional:
            return try value(of: Loose.isTrue(try value(of: node.a), program.dialect) ? node.b : node.c)
        case .looseBinary:
            let left = try value(of: node.a)
            let right = try value(of: node.b)
            guard let operation = LooseOperator(rawValue: node.c) else { return .null }
            return try looseBinary(operation, left, right, at: index)
        case .coalesce:
            let first = try value(of: node.a)
            return first.isNull ? try value(of: node.b) : first
        default: return .bool(Loose.isFilled(try value(of: node.a)))
        }
    }

    /// A field; null when there is none, or nothing to have one.
    private mutating func field(
        _ name: String, of value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue
    {
        switch value {
        case .map(let map):
            try pay(bytes: name.utf8.count, at: index)
            return map[name] ?? .null
        case .list(let list) where name == "length": return .int(Int64(list.count))
        case .string(let text) where name == "length":
            try pay(bytes: text.utf8.count, at: index)
            return .int(Int64(text.utf16.count))
        default: return .null
        }
    }

    private mutating func looseElement(
        _ key: ExpressionValue, of value: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue
    {
        try payForText(key, at: index)
        switch value {
        case .map(let map): return map[key.string ?? Loose.text(key)] ?? .null
        case .list(let list):
            guard Loose.isNumber(key), var position = Loose.whole(key) else { return .null }
            if position < 0, program.dialect == .python { position += Int64(list.count) }
            return 0..<Int64(list.count) ~= position ? list[Int(position)] : .null
        case .string(let text):
            guard Loose.isNumber(key), let position = Loose.whole(key), position >= 0 else { return .null }
            try pay(bytes: text.utf8.count, at: index)
            let scalar = text.unicodeScalars.dropFirst(Int(clamping: position)).first
            return scalar.map { .string(String(Character($0))) } ?? .null
        default: return .null
        }
    }

    /// The first operand that decides, or the last one.
    @inline(never)
    private mutating func looseDecided(_ node: Node, by decisive: Bool) throws(ExpressionProblem) -> ExpressionValue {
        var last = ExpressionValue.null
        for child in node.a..<node.a + node.b {
            last = try value(of: program.children[Int(child)])
            if Loose.isTrue(last, program.dialect) == decisive { return last }
        }
        return last
    }

    @inline(never)
    private mutating func looseBinary(
        _ operation: LooseOperator, _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue {
        switch operation {
        case .equal: return .bool(try looselyEqual(l, r, at: index))
        case .notEqual: return .bool(try !looselyEqual(l, r, at: index))
        case .strictEqual: return .bool(try strictlyEqual(l, r, at: index))
        case .strictNotEqual: return .bool(try !strictlyEqual(l, r, at: index))
        case .less: return .bool(try looseOrder(l, r, at: index) == .less)
        case .greater: return .bool(try looseOrder(l, r, at: index) == .greater)
        case .lessEqual:
            let order = try looseOrder(l, r, at: index)
            return .bool(order == .less || order == .equal)
        case .greaterEqual:
            let order = try looseOrder(l, r, at: index)
            return .bool(order == .greater || order == .equal)
        case .contained:
            if program.dialect == .javascript, case .list(let list) = r {
                return .bool(try hasIndex(list, l, at: index))
            }
            return .bool(try looselyContained(l, r, at: index))
        case .notContained: return .bool(try !looselyContained(l, r, at: index))
        case .add where !Loose.isNumber(l) || !Loose.isNumber(r): return try sum(l, r, at: index)
        default: return try looseArithmetic(operation, l, r, at: index)
        }
    }

    /// `==` of JavaScript, which converts; of Python, which does not.
    mutating func looselyEqual(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> Bool {
        if l.isNull || r.isNull { return l.isNull && r.isNull }
        if program.dialect == .python { return try strictlyEqual(l, r, at: index) }
        if Loose.isText(l), Loose.isText(r) { return try strictlyEqual(l, r, at: index) }
        if isObject(l), isObject(r) { return false }
        try payForText(l, r, at: index)
        if isObject(l) || isObject(r), Loose.isText(l) || Loose.isText(r) {
            return CodePoints.equal(Loose.text(l), Loose.text(r))
        }
        return Loose.compare(Loose.number(l), Loose.number(r), program.dialect) == .equal
    }

    private func isObject(_ value: ExpressionValue) -> Bool {
        switch value {
        case .list, .map: true
        default: false
        }
    }

    private mutating func payForText(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) {
        try payForText(l, at: index)
        try payForText(r, at: index)
    }

    /// Takes what turning a value into text costs.
    mutating func payForText(_ value: ExpressionValue, depth: Int = 0, at index: Int32) throws(ExpressionProblem) {
        switch value {
        case .string(let text): try pay(bytes: text.utf8.count, at: index)
        case .bytes(let bytes): try pay(bytes: bytes.count, at: index)
        case .list(let list) where depth <= 8:
            for position in 0..<list.count {
                try pay(1, at: index)
                try payForText(list[position], depth: depth + 1, at: index)
            }
        default: break
        }
    }

    /// `===`: no conversion, but numbers of all types are numbers, and days and moments are text. Lists are compared by what
    /// they hold in Python, and are never equal in JavaScript.
    mutating func strictlyEqual(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> Bool {
        if Loose.isText(l), Loose.isText(r) {
            try payForText(l, r, at: index)
            return CodePoints.equal(Loose.text(l), Loose.text(r))
        }
        if Loose.isNumber(l), Loose.isNumber(r) {
            return Loose.compare(Loose.number(l), Loose.number(r), program.dialect) == .equal
        }
        if program.dialect == .python {
            if case .bool = l, Loose.isNumber(r) {
                return Loose.compare(Loose.number(l), Loose.number(r), program.dialect) == .equal
            }
            if case .bool = r, Loose.isNumber(l) {
                return Loose.compare(Loose.number(l), Loose.number(r), program.dialect) == .equal
            }
            return try equal(l, r, at: index)
        }
        if isObject(l) || isObject(r) { return false }
        return try equal(l, r, at: index)
    }

    /// The order of text with text, else of numbers. Python has none between text or null and numbers.
    private mutating func looseOrder(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem)
        -> Ordering
    {
        try payForText(l, r, at: index)
        if Loose.isText(l), Loose.isText(r) { return Ordering(CodePoints.order(Loose.text(l), Loose.text(r))) }
        if program.dialect == .python {
            for value in [l, r] where !Loose.isNumber(value) {
                guard case .bool = value else { throw noSuchOverload("<", l, r, at: index) }
            }
        }
        return Loose.compare(Loose.number(l), Loose.number(r), program.dialect)
    }

    /// JavaScript's `in` of an array, which asks for its indices and not for its elements.
    private mutating func hasIndex(
        _ list: ExpressionList, _ key: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        try payForText(key, at: index)
        let text = Loose.text(key)
        guard let position = Int(text), String(position) == text else { return text == "length" }
        return position >= 0 && position < list.count
    }

    /// `in`: an element of a list, a part of a text, a key of a map.
    mutating func looselyContained(
        _ element: ExpressionValue, _ container: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        switch container {
        case .list(let list):
            for position in 0..<list.count {
                try pay(1, at: index)
                if try strictlyEqual(list[position], element, at: index) { return true }
            }
            return false
        case .map(let map):
            try payForText(element, at: index)
            return map[element.string ?? Loose.text(element)] != nil
        case .string(let text):
            try payForText(element, container, at: index)
            return TextSearch.first(of: Array(Loose.text(element).utf8), in: Array(text.utf8), from: 0) != nil
        default: return false
        }
    }

    /// `+` where not both are numbers: text is joined, else all are numbers.
    private mutating func sum(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue
    {
        try payForText(l, r, at: index)
        if program.dialect == .python {
            if case .list(let a) = l, case .list(let b) = r {
                try pay(a.count + b.count, at: index)
                return ExpressionValue(a.elements + b.elements)
            }
            guard Loose.isText(l) == Loose.isText(r), !l.isNull, !r.isNull else {
                throw noSuchOverload("+", l, r, at: index)
            }
        }
        if Loose.isText(l) || Loose.isText(r) || isObject(l) || isObject(r) {
            return .string(Loose.text(l) + Loose.text(r))
        }
        return try looseArithmetic(.add, l, r, at: index)
    }

    /// Arithmetic of numbers, exact; only a division rounds, half to even: at nine decimals in Python, at eighteen in
    /// JavaScript, whose comparisons then overlook the last ones. JavaScript divides by zero, giving an infinity.
    private mutating func looseArithmetic(
        _ operation: LooseOperator, _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue {
        try payForText(l, r, at: index)
        if program.dialect == .python, Loose.isText(l) || Loose.isText(r) || l.isNull || r.isNull {
            throw noSuchOverload("arithmetic", l, r, at: index)
        }
        guard case .exact(let a) = Loose.number(l), case .exact(let b) = Loose.number(r) else { return .double(.nan) }
        let kind: Node.Kind
        switch operation {
        case .add: kind = .add
        case .subtract: kind = .subtract
        case .multiply: kind = .multiply
        case .modulo: kind = .modulo
        default: kind = .divide
        }
        if b.isZero, kind == .divide || kind == .modulo, program.dialect == .javascript {
            return .double(kind == .modulo || a.isZero ? .nan : (a.isNegative ? -.infinity : .infinity))
        }
        if program.dialect == .javascript {
            let result = Self.browserArithmetic(kind, a, b)
            if result.isInRange { return Loose.value(result) }
        }
        var result = try exact(kind, a, b, at: index)
        if operation == .floorDivide { result = a.divided(by: b, decimals: 0, .floor) }
        if operation == .modulo, program.dialect == .python, !result.isZero, result.isNegative != b.isNegative {
            result += b
        }
        return Loose.value(result)
    }

    /// With more decimals than a field has, as many as fit; out of range when none do.
    private static func browserArithmetic(_ kind: Node.Kind, _ a: Exact, _ b: Exact) -> Exact {
        let (left, right) = (Loose.settled(a, .javascript), Loose.settled(b, .javascript))
        switch kind {
        case .divide:
            let quotients = [18, 9, 0].lazy.map { a.divided(by: b, decimals: $0, .bankers) }
            return quotients.first { $0.isInRange } ?? .outOfRange
        case .multiply: return (a * b).isInRange ? a * b : left * right
        case .modulo where !right.isZero: return left - right * left.divided(by: right, decimals: 0, .down)
        case .add: return a + b
        case .subtract: return a - b
        default: return .outOfRange
        }
    }
}
