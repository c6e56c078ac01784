public import Documents
public import Values

/// A kind of work that is done in the background. Modules register theirs with ``Registry/register(_:)``.
public struct JobKind: Sendable {
    /// What its jobs name it by, such as `schedule`.
    public let name: String
    /// How it is done.
    public let work: Work
    /// What holds for its jobs.
    public let limits: Limits
    /// Whether its jobs are told in the event log, and are kept for a while when they are done; else only those that failed are.
    public let isShown: Bool

    /// How a kind of work is done.
    public enum Work: Sendable {
        /// In parts, each in one transaction with what is noted of it, so that each is done once, whatever stops in between.
        case transaction(@Sendable (Job, Session) throws -> Outcome)
        /// Outside of a transaction, by who runs it, because it reaches the world: it may be done twice where a process ended before
        /// it was noted, and has the job's id to tell that to others.
        case effect
    }

    /// What became of a job, or of a part of one.
    public enum Outcome: Sendable, Equatable {
        /// It is done, with something to tell.
        case done(JSON = .null)
        /// A part is done, and the next begins there.
        case more(from: JSON?, Job.Progress? = nil)
        /// It is to be tried again at a moment; that is no failure.
        case later(Timestamp)
    }

    /// What holds for the jobs of a kind.
    public struct Limits: Sendable {
        /// How often one is tried before it is called failed.
        public var attempts = 5
        /// How long it waits after the first failure, in seconds; after each further one four times as long.
        public var firstWait = 15
        /// The longest wait, in seconds.
        public var longestWait = 6 * 3_600
        /// Whether every failure is tried again; else only those that may pass by themselves.
        public var retriesAll = false
        /// How many may wait.
        public var mostWaiting = 200_000
        /// How many of one user may wait.
        public var mostOfUser = 20_000
        /// How many of a company may be done at once; nil for as many as there is room for.
        public var atOnce: Int?
        /// How long a part may take before somebody else takes it over, in seconds.
        public var leaseSeconds = 60
        /// The most bytes of what is to be done.
        public var contentBytes = 1_000_000

        /// The usual limits.
        public init() {}
    }

    /// A kind of work.
    public init(_ name: String, _ work: Work, limits: Limits = Limits(), isShown: Bool = true) {
        self.name = name
        self.work = work
        self.limits = limits
        self.isShown = isShown
    }

    /// Who does its jobs.
    var lane: JobQueue.Lane {
        switch work {
        case .transaction: .transaction
        case .effect: .effect
        }
    }

    /// When it is tried again after the failure of an attempt; nil when it is not.
    func retry(after problem: Problem, attempt: Int, at now: Timestamp) -> Timestamp? {
        guard attempt < limits.attempts, limits.retriesAll || problem.mayPass else { return nil }
        var wait = limits.firstWait
        for _ in 1..<max(attempt, 1) where wait < limits.longestWait { wait *= 4 }
        return now.adding(seconds: min(wait, limits.longestWait))
    }
}

extension Problem {
    /// Whether the same may succeed later without anybody doing anything about it.
    var mayPass: Bool {
        [.unavailable, .diskFull, .overloaded, .unknownOutcome].contains(kind) || [429, 502, 503].contains(kind.status)
    }
}

extension Registry {
    /// The kind of that name.
    ///
    /// - Throws: ``Problem/Kind/unknownJob``.
    func jobKind(_ name: String) throws -> JobKind {
        guard let kind = registered(JobKind.self).first(where: { $0.name == name }) else {
            throw Problem(.unknownJob, "There is no kind of job \(name.prefix(60))", field: "kind")
        }
        return kind
    }
}
