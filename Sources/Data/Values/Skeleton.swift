@_spi(_Unicode) import Swift

extension String {
    /// The text in normalization form C (Unicode Standard Annex 15), which is one for all that is canonically equivalent.
    public var normalized: String {
        if isBelowMarks { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in _nfc { scalars.append(scalar) }
        return String(scalars)
    }

    /// Whether it is in normalization form C.
    public var isNormalized: Bool { isBelowMarks || normalized == self }

    /// Whether all is below U+0300, where no letter composes with another: whether no byte is 0xCC or more.
    fileprivate var isBelowMarks: Bool {
        let isBelow = unsafe utf8.withContiguousStorageIfAvailable { unsafe $0.allSatisfy { $0 < 0xCC } }
        return isBelow ?? utf8.allSatisfy { $0 < 0xCC }
    }
}

/// What of a name can be told from others by looking at it: names that differ only in width, in invisible signs, in
/// spaces, in letters of other scripts that look Latin and, unless it counts, in case have the same skeleton.
public enum Skeleton {
    /// Moves when names get other skeletons than before, so that those that are kept are made anew.
    public static let version = "2"

    /// The skeleton of a name.
    public static func of(_ name: String, foldsCase: Bool = true) -> String {
        var scalars = String.UnicodeScalarView()
        var isSpaced = false
        // Without its marks a letter is found among those that look Latin.
        for scalar in name.isBelowMarks ? Array(name.unicodeScalars) : Array(name._nfd) {
            let shown = scalar.isASCII ? scalar : width(scalar)
            if shown.isSpace {
                isSpaced = !scalars.isEmpty
                continue
            }
            if shown.isInvisible { continue }
            if isSpaced { scalars.append(" ") }
            isSpaced = false
            if foldsCase { append(small: shown, to: &scalars) } else { scalars.append(LatinLookalikes.latin(shown)) }
        }
        return String(scalars).normalized
    }

    private static func append(small scalar: Unicode.Scalar, to scalars: inout String.UnicodeScalarView) {
        if scalar.isASCII {
            let isCapital = ("A"..."Z").contains(scalar)
            scalars.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
        } else if scalar == "ς" {
            // The two small sigmas are one letter.
            scalars.append("σ")
        } else {
            let small = scalar.properties.lowercaseMapping.unicodeScalars
            scalars.append(contentsOf: small.map(LatinLookalikes.latin(small:)))
        }
    }

    /// The usual form of a sign that has one of another width (the compatibility mappings `<wide>` and `<narrow>` of
    /// Unicode, and the ideographic space).
    private static func width(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let value = scalar.value
        let usual: UInt32? =
            switch value {
            case 0x3000: 0x20
            case 0xFF01...0xFF5E: value - 0xFEE0
            case 0xFF5F, 0xFF60: value - 0xFF5F + 0x2985
            case 0xFF61...0xFF9F: halfwidth[Int(value - 0xFF61)].value
            case 0xFFA0: 0x3164
            case 0xFFA1...0xFFBE: value - 0xFFA1 + 0x3131
            case 0xFFC2...0xFFC7: value - 0xFFC2 + 0x314F
            case 0xFFCA...0xFFCF: value - 0xFFCA + 0x3155
            case 0xFFD2...0xFFD7: value - 0xFFD2 + 0x315B
            case 0xFFDA...0xFFDC: value - 0xFFDA + 0x3161
            case 0xFFE0, 0xFFE1: value - 0xFFE0 + 0xA2
            case 0xFFE2: 0xAC
            case 0xFFE3: 0xAF
            case 0xFFE4: 0xA6
            case 0xFFE5: 0xA5
            case 0xFFE6: 0x20A9
            case 0xFFE8: 0x2502
            case 0xFFE9...0xFFEC: value - 0xFFE9 + 0x2190
            case 0xFFED: 0x25A0
            case 0xFFEE: 0x25CB
            default: nil
            }
        return usual.flatMap(Unicode.Scalar.init) ?? scalar
    }

    /// The Japanese signs from U+FF61 on in their usual width.
    private static let halfwidth = Array(
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309A}"
            .unicodeScalars)
}

extension Unicode.Scalar {
    /// Whether nothing is shown of it: what may be ignored by default, and control and format characters.
    fileprivate var isInvisible: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        let category = properties.generalCategory
        return properties.isDefaultIgnorableCodePoint || category == .control || category == .format
    }

    fileprivate var isSpace: Bool { isASCII ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace }
}
