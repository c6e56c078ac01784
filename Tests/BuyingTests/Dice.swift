import Values

/// A generator of numbers that begins anew with its seed: SplitMix64 by Steele, Lea and Flood.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Whether one of `sides` came up.
    mutating func isOne(of sides: Int) -> Bool { Int.random(in: 1...sides, using: &self) == 1 }
    mutating func one<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &self)] }
    mutating func pick<T>(_ choices: [T]) -> T? { choices.isEmpty ? nil : one(choices) }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func shuffled<T>(_ list: [T]) -> [T] { list.shuffled(using: &self) }

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
            : Exact(units: Int64(number(50...9_999)), scale: 2)
    }

    /// Part of a quantity, often all of it, seldom more.
    mutating func part(of whole: Exact) -> Exact {
        switch number(1...8) {
        case 1: whole + 1
        case 2...4: whole
        default: (whole * Exact(number(1...9))).divided(by: 10, decimals: 2)
        }
    }
}
