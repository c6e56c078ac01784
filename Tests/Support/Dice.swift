/// A generator of numbers that begins anew with its seed, so that a failure can be repeated: SplitMix64 by Steele, Lea
/// and Flood.
public struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// Dice that roll the same for the same seed.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range.
    public mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    /// Whether one of `sides` came up.
    public mutating func isOne(of sides: Int) -> Bool { roll(1...sides) == 1 }
    /// One of the choices, of which there must be some.
    public mutating func one<T>(_ choices: [T]) -> T { choices[roll(0...(choices.count - 1))] }
    /// One of the choices, if there are any.
    public mutating func pick<T>(_ choices: [T]) -> T? { choices.isEmpty ? nil : one(choices) }
    /// The list in another order.
    public mutating func shuffled<T>(_ list: [T]) -> [T] { list.shuffled(using: &self) }
}
