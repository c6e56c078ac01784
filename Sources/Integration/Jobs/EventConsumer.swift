public import Documents
public import EventLog
internal import Storage
internal import Values

/// Something that follows the event log: it is shown every event once, in order, with a cursor that moves in the transaction
/// of what it does about them. What must reach the world becomes jobs there.
public struct EventConsumer: Sendable {
    /// What its cursor is kept under.
    public let name: String
    /// How many events it is shown at once.
    public let most: Int
    /// Which it is shown; all when nil. What it does not want costs it nothing.
    public let wants: (@Sendable (EventHead) -> Bool)?
    /// Does what is to be done about events.
    public let run: @Sendable ([Event], Session) throws -> Void

    /// A consumer named `name`. One that is new begins with what happens from then on.
    public init(
        _ name: String, most: Int = 200, wants: (@Sendable (EventHead) -> Bool)? = nil,
        run: @escaping @Sendable ([Event], Session) throws -> Void
    ) {
        self.name = name
        self.most = most
        self.wants = wants
        self.run = run
    }

    /// Whether there are events that it was not shown.
    public func isBehind(in session: Session) throws -> Bool {
        try EventLog.cursor(of: name, in: session.transaction) < EventLog.head(in: session.transaction)
    }

    /// Shows it the next events.
    ///
    /// - Returns: whether there are more.
    /// - Throws: what it throws; then this transaction must not be kept, and it is shown them again.
    public func step(in session: Session) throws -> Bool {
        let head = try EventLog.head(in: session.transaction)
        let row = try session.transaction.first(
            "SELECT number FROM _cursor WHERE consumer = ?", [.text(name)], [.integer])
        guard let cursor = row?[0].int else {
            try EventLog.advance(name, to: head, in: session.transaction)
            return false
        }
        guard cursor < head else { return false }
        let heads = try EventLog.heads(after: cursor, limit: most, in: session.transaction)
        guard let last = heads.last else { return false }
        let wanted = heads.filter { wants?($0) ?? true }.map(\.number)
        if !wanted.isEmpty {
            try session.privileged { try run(EventLog.read(wanted, in: session.transaction), session) }
        }
        try EventLog.advance(name, to: last.number, in: session.transaction)
        return last.number < head
    }
}
