internal import Documents
internal import Metadata
internal import Values

/// What files may be called.
public enum FileName {
    /// A name that is safe in an address, in a header and on every system: the last part of a path, without control
    /// characters, quotes and dots at its ends, at most 140 characters with its ending kept.
    ///
    /// - Throws: ``Problem/Kind/badFile`` when nothing is left.
    public static func cleaned(_ name: String) throws -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        var kept = String.UnicodeScalarView()
        for scalar in last.unicodeScalars {
            let isControl = scalar.value < 32 || scalar.properties.generalCategory == .control
            // Marks that turn the direction of text round make a name look like another.
            let isTurning = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            if isControl || isTurning { continue }
            kept.append("<>:\"|?*#%&".unicodeScalars.contains(scalar) ? "_" : scalar)
        }
        var text = Substring(String(kept))
        while let first = text.first, first == "." || first.isWhitespace { text.removeFirst() }
        while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
        // Windows takes these for devices, whatever their ending.
        if devices.contains(text.prefix { $0 != "." }.lowercased()) { text = "_" + text }
        guard !text.isEmpty else {
            throw Problem(.badFile, "The file has no name that can be kept", field: "file_name", fix: "Name it.")
        }
        guard Text.length(text) > Limits.lineCharacters else { return String(text) }
        let (stem, ending) = parts(String(text))
        // One letter may have more marks than fit.
        let left = max(1, Limits.lineCharacters - Text.length(ending))
        return String(String.UnicodeScalarView(stem.unicodeScalars.prefix(left))) + ending
    }

    private static let devices: Set<String> = [
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
        "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ]

    /// The name and its ending with the dot, of at most 16 characters; "" where it has none.
    public static func parts(_ name: String) -> (stem: String, ending: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
        let ending = name[dot...]
        return ending.unicodeScalars.count <= 16 ? (String(name[..<dot]), String(ending)) : (name, "")
    }

    /// The ending in small letters without the dot, of what people see of the name: signs that nobody sees, and dots and
    /// spaces at the end, do not make it another.
    public static func kind(_ name: String) -> String {
        var seen = name.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .format, .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
            default: !scalar.properties.isDefaultIgnorableCodePoint
            }
        }
        while seen.last == "." { seen.removeLast() }
        guard let dot = seen.lastIndex(of: "."), dot != seen.startIndex else { return "" }
        return String(seen[seen.index(after: dot)...]).lowercased()
    }
}
