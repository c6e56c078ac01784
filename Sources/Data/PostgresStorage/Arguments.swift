internal import CPostgres
internal import Storage
internal import Values

/// The arguments of one statement in the formats of the protocol. Kept and filled again for each statement.
@safe final class Arguments {
    /// The number of the type of each, as it is announced.
    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    var count: Int { starts.count }

    func removeAll() {
        types.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        // One large statement does not keep its memory for ever.
        if bytes.capacity > 4 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    /// Adds a value that the server takes for what its place in the statement asks for.
    func add(_ value: Value) throws(StorageError) {
        switch value {
        case .null: addNull(ServerType.unknown)
        case .outOfRange: throw .outOfRange
        case .text(let text):
            // As text and not typed: it may stand beside a day.
            let start = bytes.count
            try append(text)
            bytes.append(0)
            end(start, ServerType.unknown, format: 0)
        default:
            let type = ServerType.announced(value)
            let start = bytes.count
            try append(value, as: type)
            end(start, type, format: 1)
        }
    }

    /// Adds a value for a column of that type.
    func add(_ value: Value, as type: UInt32) throws(StorageError) {
        if value.isNull {
            addNull(type)
            return
        }
        let start = bytes.count
        try append(value, as: type)
        end(start, type, format: 1)
    }

    /// Adds one column of many rows as an array.
    func add(column: Int, of rows: ArraySlice<[Value]>, as type: UInt32, array: UInt32) throws(StorageError) {
        let start = bytes.count
        append32(1)
        let flags = bytes.count
        append32(0)
        append32(type)
        append32(UInt32(rows.count))
        append32(1)
        var hasNull = false
        for row in rows {
            if row[column].isNull {
                hasNull = true
                append32(.max)
                continue
            }
            let length = bytes.count
            append32(0)
            try append(row[column], as: type)
            let count = bytes.count - length - 4
            for byte in 0..<4 { bytes[length + byte] = UInt8(truncatingIfNeeded: count >> (24 - 8 * byte)) }
        }
        if hasNull { bytes[flags + 3] = 1 }
        end(start, array, format: 1)
    }

    /// Calls `body` with the arrays that libpq asks for.
    func withPointers<T>(
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> T
    ) -> T {
        guard !starts.isEmpty else { return body(nil, nil, nil) }
        return unsafe bytes.withUnsafeBytes { buffer in
            // An argument of no bytes still needs an address.
            let base = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: starts.count) {
                values in
                for index in starts.indices {
                    let start = starts[index]
                    unsafe values.initializeElement(at: index, to: start < 0 ? nil : base.map { unsafe $0 + start })
                }
                return unsafe body(values.baseAddress, lengths, formats)
            }
        }
    }

    // MARK: - Formats

    private func addNull(_ type: UInt32) {
        types.append(type)
        starts.append(-1)
        lengths.append(0)
        formats.append(1)
    }

    private func end(_ start: Int, _ type: UInt32, format: Int32) {
        types.append(type)
        starts.append(start)
        lengths.append(Int32(truncatingIfNeeded: bytes.count - start))
        formats.append(format)
        // So that the last one of no bytes has an address, too.
        if bytes.count == start { bytes.append(0) }
    }

    private func append(_ text: String) throws(StorageError) {
        var text = text
        let start = bytes.count
        text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
        guard !bytes[start...].contains(0) else { throw .invalidText }
    }

    private func append(_ value: Value, as type: UInt32) throws(StorageError) {
        switch (type, value) {
        case (_, .outOfRange): throw .outOfRange
        case (ServerType.text, .text(let text)): try append(text)
        case (ServerType.text, .bytes): throw mismatch(value, type)
        case (ServerType.text, _): try append(value.description)
        case (ServerType.int8, .int(let number)): append64(number)
        case (ServerType.numeric, .decimal(let units, let scale)):
            Numeric.append(units: units, scale: scale, to: &bytes)
        case (ServerType.numeric, .int(let number)): Numeric.append(units: number, scale: 0, to: &bytes)
        case (ServerType.date, .day(let day)): append32(UInt32(bitPattern: day.number - ServerType.daysTo2000))
        case (ServerType.timestamp, .timestamp(let time)): append64(time.microseconds - ServerType.microsecondsTo2000)
        case (ServerType.time, .time(let time)): append64(time.microseconds)
        case (ServerType.bytes, .bytes(let content)): bytes.append(contentsOf: content)
        default: throw mismatch(value, type)
        }
    }

    private func mismatch(_ value: Value, _ type: UInt32) -> StorageError {
        .failed(code: 0, message: "a column of type \(type) cannot hold \(value)")
    }

    private func append32(_ word: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private func append64(_ word: Int64) {
        let word = UInt64(bitPattern: word)
        append32(UInt32(truncatingIfNeeded: word >> 32))
        append32(UInt32(truncatingIfNeeded: word))
    }
}
