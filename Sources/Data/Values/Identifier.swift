/// Makes identifiers that sort by the time they were made: 15 characters of Crockford's base 32 in lower case.
///
/// 43 bits are milliseconds since 1970, 32 bits begin at a pseudo-random number for each millisecond and count up within it.
/// The identifiers of one source increase strictly as text, also when the clock stands or goes back: then the last
/// millisecond is kept. The sequence follows from the seed and the moments alone (SplitMix64, Steele, Lea and Flood 2014).
///
/// - Note: Not for secrets: who sees a few identifiers can guess the next. Sources with different seeds may collide
///   within a millisecond, with a chance of about one in four thousand million a pair.
public struct IdentifierSource: Sendable {
    private var random: SplitMix64
    private var millisecond: UInt64 = 0
    private var counter: UInt32 = 0
    private var isFresh = true

    /// A source whose sequence follows from the seed.
    public init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The next identifier. Moments before 1970 count as 1970, moments after the year 2248 as its end.
    public mutating func next(at moment: Timestamp) -> String {
        let now = min(UInt64(max(moment.microseconds, 0)) / 1000, Self.latestMillisecond)
        if isFresh || now > millisecond {
            isFresh = false
            start(now)
        } else {
            let (next, overflow) = counter.addingReportingOverflow(1)
            if overflow { start(min(millisecond + 1, Self.latestMillisecond)) } else { counter = next }
        }
        return text
    }

    /// Whether a text looks as if a source made it.
    public static func makes(_ text: String) -> Bool {
        text.utf8.count == 15 && text.utf8.allSatisfy { byte in (0..<32).contains { character($0) == byte } }
    }

    private static var latestMillisecond: UInt64 { 1 << 43 - 1 }

    private mutating func start(_ millisecond: UInt64) {
        self.millisecond = millisecond
        counter = UInt32(truncatingIfNeeded: random.next() >> 32)
    }

    private var text: String {
        var bits = UInt128(millisecond) << 32 | UInt128(counter)
        var characters = [UInt8](repeating: 0, count: 15)
        for index in characters.indices.reversed() {
            characters[index] = Self.character(UInt8(truncatingIfNeeded: bits & 31))
            bits >>= 5
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// `0123456789abcdefghjkmnpqrstvwxyz`: without i, l, o and u.
    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0...9: 0x30 + value
        case 10...17: 0x61 + (value - 10)  // a to h
        case 18, 19: 0x6A + (value - 18)  // j k
        case 20, 21: 0x6D + (value - 20)  // m n
        case 22...26: 0x70 + (value - 22)  // p to t
        default: 0x76 + (value - 27)  // v to z
        }
    }
}

/// The generator of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
