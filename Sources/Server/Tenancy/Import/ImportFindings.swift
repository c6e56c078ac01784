public import Values

/// What was found out of a file: how it is written, and which field each column holds.
public struct ImportFindings: Sendable, Equatable {
    /// One column.
    public struct Column: Sendable, Equatable {
        /// What stands above it.
        public let header: String
        /// The field it holds, behind its table's name and a point for one of rows; nil for one that is left out.
        public let field: String?
        /// How its cells are read.
        public let format: String
        /// Why, where that was not plain.
        public let reason: String
    }

    /// The encoding.
    public internal(set) var encoding = TextEncoding.utf8
    /// Why it is that one.
    public internal(set) var encodingReason = ""
    /// What separates the fields.
    public internal(set) var separator: Character = ","
    /// The columns in order.
    public internal(set) var columns: [Column] = []
    /// How many rows there are behind the header.
    public internal(set) var rows = 0

    /// What people are told: what a file like any other does not have.
    public var lines: [String] {
        var lines: [String] = []
        if encoding != .utf8 { lines.append("Read as \(encoding.rawValue): \(encodingReason).") }
        if separator != "," { lines.append("Fields are separated by \(Self.word(separator)).") }
        for column in columns {
            guard let field = column.field else {
                lines.append("\(column.header): left out, as was said.")
                continue
            }
            let isPlain = column.reason.isEmpty || column.reason == "as was said"
            if column.header != field, !isPlain || !column.reason.isEmpty {
                lines.append("\(column.header) is \(field): \(column.format)\(Self.reason(column)).")
            } else if !isPlain {
                lines.append("\(column.header): \(column.format)\(Self.reason(column)).")
            }
        }
        return lines
    }

    private static func reason(_ column: Column) -> String { column.reason.isEmpty ? "" : ", \(column.reason)" }

    static func word(_ separator: Character) -> String {
        switch separator {
        case ",": "commas"
        case ";": "semicolons"
        case "\t": "tabs"
        case "|": "bars"
        default: "\(separator)"
        }
    }

    /// What was found, for programs.
    public var json: JSON {
        [
            "encoding": .string(encoding.rawValue), "encoding_reason": .string(encodingReason),
            "separator": .string(String(separator)), "rows": .int(Int64(rows)),
            "columns": .array(
                columns.map { column in
                    [
                        "header": .string(column.header), "field": column.field.map(JSON.string) ?? .null,
                        "format": .string(column.format), "reason": .string(column.reason),
                    ]
                }),
        ]
    }
}
