public import Values

/// Writes comma-separated values as RFC 4180 describes them, in UTF-8, with CR LF after each record.
public struct CSVWriter {
    /// What has been written and not yet taken.
    public private(set) var bytes: [UInt8] = []

    /// A writer that has written nothing.
    public init() {}

    /// Adds a record.
    public mutating func append(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field, alone: fields.count == 1)
        }
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Gives what has been written and forgets it.
    public mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(_ field: String, alone: Bool) {
        let quote = UInt8(ascii: "\"")
        // A record of one empty field would be an empty line, which readers leave out.
        guard
            field.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D })
                || (alone && field.isEmpty)
        else {
            bytes.append(contentsOf: field.utf8)
            return
        }
        bytes.append(quote)
        for byte in field.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}

extension CSVWriter {
    /// A value as a field of a record. Three decimals get a zero behind them, so that their point is none between thousands;
    /// a text that a spreadsheet would take for a formula gets an apostrophe in front, unless `isRaw`.
    public static func text(_ value: Value, isRaw: Bool = false) -> String {
        // Numbers, days and moments are no texts, and are never run.
        if case .text(let text) = value { return isRaw ? text : SpreadsheetText.harmless(text) }
        let text = value.description
        guard case .decimal = value, let point = text.lastIndex(of: "."), text[point...].count == 4 else { return text }
        return text + "0"
    }
}
