public import Documents
internal import Storage
public import Values

/// The jobs of a company, as who does them sees them: they are taken with a lease, and whoever lets it run out loses them to
/// others.
///
/// All functions run in a transaction of the company. A lease is a word that nobody else has: what is noted of a job is noted
/// only where the job is still held under it.
public enum JobQueue {
    /// The DocType that jobs are shown as; a session that asks for jobs touches it.
    public static let doctype = BackgroundJob.doctype.name

    /// The job was taken by somebody else, or ended, meanwhile.
    public struct LeaseLost: Error {}

    /// Who does work.
    public enum Lane: String, Sendable, CaseIterable {
        /// What is done in transactions.
        case transaction
        /// What reaches the world.
        case effect
    }

    // MARK: Taking

    /// The kinds of a lane that are declared, and of these those that are named, where any are: of others nothing is known.
    private static func kinds(of lane: Lane, _ named: [String]?, in session: Session) -> [JobKind] {
        session.registry.registered(JobKind.self).filter {
            $0.lane == lane && named?.contains($0.name) ?? true
        }
    }

    /// Takes up to `limit` jobs of a lane that are due, of these kinds or of all, and first gives back those whose lease has run
    /// out. Of kinds that may only be done a few at once no more are taken than that. One whose worker ended is taken alone, so
    /// that it takes no others with it should that come again.
    public static func take(
        _ limit: Int, of lane: Lane, _ named: [String]? = nil, as lease: String, in session: Session
    ) throws -> [Job] {
        try reclaim(in: session)
        var room: [String: Int] = [:]
        let kinds = try kinds(of: lane, named, in: session).filter { kind in
            guard let most = kind.limits.atOnce else { return true }
            let running =
                try session.transaction.first(
                    "SELECT count(*) FROM _job WHERE kind = ? AND state = 'started'", [.text(kind.name)], [.integer])?[
                    0
                ]
                .int ?? 0
            room[kind.name] = most - Int(running)
            return Int(running) < most
        }
        guard !kinds.isEmpty else { return [] }
        let isOne = session.transaction.dialect.isOneOf("kind", count: kinds.count)
        let rows = try session.transaction.query(
            """
            SELECT \(Job.read) FROM _job WHERE state = 'queued' AND lane = ? AND due <= ? AND \(isNext) AND \(isOne)
            ORDER BY turn, id LIMIT ?
            """,
            [.text(lane.rawValue), .timestamp(session.now)] + kinds.map { .text($0.name) } + [.int(Int64(limit))],
            Job.types)
        var jobs: [Job] = []
        for job in rows.map(Job.init(row:)) {
            if job.losses > 0 {
                if jobs.isEmpty { jobs = [job] }
                break
            }
            if let left = room[job.kind] {
                guard left > 0 else { continue }
                room[job.kind] = left - 1
            }
            jobs.append(job)
        }
        for (name, jobs) in Dictionary(grouping: jobs, by: \.kind) {
            let seconds = try session.registry.jobKind(name).limits.leaseSeconds
            try update(
                jobs.map(\.id),
                "state = 'started', lease = ?, due = ?, attempt = attempt + 1, started = COALESCE(started, ?)",
                [.text(lease), .timestamp(session.now.adding(seconds: seconds)), .timestamp(session.now)], session)
        }
        for index in jobs.indices {
            jobs[index].state = .started
            jobs[index].attempt += 1
        }
        return jobs
    }

    /// That a job is the first of its sequence.
    private static let isNext = """
        (sequence IS NULL OR NOT EXISTS (SELECT 1 FROM _job AS before WHERE before.sequence = _job.sequence
        AND before.id < _job.id AND before.state IN ('queued', 'started')))
        """

    /// The longest lease there is, in seconds: one that runs out later was given by a clock that was wrong.
    private static let longestLease = 86_400

