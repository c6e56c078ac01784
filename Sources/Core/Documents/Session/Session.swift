public import Audit
internal import EventLog
public import Storage
public import Values

/// The one way to read and change a company's data: who acts, at what moment, inside which transaction.
///
/// Whatever is written through a session is written in its transaction: the rows, their version, their event in the log
/// and their entry in the audit log, all of it or nothing. A session lives on one thread and ends with its transaction.
public final class Session {
    /// Who acts.
    public let actor: Actor
    /// The moment of the session; domain code knows no other clock.
    public let now: Timestamp
    /// What the modules declare.
    public package(set) var registry: Registry
    /// The transaction everything happens in.
    public let transaction: any Transaction
    /// What its entries in the audit log are under.
    public let auditKey: AuditKey
    private let makeIdentifier: () -> String

    /// The DocTypes that were written to.
    public internal(set) var touched: Set<String> = []
    /// What is to be logged when the transaction ends.
    var pending = Pending()
    /// Links that were found to exist; names stay valid while the session lasts unless it deletes them.
    var verified: Set<Reference> = []
    /// What was looked up, kept until its DocType is written to.
    var lookedUp: [Reference: Document] = [:]
    /// What rules know of documents, by the fields that are registered as ``Facts``; kept like what was looked up.
    var facts: [Reference: [Value]] = [:]
    /// The event from which follows what is written now, as ``Event/cause``.
    var cause: Int64 = 0
    /// How many writes are inside one another.
    var depth = 0
    /// Set while rights are not asked, because the system acts on its own behalf.
    package private(set) var isPrivileged = false
    /// What was found of rights on fields.
    var knownFieldRights: [FieldRights.Key: FieldRights] = [:]
    /// What User Permissions give new documents, by DocType; nil until it is asked for.
    var permittedDefaults: [PermittedDefault]?
    /// What it knows of changes of metadata.
    package var metadata = MetadataState()
    /// How to go on behind what a limit of the server cut off the answer, as an argument of the request that asks for the
    /// rest, such as `limit_start=100000`; nil when nothing was cut off.
    public private(set) var more: String?
    /// What a draft is refused for so far; nil where the first problem ends what is done.
    var noted: [Problem]?
    /// Set while a changeset is made: effects are then kept in full.
    var keepsEffects = false
    /// Whether what a client names and nothing knows is passed over and told in ``remarks``, as Frappe's clients expect;
    /// else it is refused.
    public var passesOverUnknown = false
    /// What it has to tell besides its result.
    public var remarks = Remarks()

    struct Pending {
        var events: [Event] = []
        /// How many events of the transaction are in the log already.
        var logged = 0
        var audit: [AuditEntry] = []
        /// Rows of tables under the audit log, which the last entry will carry.
        var sealed = SealedRows()
        var effects: [Effect] = []
        /// The kept figures that a rehearsal touched.
        var figures = TouchedFigures()
        /// What modules keep while the session lasts.
        var states: [ObjectIdentifier: any SessionState] = [:]
        /// Rows of others that were taken out for documents that are about to be deleted.
        var detachedRows: [Reference: [JSON]] = [:]
    }

    /// A session of `actor` at the moment `now`. `audit` is the company's key; `identifiers` gives names that no other
    /// session gets.
    public init(
        actor: Actor, now: Timestamp, registry: Registry, transaction: any Transaction,
        audit: AuditKey = .ofProcess, identifiers: @escaping () -> String
    ) {
        self.actor = actor
        self.now = now
        self.registry = registry
        self.transaction = transaction
        auditKey = audit
        makeIdentifier = identifiers
    }

    private static let eventTable = SealedTable(EventLog.log)

    /// What the clocks of the company show.
    public var wallClock: Timestamp { registry.zone.wallClock(at: now) }
    /// The day of the session, where the company is.
    public var today: Day { wallClock.day }

