/// What kind of value a column holds.
public enum ColumnType: Sendable, Hashable {
    /// A whole number of 64 bits.
    case integer
    /// A decimal number with that many decimals, 0...18.
    case decimal(scale: UInt8)
    /// Text in UTF-8.
    case text
    /// A calendar day.
    case day
    /// A moment in the site's time zone.
    case timestamp
    /// A time of the day.
    case time
    /// Bytes.
    case bytes
}
