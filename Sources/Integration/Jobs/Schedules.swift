public import Documents
internal import Lists
internal import Storage
public import Values

/// When the scheduled tasks of a company are due, and what was done of them.
///
/// A task has one job at a time. The moment it was due at is noted when the job has ended, whatever became of it: a job that failed
/// is kept, and can be tried again.
public enum Schedules {
    static let table = TableSchema(
        "_schedule",
        columns: [
            .init("task", .text, required: true), .init("last", .timestamp), .init("ended", .timestamp),
            .init("state", .text), .init("cron", .text), .init("stopped", .integer, required: true),
        ])

    /// What is kept of a task.
    struct Record: Sendable {
        var last: Timestamp?
        var ended: Timestamp?
        var state: String?
        /// In place of what the module says.
        var cron: String?
        var isStopped = false

        func cron(of task: ScheduledTask) -> Cron? { Cron(cron ?? task.cron) }
    }

    static let kindName = "schedule"

    /// The kind of the jobs of tasks.
    static let kind: JobKind = {
        var limits = JobKind.Limits()
        limits.retriesAll = true
        limits.attempts = 8
        limits.firstWait = 60
        limits.longestWait = 3_600
        return JobKind(
            kindName,
            .transaction { job, session in
                let task = try task(job.content["task"]?.string ?? "", in: session)
                switch try session.privileged({ try task.run(session, job.cursor) }) {
                case .none: return .done()
                case .from(let rest): return .more(from: rest)
                }
            }, limits: limits, isShown: false)
    }()

    /// Notes what became of a task.
    static let end = JobEnd(kind: kindName) { job, session in
        guard let name = job.content["task"]?.string else { return }
        var record = try records(in: session)[name] ?? Record()
        if let moment = job.content["moment"]?.string.flatMap({ Timestamp($0) }) {
            record.last = max(record.last ?? moment, moment)
        }
        (record.ended, record.state) = (session.now, job.state.rawValue)
        try keep(record, of: name, in: session)
    }

    static func task(_ name: String, in session: Session) throws -> ScheduledTask {
        guard let task = session.registry.registered(ScheduledTask.self).first(where: { $0.name == name }) else {
            throw Problem(.notFound, "There is no scheduled task \(name.prefix(60))", field: "name")
        }
        return task
    }

    // MARK: What is due

    /// Asks for the jobs of the tasks that are due.
    ///
    /// - Returns: when one is due next; nil when none ever is.
    public static func enqueueDue(in session: Session) throws -> Timestamp? {
        let (due, next) = try due(in: session)
        try session.enqueue(due.map { request($0.task, due: $0.moment) })
        return next
    }

    /// When a task is due next whose job is not there yet; nil when none ever is.
    public static func next(in session: Session) throws -> Timestamp? {
        let (due, next) = try due(in: session)
        return due.isEmpty ? next : session.now
    }

    private static func due(
        in session: Session
    ) throws -> (due: [(task: ScheduledTask, moment: Timestamp)], next: Timestamp?) {
        let tasks = session.registry.registered(ScheduledTask.self)
        let records = try records(in: session)
        let waiting = Set(
            try session.transaction.query(
                "SELECT unique_key FROM _job WHERE kind = ? AND unique_key IS NOT NULL AND state IN ('queued', 'started')",
                [.text(kindName)], [.text]
            ).compactMap { $0[0].text })
        var due: [(task: ScheduledTask, moment: Timestamp)] = []
        var next: Timestamp?
        for task in tasks {
            let record = records[task.name] ?? Record()
            guard !record.isStopped, let cron = record.cron(of: task) else { continue }
            // What was missed is done once, for the last of the moments.
            if let moment = cron.last(until: session.now, in: session.registry.zone),
                record.last.map({ min($0, session.now) < moment }) ?? true
            {
                if !waiting.contains(key(task)) { due.append((task, moment)) }
            }
            if let moment = cron.next(after: session.now, in: session.registry.zone) {
                next = min(next ?? moment, moment)
            }
        }
        return (due, next)
    }

    private static func key(_ task: ScheduledTask) -> String { "schedule/\(task.name)" }

    private static func request(_ task: ScheduledTask, due moment: Timestamp) -> JobRequest {
        var request = JobRequest(
            kindName, ["task": .string(task.name), "moment": .string(moment.description)])
        request.key = key(task)
        request.title = task.name
        request.user = Actor.administrator.user
        request.priority = .low
        return request
    }

    /// Asks for the work of a task now.
    ///
    /// - Returns: the job.
    /// - Throws: ``Problem/Kind/forbidden`` for who does not manage the system.
    static func runNow(_ name: String, in session: Session) throws -> String {
        try session.require(.write, session.registry.doctype(ScheduledJobType.doctype.name))
        var request = request(try task(name, in: session), due: session.now)
        request.priority = .high
        let id = try session.enqueue(request)
        // One that waits until it is tried again is not waited for.
        try JobQueue.hasten(id, in: session)
        return id
    }

