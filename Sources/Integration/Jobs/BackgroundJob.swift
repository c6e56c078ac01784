internal import Documents
internal import Lists
internal import Storage
internal import Values

/// What is done in the background, for those who asked for it and who manages the system.
struct BackgroundJob: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Background Job", module: "Core", .virtual, .untracked, title: "job_name", sort: ("creation", true),
        permissions: [.read("System Manager"), Permission("All", [.read], ifOwner: true)],
        summary: "What is done in the background, and what became of it.")
    /// What its events begin with.
    static let eventName = "job"

    let jobName = Data(.readOnly, .inListView, .description("What is done."))
    let kind = Data(.readOnly, .inStandardFilter)
    let status = Select(Job.State.allCases.map(\.rawValue), .readOnly, .inListView, .inStandardFilter)
    let priority = Select(Job.Priority.allCases.map(\.rawValue), .readOnly)
    let user = Data(.readOnly, .inListView, .inStandardFilter)
    let attempts = IntField(.readOnly, .description("How often it was begun."))
    let progress = IntField(.readOnly, .description("How many are done."))
    let total = IntField(.readOnly, .description("Of how many; 0 where that is not known."))
    let due = DatetimeField(.readOnly, .description("When it is, or is tried again."))
    let startedAt = DatetimeField(.readOnly)
    let endedAt = DatetimeField(.readOnly)
    let arguments = JSONField(.readOnly, .description("What is to be done."))
    let result = JSONField(.readOnly)
    let errorMessage = SmallText(.readOnly, .description("Why it could not be done, the last time it was tried."))
    let errorCode = Data(.readOnly)
    init() {}

    /// The most jobs that a list looks at, the newest.
    static let mostListed = 5_000

    static let source = VirtualSource(
        list: { query, session in
            var (conditions, arguments) = (["1 = 1"], [Value]())
            var users = try (query.values(askedOf: "user", in: session) ?? query.values(askedOf: "owner", in: session))?
                .compactMap(\.string)
            if try !seesAll(session) { users = [session.actor.user] }
            for (column, values) in [
                ("\"user\"", users), ("state", try query.values(askedOf: "status", in: session)?.compactMap(\.string)),
                ("kind", try query.values(askedOf: "kind", in: session)?.compactMap(\.string)),
            ] {
                guard let values else { continue }
                conditions.append(
                    values.isEmpty ? "1 = 0" : session.transaction.dialect.isOneOf(column, count: values.count))
                arguments += values.map(Value.text)
            }
            return try documents(
                "\(conditions.joined(separator: " AND ")) ORDER BY created DESC, id DESC LIMIT \(mostListed)",
                arguments, whole: asksForContent(query), session)
        },
        load: { names, session in
            guard !names.isEmpty else { return [] }
            let isOne = session.transaction.dialect.isOneOf("id", count: names.count)
            return try documents(isOne, names.map(Value.text), whole: true, session)
        })

    /// Whether a list shows what is done, or what came of it.
    private static func asksForContent(_ query: ListQuery) -> Bool {
        let words = query.fields.map(\.text).joined()
        return words.contains("*") || words.contains("arguments") || words.contains("result")
    }

    /// Whether who acts may see jobs of others.
    static func seesAll(_ session: Session) throws -> Bool {
        if session.actor.isAdministrator { return true }
        return try session.registry.doctype(doctype.name).permissions.contains { permission in
            !permission.ifOwner && permission.rights.contains(.read)
                && session.actor.roles.contains(Name(permission.role))
        }
    }

    /// The columns besides those of every job; what is done and what came of it only where somebody asks for it.
    private static let columns =
        "id, kind, \"user\", title, state, attempt, done, total, created, priority, due, started, ended, told, error"
    private static let types: [ColumnType] = [
        .text, .text, .text, .text, .text, .integer, .integer, .integer, .timestamp, .text, .timestamp, .timestamp,
        .timestamp, .timestamp, .text,
    ]

    private static func documents(
        _ rest: String, _ arguments: [Value], whole: Bool, _ session: Session
    ) throws -> [Document] {
        let rows = try session.transaction.query(
            "SELECT \(columns)\(whole ? ", content, result" : "") FROM _job WHERE \(rest)", arguments,
            types + (whole ? [.text, .text] : []))
        let type = try session.registry.doctype(doctype.name)
        return rows.map { row in
            let problem = row[14].text.flatMap { try? JSON.parse($0) }
            let user = row[2].text ?? ""
            let isEnd = row[4].text.flatMap(Job.State.init(rawValue:))?.isEnd ?? true
            let document = Document(type)
            document.name = row[0].text ?? ""
            document.values[Document.Slot.owner] = .text(user)
            document.values[Document.Slot.creation] = row[8]
            let changed = [row[8], row[11], row[12], row[13]].compactMap(\.timestamp).max()
            document.values[Document.Slot.modified] = changed.map(Value.timestamp) ?? .null
            document.values[Document.Slot.modifiedBy] = .text(user)
            // What somebody sent may be secret, and what came of it more than others may see.
            let isOwn = user == session.actor.user || session.actor.isAdministrator
            let fields: [(String, Value)] = [
                ("job_name", row[3]), ("kind", row[1]), ("status", row[4]), ("priority", row[9]), ("user", .text(user)),
                ("attempts", row[5]), ("progress", row[6]), ("total", row[7]), ("due", isEnd ? .null : row[10]),
                ("started_at", row[11]), ("ended_at", row[12]), ("arguments", whole && isOwn ? row[15] : .null),
                ("result", whole && isOwn ? row[16] : .null),
                ("error_message", problem?["message"]?.string.map(Value.text) ?? .null),
                ("error_code", problem?["code"]?.string.map(Value.text) ?? .null),
            ]
            for (name, value) in fields where value != .text("") {
                if let slot = type.slot(of: name) { document.values[slot] = value }
            }
            document.fillZeros()
            document.stored = document.values
            return document
        }
    }

    /// Whether who acts may stop jobs of others, and have them tried again.
    private static func managesAll(_ session: Session) -> Bool {
        session.actor.isAdministrator || session.actor.roles.contains("System Manager")
    }

    /// A job that who acts may stop, or have tried again.
    ///
    /// - Throws: ``Problem/Kind/notFound``; ``Problem/Kind/forbidden`` for a key that is good for less than the job.
    static func job(_ id: String, in session: Session) throws -> Job {
        let row = try session.transaction.first("SELECT \(Job.read) FROM _job WHERE id = ?", [.text(id)], Job.types)
        let job = row.map(Job.init(row:))
        guard let job, job.user == session.actor.user || managesAll(session) else {
            throw Problem(.notFound, "There is no job \(id.prefix(60))", field: "name")
        }
        if let scopes = session.actor.scopes, job.scopes != scopes {
            throw Problem(.forbidden, "The API key is not good for a job that it was not asked for with")
        }
        return job
    }
}
