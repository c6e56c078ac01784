internal import Values

extension Evaluator {
    /// `+`, `-`, `*`, `/` and `%`, by CEL's overloads and those of decimals.
    ///
    /// A decimal goes with whole numbers, decimals and floating-point literals, exactly; its quotient is rounded once, half to
    /// even, to nine decimals. Only whole numbers have a remainder, and decimals.
    @inline(never)
    mutating func arithmetic(
        _ kind: Node.Kind, _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue
    {
        switch (l, r) {
        case (.int(let a), .int(let b)): return .int(try whole(kind, a, b, at: index))
        case (.uint(let a), .uint(let b)): return .uint(try whole(kind, a, b, at: index))
        case (.decimal(let a), _):
            if let b = r.exact { return .decimal(try exact(kind, a, b, at: index)) }
        case (_, .decimal(let b)):
            if let a = l.exact { return .decimal(try exact(kind, a, b, at: index)) }
        case (.string(let a), .string(let b)) where kind == .add:
            try pay(bytes: a.utf8.count + b.utf8.count, at: index)
            return .string(a + b)
        case (.list(let a), .list(let b)) where kind == .add:
            try pay(a.count + b.count, at: index)
            return ExpressionValue(a.elements + b.elements)
        case (.bytes(let a), .bytes(let b)) where kind == .add:
            try pay(bytes: a.count + b.count, at: index)
            return .bytes(a + b)
        case (.timestamp, _), (.duration, _): return try time(kind, l, r, at: index)
        default:
            if let a = Numbers.double(l), let b = Numbers.double(r), kind != .modulo {
                return floating(kind, l, r, a, b)
            }
        }
        throw noSuchOverload(Self.sign(kind), l, r, at: index)
    }

    private func whole<T: FixedWidthInteger>(
        _ kind: Node.Kind, _ a: T, _ b: T, at index: Int32
    )
        throws(ExpressionProblem) -> T
    {
        let (result, overflow): (T, Bool)
        switch kind {
        case .add: (result, overflow) = a.addingReportingOverflow(b)
        case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
        case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { throw problem(.divideByZero, "division by zero", at: index) }
            (result, overflow) = a.dividedReportingOverflow(by: b)
        default:
            if b == 0 { throw problem(.modulusByZero, "remainder of a division by zero", at: index) }
            (result, overflow) = a.remainderReportingOverflow(dividingBy: b)
        }
        if overflow { throw problem(.overflow, "the result does not fit 64 bits", at: index) }
        return result
    }

    /// Arithmetic of decimals.
    func exact(_ kind: Node.Kind, _ a: Exact, _ b: Exact, at index: Int32) throws(ExpressionProblem) -> Exact {
        let result: Exact
        switch kind {
        case .add: result = a + b
        case .subtract: result = a - b
        case .multiply: result = a * b
        case .divide:
            if b.isZero { throw problem(.divideByZero, "division by zero", at: index) }
            result = a.divided(by: b, decimals: 9, .bankers)
        default:
            if b.isZero { throw problem(.modulusByZero, "remainder of a division by zero", at: index) }
            result = a - b * a.divided(by: b, decimals: 0, .down)
        }
        guard result.isInRange else { throw problem(.overflow, "the result is too large for a decimal", at: index) }
        return result
    }

    /// Doubles as IEEE 754 has them. Literals stay exact through sums, differences and products: `1.0 + 0.19` can meet a decimal.
    private func floating(
        _ kind: Node.Kind, _ l: ExpressionValue, _ r: ExpressionValue, _ a: Double, _ b: Double
    )
        -> ExpressionValue
    {
        let double: Double
        switch kind {
        case .add: double = a + b
        case .subtract: double = a - b
        case .multiply: double = a * b
        default: return .double(a / b)
        }
        guard case .literal(let left) = l, case .literal(let right) = r, double.isFinite else { return .double(double) }
        let exact: Exact
        switch kind {
        case .add: exact = left.exact + right.exact
        case .subtract: exact = left.exact - right.exact
        default:
            exact = left.exact * right.exact
            // A product of more than 18 decimals would have been rounded.
            guard right.exact.isZero || exact.divided(by: right.exact, decimals: 18, .down) == left.exact else {
                return .double(double)
            }
        }
        return exact.isInRange ? .literal(DecimalLiteral(double: double, exact: exact)) : .double(double)
    }

    private func time(
        _ kind: Node.Kind, _ l: ExpressionValue, _ r: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue
    {
        switch (l, r, kind) {
        case (.timestamp(let a), .duration(let b), .add), (.duration(let b), .timestamp(let a), .add):
            guard let sum = a.adding(nanoseconds: b.nanoseconds) else { throw outside("moment", at: index) }
            return .timestamp(sum)
        case (.timestamp(let a), .duration(let b), .subtract):
            guard b.nanoseconds != .min, let difference = a.adding(nanoseconds: -b.nanoseconds) else {
                throw outside("moment", at: index)
            }
            return .timestamp(difference)
        case (.timestamp(let a), .timestamp(let b), .subtract):
            guard let span = a - b else { throw outside("span", at: index) }
            return .duration(span)
        case (.duration(let a), .duration(let b), .add), (.duration(let a), .duration(let b), .subtract):
            let (sum, overflow) =
                kind == .add
                ? a.nanoseconds.addingReportingOverflow(b.nanoseconds)
                : a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
            if overflow { throw outside("span", at: index) }
            return .duration(ExpressionDuration(nanoseconds: sum))
        default: throw noSuchOverload(Self.sign(kind), l, r, at: index)
        }
    }

    /// The problem of a moment or span outside what its type holds.
    func outside(_ what: String, at index: Int32) -> ExpressionProblem {
        problem(.range, "the \(what) is outside the range that there is", at: index)
    }

    /// `-x`
    @inline(never)
    func negated(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        switch value {
        case .int(let number):
            let (result, overflow) = (0 as Int64).subtractingReportingOverflow(number)
            if overflow { throw problem(.overflow, "the result does not fit 64 bits", at: index) }
            return .int(result)
        case .double(let number): return .double(-number)
        case .literal(let number): return .literal(DecimalLiteral(double: -number.double, exact: -number.exact))
        case .decimal(let number):
            guard number.isInRange else { throw problem(.overflow, "the number is too large for a decimal", at: index) }
            return .decimal(-number)
        case .duration(let span):
            guard span.nanoseconds != .min else { throw outside("span", at: index) }
            return .duration(ExpressionDuration(nanoseconds: -span.nanoseconds))
        default: throw noSuchOverload("-", value, at: index)
        }
    }
}
