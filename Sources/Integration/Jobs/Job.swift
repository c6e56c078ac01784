public import Documents
internal import Storage
public import Values

/// A piece of work that is done after the commit that asked for it, as its user and with the rights that this user then has.
public struct Job: Sendable, Equatable {
    /// What tells it from all others; later ones are greater.
    public let id: String
    /// What kind of work it is; see ``JobKind``.
    public let kind: String
    /// On whose behalf it is done.
    public let user: String
    /// What the API key it was asked for with is good for; nil for all that the user may.
    public var scopes: [Scope]?
    /// What is to be done, as its kind takes it.
    public let content: JSON
    /// How it stands.
    public var state: State
    /// How often it was begun.
    public var attempt: Int
    /// Where the next part begins; nil for the first.
    public var cursor: JSON?
    /// How much of it is done, and of how much; nil where that is not known.
    public var progress: Progress?
    /// When it was asked for.
    public let created: Timestamp
    /// What all that follows from one request shares.
    public let correlation: String
    /// What has precedence.
    let priority: Priority
    /// How often whoever did it ended before it was done.
    let losses: Int
    /// The key under which it is the only one that waits.
    let key: String?

    /// How a job stands, in the words of the peer's queue.
    public enum State: String, Sendable, CaseIterable {
        /// It waits for its turn, or for its time.
        case queued
        /// Somebody does it.
        case started
        /// It is done.
        case finished
        /// It could not be done and is not tried again by itself.
        case failed
        /// Somebody did not want it any more.
        case canceled

        /// Whether nothing will become of it any more by itself.
        public var isEnd: Bool { self != .queued && self != .started }
    }

    /// How far a job is.
    public struct Progress: Sendable, Equatable {
        /// How many are done.
        public var done: Int
        /// Of how many; nil where that is not known.
        public var total: Int?

        /// So many done, of so many.
        public init(done: Int, of total: Int? = nil) {
            self.done = done
            self.total = total
        }
    }

    /// What has precedence. Whoever waits long enough comes before all that is asked for later.
    public enum Priority: String, Sendable, CaseIterable {
        /// Somebody waits for it.
        case high
        /// As it comes.
        case normal
        /// When there is time.
        case low

        /// How much earlier, in seconds, it counts as due.
        var headStart: Int {
            switch self {
            case .high: 3_600
            case .normal: 0
            case .low: -3_600
            }
        }
    }

    static let table = TableSchema(
        "_job",
        columns: [
            .init("id", .text, required: true), .init("kind", .text, required: true),
            .init("lane", .text, required: true), .init("user", .text, required: true), .init("scopes", .text),
            .init("title", .text, required: true), .init("content", .text, required: true), .init("key", .text),
            .init("unique_key", .text), .init("sequence", .text), .init("priority", .text, required: true),
            .init("due", .timestamp, required: true), .init("turn", .timestamp, required: true),
            .init("state", .text, required: true), .init("attempt", .integer, required: true),
            .init("losses", .integer, required: true), .init("lease", .text), .init("part", .text),
            .init("done", .integer), .init("total", .integer), .init("result", .text), .init("error", .text),
            .init("correlation", .text, required: true), .init("created", .timestamp, required: true),
            .init("started", .timestamp), .init("ended", .timestamp), .init("told", .timestamp),
            .init("stopping", .integer, required: true),
        ],
        indexes: [
            .init("state", "lane", "turn", "id"), .init("state", "due"), .init("kind", "state"),
            .init("user", "state"), .init("unique_key", unique: true), .init("sequence", "id"),
        ])

    static let read = """
        id, kind, "user", scopes, content, state, attempt, part, done, total, created, correlation, priority, losses, key
        """
    static let types: [ColumnType] = [
        .text, .text, .text, .text, .text, .text, .integer, .text, .integer, .integer, .timestamp, .text, .text,
        .integer,
        .text,
    ]

    /// The job of a row. What of it cannot be read counts as nothing: such a job fails when it is done, and no other.
    init(row: [Value]) {
        func json(_ value: Value) -> JSON? { value.text.flatMap { try? JSON.parse($0) } }
        (id, kind, user) = (row[0].text ?? "", row[1].text ?? "", row[2].text ?? "")
        cursor = json(row[7])
        // Without the place where it goes on it must not begin anew.
        content = row[7].isNull || cursor != nil ? json(row[4]) ?? .null : .null
        state = row[5].text.flatMap(State.init(rawValue:)) ?? .failed
        (attempt, created) = (Int(row[6].int ?? 0), row[10].timestamp ?? .earliest)
        scopes = row[3].text.map { (try? Scope.list(text: $0)) ?? [] }
        progress = row[8].int.map { Progress(done: Int($0), of: row[9].int.map(Int.init)) }
        correlation = row[11].text ?? ""
        priority = row[12].text.flatMap(Priority.init(rawValue:)) ?? .normal
        (losses, key) = (Int(row[13].int ?? 0), row[14].text)
    }

    /// When its turn is, where it is due at a moment.
    func turn(_ due: Timestamp) -> Timestamp { due.adding(seconds: -priority.headStart) }
}

extension Problem.Kind {
    /// Too many jobs of a kind wait.
    public static let tooManyJobs = Self("too_many_jobs", exception: "QueueOverloaded", status: 503)
    /// A kind of job that nobody declares.
    static let unknownJob = Self("no_such_job_kind", exception: "DoesNotExistError", status: 404)
    /// What cannot be done with a job as it stands.
    static let wrongJobState = Self("wrong_job_state", status: 409)
    /// A schedule that cannot be.
    public static let badSchedule = Self("bad_schedule")
}
