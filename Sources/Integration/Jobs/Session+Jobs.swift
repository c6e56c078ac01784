public import Documents
internal import EventLog
internal import Storage
public import Values

/// What is to be done in the background.
public struct JobRequest: Sendable {
    /// Its kind.
    public let kind: String
    /// What is to be done, as the kind takes it.
    public let content: JSON
    /// What it is called in lists; its kind unless given.
    public var title: String?
    /// What has precedence.
    public var priority = Job.Priority.normal
    /// Not before this moment; at once when nil.
    public var due: Timestamp?
    /// While a job of this key is queued or started, no second one is made.
    public var key: String?
    /// Jobs of one sequence are done one after the other, in the order in which they were asked for.
    public var sequence: String?
    /// On whose behalf; the one who asks unless given. Only what the system does on its own behalf may name another.
    public var user: String?

    /// A request for a job.
    public init(_ kind: String, _ content: JSON) {
        self.kind = kind
        self.content = content
    }
}

extension Session {
    /// Asks for jobs: they are there when the transaction is, and are done afterwards.
    ///
    /// - Returns: their ids, in the order of the requests; of one whose key is taken that of the job which has it.
    /// - Throws: ``Problem/Kind/tooManyJobs``, ``Problem/Kind/tooLong``, ``Problem/Kind/unknownJob``.
    @discardableResult
    public func enqueue(_ requests: [JobRequest]) throws -> [String] {
        var present: [String: String] = [:]
        let keys = requests.compactMap(\.key)
        for chunk in keys.chunks(of: 500) {
            let isOne = transaction.dialect.isOneOf("unique_key", count: chunk.count)
            for row in try transaction.query(
                "SELECT unique_key, id FROM _job WHERE \(isOne)", chunk.map(Value.text), [.text, .text])
            {
                if let key = row[0].text { present[key] = row[1].text }
            }
        }
        var ids: [String] = []
        var rows: [[Value]] = []
        var shown: [(id: String, request: JobRequest)] = []
        for (name, some) in Dictionary(grouping: requests, by: \.kind) {
            try requireRoom(registry.jobKind(name), for: some.count, ofUser: some.contains { $0.user == nil })
        }
        for request in requests {
            if let key = request.key, let known = present[key] {
                ids.append(known)
                continue
            }
            let kind = try registry.jobKind(request.kind)
            let content = request.content.text
            guard content.utf8.count <= kind.limits.contentBytes else {
                throw Problem(
                    .tooLong, "A job of the kind \(kind.name) holds at most \(kind.limits.contentBytes) bytes",
                    fix: "Ask for several.")
            }
            guard (try? JSON.parse(content)) != nil else {
                throw Problem(.malformed, "What is to be done is nested too deeply", fix: "Ask for less at once.")
            }
            let id = newIdentifier()
            let due = min(max(request.due ?? now, now), now.adding(seconds: Self.longestWait))
            ids.append(id)
            if let key = request.key { present[key] = id }
            let key: Value = request.key.map(Value.text) ?? .null
            rows.append([
                .text(id), .text(kind.name), .text(kind.lane.rawValue), .text(request.user ?? actor.user),
                request.user == nil ? (actor.scopes?.json.text).map(Value.text) ?? .null : .null,
                .text(String((request.title ?? kind.name).prefix(200))), .text(content), key, key,
                request.sequence.map(Value.text) ?? .null, .text(request.priority.rawValue), .timestamp(due),
                .timestamp(due.adding(seconds: -request.priority.headStart)), .text(Job.State.queued.rawValue), .int(0),
                .int(0), .null, .null, .null, .null, .null, .null, .text(Undertaking.current ?? id), .timestamp(now),
                .null, .null, .null, .int(0),
            ])
            if kind.isShown { shown.append((id, request)) }
        }
        guard let first = rows.first?[0], let last = rows.last?[0] else { return ids }
        // Names made later are greater, so that these are all between the first and the last.
        try sealing(Job.table, where: "id >= ? AND id <= ?", [first, last]) {
            try transaction.insert(into: Job.table.name, Job.table.columns.map(\.name), rows)
        }
        touch(BackgroundJob.doctype.name)
        for (id, request) in shown { emitJob("queued", id, request.kind, [:]) }
        return ids
    }

    /// Asks for one job; see ``enqueue(_:)``.
    @discardableResult
    public func enqueue(_ request: JobRequest) throws -> String { try enqueue([request])[0] }

    /// The longest that a job may wait for its time, in seconds.
    static let longestWait = 366 * 86_400

    func requireRoom(_ kind: JobKind, for count: Int, ofUser: Bool) throws {
        func isFull(_ most: Int, _ condition: String, _ arguments: [Value]) throws -> Bool {
            let room = most - count
            // Counted no further than it may be long.
            return try room < 0
                || transaction.first(
                    "SELECT 1 FROM _job WHERE \(condition) AND state = 'queued' LIMIT 1 OFFSET ?",
                    arguments + [.int(Int64(room))], [.integer]) != nil
        }
        if try isFull(kind.limits.mostWaiting, "kind = ?", [.text(kind.name)]) {
            throw Problem(
                .tooManyJobs, "\(kind.limits.mostWaiting) jobs of the kind \(kind.name) wait, and no more may",
                fix: "Try again later.")
        }
        if try ofUser && isFull(kind.limits.mostOfUser, "\"user\" = ?", [.text(actor.user)]) {
            throw Problem(
                .tooManyJobs, "\(kind.limits.mostOfUser) jobs of \(actor.user) wait, and no more may",
                fix: "Try again later.")
        }
    }

    /// Tells the log what became of a job.
    func emitJob(_ what: String, _ id: String, _ kind: String, _ more: JSONObject) {
        var data = more
        data["doctype"] = .string(BackgroundJob.doctype.name)
        data["name"] = .string(id)
        data["kind"] = .string(kind)
        emit("\(BackgroundJob.eventName).\(what)", subject: "\(BackgroundJob.doctype.name)/\(id)", data)
    }
}

extension [Scope] {
    fileprivate var json: JSON { .array(map(\.json)) }
}
