internal import Foundation
internal import Storage
internal import Synchronization

/// The server a database is on: opens connections to it, and waits for it when it is away.
final class PostgresServer: Sendable {
    let limits: StorageLimits
    /// What no other process that writes is called; its connections bear it.
    let writer: String
    private let address: String
    /// Whether a schema and the table of writers are created where they are missing.
    private let creates: Bool
    private let state = Mutex(State())

    private struct State {
        /// The schema whose tables these are, once it is known.
        var schema: String?
        /// Since when the server has not been reached.
        var awaySince: ContinuousClock.Instant?
        var isClosed = false
    }

    /// What a connection is for.
    enum Purpose {
        case writing, reading, readingBriefly
    }

    init(address: String, limits: StorageLimits, creates: Bool = true) {
        self.address = address
        self.creates = creates
        self.limits = limits
        writer = "cauldron writer \(UUID().uuidString.prefix(18))"
    }

    /// Nobody waits for the server any more.
    func close() { state.withLock { $0.isClosed = true } }

    /// Opens a connection, and tries again while the server is away, up to ``StorageLimits/reconnectMilliseconds`` after it
    /// was last there.
    ///
    /// - Throws: ``StorageError/unavailable(_:)``; another one when the server does not let us in.
    func connectPatiently(_ purpose: Purpose) throws(StorageError) -> PostgresConnection {
        var pause = 20
        while true {
            do {
                return try connect(purpose)
            } catch {
                guard case .unavailable = error else { throw error }
                let (since, isClosed) = state.withLock { state in
                    let since = state.awaySince ?? .now
                    state.awaySince = since
                    return (since, state.isClosed)
                }
                let patience = Duration.milliseconds(limits.reconnectMilliseconds)
                if isClosed || ContinuousClock.now + .milliseconds(pause) > since + patience { throw error }
            }
            // On a thread of the database, which has nothing else to do without a server.
            Thread.sleep(forTimeInterval: TimeInterval(pause) / 1000)
            pause = min(pause * 2, 500)
        }
    }

    /// Opens a connection and makes it ready.
    func connect(_ purpose: Purpose) throws(StorageError) -> PostgresConnection {
        let link = try Link(address: address, application: purpose == .writing ? writer : "cauldron reader")
        guard link.serverVersion >= 130_000 else {
            throw .failed(code: link.serverVersion, message: "PostgreSQL 13 or later is needed")
        }
        let known = state.withLock(\.schema)
        let schema = if let known { known } else { try prepareSchema(link) }
        let statementTime = limits.statementSeconds + 5
        var settings = [
            ("search_path", quoted(schema)), ("statement_timeout", "\(statementTime)s"),
            ("lock_timeout", "\(limits.busyMilliseconds)ms"), ("idle_in_transaction_session_timeout", "0"),
            ("timezone", "UTC"), ("client_min_messages", "error"), ("jit", "off"),
            ("standard_conforming_strings", "on"),
        ]
        if try link.runFirst("SHOW synchronous_commit") == [["off"]] { settings.append(("synchronous_commit", "on")) }
        let terms = settings.map { "set_config('\($0)', \(Self.literal($1)), false)" }
        _ = try link.runFirst("SELECT \(terms.joined(separator: ","))")
        var beginning = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]
        if purpose == .writing {
            if known == nil, creates { try prepareWriters(link, schema) }
            // Locks of the kind belong to one database, so its name need not be in the key.
            beginning = [
                "BEGIN ISOLATION LEVEL READ COMMITTED", "SELECT pg_advisory_xact_lock(\(Self.key(of: schema)))",
            ]
        }
        try link.beginPipeline()
        state.withLock { state in
            state.schema = schema
            state.awaySince = nil
        }
        return PostgresConnection(link, limits: limits, beginning: beginning)
    }

    /// Finds the schema that comes first, and creates it if it is missing.
    private func prepareSchema(_ link: Link) throws(StorageError) -> String {
        let row = try link.runFirst(
            "SELECT current_setting('server_encoding'), current_setting('search_path'), current_schema()")[0]
        guard row[0] == "UTF8" else {
            throw .failed(code: 0, message: "the database has the encoding \(row[0] ?? ""), and not UTF8")
        }
        let first = Self.firstName(in: row[1] ?? "")
        guard let first, first != "$user" else {
            guard let current = row[2] else { throw .failed(code: 0, message: "the search_path names no schema") }
            return current
        }
        if row[2] != first {
            guard creates else { throw .missing("there is no schema \(first)") }
            _ = try link.runFirst(
                """
                BEGIN; SELECT pg_advisory_xact_lock(\(Self.key(of: first))); \
                CREATE SCHEMA IF NOT EXISTS \(quoted(first)); COMMIT
                """)
        }
        return first
    }

    /// The table in which each process that writes notes its last commit.
    private func prepareWriters(_ link: Link, _ schema: String) throws(StorageError) {
        let table = quoted(schema) + "._writer"
        if try link.runFirst("SELECT to_regclass(\(Self.literal(table)))") == [[nil]] {
            _ = try link.runFirst(
                """
                BEGIN; SELECT pg_advisory_xact_lock(\(Self.key(of: schema))); \
                CREATE TABLE IF NOT EXISTS _writer (id text PRIMARY KEY, number bigint NOT NULL, seen timestamp NOT NULL) \
                WITH (fillfactor = 50); COMMIT
                """)
        }
        // Nobody asks any more how a commit of last week ended.
        _ = try link.runFirst("DELETE FROM _writer WHERE seen < localtimestamp - interval '7 days'")
    }

    /// The key of the lock that writers of a schema queue for.
    private static func key(of schema: String) -> Int64 {
        Int64(bitPattern: Hash.fnv1a("cauldron writer of \(schema)"))
    }

    /// The first name of a search path, without its quotes.
    private static func firstName(in path: String) -> String? {
        var text = Substring(path)
        while text.first == " " { text.removeFirst() }
        if text.first != "\"" {
            let name = text.prefix { $0 != "," && $0 != " " }
            // The server folds what is not in quotes.
            return name.isEmpty ? nil : name.lowercased()
        }
        text.removeFirst()
        var name = ""
        while let character = text.popFirst() {
            if character == "\"" {
                guard text.first == "\"" else { break }
                text.removeFirst()
            }
            name.append(character)
        }
        return name.isEmpty ? nil : name
    }

    private static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
