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
        case .int, .uint: return decimals >= 0 ? arguments[0] : nil
        case .double(let value): return arguments.count > 1 ? nil : .double(value.rounded(floating))
        case .literal(let value):
            return arguments.count > 1
                ? .decimal(value.exact.rounded(decimals, rule)) : .double(value.double.rounded(floating))
        default: return nil
        }
    }
}
