public import Audit
internal import Customization
internal import Documents
internal import EventLog
public import Reports
public import Storage
internal import Synchronization
public import Values

/// Recomputes everything that is kept and compares: what modules keep beside their ledgers, the audit chain, the
/// documents against the audit log, the event log, links, rows and counters.
///
/// All of it reads one snapshot and changes nothing.
public struct Doctor: Sendable {
    private let registry: Registry
    private let data: String?
    private let key: AuditKey?
    private let heads: [AuditHeadsFile]

    /// A doctor for companies of these modules. `data` is the directory of the company, with its attached files, its audit
    /// key and the heads of its audit log; `key` the key of one without a directory; `heads` are more of them, kept elsewhere.
    public init(modules: [Module], data: String? = nil, key: AuditKey? = nil, heads: [AuditHeadsFile] = []) {
        registry = Registry.of(modules)
        self.data = data
        self.key = key
        self.heads = (data.map { [AuditHeadsFile.standard(in: $0)] } ?? []) + heads
    }

    /// What one check found.
    public struct Finding: Sendable {
        /// What was checked.
        public let name: String
        /// How many problems there are.
        public let count: Int
        /// The first of them, a sentence each.
        public let problems: [String]
        /// How many things were looked at; nil where they are not counted.
        public let looked: Int?
        /// How long it took.
        public let duration: Duration

        /// Whether nothing differs.
        public var isFine: Bool { count == 0 }

        /// The finding for programs.
        public var json: JSON {
            var object: JSONObject = [
                "name": .string(name), "ok": .bool(isFine), "count": .int(Int64(count)),
                "problems": .array(problems.map(JSON.string)),
            ]
            object["checked"] = looked.map { .int(Int64($0)) }
            object["milliseconds"] = .int(Int64(duration / .milliseconds(1)))
            return .object(object)
        }
    }

    /// The most problems of one check that are told.
    public static let mostProblems = 100

    /// Runs every check on one snapshot of the database, and hands each finding to `report` as soon as it is made.
    ///
    /// - Throws: ``StorageError`` when the database cannot be read at all. A check that fails is a finding.
    public func run(
        on database: any Database, at now: Timestamp, report: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async throws -> [Finding] {
        let key = try key ?? data.flatMap { try AuditKeyFile.read(in: $0) }
        let audit = DoctorAudit(key: key, directory: data, heads: heads)
        var checks = Self.checks(registry, audit)
        checks.append(Check(name: "facts of the company") { [data] in try DoctorChecks.facts(data, $0, &$1) })
        if let data {
            checks.append(Check(name: "attached files") { try DoctorChecks.files(data, $0, &$1) })
            checks.append(Check(name: "rights of files") { try DoctorChecks.rights(data, &$1) })
        }
        let all = checks
        let findings = Mutex<[Finding]>([])
        do {
            try await database.read { [registry] transaction in
                let session = Session(actor: .administrator, now: now, registry: registry, transaction: transaction) {
                    ""
                }
                let damage = try Self.adoptMetadata(of: session)
                // The body runs again when the connection is lost: what was found before stands.
                for check in all.dropFirst(findings.withLock { $0.count }) {
                    let finding = try Self.perform(check, session, beginningWith: check.name == "tables" ? damage : [])
                    report(finding)
                    findings.withLock { $0.append(finding) }
                }
            }
        } catch let error as StorageError {
            // A damaged file lets the snapshot fail at its end, too; what was found on it stands.
            guard findings.withLock({ $0.count }) == checks.count else { throw error }
        }
        return findings.withLock { $0 }
    }

    /// A check with its name.
    struct Check: Sendable {
        let name: String
        let run: @Sendable (Session, inout Notes) throws -> Void
    }

    /// What a check notes while it runs.
    struct Notes {
        private(set) var count = 0
        private(set) var problems: [String] = []
        var looked: Int?

        mutating func add(_ problem: String) {
            count += 1
            if problems.count < Doctor.mostProblems { problems.append(problem) }
        }

        /// Adds many of which only the first are known.
        mutating func add(_ first: [String], of total: Int) {
            for problem in first { add(problem) }
            count += max(0, total - first.count)
        }
    }

    private static func checks(_ registry: Registry, _ audit: DoctorAudit) -> [Check] {
        var checks = [
            Check(name: "database file", run: DoctorChecks.file),
            Check(name: "tables", run: DoctorChecks.tables),
        ]
        checks += audit.checks
        checks += [
            Check(name: "documents and audit log", run: DoctorDocuments.digests),
            Check(name: "event numbers", run: DoctorChecks.eventNumbers),
            Check(name: "events and audit log", run: DoctorChecks.eventCounts),
            Check(name: "links", run: DoctorLinks.links),
            Check(name: "rows of tables", run: DoctorLinks.rows),
            Check(name: "series counters", run: DoctorDocuments.series),
            Check(name: "writers of kept figures", run: DoctorFigures.writers),
        ]
        for check in registry.checks {
            checks.append(
                Check(name: check.name) { session, notes in
                    for problem in try check.run(session) { notes.add(problem) }
                })
        }
        return checks
    }

    /// Takes what the company changed of the metadata into force. Where that is damaged, only what the modules declare is, and
    /// it is said in words.
    private static func adoptMetadata(of session: Session) throws -> [String] {
        do {
            try session.savepoint { _ = try session.adoptMetadata() }
            return []
        } catch let problem as Problem {
            return ["what the company changed of the DocTypes is damaged: \(problem.message)"]
        }
    }

    /// Runs a check. One that fails is a finding, unless the whole reading has failed.
    private static func perform(
        _ check: Check, _ session: Session, beginningWith known: [String]
    ) throws -> Finding {
        var notes = Notes()
        notes.add(known, of: known.count)
        let start = ContinuousClock.now
        do {
            // A statement that fails ends a transaction of PostgreSQL up to the savepoint before it.
            try session.savepoint { try check.run(session, &notes) }
        } catch let error as StorageError where error.isOfConnection {
            throw error
        } catch let problem as Problem {
            notes.add("the check could not be finished: \(problem.message)")
        } catch let error as StorageError {
            notes.add("the check could not be finished: \(words(error))")
        } catch {
            notes.add("the check could not be finished: \(error)")
        }
        return Finding(
            name: check.name, count: notes.count, problems: notes.problems, looked: notes.looked, duration: .now - start
        )
    }

    private static func words(_ error: StorageError) -> String {
        switch error {
        case .failed(_, let message), .corrupt(let message), .inaccessible(let message): message
        default: Problem(error).message
        }
    }
}

extension StorageError {
    /// Whether the connection failed, and not the statement.
    fileprivate var isOfConnection: Bool {
        switch self {
        case .unavailable, .closed: true
        default: false
        }
    }
}
