/// Bytes of others: what is asked behind their end is not there, and never a mistake.
struct ByteReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The byte at a place.
    func byte(_ at: Int) -> UInt8? { bytes.indices.contains(at) ? bytes[at] : nil }

    /// The number that so many bytes make, at most four, the most significant first unless they are little-endian.
    func number(_ count: Int, at: Int, isLittle: Bool = false) -> Int? {
        guard at >= 0, at <= bytes.count - count else { return nil }
        let part = bytes[at..<at + count]
        return isLittle
            ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Whether bytes stand at a place.
    func holds(_ wanted: [UInt8], at: Int) -> Bool {
        guard at >= 0, at <= bytes.count - wanted.count else { return false }
        return bytes[at..<at + wanted.count].elementsEqual(wanted)
    }

    /// Whether letters stand at a place.
    func holds(_ wanted: StaticString, at: Int) -> Bool { holds(Array(wanted.description.utf8), at: at) }
}
