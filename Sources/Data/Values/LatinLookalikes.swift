/// Letters of other scripts that are printed like Latin ones, as the data of Unicode Technical Standard 39 has them: those
/// of which whole words look Latin. Letters with marks are looked up without them.
enum LatinLookalikes {
    /// Each letter before the one that it looks like, both capital.
    private static let capitals = """
        АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ҮY ХX ҺH ԀD ԚQ ԜW ѴV ӀI \
        ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC ͿJ
        """
    /// The same of small letters. Some look like others than their capitals do.
    private static let small = "аa еe ѕs іi јj оo рp сc уy хx һh ԁd ԛq ԝw ѵv ӏl αa ιi νv οo ρp υu ϲc ϳj ɑa ɡg"
    /// Capitals that do not look Latin, though their small letters do.
    private static let unlike: Set<Unicode.Scalar> = ["Ԁ", "Һ"]

    private static func pairs(_ text: String) -> [(Unicode.Scalar, Unicode.Scalar)] {
        text.split(separator: " ").compactMap { pair in
            guard let first = pair.unicodeScalars.first, let last = pair.unicodeScalars.last else { return nil }
            return (first, last)
        }
    }

    private static let exact = Dictionary(
        (pairs(capitals).filter { !unlike.contains($0.0) } + pairs(small)).map { ($0.0, $0.1) },
        uniquingKeysWith: { first, _ in first })

    /// Letters whose capital or small form looks Latin, where case tells nothing apart. The capital decides, so that no two
    /// Latin letters count as one.
    private static let folded = Dictionary(
        (pairs(capitals).map { (lower($0.0), lower($0.1)) } + pairs(small)).map { ($0.0, $0.1) },
        uniquingKeysWith: { first, _ in first })

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
    }

    /// The Latin letter that a letter looks like, or the letter itself.
    static func latin(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.isASCII ? scalar : exact[scalar] ?? scalar
    }

    /// The same of a small letter, where case tells nothing apart.
    static func latin(small scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.isASCII ? scalar : folded[scalar] ?? scalar
    }
}
