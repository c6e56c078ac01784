internal import Values

/// How two values compare.
enum Ordering {
    case less, equal, greater
    /// Neither: one of them is not a number.
    case unordered

    init(_ sign: Int) { self = sign < 0 ? .less : (sign == 0 ? .equal : .greater) }

    init<T: Comparable>(_ l: T, _ r: T) { self = l < r ? .less : (l == r ? .equal : (r < l ? .greater : .unordered)) }

    var reversed: Ordering { self == .less ? .greater : (self == .greater ? .less : self) }
}

/// Comparing numbers of different types by their mathematical value, without converting one to the other.
enum Numbers {
    /// `nil` when one is no number, or a decimal meets a computed double.
    static func compare(_ l: ExpressionValue, _ r: ExpressionValue) -> Ordering? {
        switch (l, r) {
        case (.int(let a), .int(let b)): return Ordering(a, b)
        case (.uint(let a), .uint(let b)): return Ordering(a, b)
        case (.int(let a), .uint(let b)): return a < 0 ? .less : Ordering(UInt64(a), b)
        case (.uint(let a), .int(let b)): return b < 0 ? .greater : Ordering(a, UInt64(b))
        case (.decimal, .double), (.double, .decimal): return nil
        case (.decimal(let a), _): return r.exact.map { Ordering(a, $0) }
        case (_, .decimal(let b)): return l.exact.map { Ordering($0, b) }
        default: break
        }
        if let a = double(l) {
            if let b = double(r) { return Ordering(a, b) }
            return compare(r, to: a)?.reversed
        }
        return double(r).flatMap { compare(l, to: $0) }
    }

    /// A whole number with a double.
    private static func compare(_ whole: ExpressionValue, to double: Double) -> Ordering? {
        if double.isNaN { return .unordered }
        let truncated = double.rounded(.towardZero)
        let fraction = double - truncated
        let order: Ordering
        switch whole {
        case .int(let value):
            guard truncated < 0x1p63 else { return .less }
            guard truncated >= -0x1p63 else { return .greater }
            order = Ordering(value, Int64(truncated))
        case .uint(let value):
            guard truncated < 0x1p64 else { return .less }
            guard truncated >= 0 else { return .greater }
            order = Ordering(value, UInt64(truncated))
        default: return nil
        }
        guard order == .equal, fraction != 0 else { return order }
        return fraction > 0 ? .less : .greater
    }

    /// The double of a double, computed or written.
    static func double(_ value: ExpressionValue) -> Double? {
        switch value {
        case .double(let value): value
        case .literal(let value): value.double
        default: nil
        }
    }
}

extension Evaluator {
    /// CEL's equality: values of different types are unequal, numbers compare by value, text by code points.
    mutating func equal(
        _ l: ExpressionValue, _ r: ExpressionValue, depth: Int = 0, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        switch (l, r) {
        case (.string(let a), .string(let b)):
            try pay(bytes: min(a.utf8.count, b.utf8.count), at: index)
            return CodePoints.equal(a, b)
        case (.int(let a), .int(let b)): return a == b
        case (.bool(let a), .bool(let b)): return a == b
        case (.null, .null): return true
        case (.bytes(let a), .bytes(let b)):
            try pay(bytes: min(a.count, b.count), at: index)
            return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.decimal, .double), (.double, .decimal): throw noSuchOverload("==", l, r, at: index)
        case (.optional(let a), .optional(let b)):
            guard let a = a.value, let b = b.value else { return a.value == nil && b.value == nil }
            try checkDepth(depth, at: index)
            try pay(1, at: index)
            return try equal(a, b, depth: depth + 1, at: index)
        case (.list(let a), .list(let b)): return try equal(a, b, depth: depth, at: index)
        case (.map(let a), .map(let b)): return try equal(a, b, depth: depth, at: index)
        default: return Numbers.compare(l, r) == .equal
        }
    }

    private mutating func equal(
        _ l: ExpressionList, _ r: ExpressionList, depth: Int, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        guard l.count == r.count else { return false }
        try checkDepth(depth, at: index)
        for position in 0..<l.count {
            try pay(1, at: index)
            if try !equal(l[position], r[position], depth: depth + 1, at: index) { return false }
        }
        return true
    }

    private mutating func equal(
        _ l: ExpressionMap, _ r: ExpressionMap, depth: Int, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        guard let own = l.count, let count = r.count else {
            throw problem(.noSuchOverload, "objects that do not tell their fields cannot be compared", at: index)
        }
        guard own == count else { return false }
        try checkDepth(depth, at: index)
        try pay(own, at: index)
        for key in l.keys ?? [] {
            try pay(2, at: index)
            try pay(key: key, at: index)
            guard let value = l[key], let other = r[key] else { return false }
            if try !equal(value, other, depth: depth + 1, at: index) { return false }
        }
        return true
    }

    private func checkDepth(_ depth: Int, at index: Int32) throws(ExpressionProblem) {
        if depth > 64 { throw problem(.tooLarge, "the values to compare are nested deeper than 64", at: index) }
    }

    /// `<`, `<=`, `>` and `>=`.
    @inline(never)
    mutating func ordered(
        _ kind: Node.Kind, _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        guard let order = try order(l, r, at: index) else { throw noSuchOverload(Self.sign(kind), l, r, at: index) }
        return switch kind {
        case .less: order == .less
        case .lessEqual: order == .less || order == .equal
        case .greater: order == .greater
        default: order == .greater || order == .equal
        }
    }

    /// How two values are ordered; `nil` when their types are not.
    mutating func order(
        _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> Ordering? {
        switch (l, r) {
        case (.string(let a), .string(let b)):
            try pay(bytes: min(a.utf8.count, b.utf8.count), at: index)
            return Ordering(CodePoints.order(a, b))
        case (.bool(let a), .bool(let b)): return Ordering(a ? 1 : 0, b ? 1 : 0)
        case (.bytes(let a), .bytes(let b)):
            try pay(bytes: min(a.count, b.count), at: index)
            return a.lexicographicallyPrecedes(b) ? .less : (a == b ? .equal : .greater)
        case (.timestamp(let a), .timestamp(let b)): return Ordering(a, b)
        case (.duration(let a), .duration(let b)): return Ordering(a, b)
        default: return Numbers.compare(l, r)
        }
    }

    /// `element in container`
    @inline(never)
    mutating func contained(
        _ element: ExpressionValue, _ container: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> Bool
    {
        switch container {
        case .list(let list):
            for position in 0..<list.count {
                try pay(1, at: index)
                if try equal(list[position], element, at: index) { return true }
            }
            return false
        case .map(let map):
            try pay(key: element, at: index)
            return map[element] != nil
        default: throw noSuchOverload("in", element, container, at: index)
        }
    }

    static func sign(_ kind: Node.Kind) -> String {
        switch kind {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessEqual: "<="
        case .greater: ">"
        case .greaterEqual: ">="
        case .contained: "in"
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        default: "%"
        }
    }
}