    // MARK: Records

    static func records(in session: Session) throws -> [String: Record] {
        let rows = try session.transaction.query(
            "SELECT task, last, ended, state, cron, stopped FROM _schedule", [],
            [.text, .timestamp, .timestamp, .text, .text, .integer])
        return Dictionary(
            rows.compactMap { row in
                row[0].text.map { name in
                    (
                        name,
                        Record(
                            last: row[1].timestamp, ended: row[2].timestamp, state: row[3].text, cron: row[4].text,
                            isStopped: row[5].int == 1)
                    )
                }
            }, uniquingKeysWith: { $1 })
    }

    static func keep(_ record: Record, of task: String, in session: Session) throws {
        try session.sealing(table, where: "task = ?", [.text(task)]) {
            try session.transaction.execute(
                """
                INSERT INTO _schedule (task, last, ended, state, cron, stopped) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (task) DO UPDATE SET last = excluded.last, ended = excluded.ended, state = excluded.state,
                cron = excluded.cron, stopped = excluded.stopped
                """,
                [
                    .text(task), record.last.map(Value.timestamp) ?? .null,
                    record.ended.map(Value.timestamp) ?? .null, record.state.map(Value.text) ?? .null,
                    record.cron.map(Value.text) ?? .null, .int(record.isStopped ? 1 : 0),
                ])
        }
    }
}

/// What is done by itself, when, and what became of it. Who manages the system changes when, and stops it.
struct ScheduledJobType: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Scheduled Job Type", module: "Core", .virtual, .untracked, title: "method",
        permissions: [Permission("System Manager", [.read, .write, .report, .export])],
        summary: "What is done by itself, and when.")

    let method = Data(.readOnly, .inListView, .description("The task."))
    let frequency = Select(["Cron"], .readOnly)
    let cronFormat = Data(
        .inListView,
        .description("Minute, hour, day, month and weekday, by the clocks of the company; empty for what is usual."))
    let stopped = Check(.inListView)
    let lastExecution = DatetimeField(.readOnly, .inListView)
    let lastStatus = Data(.readOnly, .description("What became of it then."))
    let nextExecution = DatetimeField(.readOnly)
    init() {}

    static let source = VirtualSource(
        list: { _, session in try documents(nil, session) },
        load: { names, session in try documents(Set(names.map { Name($0) }), session) },
        update: { document, session in
            let task = try Schedules.task(document.name, in: session)
            var record = try Schedules.records(in: session)[task.name] ?? Schedules.Record()
            let cron = document.text("cron_format")
            let next = Cron(cron.isEmpty ? task.cron : cron)?.next(after: session.now, in: session.registry.zone)
            guard let next else {
                let words: ProblemText =
                    Cron(cron) == nil
                    ? "\(cron.prefix(60)) is no time as cron writes it"
                    : "\(cron.prefix(60)) is no time that ever comes"
                throw Problem(
                    .badSchedule, words, field: "cron_format",
                    fix: "Send minute, hour, day, month and weekday, such as 30 6 * * mon-fri.")
            }
            let before = (record.cron, record.isStopped)
            record.cron = cron.isEmpty || cron == task.cron ? nil : cron
            record.isStopped = document.isSet("stopped")
            // It comes at the next moment, not for one that would have been.
            if before != (record.cron, record.isStopped) { record.last = session.now }
            try Schedules.keep(record, of: task.name, in: session)
            document["next_execution"] = record.isStopped ? .null : .timestamp(next)
        })

    private static func documents(_ names: Set<Name>?, _ session: Session) throws -> [Document] {
        let type = try session.registry.doctype(doctype.name)
        let records = try Schedules.records(in: session)
        return session.registry.registered(ScheduledTask.self).filter { names?.contains(Name($0.name)) ?? true }.map {
            task in
            let record = records[task.name] ?? Schedules.Record()
            let document = Document(type)
            document.name = task.name
            document.values[Document.Slot.owner] = .text(Actor.administrator.user)
            document.values[Document.Slot.modifiedBy] = .text(Actor.administrator.user)
            let next =
                record.isStopped ? nil : record.cron(of: task)?.next(after: session.now, in: session.registry.zone)
            let fields: [(String, Value)] = [
                ("method", .text(task.name)), ("frequency", .text("Cron")),
                ("cron_format", .text(record.cron ?? task.cron)),
                ("stopped", .int(record.isStopped ? 1 : 0)),
                ("last_execution", record.ended.map(Value.timestamp) ?? .null),
                ("last_status", record.state.map(Value.text) ?? .null),
                ("next_execution", next.map(Value.timestamp) ?? .null),
            ]
            for (name, value) in fields {
                if let slot = type.slot(of: name) { document.values[slot] = value }
            }
            document.fillZeros()
            document.stored = document.values
            return document
        }
    }
}
