#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

// Text has one identity: its bytes, as in the database. The standard library takes texts for the same that are other
// bytes and only look alike ("é" as one sign or as two, the letter K and the sign of the kelvin). What follows stands
// before its operators wherever this module is imported; what keeps texts by hash is keyed by `Name`.

extension String {
    /// Whether both are the same bytes.
    @inlinable
    public static func == (l: String, r: String) -> Bool {
        // Short texts that are the same, and copies of one text, are the same words in memory.
        let (left, right) = unsafe (
            unsafeBitCast(l, to: (UInt64, UInt64).self), unsafeBitCast(r, to: (UInt64, UInt64).self)
        )
        return left == right || haveSameBytes(l, r)
    }

    @usableFromInline
    static func haveSameBytes(_ l: String, _ r: String) -> Bool {
        let count = l.utf8.count
        guard count == r.utf8.count else { return false }
        let same = unsafe l.utf8.withContiguousStorageIfAvailable { l in
            unsafe r.utf8.withContiguousStorageIfAvailable { r in
                guard let l = l.baseAddress, let r = r.baseAddress else { return true }
                return unsafe memcmp(l, r, count) == 0
            }
        }
        return (same ?? nil) ?? l.utf8.elementsEqual(r.utf8)
    }

    /// Whether they are not the same bytes.
    public static func != (l: String, r: String) -> Bool { !(l == r) }

    /// Whether the byte is one of them.
    public func holds(_ byte: UInt8) -> Bool {
        let holds = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe memchr(base, Int32(byte), bytes.count) != nil
        }
        return holds ?? utf8.contains(byte)
    }

    /// Whether text that is switched over is the text of a case, byte for byte.
    public static func ~= (pattern: String, text: String) -> Bool { pattern == text }
}

extension Optional where Wrapped == String {
    /// Whether both are nil or the same bytes.
    public static func == (l: String?, r: String?) -> Bool {
        switch (l, r) {
        case (nil, nil): true
        case (let l?, let r?): l == r
        default: false
        }
    }

    /// Whether they are neither both nil nor the same bytes.
    public static func != (l: String?, r: String?) -> Bool { !(l == r) }
}

extension Array where Element == String {
    /// Whether both are the same texts in the same order.
    public static func == (l: [String], r: [String]) -> Bool {
        let isOneArray = unsafe l.withUnsafeBufferPointer { l in
            unsafe r.withUnsafeBufferPointer { r in unsafe l.baseAddress == r.baseAddress && l.count == r.count }
        }
        return isOneArray || l.elementsEqual(r) { $0 == $1 }
    }

    /// Whether they are not the same texts in the same order.
    public static func != (l: [String], r: [String]) -> Bool { !(l == r) }

    /// The first place of a text.
    public func firstIndex(of text: String) -> Int? { firstIndex { $0 == text } }
}

extension Sequence where Element == String {
    /// Whether one of the texts is this, byte for byte.
    public func contains(_ text: String) -> Bool { contains { $0 == text } }
}
