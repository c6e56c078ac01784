import TestSupport
import Testing
import Values

@Suite struct TextIdentityTests {
    /// Texts that the standard library takes for the same, and Unicode, too; they are other bytes.
    static let alike = [
        ("K", "\u{212A}"), ("Caf\u{E9}", "Cafe\u{301}"), ("\u{C5}", "\u{212B}"), ("\u{3A9}", "\u{2126}"),
        (";", "\u{37E}"), ("\u{AC00}", "\u{1100}\u{1161}"), ("a\u{323}\u{302}", "a\u{302}\u{323}"),
    ]

    @Test(arguments: alike) func `texts that are other bytes are not the same`(one: String, other: String) {
        #expect(one != other && !(one == other))
        let (maybe, nothing): (String?, String?) = (one, nil)
        #expect(maybe != other && !(maybe == other) && maybe == one && nothing != one && nothing == nil)
        #expect([one] != [other] && [one, other] == [one, other])
        #expect(![one].contains(other) && [one].contains(one))
        #expect([other, one].firstIndex(of: one) == 1)
        var found = false
        switch other {
        case one: found = true
        default: break
        }
        #expect(!found)
        #expect(Value.text(one) != .text(other) && Value.text(one) == .text(one))
        #expect(JSON.string(one) != .string(other))
        #expect(Name(one) != Name(other) && (Name(one) < Name(other)) != (Name(other) < Name(one)))
        #expect(Set<Name>([one, other, one]).count == 2)
        #expect(Set([Value.text(one), .text(other), .text(one)]).count == 2)
        var kept: [Name: Int] = [:]
        kept[one, default: 0] += 1
        kept[other, default: 0] += 2
        #expect(kept[one] == 1 && kept[other] == 2)
        kept[one] = nil
        #expect(kept.names == [other])
    }

    @Test(arguments: alike) func `keys of objects that are other bytes are two keys`(one: String, other: String) throws
    {
        for more in [0, 40] {
            var object: JSONObject = [:]
            for number in 0..<more { object["\(number)"] = .int(Int64(number)) }
            object[one] = 1
            object[other] = 2
            #expect(object.count == more + 2 && object[one] == 1 && object[other] == 2)
            guard case .object(let read) = try JSON.parse(JSON.object(object).text) else { return }
            #expect(read == object && read.count == more + 2)
        }
    }

    @Test(arguments: alike) func `what is the same to Unicode has one normal form`(one: String, other: String) {
        #expect(one.normalized == other.normalized)
        #expect(one.normalized.isNormalized && one.normalized.normalized == one.normalized)
        #expect(!one.isNormalized || !other.isNormalized)
    }

    @Test func `texts in the normal form are the same bytes exactly where they are the same to Unicode`() {
        var dice = Dice(seed: 15)
        let pieces = [
            "a", "e\u{301}", "\u{E9}", "\u{301}", "K", "\u{212A}", "\u{323}", "\u{302}", "\u{1100}", "\u{1161}", "ﬁ",
            "1",
        ]
        func text() -> String { (0..<dice.roll(0...4)).map { _ in dice.one(pieces) }.joined() }
        func isEquivalent<T: Equatable>(_ one: T, _ other: T) -> Bool { one == other }
        for _ in 0..<5_000 {
            let (one, other) = (text(), text())
            #expect(isEquivalent(one, other) == (one.normalized == other.normalized), "\(one) \(other)")
            #expect((one == other) == one.utf8.elementsEqual(other.utf8))
        }
    }

    @Test func `nothing is equal to nothing, and long texts are compared to their end`() {
        #expect("" == "" && "" != "a")
        let long = String(repeating: "ä", count: 1_000)
        #expect(long + "a" == long + "a" && long + "a" != long + "b")
        #expect(Substring(long).description == long)
    }

    private static let lookalikes = [
        ("Acme", "ACME"), ("Acme", "\u{FF21}cme"), ("Acme", "Ac\u{200B}me"), ("Acme", "Ac\u{AD}me"),
        ("Acme", "Acme\u{FE0F}"), ("Acme Ltd", "Acme  Ltd"), ("Acme Ltd", "Acme\u{A0}Ltd"),
        ("Acme Ltd", "Acme\u{3000}Ltd"), ("Caf\u{E9}", "CAFE\u{301}"), ("Kit", "\u{212A}it"), ("ΟΔΟΣ", "οδος"),
        ("ガ", "\u{FF76}\u{FF9E}"), ("５０％", "50%"),
        ("ЖУК", "жук"), ("a\u{202E}b", "ab"), ("A", "А"), ("Acme", "Асме"), ("Acme", "аcmе"), ("BOP", "ВОР"),
        ("Οmega", "Omega"), ("ZHTA", "ΖΗΤΑ"), ("ВЕТА", "вета"), ("Ёж", "\u{CB}ж"), ("ÁBC", "ΆBC"), ("ɡolf", "golf"),
    ]

    @Test(arguments: lookalikes) func `what only looks different has one skeleton`(one: String, other: String) {
        #expect(Skeleton.of(one) == Skeleton.of(other))
    }

    private static let different = [
        ("Acme", "Acne"), ("Weiss", "Weiß"), ("ılık", "ilik"), ("m2", "m²"), ("Café", "Cafe"), ("н", "n"), ("Ω", "O"),
        ("Д", "D"),
        ("Acme Ltd", "AcmeLtd"), ("A-1", "A1"), ("fi", "ﬁ"),
    ]

    @Test(arguments: different) func `what can be told apart has two skeletons`(one: String, other: String) {
        #expect(Skeleton.of(one) != Skeleton.of(other))
    }

    @Test func `case tells names apart where it counts`() {
        #expect(Skeleton.of("Acme", foldsCase: false) != Skeleton.of("ACME", foldsCase: false))
        #expect(Skeleton.of("\u{FF21}cme", foldsCase: false) == "Acme")
        #expect(Skeleton.of("\u{410}сmе", foldsCase: false) == "Acme")
        #expect(Skeleton.of("ВОР", foldsCase: false) == "BOP")
        #expect(Skeleton.of("вор", foldsCase: false) != "bop", "a small Cyrillic ve is no b")
        #expect(Skeleton.of("\u{200B}").isEmpty)
    }
}