    /// Gives back jobs whose lease has run out, so that others take them. That counts as a loss, not as an attempt: it may not have
    /// been begun.
    private static func reclaim(in session: Session) throws {
        let rows = try session.transaction.query(
            """
            SELECT \(Job.read), stopping FROM _job WHERE state = 'started' AND (due <= ? OR due > ?) ORDER BY id LIMIT 100
            """, [.timestamp(session.now), .timestamp(session.now.adding(seconds: longestLease))],
            Job.types + [.integer])
        for row in rows {
            let job = Job(row: Array(row.dropLast()))
            let most = (try? session.registry.jobKind(job.kind))?.limits.attempts ?? JobKind.Limits().attempts
            if row.last?.int == 1 {
                _ = try end(job, .canceled, in: session)
            } else if job.losses + 1 >= most {
                let lost = Problem(
                    .unavailable, "Whoever did it ended before it was done, \(job.losses + 1) times",
                    fix: "Look at the log of the worker.")
                _ = try end(job, .failed, problem: lost, in: session)
            } else {
                try update(
                    [job.id], "state = 'queued', lease = NULL, due = ?, attempt = attempt - 1, losses = losses + 1",
                    [.timestamp(session.now)], session)
            }
        }
    }

    /// Holds on to jobs for as long as their kinds allow.
    ///
    /// - Returns: the ids of those that are still held, and whether each is to be stopped.
    public static func renew(_ ids: [String], as lease: String, in session: Session) throws -> [String: Bool] {
        guard !ids.isEmpty else { return [:] }
        let isOne = session.transaction.dialect.isOneOf("id", count: ids.count)
        let rows = try session.transaction.query(
            "SELECT id, stopping, kind FROM _job WHERE state = 'started' AND lease = ? AND \(isOne)",
            [.text(lease)] + ids.map(Value.text), [.text, .integer, .text])
        var held: [String: Bool] = [:]
        var byKind: [String: [String]] = [:]
        for row in rows {
            guard let id = row[0].text, let kind = row[2].text else { continue }
            held[id] = row[1].int == 1
            byKind[kind, default: []].append(id)
        }
        for (kind, ids) in byKind {
            let seconds = try session.registry.jobKind(kind).limits.leaseSeconds
            try update(ids.sorted(), "due = ?", [.timestamp(session.now.adding(seconds: seconds))], session)
        }
        return held
    }

    /// Gives jobs back that were taken and are not done; those that nobody wants any more end.
    public static func release(_ ids: [String], as lease: String, in session: Session) throws {
        guard !ids.isEmpty else { return }
        let isOne = session.transaction.dialect.isOneOf("id", count: ids.count)
        let rows = try session.transaction.query(
            "SELECT \(Job.read), stopping FROM _job WHERE state = 'started' AND lease = ? AND \(isOne)",
            [.text(lease)] + ids.map(Value.text), Job.types + [.integer])
        var back: [String] = []
        for row in rows {
            let job = Job(row: Array(row.dropLast()))
            if row.last?.int == 1 { _ = try end(job, .canceled, in: session) } else { back.append(job.id) }
        }
        try update(
            back, "state = 'queued', lease = NULL, due = ?, attempt = attempt - 1", [.timestamp(session.now)], session)
    }

    /// A job that is held under a lease.
    ///
    /// - Throws: ``LeaseLost``.
    static func held(_ id: String, as lease: String, in session: Session) throws -> (job: Job, isStopping: Bool) {
        let row = try session.transaction.first(
            "SELECT \(Job.read), stopping FROM _job WHERE id = ? AND state = 'started' AND lease = ?",
            [.text(id), .text(lease)], Job.types + [.integer])
        guard let row else { throw LeaseLost() }
        return (Job(row: Array(row.dropLast())), row.last?.int == 1)
    }

    // MARK: Doing

    /// Does a part of a job of the transaction lane in this transaction, as its user.
    ///
    /// - Returns: the job as it is then.
    /// - Throws: ``LeaseLost``; what the work throws, and then this transaction must not be kept: see ``fail(_:as:_:in:)``.
    public static func run(_ id: String, as lease: String, in session: Session) throws -> Job {
        let (job, isStopping) = try held(id, as: lease, in: session)
        guard !isStopping else { return try end(job, .canceled, in: session) }
        let kind = try session.registry.jobKind(job.kind)
        guard case .transaction(let work) = kind.work else {
            throw Problem(.inconsistent, "A job of the kind \(kind.name) is not done in a transaction")
        }
        let outcome = try session.acting(as: actor(of: job, in: session)) { try work(job, $0) }
        return try settle(job, outcome, in: session)
    }

