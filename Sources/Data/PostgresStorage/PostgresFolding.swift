internal import Values

/// How a server folds letters: ``LetterFolding`` as a function of SQL, which is named after what it does, so that another
/// version makes another.
enum PostgresFolding {
    /// The name of the function.
    static let name = "cauldron:folded " + String(Hash.fnv1a(body), radix: 36)

    /// A column with its letters folded.
    static func sql(_ column: String) -> String { "\"\(name)\"(\(column))" }

    /// Makes the function.
    static let function = """
        CREATE OR REPLACE FUNCTION "\(name)"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS \
        $cauldron$\(source)$cauldron$
        """

    /// What the function does, as the server keeps it.
    static let source = " \(body) "

    /// Most texts are of ASCII, or of signs that are no letters; for others `translate` takes the longer the further behind
    /// a letter stands, so that common ones come first.
    private static let body: String = {
        let common = (UInt32(0x20)...0x7E).filter { !(0x41...0x5A).contains($0) }.compactMap { Unicode.Scalar($0) }
        var from = String.UnicodeScalarView(common)
        var to = from
        var dropped = String.UnicodeScalarView()
        var text = "$1"
        for (letter, parts) in LetterFolding.letters {
            if parts.count == 1, let part = Unicode.Scalar(parts[0]) {
                from.append(letter)
                to.append(part)
            } else if parts.isEmpty {
                dropped.append(letter)
            } else {
                let several = String(String.UnicodeScalarView(parts.compactMap { Unicode.Scalar($0) }))
                text = "replace(\(text), \(quotedText(String(letter))), \(quotedText(several)))"
            }
        }
        // What has no counterpart is left out.
        from.append(contentsOf: dropped)
        let folded = "translate(\(text), \(quotedText(String(from))), \(quotedText(String(to))))"
        return """
            SELECT CASE WHEN octet_length($1) = char_length($1) THEN lower($1 COLLATE "C") \
            WHEN $1 COLLATE "C" ~ '[\\u0080-\\u1FFF\\u2100-\\u2DFF\\uA640-\\uABFF\\uFF10-\\uFF5A\\U00010400-\\U0001FFFF]' \
            THEN \(folded) ELSE lower($1 COLLATE "C") END
            """
    }()

    private static func quotedText(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
