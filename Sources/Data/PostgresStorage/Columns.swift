internal import Storage
internal import Values

/// Reads rows in the server's binary formats as the types that were asked for.
struct Columns {
    /// What is asked for and what the server sends, column by column.
    private let types: [(wanted: ColumnType, sent: UInt32)]

    init(_ types: [ColumnType], of reply: Reply) throws(StorageError) {
        guard types.count <= reply.columnCount else {
            throw .failed(code: 0, message: "a query gave \(reply.columnCount) columns and not \(types.count)")
        }
        self.types = types.indices.map { (types[$0], reply.type(of: $0)) }
    }

    func row(_ number: Int, of reply: Reply) throws(StorageError) -> [Value] {
        var row: [Value] = []
        row.reserveCapacity(types.count)
        for index in types.indices {
            if let bytes = unsafe reply.bytes(number, index) {
                row.append(unsafe try Self.value(bytes, types[index].wanted, types[index].sent))
            } else {
                row.append(.null)
            }
        }
        return row
    }

    private static func value(
        _ bytes: UnsafeRawBufferPointer, _ wanted: ColumnType, _ sent: UInt32
    ) throws(StorageError) -> Value {
        switch wanted {
        case .text: return unsafe .text(try text(bytes, sent))
        case .integer: return unsafe .int(try integer(bytes, sent))
        case .decimal(let scale): return unsafe .decimal(units: try units(bytes, scale, sent), scale: scale)
        case .day:
            switch sent {
            case ServerType.date: return unsafe .day(day(bytes))
            case ServerType.timestamp: return unsafe .day(timestamp(bytes).day)
            default: break
            }
        case .timestamp:
            switch sent {
            case ServerType.timestamp: return unsafe .timestamp(timestamp(bytes))
            case ServerType.date: return unsafe .timestamp(Timestamp(day(bytes)))
            default: break
            }
        case .time where sent == ServerType.time: return unsafe .time(TimeOfDay(microseconds: word(bytes, 8)))
        case .bytes where sent == ServerType.bytes: return unsafe .bytes([UInt8](bytes))
        default: break
        }
        throw unreadable(sent, wanted)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ sent: UInt32) throws(StorageError) -> String {
        switch sent {
        case ServerType.text, ServerType.varchar, ServerType.padded, ServerType.name, ServerType.literal,
            ServerType.character:
            return unsafe String(decoding: bytes, as: UTF8.self)
        case ServerType.int8, ServerType.int4, ServerType.int2, ServerType.oid, ServerType.bool:
            return unsafe String(try integer(bytes, sent))
        case ServerType.numeric:
            let scale = unsafe min(Numeric.scale(bytes), 18)
            return unsafe Value.decimal(units: try Numeric.units(bytes, scale: scale), scale: scale).description
        case ServerType.date: return unsafe day(bytes).description
        case ServerType.timestamp: return unsafe timestamp(bytes).description
        case ServerType.time: return unsafe TimeOfDay(microseconds: word(bytes, 8)).description
        default: throw unreadable(sent, .text)
        }
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ sent: UInt32) throws(StorageError) -> Int64 {
        switch sent {
        case ServerType.int8: return unsafe word(bytes, 8)
        case ServerType.int4: return unsafe Int64(Int32(truncatingIfNeeded: word(bytes, 4)))
        case ServerType.oid: return unsafe word(bytes, 4)
        case ServerType.int2: return unsafe Int64(Int16(truncatingIfNeeded: word(bytes, 2)))
        case ServerType.bool: return unsafe word(bytes, 1)
        case ServerType.numeric: return unsafe try Numeric.units(bytes, scale: 0)
        default: throw unreadable(sent, .integer)
        }
    }

    private static func units(
        _ bytes: UnsafeRawBufferPointer, _ scale: UInt8, _ sent: UInt32
    ) throws(StorageError) -> Int64 {
        if sent == ServerType.numeric { return unsafe try Numeric.units(bytes, scale: scale) }
        // A literal of the statement: a whole number.
        var units = unsafe try integer(bytes, sent)
        for _ in 0..<scale {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            if overflow { throw .outOfRange }
            units = product
        }
        return units
    }

    private static func day(_ bytes: UnsafeRawBufferPointer) -> Day {
        let number = unsafe Int32(truncatingIfNeeded: word(bytes, 4))
        return Day(number: number.addingReportingOverflow(ServerType.daysTo2000).partialValue)
    }

    private static func timestamp(_ bytes: UnsafeRawBufferPointer) -> Timestamp {
        let number = unsafe word(bytes, 8)
        return Timestamp(microseconds: number.addingReportingOverflow(ServerType.microsecondsTo2000).partialValue)
    }

    /// The first `count` bytes as a whole number.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> Int64 {
        var word: UInt64 = 0
        for index in 0..<min(count, bytes.count) { word = unsafe word << 8 | UInt64(bytes[index]) }
        return Int64(bitPattern: word)
    }

    private static func unreadable(_ sent: UInt32, _ wanted: ColumnType) -> StorageError {
        .failed(code: 0, message: "a column of type \(sent) cannot be read as \(wanted)")
    }
}
