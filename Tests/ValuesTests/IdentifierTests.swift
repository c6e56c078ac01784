import TestSupport
import Testing
import Values

@Suite struct IdentifierTests {
    @Test func `the sequence follows from the seed`() {
        var a = IdentifierSource(seed: 7)
        var b = IdentifierSource(seed: 7)
        var other = IdentifierSource(seed: 8)
        let moment = Timestamp(microseconds: 1_772_705_472_123_456)
        let first = a.next(at: moment)
        #expect(first == b.next(at: moment))
        #expect(first != other.next(at: moment))
        #expect(first.count == 15)
        #expect(first.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) })
        #expect(first.hasPrefix(other.next(at: moment).prefix(8)))
    }

    @Test func `identifiers increase within a millisecond, across them and when the clock goes back`() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var source = IdentifierSource(seed: seed)
            var random = Dice(seed: seed)
            var last = ""
            for _ in 0..<200 {
                let moment = Timestamp(
                    microseconds: 1_772_705_472_000_000 + Int64.random(in: 0...20_000, using: &random))
                let next = source.next(at: moment)
                #expect(next > last)
                last = next
            }
        }
    }

    @Test func `moments out of range are taken as the nearest`() {
        var source = IdentifierSource(seed: 1)
        let early = source.next(at: .earliest)
        #expect(early.hasPrefix("00000000"))
        #expect(source.next(at: .latest) > early)
    }
}
