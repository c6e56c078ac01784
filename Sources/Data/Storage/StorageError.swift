/// Why the database did not do what was asked. Nothing of the failed statement remains, but for
/// ``StorageError/unknownOutcome(_:)``.
public enum StorageError: Error, Equatable, Sendable {
    /// A unique index holds such a row already; the columns it is about, as `table.column`.
    case duplicate(columns: [String])
    /// A rule of the table forbids it, such as changing a ledger row.
    case forbidden(String)
    /// A sum passed the range of a column.
    case outOfRange
    /// The statement ran longer than ``StorageLimits/statementSeconds``.
    case timedOut
    /// Too many bodies wait for a connection.
    case overloaded
    /// Another process holds the database.
    case busy
    /// The disk is full.
    case diskFull
    /// The file, or the disk it is on, cannot be opened, read or written, with the engine's words.
    case inaccessible(String)
    /// The file is damaged or no database.
    case corrupt(String)
    /// The shape of a table cannot be brought to what is asked.
    case migration(String)
    /// There is no such database, and it was not to be created.
    case missing(String)
    /// The database has been closed.
    case closed
    /// The server cannot be reached, or went away before it answered; nothing of the body remains.
    case unavailable(String)
    /// The server went away while it committed and did not come back in time: the body may have been kept.
    case unknownOutcome(String)
    /// Text holds the character NUL, which no column can hold.
    case invalidText
    /// Any other failure, with the engine's code and words.
    case failed(code: Int, message: String)

    /// Whether it is about the data of one document rather than the database: what else is done goes on without it.
    public var isAboutData: Bool {
        switch self {
        case .duplicate, .forbidden, .outOfRange, .invalidText: true
        default: false
        }
    }
}

/// The limits of a database connection.
public struct StorageLimits: Sendable {
    /// How long one body may compute in statements.
    public var statementSeconds = 60
    /// How many bodies may wait for the writer, and how many for the readers.
    public var waiting = 10_000
    /// How many bodies share one commit at most.
    public var groupSize = 128
    /// Connections that read: so many long reports run at once.
    public var readers = 3
    /// Connections for brief reads; as many as run at once on the cooperative pool of a small machine.
    public var briefReaders = 4
    /// How long a brief read may take, in milliseconds, before it moves to a thread of the database.
    public var briefMilliseconds = 20
    /// Prepared statements kept by each connection.
    public var statements = 400
    /// How long to wait for another process that writes, in milliseconds.
    public var busyMilliseconds = 10_000
    /// How long a body may wait for a server that went away to come back, in milliseconds.
    public var reconnectMilliseconds = 10_000
    /// How often a body runs at most, when other programs or a lost connection undo what it did.
    public var attempts = 4

    /// The limits a server starts with.
    public static let standard = StorageLimits()

    /// The standard limits.
    public init() {}
}
