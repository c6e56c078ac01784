internal import Values

/// The server's numbers for the types that Cauldron uses, from its catalog `pg_type`.
enum ServerType {
    static let unknown: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytes: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let literal: UInt32 = 705
    static let character: UInt32 = 18
    static let padded: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let time: UInt32 = 1083
    static let timestamp: UInt32 = 1114
    static let numeric: UInt32 = 1700

    /// The type of an array of such values and its name in SQL; nil for types that no column of ours has.
    static func array(of type: UInt32) -> (number: UInt32, name: String)? {
        switch type {
        case bytes: (1001, "bytea[]")
        case int8: (1016, "bigint[]")
        case text: (1009, "text[]")
        case date: (1182, "date[]")
        case time: (1183, "time[]")
        case timestamp: (1115, "timestamp[]")
        case numeric: (1231, "numeric[]")
        default: nil
        }
    }

    /// How an argument is announced. Text and null are not: the server takes them for what they are compared with.
    static func announced(_ value: Value) -> UInt32 {
        switch value {
        case .null, .text, .outOfRange: unknown
        case .int: int8
        case .decimal: numeric
        case .day: date
        case .timestamp: timestamp
        case .time: time
        case .bytes: bytes
        }
    }

    /// What a column that holds `type` is declared as.
    static func declaration(_ type: ColumnType) -> String {
        switch type {
        case .text: "text"
        case .integer: "bigint"
        // Nineteen digits hold every whole number of 64 bits.
        case .decimal(let scale): "numeric(19,\(scale))"
        case .day: "date"
        case .timestamp: "timestamp without time zone"
        case .time: "time without time zone"
        case .bytes: "bytea"
        }
    }

    /// Days and microseconds between 1970, where ours begin, and 2000, where the server's do.
    static let daysTo2000: Int32 = 10_957
    static let microsecondsTo2000: Int64 = 946_684_800_000_000
}
