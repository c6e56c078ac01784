/// Writes compact JSON (RFC 8259) in UTF-8, with the commas where they belong.
///
/// What is begun must be ended, and a key followed by a value: the writer does not check.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("total")
/// writer.exact(Exact(units: 1250, scale: 2))
/// writer.endObject()  // {"total":12.5}
/// ```
public struct JSONWriter {
    /// What is written so far and was not handed on.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    private var pieceBytes = Int.max
    private var handOn: ([UInt8]) throws -> Void = { _ in }

    /// An empty writer with room for that many bytes, after which it grows.
    public init(capacity: Int = 512) {
        bytes.reserveCapacity(max(capacity, 0))
    }

    /// An empty writer that hands on what is written in pieces of about so many bytes, where ``passOn()`` is called, so that
    /// it never holds much more than one. What is left at the end is in ``bytes``.
    public init(pieceBytes: Int, handingOn handOn: @escaping ([UInt8]) throws -> Void) {
        self.pieceBytes = max(pieceBytes, 1)
        self.handOn = handOn
    }

    /// Whether it hands on what is written, so that what is written may be of any length.
    public var isStream: Bool { pieceBytes < .max }

    /// Hands on what is written, where it is enough for a piece. To be called between rows.
    ///
    /// - Throws: what taking the piece throws.
    @inline(__always)
    public mutating func passOn() throws {
        if bytes.count >= pieceBytes { try passOnPiece() }
    }

    private mutating func passOnPiece() throws {
        let piece = bytes
        bytes = []
        bytes.reserveCapacity(pieceBytes + pieceBytes / 8)
        try handOn(piece)
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    // MARK: Structure

    /// Begins an object: `{`.
    public mutating func beginObject() {
        separate()
        bytes.append(0x7B)
        needsComma = false
    }

    /// Ends an object: `}`.
    public mutating func endObject() {
        bytes.append(0x7D)
        needsComma = true
    }

    /// Begins a list: `[`.
    public mutating func beginArray() {
        separate()
        bytes.append(0x5B)
        needsComma = false
    }

    /// Ends a list: `]`.
    public mutating func endArray() {
        bytes.append(0x5D)
        needsComma = true
    }

    /// The key of the next value.
    public mutating func key(_ name: String) {
        separate()
        bytes.append(json: name)
        bytes.append(0x3A)
        needsComma = false
    }

    /// The key of the next value, escaped beforehand.
    public mutating func key(_ key: JSONKey) {
        separate()
        bytes.append(contentsOf: key.bytes)
        needsComma = false
    }

    // MARK: Values

    /// `null`
    public mutating func null() {
        separate()
        bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
    }

    /// `true` or `false`
    public mutating func bool(_ value: Bool) {
        separate()
        if value {
            bytes.append(contentsOf: [0x74, 0x72, 0x75, 0x65])
        } else {
            bytes.append(contentsOf: [0x66, 0x61, 0x6C, 0x73, 0x65])
        }
    }

    /// A whole number.
    public mutating func int(_ value: Int64) {
        separate()
        bytes.append(integer: value)
    }

    /// A string, escaped where needed.
    public mutating func string(_ value: String) {
        separate()
        bytes.append(json: value)
    }

    /// A string given as the bytes of its UTF-8, escaped where needed; what is no UTF-8 is repaired.
    public mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard unsafe text.allSatisfy({ $0 >= 0x20 && $0 < 0x80 && $0 != 0x22 && $0 != 0x5C }) else {
            unsafe string(String(decoding: text, as: UTF8.self))
            return
        }
        separate()
        bytes.append(0x22)
        unsafe bytes.append(contentsOf: text)
        bytes.append(0x22)
    }

    /// A number without trailing zeros: `12.5`, `12`, `0`; out of range is `null`.
    public mutating func exact(_ value: Exact) {
        guard value.isInRange else {
            null()
            return
        }
        separate()
        bytes.append(decimal: value)
    }

    /// A column's value: days and times as their text, bytes as a string in base 64, out of range as `null`.
    public mutating func value(_ value: Value) {
        switch value {
        case .null, .outOfRange: null()
        case .int(let number): int(number)
        case .decimal(let units, let scale): exact(Exact(units: units, scale: Int(scale)))
        case .text(let text): string(text)
        case .day(let day): quoted { $0.append(day: day) }
        case .timestamp(let timestamp): quoted { $0.append(timestamp: timestamp) }
        case .time(let time): quoted { $0.append(time: time) }
        case .bytes(let content): quoted { Base64.append(content, to: &$0) }
        }
    }

    /// A row: an object with these keys, or a list where there are none. Each key has its value.
    public mutating func row(_ values: [Value], _ keys: [JSONKey]?) {
        guard let keys else {
            beginArray()
            for index in values.indices { value(values[index]) }
            return endArray()
        }
        beginObject()
        for index in values.indices {
            key(keys[index])
            value(values[index])
        }
        endObject()
    }

    /// A value that is JSON already, as a tree.
    public mutating func json(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let truth): bool(truth)
        case .int(let number): int(number)
        case .decimal(let number): exact(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { json(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                json(member.value)
            }
            endObject()
        }
    }

    /// A value that is JSON already, as bytes; they are not checked.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    @inline(__always)
    private mutating func quoted(_ content: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(0x22)
        content(&bytes)
        bytes.append(0x22)
    }
}

/// A key with its quotes, escapes and colon made once, for names that are written often.
public struct JSONKey: Sendable, Hashable {
    /// The key itself.
    public let name: String
    /// `"key":` in UTF-8.
    let bytes: [UInt8]

    /// Escapes the key.
    public init(_ name: String) {
        self.name = name
        var bytes: [UInt8] = []
        bytes.append(json: name)
        bytes.append(0x3A)
        self.bytes = bytes
    }
}

extension [UInt8] {
    /// Appends a string in quotes, escaped where RFC 8259 section 7 demands it.
    mutating func append(json text: String) {
        append(0x22)
        if Self.isPlain(text.utf8.span) { append(contentsOf: text.utf8) } else { append(escaping: text) }
        append(0x22)
    }

    @inline(__always)
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        for at in text.indices {
            let byte = text[at]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
        }
        return true
    }

    private mutating func append(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: append(contentsOf: [0x5C, byte])
            case 0x08: append(contentsOf: [0x5C, 0x62])
            case 0x09: append(contentsOf: [0x5C, 0x74])
            case 0x0A: append(contentsOf: [0x5C, 0x6E])
            case 0x0C: append(contentsOf: [0x5C, 0x66])
            case 0x0D: append(contentsOf: [0x5C, 0x72])
            case ..<0x20:
                append(contentsOf: [0x5C, 0x75, 0x30, 0x30, 0x30 + byte >> 4])
                append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x61 + byte & 15 - 10)
            default: append(byte)
            }
        }
    }
}
