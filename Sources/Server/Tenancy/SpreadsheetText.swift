internal import Values

/// Text in a file that a spreadsheet opens: what begins like a formula would be run there.
///
/// Such a text gets an apostrophe in front, and so does one that has apostrophes before its formula, so that taking one
/// away always gives back what was there.
enum SpreadsheetText {
    /// The text, with an apostrophe in front where it would be run.
    static func harmless(_ text: String) -> String { begins(text.unicodeScalars) ? "'" + text : text }

    /// The text that ``harmless(_:)`` was given.
    static func original(_ text: String) -> String {
        guard text.utf8.first == apostrophe, begins(text.unicodeScalars) else { return text }
        return String(text.unicodeScalars.dropFirst())
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func begins(_ text: String.UnicodeScalarView) -> Bool {
        switch text.first(where: { $0 != "'" }) {
        // The wide forms are taken for the narrow ones by spreadsheets in East Asia.
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }
}

extension CSVRecord {
    /// The record with the texts that were made harmless as they were before.
    var withFormulas: CSVRecord { CSVRecord(line: line, fields: fields.map(SpreadsheetText.original)) }
}