    /// Who does a job: its user with the rights it has now, and no more than the key it was asked for with was good for.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` where there is no such user any more, or it is disabled.
    public static func actor(of job: Job, in session: Session) throws -> Actor {
        guard let actor = try User.actor(job.user, in: session) else {
            throw Problem(
                .forbidden, "\(job.user), on whose behalf it would be done, cannot sign in any more",
                fix: "Enable the user, and try it again.")
        }
        return actor.limited(to: job.scopes)
    }

    /// Notes what became of a job of the effect lane.
    ///
    /// - Throws: ``LeaseLost``.
    @discardableResult
    public static func settle(
        _ id: String, as lease: String, _ outcome: JobKind.Outcome, in session: Session
    ) throws -> Job {
        let (job, isStopping) = try held(id, as: lease, in: session)
        // What is done is done.
        if case .done = outcome { return try settle(job, outcome, in: session) }
        return try isStopping ? end(job, .canceled, in: session) : settle(job, outcome, in: session)
    }

    private static func settle(_ job: Job, _ outcome: JobKind.Outcome, in session: Session) throws -> Job {
        var job = job
        switch outcome {
        case .done(let result):
            if let total = job.progress?.total { job.progress?.done = total }
            return try end(job, .finished, result: result, in: session)
        case .later(let moment):
            try update(
                [job.id], "state = 'queued', lease = NULL, due = ?, turn = ?, attempt = attempt - 1",
                [.timestamp(moment), .timestamp(job.turn(moment))], session)
            job.state = .queued
        case .more(let cursor, let progress):
            let seconds = try session.registry.jobKind(job.kind).limits.leaseSeconds
            let isTold = try progress != job.progress && tellProgress(of: job, progress, in: session)
            // What came so far counts as begun once: a later part that fails is tried as often as the first.
            try update(
                [job.id],
                "part = ?, done = ?, total = ?, attempt = 1, due = ?\(isTold ? ", told = ?" : "")",
                [
                    cursor.map { .text($0.text) } ?? .null, progress.map { .int(Int64($0.done)) } ?? .null,
                    progress?.total.map { .int(Int64($0)) } ?? .null,
                    .timestamp(session.now.adding(seconds: seconds)),
                ] + (isTold ? [.timestamp(session.now)] : []), session)
            (job.cursor, job.progress, job.attempt) = (cursor, progress, 1)
        }
        return job
    }

    /// Tells how far a job is, once a second at most.
    private static func tellProgress(of job: Job, _ progress: Job.Progress?, in session: Session) throws -> Bool {
        guard try session.registry.jobKind(job.kind).isShown, let progress else { return false }
        let told = try session.transaction.first("SELECT told FROM _job WHERE id = ?", [.text(job.id)], [.timestamp])?[
            0
        ]
        .timestamp
        if let told, told.adding(seconds: 1) > session.now { return false }
        var data: JSONObject = ["done": .int(Int64(progress.done))]
        data["total"] = progress.total.map { .int(Int64($0)) }
        session.emitJob("progressed", job.id, job.kind, data)
        return true
    }

    /// Notes that a job which is held under a lease could not be done: it is tried again later, or called failed.
    ///
    /// - Throws: ``LeaseLost``.
    @discardableResult
    public static func fail(_ id: String, as lease: String, _ problem: Problem, in session: Session) throws -> Job {
        let (job, isStopping) = try held(id, as: lease, in: session)
        if isStopping { return try end(job, .canceled, in: session) }
        let again = try session.registry.jobKind(job.kind).retry(after: problem, attempt: job.attempt, at: session.now)
        guard let again else { return try end(job, .failed, problem: problem, in: session) }
        try update(
            [job.id], "state = 'queued', lease = NULL, due = ?, turn = ?, error = ?",
            [.timestamp(again), .timestamp(job.turn(again)), .text(problem.json.text)], session)
        var queued = job
        queued.state = .queued
        return queued
    }

