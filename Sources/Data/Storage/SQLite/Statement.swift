internal import GRDBSQLite
internal import Values

/// A prepared statement of one connection.
@safe final class Statement {
    private let database: OpaquePointer
    private let pointer: OpaquePointer
    /// Set while somebody steps through it; a second user of the same SQL gets another.
    var isInUse = false

    init(_ sql: String, _ database: OpaquePointer) throws {
        var pointer: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let prepared = unsafe pointer else {
            throw unsafe StorageError(code: code, database)
        }
        unsafe self.pointer = prepared
        unsafe self.database = database
    }

    deinit { unsafe sqlite3_finalize(pointer) }

    /// Whether it changes nothing.
    var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(pointer) != 0 }

    func reset() { unsafe sqlite3_reset(pointer) }

    func bind(_ arguments: [Value]) throws {
        guard unsafe arguments.count == Int(sqlite3_bind_parameter_count(pointer)) else {
            throw StorageError.failed(code: Int(SQLITE_RANGE), message: "a statement got \(arguments.count) arguments")
        }
        var index: Int32 = 0
        for argument in arguments {
            index += 1
            let code = try bind(argument, at: index)
            guard code == SQLITE_OK else { throw unsafe StorageError(code: code, database) }
        }
    }

    private func bind(_ value: Value, at index: Int32) throws -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(pointer, index)
        case .int(let number): return unsafe sqlite3_bind_int64(pointer, index, number)
        case .decimal(let units, _): return unsafe sqlite3_bind_int64(pointer, index, units)
        case .day(let day): return unsafe sqlite3_bind_int64(pointer, index, Int64(day.number))
        case .timestamp(let time): return unsafe sqlite3_bind_int64(pointer, index, time.microseconds)
        case .time(let time): return unsafe sqlite3_bind_int64(pointer, index, time.microseconds)
        case .text(var text):
            guard !text.holds(0) else { throw StorageError.invalidText }
            return text.withUTF8 { bytes in
                guard bytes.count <= Int32.max else { return SQLITE_TOOBIG }
                guard let base = bytes.baseAddress else { return unsafe sqlite3_bind_text(pointer, index, "", 0, nil) }
                return unsafe base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    unsafe sqlite3_bind_text(pointer, index, $0, Int32(bytes.count), Self.copied)
                }
            }
        case .bytes(let bytes):
            guard bytes.count <= Int32.max else { return SQLITE_TOOBIG }
            return unsafe bytes.withUnsafeBytes {
                unsafe sqlite3_bind_blob(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
            }
        case .outOfRange: throw StorageError.outOfRange
        }
    }

    /// SQLITE_TRANSIENT: the engine copies what is bound.
    private static var copied: sqlite3_destructor_type {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    /// Moves to the next row; false when there is none.
    func step() throws -> Bool {
        switch unsafe sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let error = unsafe StorageError(code: code, database)
            reset()
            throw error
        }
    }

    /// The columns of the row it stands on.
    ///
    /// - Throws: ``StorageError/outOfRange`` where a sum became a floating-point number.
    func row(_ types: [ColumnType]) throws -> [Value] {
        unsafe try [Value](unsafeUninitializedCapacity: types.count) { buffer, count in
            for index in types.indices {
                unsafe buffer.initializeElement(at: index, to: try column(Int32(index), types[index]))
                count += 1
            }
        }
    }

    /// Writes the row as JSON: an object with these keys, or a list where there are none.
    ///
    /// - Throws: ``StorageError/outOfRange`` where a sum became a floating-point number.
    func write(_ types: [ColumnType], _ keys: [JSONKey]?, to writer: inout JSONWriter) throws {
        if keys == nil { writer.beginArray() } else { writer.beginObject() }
        for index in types.indices {
            if let keys { writer.key(keys[index]) }
            guard case .text = types[index], let bytes = unsafe sqlite3_column_text(pointer, Int32(index)) else {
                writer.value(try column(Int32(index), types[index]))
                continue
            }
            let count = unsafe Int(sqlite3_column_bytes(pointer, Int32(index)))
            unsafe writer.string(utf8: UnsafeBufferPointer(start: bytes, count: count))
        }
        if keys == nil { writer.endArray() } else { writer.endObject() }
    }

    private func column(_ index: Int32, _ type: ColumnType) throws -> Value {
        let stored = unsafe sqlite3_column_type(pointer, index)
        if stored == SQLITE_NULL { return .null }
        switch type {
        case .integer where stored == SQLITE_FLOAT, .decimal where stored == SQLITE_FLOAT:
            throw StorageError.outOfRange
        case .text:
            guard let bytes = unsafe sqlite3_column_text(pointer, index) else { return .text("") }
            let count = unsafe Int(sqlite3_column_bytes(pointer, index))
            return unsafe .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
        case .integer: return unsafe .int(sqlite3_column_int64(pointer, index))
        case .decimal(let scale): return unsafe .decimal(units: sqlite3_column_int64(pointer, index), scale: scale)
        case .day: return unsafe .day(Day(number: Int32(truncatingIfNeeded: sqlite3_column_int64(pointer, index))))
        case .timestamp: return unsafe .timestamp(Timestamp(microseconds: sqlite3_column_int64(pointer, index)))
        case .time: return unsafe .time(TimeOfDay(microseconds: sqlite3_column_int64(pointer, index)))
        case .bytes:
            let count = unsafe Int(sqlite3_column_bytes(pointer, index))
            guard let bytes = unsafe sqlite3_column_blob(pointer, index) else { return .bytes([]) }
            return unsafe .bytes([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        }
    }
}
