internal import CPostgres
internal import Values

/// What the server answered to one command, or one row of it.
// Unchecked, because it stays on the thread of its connection; an error that carries it must be Sendable.
@safe final class Reply: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe PQclear(pointer) }

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }
    var rowCount: Int { unsafe Int(PQntuples(pointer)) }
    var columnCount: Int { unsafe Int(PQnfields(pointer)) }

    /// Whether it says that a command failed.
    var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }
    /// Whether the command was left out because one before it failed.
    var isSkipped: Bool { status == PGRES_PIPELINE_ABORTED }

    /// How many rows the command changed.
    var changed: Int {
        guard let text = unsafe PQcmdTuples(pointer) else { return 0 }
        return unsafe Int(String(cString: text)) ?? 0
    }

    /// What was done, such as `COMMIT` or `INSERT 0 1`.
    var tag: String {
        guard let text = unsafe PQcmdStatus(pointer) else { return "" }
        return unsafe String(cString: text)
    }

    /// Whether the command only read, by its tag.
    var isReading: Bool {
        guard let text = unsafe PQcmdStatus(pointer) else { return true }
        return unsafe text[0] == 0x53 && text[1] == 0x45 && text[2] == 0x4C  // SEL
    }

    /// A part of an error, by its letter in the protocol.
    func errorField(_ letter: Character) -> String? {
        guard let ascii = letter.asciiValue, let text = unsafe PQresultErrorField(pointer, Int32(ascii)) else {
            return nil
        }
        return unsafe String(cString: text)
    }

    /// The server's number for the type of a column.
    func type(of column: Int) -> UInt32 { unsafe PQftype(pointer, Int32(column)) }

    /// The bytes of a value in the server's binary format; nil for null.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
        if unsafe PQgetisnull(pointer, row, column) != 0 { return nil }
        return unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column)))
    }
}
