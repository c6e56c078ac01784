/// Which letters count as the same when words are compared: small and capital ones, with and without marks.
///
/// It is the same on every engine and depends on no language: `É`, `e` and `e` with a combining mark are one letter, `ß` is
/// `ss`, `Æ` is `ae`, and the wide forms of ASCII letters and digits are those.
public enum LetterFolding {
    /// Calls `each` with every letter that `letter` counts as, by its number; not at all for a combining mark.
    ///
    /// Folding what is folded changes nothing.
    @inline(__always)
    public static func fold(_ letter: Unicode.Scalar, _ each: (UInt32) -> Void) {
        let number = letter.value
        if number < 0x80 { return each(0x41...0x5A ~= number ? number + 0x20 : number) }
        guard number < flat.count else { return parts(of: letter).forEach(each) }
        let single = flat[Int(number)]
        if single < severalMark { return each(single) }
        for part in several[Int(single - severalMark)] { each(part) }
    }

    /// The text with every letter as what it counts as.
    public static func folded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for letter in text.unicodeScalars {
            fold(letter) { if let scalar = Unicode.Scalar($0) { result.append(scalar) } }
        }
        return String(result)
    }

    /// Every letter that counts as another, with what it counts as: how an engine is told. Letters that are common come
    /// first.
    public static let letters: [(letter: Unicode.Scalar, parts: [UInt32])] = {
        let blocks: [ClosedRange<UInt32>] = [0x41...0x5A, 0x80...0x17F, 0x370...0x52F, 0x180...0x36F, 0x530...0x1FFFF]
        return blocks.joined().compactMap { number in
            guard let letter = Unicode.Scalar(number) else { return nil }
            var parts: [UInt32] = []
            fold(letter) { parts.append($0) }
            return parts == [number] ? nil : (letter, parts)
        }
    }()

    // MARK: Tables

    /// From here on a number of ``flat`` stands for a place in ``several``.
    private static let severalMark: UInt32 = 0x11_0000

    /// What each letter below U+3000 counts as.
    private static let flat: [UInt32] = tables.flat
    /// What counts as none or several.
    private static let several: [[UInt32]] = tables.several

    private static let tables: (flat: [UInt32], several: [[UInt32]]) = {
        var flat: [UInt32] = []
        var several: [[UInt32]] = []
        for number in UInt32(0)..<0x3000 {
            // There are no surrogates below U+3000.
            let parts = Unicode.Scalar(number).map(parts) ?? []
            if parts.count == 1 {
                flat.append(parts[0])
            } else {
                let place = several.firstIndex(of: parts) ?? several.count
                if place == several.count { several.append(parts) }
                flat.append(severalMark + UInt32(place))
            }
        }
        return (flat, several)
    }()

    private static func parts(of letter: Unicode.Scalar) -> [UInt32] {
        letter.properties.lowercaseMapping.unicodeScalars.flatMap { small -> [UInt32] in
            switch small.value {
            case 0x300...0x36F: []
            // The wide forms of ASCII.
            case 0xFF10...0xFF19, 0xFF41...0xFF5A: [small.value - 0xFEE0]
            default: bases[small.value] ?? [small.value]
            }
        }
    }

    /// What a small letter with marks counts as. Made of the canonical decompositions of Unicode 15 below U+2000; letters
    /// that have none but are written in two ways are added.
    private static let bases: [UInt32: [UInt32]] = {
        var bases: [UInt32: [UInt32]] = [:]
        for (base, letters) in groups {
            for letter in letters.unicodeScalars { bases[letter.value] = base.unicodeScalars.map(\.value) }
        }
        // What one of them counts as may count as something else.
        return bases.mapValues { $0.flatMap { bases[$0] ?? [$0] } }
    }()

    private static let groups: [(base: String, letters: String)] = [
        ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
        ("ae", "æ"),
        ("b", "ḃḅḇ"),
        ("c", "çćĉċčḉ"),
        ("d", "ďḋḍḏḑḓđð"),
        ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệə"),
        ("f", "ḟ"),
        ("g", "ĝğġģǧǵḡ"),
        ("h", "ĥȟḣḥḧḩḫẖħ"),
        ("i", "ìíîïĩīĭįǐȉȋḭḯỉịı"),
        ("ij", "ĳ"),
        ("j", "ĵǰ"),
        ("k", "ķǩḱḳḵĸ"),
        ("l", "ŀĺļľḷḹḻḽł"),
        ("m", "ḿṁṃ"),
        ("n", "ŉñńņňǹṅṇṉṋŋ"),
        ("o", "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợøǿ"),
        ("oe", "œ"),
        ("p", "ṕṗ"),
        ("r", "ŕŗřȑȓṙṛṝṟ"),
        ("s", "ſśŝşšșṡṣṥṧṩẛ"),
        ("ss", "ß"),
        ("t", "ţťțṫṭṯṱẗŧ"),
        ("th", "þ"),
        ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
        ("v", "ṽṿ"),
        ("w", "ŵẁẃẅẇẉẘ"),
        ("x", "ẋẍ"),
        ("y", "ýÿŷȳẏẙỳỵỷỹ"),
        ("z", "źżžẑẓẕ"),
        ("æ", "ǣǽ"),
        ("ʒ", "ǯ"),
        ("α", "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ"),
        ("ε", "έἐἑἒἓἔἕὲέ"),
        ("η", "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ"),
        ("ι", "ΐίϊἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ"),
        ("ο", "όὀὁὂὃὄὅὸό"),
        ("ρ", "ῤῥ"),
        ("σ", "ς"),
        ("υ", "ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ"),
        ("ω", "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ"),
        ("а", "ӑӓ"),
        ("г", "ѓ"),
        ("е", "ѐёӗ"),
        ("ж", "ӂӝ"),
        ("з", "ӟ"),
        ("и", "йѝӣӥ"),
        ("к", "ќ"),
        ("о", "ӧ"),
        ("у", "ўӯӱӳ"),
        ("ч", "ӵ"),
        ("ы", "ӹ"),
        ("э", "ӭ"),
        ("і", "ї"),
        ("ѵ", "ѷ"),
        ("ә", "ӛ"),
        ("ө", "ӫ"),
    ]
}
