/// What a column of a row holds. It takes at most 24 bytes, so that a row is one dense array.
///
/// The scale is part of a decimal's identity here: `1.0` and `1.00` are different values. Compare ``exact`` for the number.
/// Text is compared byte for byte, as the database compares it.
public enum Value: Sendable, Hashable {
    /// Nothing.
    case null
    /// A whole number.
    case int(Int64)
    /// The number `units × 10^-scale`.
    case decimal(units: Int64, scale: UInt8)
    /// Text.
    case text(String)
    /// A calendar day.
    case day(Day)
    /// A moment in the site's time zone.
    case timestamp(Timestamp)
    /// A time of the day.
    case time(TimeOfDay)
    /// Bytes.
    case bytes([UInt8])
    /// A number that its column cannot hold; refused when the row is written.
    case outOfRange

    /// Whether both are of one kind and the same; text byte for byte.
    public static func == (l: Value, r: Value) -> Bool {
        switch (l, r) {
        case (.text(let l), .text(let r)): l == r
        case (.null, .null), (.outOfRange, .outOfRange): true
        case (.int(let l), .int(let r)): l == r
        case (.decimal(let l, let lScale), .decimal(let r, let rScale)): l == r && lScale == rScale
        case (.day(let l), .day(let r)): l == r
        case (.timestamp(let l), .timestamp(let r)): l == r
        case (.time(let l), .time(let r)): l == r
        case (.bytes(let l), .bytes(let r)): l == r
        default: false
        }
    }

    /// The number with that many decimals (0...18), rounded once; ``outOfRange`` when it does not fit 64 bits.
    public init(_ exact: Exact, scale: Int, _ rule: Rounding = .commercial) {
        let scale = min(max(scale, 0), Exact.mostDecimals)
        if let units = exact.units(scale: scale, rule) {
            self = .decimal(units: units, scale: UInt8(truncatingIfNeeded: scale))
        } else {
            self = .outOfRange
        }
    }
}

extension Value {
    /// The number of a whole or decimal number; ``outOfRange`` gives `Exact.outOfRange`.
    public var exact: Exact? {
        switch self {
        case .int(let value): Exact(value)
        case .decimal(let units, let scale): Exact(units: units, scale: Int(scale))
        case .outOfRange: .outOfRange
        default: nil
        }
    }

    /// The whole number, when it is one.
    public var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The text, when it is one.
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The day, when it is one.
    public var day: Day? {
        if case .day(let value) = self { value } else { nil }
    }

    /// The moment, when it is one.
    public var timestamp: Timestamp? {
        if case .timestamp(let value) = self { value } else { nil }
    }

    /// The time of the day, when it is one.
    public var time: TimeOfDay? {
        if case .time(let value) = self { value } else { nil }
    }

    /// The bytes, when it is that.
    public var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// Whether it is null.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Whether it is null or the empty text.
    public var isEmpty: Bool {
        switch self {
        case .null: true
        case .text(let text): text.isEmpty
        default: false
        }
    }
}

extension Value: CustomStringConvertible {
    /// The plain text, as a CSV file would show it: null is empty, bytes are in base 64.
    public var description: String {
        switch self {
        case .null: ""
        case .int(let value): String(value)
        case .decimal(let units, let scale): Exact(units: units, scale: Int(scale)).description
        case .text(let text): text
        case .day(let day): day.description
        case .timestamp(let timestamp): timestamp.description
        case .time(let time): time.description
        case .bytes(let bytes): Base64.text(bytes)
        case .outOfRange: Exact.outOfRange.description
        }
    }
}
