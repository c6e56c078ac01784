/// What happens to the decimals that are dropped.
public enum Rounding: String, Sendable, Hashable, CaseIterable {
    /// To the nearest, half away from zero: 2.5 → 3, -2.5 → -3.
    case commercial
    /// To the nearest, half to the even neighbour: 2.5 → 2, 3.5 → 4.
    case bankers
    /// Away from zero: 2.1 → 3, -2.1 → -3.
    case up
    /// Toward zero: 2.9 → 2, -2.9 → -2.
    case down
    /// Toward negative infinity: 2.9 → 2, -2.1 → -3.
    case floor
    /// Toward positive infinity: 2.1 → 3, -2.9 → -2.
    case ceiling
}

extension Rounding {
    /// How what was cut off compares with half a unit of what is kept.
    enum Tail {
        case none, belowHalf, half, aboveHalf
    }

    /// Whether the magnitude that was cut off goes up by one.
    @inline(__always)
    func increments(_ tail: Tail, negative: Bool, odd: Bool) -> Bool {
        if tail == .none { return false }
        switch self {
        case .commercial: return tail != .belowHalf
        case .bankers: return tail == .aboveHalf || (tail == .half && odd)
        case .up: return true
        case .down: return false
        case .floor: return negative
        case .ceiling: return !negative
        }
    }
}

extension Rounding.Tail {
    /// Compares a remainder with half of its divisor. The divisor is at most 2^127.
    @inline(__always)
    init(_ remainder: UInt128, of divisor: UInt128) {
        if remainder == 0 {
            self = .none
        } else {
            let rest = divisor &- remainder
            self = remainder < rest ? .belowHalf : (remainder == rest ? .half : .aboveHalf)
        }
    }

    /// Compares a remainder with half of its divisor.
    @inline(__always)
    init(_ remainder: UInt64, of divisor: UInt64) {
        if remainder == 0 {
            self = .none
        } else {
            let rest = divisor &- remainder
            self = remainder < rest ? .belowHalf : (remainder == rest ? .half : .aboveHalf)
        }
    }

    /// Compares `remainder + fraction` with half of the divisor, where this tail tells the fraction.
    func following(_ remainder: UInt128, of divisor: UInt128) -> Rounding.Tail {
        if self == .none { return Rounding.Tail(remainder, of: divisor) }
        let rest = divisor &- remainder
        if remainder >= rest { return .aboveHalf }
        // The gap to half is at least one half; only when it is exactly that does the fraction decide.
        return rest &- remainder == 1 ? self : .belowHalf
    }
}
