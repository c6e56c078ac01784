import TestSupport
import Values

/// What is rolled in trade.
extension Dice {
    /// A quantity such as people order: mostly whole.
    mutating func qty() -> Exact {
        one([
            1, 2, 3, 4, 5, 7, 12, Exact(units: 5, scale: 1), Exact(units: 125, scale: 2), Exact(units: 1333, scale: 3),
        ])
    }

    /// A price, now and then one that leaves fractions of a cent.
    mutating func rate() -> Exact {
        isOne(of: 3)
            ? one([Exact(units: 335, scale: 3), Exact(units: 3333, scale: 3), Exact(units: 123_456_789, scale: 7)])
            : Exact(units: Int64(roll(50...9_999)), scale: 2)
    }

    /// Part of a quantity, often all of it, seldom more.
    mutating func part(of whole: Exact) -> Exact {
        switch roll(1...8) {
        case 1: whole + 1
        case 2...4: whole
        default: (whole * Exact(roll(1...9))).divided(by: 10, decimals: 2)
        }
    }
}
