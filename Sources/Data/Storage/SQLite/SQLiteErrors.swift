internal import GRDB
internal import GRDBSQLite

extension StorageError {
    /// The failure of the last call on `database`.
    init(code: Int32, _ database: OpaquePointer) {
        let extended = unsafe Int(sqlite3_extended_errcode(database))
        let message = unsafe String(cString: sqlite3_errmsg(database))
        self.init(code: Int(code & 0xff), extended: extended, message: message)
    }

    /// A failure that GRDB met while it opened or copied a file.
    init(_ error: DatabaseError) {
        self.init(
            code: Int(error.resultCode.rawValue), extended: Int(error.extendedResultCode.rawValue),
            message: error.message ?? "")
    }

    private init(code: Int, extended: Int, message: String) {
        switch Int32(code) {
        case SQLITE_CONSTRAINT where Int32(extended) == triggerConstraint:
            self = .forbidden(message)
        case SQLITE_CONSTRAINT where message.hasPrefix(Self.uniqueFailed):
            self = .duplicate(
                columns: message.dropFirst(Self.uniqueFailed.count).split(separator: ", ").map(String.init))
        // A sum beyond 64 bits becomes a floating-point number.
        case SQLITE_CONSTRAINT where message.hasPrefix(Self.noInteger): self = .outOfRange
        case SQLITE_INTERRUPT: self = .timedOut
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .diskFull
        // The shared memory of the log could not be made larger.
        case SQLITE_IOERR where Int32(extended) == sharedMemorySize: self = .diskFull
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_IOERR, SQLITE_PERM, SQLITE_AUTH: self = .inaccessible(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
        case SQLITE_ERROR where message == "integer overflow": self = .outOfRange
        default: self = .failed(code: extended, message: message)
        }
    }

    private static let noInteger = "cannot store REAL value in INTEGER column"
    private static let uniqueFailed = "UNIQUE constraint failed: "
}

/// SQLITE_CONSTRAINT_TRIGGER, a macro that is not imported: SQLITE_CONSTRAINT | (7 << 8).
private let triggerConstraint = SQLITE_CONSTRAINT | (7 << 8)
/// SQLITE_IOERR_SHMSIZE, likewise.
private let sharedMemorySize = SQLITE_IOERR | (19 << 8)
