internal import Values

extension Evaluator {
    /// CEL's math extension, for decimals as well. `nil` when there is no overload.
    mutating func math(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        switch function {
        case .greatest: return try extreme(arguments, .greater, at: index)
        case .least: return try extreme(arguments, .less, at: index)
        case .abs, .sign: return try signed(function, arguments[0], at: index)
        case .isNaN, .isInf, .isFinite, .sqrt: return floating(function, arguments[0])
        case .bitAnd, .bitOr, .bitXor, .bitNot, .bitShiftLeft, .bitShiftRight:
            return try bits(function, arguments, at: index)
        default: return try rounded(function, arguments)
        }
    }

    /// The greatest or least number, of arguments or of one list.
    private mutating func extreme(
        _ arguments: [ExpressionValue], _ wanted: Ordering, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        var values = arguments
        if arguments.count == 1, case .list(let list) = arguments[0] {
            try pay(list.count, at: index)
            values = list.elements
            if values.isEmpty { throw problem(.invalidArgument, "an empty list has no least and greatest", at: index) }
        }
        guard var best = values.first, Numbers.compare(best, best) != nil else { return nil }
        for value in values.dropFirst() {
            guard let order = Numbers.compare(value, best) else { return nil }
            if order == wanted { best = value }
        }
        return best
    }

    private func signed(
        _ function: Function, _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        guard let order = Numbers.compare(value, .int(0)) else { return nil }
        if function == .abs { return order == .less ? try negated(value, at: index) : value }
        if order == .unordered { return value }
        let sign: Int64 = order == .less ? -1 : (order == .equal ? 0 : 1)
        switch value {
        case .int: return .int(sign)
        case .uint: return .uint(UInt64(sign))
        case .decimal: return .decimal(Exact(sign))
        default: return .double(Double(sign))
        }
    }

    /// Rounding, half away from zero: doubles to whole numbers, decimals to as many decimals as are asked for.
    private func rounded(
        _ function: Function, _ arguments: [ExpressionValue]
    ) throws(ExpressionProblem) -> ExpressionValue? {
        var decimals = 0
        if arguments.count > 1 {
            guard case .int(let given) = arguments[1], -30...18 ~= given else { return nil }
            decimals = Int(given)
        }
        let (rule, floating): (Rounding, FloatingPointRoundingRule) =
            switch function {
            case .ceil: (.ceiling, .up)
            case .floor: (.floor, .down)
            case .trunc: (.down, .towardZero)
            default: (.commercial, .toNearestOrAwayFromZero)
            }
        switch arguments[0] {
        case .decimal(let value): return .decimal(value.rounded(decimals, rule))
        case .int, .uint: return arguments.count > 1 && decimals >= 0 ? arguments[0] : nil
        case .double(let value): return arguments.count > 1 ? nil : .double(value.rounded(floating))
        case .literal(let value):
            return arguments.count > 1
                ? .decimal(value.exact.rounded(decimals, rule)) : .double(value.double.rounded(floating))
        default: return nil
        }
    }
}

extension Evaluator {
    /// What is asked of doubles. `nil` when there is no overload: a decimal is always finite, and its root would not be exact.
    private func floating(_ function: Function, _ value: ExpressionValue) -> ExpressionValue? {
        if function == .sqrt {
            switch value {
            case .int(let number): return .double(Double(number).squareRoot())
            case .uint(let number): return .double(Double(number).squareRoot())
            default: return Numbers.double(value).map { .double($0.squareRoot()) }
            }
        }
        guard let number = Numbers.double(value) else { return nil }
        return switch function {
        case .isNaN: .bool(number.isNaN)
        case .isInf: .bool(number.isInfinite)
        default: .bool(number.isFinite)
        }
    }

    /// Whole numbers bit by bit. Shifting to the right keeps the sign; shifting by more than there are bits leaves none.
    private func bits(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        if function == .bitShiftLeft || function == .bitShiftRight {
            guard case .int(let distance) = arguments[1] else { return nil }
            switch arguments[0] {
            case .int(let number): return .int(try shifted(function, number, distance, at: index))
            case .uint(let number): return .uint(try shifted(function, number, distance, at: index))
            default: return nil
            }
        }
        switch (arguments[0], arguments.last ?? arguments[0]) {
        case (.int(let a), .int(let b)): return .int(Self.combined(function, a, b))
        case (.uint(let a), .uint(let b)): return .uint(Self.combined(function, a, b))
        default: return nil
        }
    }

    private func shifted<T: FixedWidthInteger>(
        _ function: Function, _ number: T, _ distance: Int64, at index: Int32
    )
        throws(ExpressionProblem) -> T
    {
        guard distance >= 0 else { throw problem(.invalidArgument, "a shift by less than nothing", at: index) }
        return function == .bitShiftLeft ? number << distance : number >> distance
    }

    private static func combined<T: FixedWidthInteger>(_ function: Function, _ a: T, _ b: T) -> T {
        switch function {
        case .bitAnd: a & b
        case .bitOr: a | b
        case .bitXor: a ^ b
        default: ~a
        }
    }
}