    /// Notes that a limit of the server, not of who asks, leaves something out of what is given.
    package func noteMore(_ wayOn: String) { if more == nil { more = wayOn } }

    /// Notes that something of a DocType was written which no pipeline saw.
    package func touch(_ doctype: String) { touched.insert(doctype) }

    /// A name that no other row has; names made later are greater.
    public func newIdentifier() -> String { makeIdentifier() }

    /// Writes the log entries of what was done. Called once, at the end of the transaction.
    ///
    /// - Throws: ``StorageError``.
    public func finish() throws {
        if !pending.events.isEmpty { _ = try transaction.recall([EventLog.end, AuditLog.newest]) }
        let (last, rows) = try EventLog.append(pending.events, after: pending.logged, in: transaction)
        if !rows.isEmpty { seal(rows, in: Self.eventTable) }
        let events = rows.isEmpty ? nil : last - Int64(rows.count) + 1...last
        for body in registry.endings { try body(self, events) }
        if pending.audit.isEmpty, !pending.sealed.isEmpty {
            pending.audit = [AuditEntry(ofRowsBy: actor.user, at: now)]
        }
        try AuditLog.append(pending.audit, pending.sealed, under: auditKey, in: transaction)
        let (effects, figures) = (pending.effects, pending.figures)
        let logged = pending.logged + rows.count
        pending = Pending()
        pending.logged = logged
        // A changeset that is being made tells of what was written before, too.
        if keepsEffects { (pending.effects, pending.figures) = (effects, figures) }
    }

    /// Writes the log entries of what was done so far where many wait: for work on more documents than memory should hold.
    ///
    /// - Throws: ``StorageError``.
    package func writeLogsIfMany() throws {
        // A rehearsal shows its entries at the end.
        guard !keepsEffects, pending.audit.count >= Limits.waitingEntries else { return }
        let detachedRows = pending.detachedRows
        try finish()
        pending.detachedRows = detachedRows
    }

    /// Runs `body` without asking for rights: for what the system does on its own behalf because of an action that was
    /// allowed. All else holds as ever.
    public func privileged<T>(_ body: () throws -> T) rethrows -> T {
        let before = isPrivileged
        isPrivileged = true
        defer { isPrivileged = before }
        return try body()
    }

    /// Runs `body` as its actor even where the system acts on its own behalf: for what is shown of it.
    package func unprivileged<T>(_ body: () throws -> T) rethrows -> T {
        let before = isPrivileged
        isPrivileged = false
        defer { isPrivileged = before }
        return try body()
    }

    /// Runs `body`; when it throws, all it did is undone, including what it would have logged, and the error goes on.
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        let before = pending
        let links = verified
        let (known, changes) = (registry, metadata)
        do {
            return try transaction.savepoint(body)
        } catch {
            pending = before
            verified = links
            registry = known
            metadata = changes
            forgetKnown()
            throw error
        }
    }

    /// Forgets what was found of documents, DocTypes and rights.
    package func forgetKnown() {
        forgetLookedUp()
        knownFieldRights = [:]
        permittedDefaults = nil
    }

    /// What a module keeps in the session.
    package func state<State: SessionState>(_ type: State.Type) -> State {
        pending.states[ObjectIdentifier(type)] as? State ?? State()
    }

    /// Changes what a module keeps in the session, such as what it will write at the end. It is undone with a
    /// savepoint that fails, and begins anew when the logs are written.
    package func with<State: SessionState, T>(_ type: State.Type, _ body: (inout State) throws -> T) rethrows -> T {
        let key = ObjectIdentifier(type)
        // Taken out meanwhile, so that it is changed in place.
        var state = pending.states.removeValue(forKey: key) as? State ?? State()
        defer { pending.states[key] = state }
        return try body(&state)
    }
}

/// What a module keeps in a session; see ``Session/with(_:_:)``.
package protocol SessionState {
    /// The state of a session in which nothing was done yet.
    init()
}