    private static func end(
        _ job: Job, _ state: Job.State, result: JSON = .null, problem: Problem? = nil, in session: Session
    ) throws -> Job {
        var job = job
        job.state = state
        let kind = try? session.registry.jobKind(job.kind)
        if kind?.isShown == false, state != .failed {
            try session.sealing(Job.table, where: "id = ?", [.text(job.id)]) {
                try session.transaction.execute("DELETE FROM _job WHERE id = ?", [.text(job.id)])
            }
        } else {
            try update(
                [job.id],
                "state = ?, lease = NULL, unique_key = NULL, ended = ?, result = ?, error = ?, done = ?, stopping = 0",
                [
                    .text(state.rawValue), .timestamp(session.now), result.isNull ? .null : .text(result.text),
                    problem.map { .text($0.json.text) } ?? .null,
                    job.progress.map { .int(Int64($0.done)) } ?? .null,
                ], session)
        }
        for observer in session.registry.registered(JobEnd.self) where observer.kind == job.kind {
            try observer.run(job, session)
        }
        if kind?.isShown ?? true {
            session.emitJob(state.rawValue, job.id, job.kind, problem.map { ["error": $0.json] } ?? [:])
        }
        return job
    }

    // MARK: By hand

    /// Ends a job that waits, or has whoever does it stop after the part that runs.
    ///
    /// - Throws: ``Problem/Kind/wrongJobState`` for one that has ended.
    static func cancel(_ job: Job, in session: Session) throws {
        switch job.state {
        case .queued: _ = try end(job, .canceled, in: session)
        case .started: try update([job.id], "stopping = 1", [], session)
        default:
            throw Problem(
                .wrongJobState, "The job \(job.id) is \(job.state.rawValue)",
                fix: "Only what has not ended can be cancelled.")
        }
    }

    /// Ends all jobs that wait, of a user or of all: what was asked for by somebody who is gone, or in another company.
    public static func cancelWaiting(of user: String? = nil, in session: Session) throws {
        let rows = try session.transaction.query(
            "SELECT \(Job.read) FROM _job WHERE state IN ('queued', 'started')\(user == nil ? "" : " AND \"user\" = ?")",
            user.map { [.text($0)] } ?? [], Job.types)
        for job in rows.map(Job.init(row:)) { _ = try end(job, .canceled, in: session) }
    }

    /// Has a job that failed or was cancelled tried again, from where it stood.
    ///
    /// - Throws: ``Problem/Kind/wrongJobState`` for any other, and where another job has its key.
    static func retry(_ job: Job, in session: Session) throws {
        guard job.state == .failed || job.state == .canceled else {
            throw Problem(
                .wrongJobState, "The job \(job.id) is \(job.state.rawValue)",
                fix: "Only what failed or was cancelled can be tried again.")
        }
        try session.requireRoom(session.registry.jobKind(job.kind), for: 1, ofUser: false)
        if let key = job.key,
            let other = try session.transaction.first(
                "SELECT id FROM _job WHERE unique_key = ?", [.text(key)], [.text])?[0].text
        {
            throw Problem(
                .wrongJobState, "The job \(other) has the same key, and has not ended",
                fix: "Wait for it, or cancel it.")
        }
        try update(
            [job.id],
            "state = 'queued', unique_key = key, attempt = 0, losses = 0, ended = NULL, error = NULL, due = ?, turn = ?",
            [.timestamp(session.now), .timestamp(job.turn(session.now))], session)
        session.touch(BackgroundJob.doctype.name)
        session.emitJob("queued", job.id, job.kind, [:])
    }

    /// Lets a job that waits be done now.
    static func hasten(_ id: String, in session: Session) throws {
        try session.sealing(Job.table, where: "id = ?", [.text(id)]) {
            try session.transaction.execute(
                "UPDATE _job SET due = ?, turn = ? WHERE id = ? AND state = 'queued'",
                [.timestamp(session.now), .timestamp(session.now.adding(seconds: -3_600)), .text(id)])
        }
        session.touch(BackgroundJob.doctype.name)
    }

    /// The most jobs that are tried again at once, and how many are looked at in one statement.
    private static let mostRetried = 10_000
    private static let retriedAtOnce = 500

    fileprivate static func retryFailed(
        _ kind: String, where key: String, is value: String, in session: Session
    ) throws -> Int {
        var (count, after) = (0, "")
        while count < mostRetried {
            // Page by page: what a job is about stands in its content.
            let jobs = try session.transaction.query(
                "SELECT \(Job.read) FROM _job WHERE kind = ? AND state = 'failed' AND id > ? ORDER BY id LIMIT ?",
                [.text(kind), .text(after), .int(Int64(retriedAtOnce))], Job.types
            ).map(Job.init(row:))
            guard let last = jobs.last else { break }
            for job in jobs where job.content[key]?.string == value {
                try retry(job, in: session)
                count += 1
            }
            after = last.id
        }
        return count
    }

    // MARK: Keeping

    /// When there is something to do next; nil when nothing waits that anybody knows how to do.
    public static func nextDue(in session: Session) throws -> Timestamp? {
        try Lane.allCases.compactMap { try nextDue(of: $0, in: session) }.min()
    }

    /// The same of one lane, of these kinds or of all.
    public static func nextDue(
        of lane: Lane, _ named: [String]? = nil, in session: Session
    ) throws -> Timestamp? {
        let kinds = kinds(of: lane, named, in: session).map { Value.text($0.name) }
        guard !kinds.isEmpty else { return nil }
        let isOne = session.transaction.dialect.isOneOf("kind", count: kinds.count)
        return try session.transaction.query(
            [("queued", isNext), ("started", "1 = 1")].map { state, condition in
                Query(
                    "SELECT due FROM _job WHERE state = ? AND \(condition) AND \(isOne) ORDER BY due LIMIT 1",
                    [.text(state)] + kinds, [.timestamp])
            }
        ).compactMap { $0.first?[0].timestamp }.min()
    }

    /// How long what has ended is kept, in days; and what failed.
    static let keptDays = 7
    static let keptFailedDays = 90
    /// How many of them go in one transaction.
    private static let purgedAtOnce = 1_000

    static let purge = ScheduledTask("jobs.purge") { session, _ in
        let old = session.now.adding(seconds: -keptDays * 86_400)
        let older = session.now.adding(seconds: -keptFailedDays * 86_400)
        let ids = try session.transaction.query(
            """
            SELECT id FROM _job WHERE state IN ('finished', 'canceled') AND ended <= ?
            OR state = 'failed' AND ended <= ? ORDER BY id LIMIT \(purgedAtOnce)
            """, [.timestamp(old), .timestamp(older)], [.text]
        ).compactMap { $0[0].text }
        for chunk in ids.chunks(of: 500) {
            let isOne = session.transaction.dialect.isOneOf("id", count: chunk.count)
            try session.sealing(Job.table, where: isOne, chunk.map(Value.text)) {
                try session.transaction.execute("DELETE FROM _job WHERE \(isOne)", chunk.map(Value.text))
            }
        }
        return ids.count < purgedAtOnce ? .none : .from(true)
    }

    private static func update(_ ids: [String], _ changes: String, _ arguments: [Value], _ session: Session) throws {
        for chunk in ids.chunks(of: 500) {
            let isOne = session.transaction.dialect.isOneOf("id", count: chunk.count)
            let names = chunk.map(Value.text)
            try session.sealing(Job.table, where: isOne, names) {
                try session.transaction.execute("UPDATE _job SET \(changes) WHERE \(isOne)", arguments + names)
            }
        }
    }
}

/// What a module does when a job of a kind has ended, in the same transaction.
public struct JobEnd: Sendable {
    let kind: String
    let run: @Sendable (Job, Session) throws -> Void

    /// What is done when a job of that kind is finished, failed or canceled.
    public init(kind: String, run: @escaping @Sendable (Job, Session) throws -> Void) {
        self.kind = kind
        self.run = run
    }
}

/// A company as a job sees it that is done outside of a transaction: it reads and writes as the system.
public protocol JobCompany: Sendable {
    /// Reads on a snapshot.
    func read<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T
    /// Reads and changes in one transaction.
    func write<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T
}

extension Session {
    /// Has all jobs of a kind tried again that failed, in their order, of which the content has this value under a key.
    ///
    /// - Returns: how many there were.
    public func retryFailed(_ kind: String, where key: String, is value: String) throws -> Int {
        try JobQueue.retryFailed(kind, where: key, is: value, in: self)
    }
}
