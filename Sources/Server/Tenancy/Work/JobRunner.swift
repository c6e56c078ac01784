public import Documents
internal import EventLog
public import Jobs
public import Storage
internal import Synchronization
public import Values

/// Does the jobs of a company, what its schedules ask for and what follows its event log.
///
/// Several may do so at once, in one process or in many: each takes jobs under a lease of its own, and those of one that ended
/// without a word are taken over when their lease has run out.
public final class JobRunner: Sendable {
    /// Does a job that reaches the world. It ends soon when its task is cancelled.
    public typealias Effect = @Sendable (Job, any JobCompany) async throws -> JobKind.Outcome
    /// Who is told what went wrong, in words that are not for clients.
    public typealias OnProblem = @Sendable (_ work: String, _ problem: String) -> Void

    private let tenant: Tenant
    private let effects: [String: Effect]
    private let turns: JobTurns
    private let onProblem: OnProblem
    private let lease: String
    private let patienceSeconds: Int
    private let bell = Alarm()
    private let effectBell = Alarm()
    private let state = Mutex(State())

    private struct State {
        /// When a schedule is due next, when it is looked again, and for which metadata that was found.
        var schedule: (next: Timestamp?, look: ContinuousClock.Instant, version: Int64)?
        /// Until when consumers are left alone that failed.
        var failed: [String: ContinuousClock.Instant] = [:]
        var running: [String: Task<Void, Never>] = [:]
        /// When what runs was renewed last.
        var renewed = ContinuousClock.now
    }

    /// How many jobs of the transaction lane are taken at once, how many parts of them are done, and how many effects are under way.
    private static let batch = 32
    private static let partsAtOnce = 64
    /// How many times a consumer is shown events before others have their turn.
    private static let stepsAtOnce = 10
    private static let effectsAtOnce = 8
    /// How often it looks for what other processes ask for, and how soon after a failure, in seconds.
    private static let pollSeconds = 1
    private static let retrySeconds = 5
    private static let consumerRetrySeconds = 30
    /// How often leases are renewed: several times before the shortest runs out.
    private static let renewSeconds = 15

    /// A runner of a tenant's jobs. Those that reach the world are done by `effects`, by the names of their kinds; kinds that
    /// have none are left to others. When it is to stop, it waits so many seconds for what reaches the world. Companies that
    /// share `turns` take turns.
    public init(
        _ tenant: Tenant, effects: [String: Effect] = [:],
        turns: JobTurns = JobTurns(), patienceSeconds: Int = 10,
        onProblem: @escaping OnProblem = { _, _ in }
    ) {
        self.tenant = tenant
        self.effects = effects
        self.turns = turns
        self.patienceSeconds = patienceSeconds
        self.onProblem = onProblem
        lease = tenant.newLease()
    }

    // MARK: Running

    /// Does what is due, now and whenever it is, until the task it runs in is cancelled; what has begun is ended before, or
    /// given back.
    public func run() async {
        let listeners = (
            tenant.work.listen { [bell, effectBell] in
                bell.ring()
                effectBell.ring()
            }, consumersListener()
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.goOn() }
            if !effects.isEmpty { group.addTask { await self.goOnWithEffects() } }
        }
        tenant.work.leave(listeners.0)
        if let listener = listeners.1 { tenant.commits.leave(listener) }
    }

    private func consumersListener() -> Int? {
        guard !tenant.registry.registered(EventConsumer.self).isEmpty else { return nil }
        return tenant.commits.listen { [bell] in bell.ring() }
    }

    private var isOver: Bool { Task.isCancelled || tenant.work.isOver }

    private func goOn() async {
        while !isOver {
            var wait = Duration.seconds(Self.pollSeconds)
            do {
                try await runDue()
            } catch {
                tell("the jobs", error)
                wait = .seconds(Self.retrySeconds)
            }
            guard !isOver else { break }
            await bell.wait(atMost: wait)
        }
    }

    private func tell(_ work: String, _ error: any Error) {
        // What ails the company as a whole is told elsewhere.
        if Task.isCancelled || tenant.health.trouble != nil { return }
        onProblem(work, (error as? Problem)?.message ?? "\(error)")
    }

    /// Does all that is due now, but what reaches the world.
    ///
    /// - Returns: when there is something to do next; nil when nothing waits.
    /// - Throws: ``Problem`` when the company cannot be read or written.
    @discardableResult
    public func runDue() async throws -> Timestamp? {
        while !isOver {
            let schedule = try await enqueueDue()
            let isShown = try await showEvents()
            let isDone = try await runTransactions()
            guard isShown || isDone else {
                return try await [schedule, tenant.read(as: .administrator) { try JobQueue.nextDue(in: $0) }]
                    .compactMap(\.self).min()
            }
        }
        return nil
    }

    // MARK: Schedules

    /// Asks for the jobs of schedules that are due, and says when the next is.
    private func enqueueDue() async throws -> Timestamp? {
        let version = tenant.metadataVersion
        if let known = state.withLock({ $0.schedule }), known.version == version, known.look > .now,
            known.next.map({ $0 > tenant.now() }) ?? true
        {
            return known.next
        }
        var next = try await tenant.read(as: .administrator) { try Schedules.next(in: $0) }
        if let due = next, due <= tenant.now() {
            next = try await tenant.write(as: .administrator) { try Schedules.enqueueDue(in: $0) }
        }
        // What somebody changes of a schedule is seen soon.
        let known = next
        state.withLock { $0.schedule = (known, .now + .seconds(60), version) }
        return next
    }

    // MARK: The event log

    /// Shows its consumers what happened.
    ///
    /// - Returns: whether there was anything.
    private func showEvents() async throws -> Bool {
        var isAny = false
        for consumer in tenant.registry.registered(EventConsumer.self) {
            if let until = state.withLock({ $0.failed[consumer.name] }), until > .now { continue }
            var steps = 0
            do {
                while steps < Self.stepsAtOnce, !isOver,
                    try await tenant.read(as: .administrator, { try consumer.isBehind(in: $0) })
                {
                    steps += 1
                    try await turns.parts.pass(by: ObjectIdentifier(tenant)) {
                        _ = try await self.tenant.write(as: .administrator) { try consumer.step(in: $0) }
                    }
                    isAny = true
                }
            } catch {
                // The others go on; it is shown the same again, later.
                state.withLock { $0.failed[consumer.name] = .now + .seconds(Self.consumerRetrySeconds) }
                tell("the consumer \(consumer.name)", error)
            }
        }
        return isAny
    }

    // MARK: Transactions

    /// Does a batch of jobs, part by part, each in turn. It is not too long, so that what comes later and is more urgent does not
    /// wait: what is left is given back.
    ///
    /// - Returns: whether there were any.
    private func runTransactions() async throws -> Bool {
        let now = tenant.now()
        let next = try await tenant.read(as: .administrator) { try JobQueue.nextDue(of: .transaction, in: $0) }
        guard let next, next <= now else { return false }
        // Only what is needed to go on: what is to be done may be long.
        var waiting = try await take(Self.batch, .transaction).map(Held.init)[...]
        let isAny = !waiting.isEmpty
        var renewed = ContinuousClock.now
        var parts = 0
        while let held = waiting.popFirst() {
            guard !isOver, parts < Self.partsAtOnce else {
                try await release([held.id] + waiting.map(\.id))
                break
            }
            if renewed + .seconds(Self.renewSeconds) < .now {
                let ids = [held.id] + waiting.map(\.id)
                let still = try await renew(ids)
                renewed = .now
                waiting.removeAll { still[$0.id] == nil }
                guard still[held.id] != nil else { continue }
            }
            parts += 1
            if await runPart(of: held) { waiting.append(held) }
        }
        return isAny
    }

    /// A job that was taken.
    private struct Held {
        let id: String
        let kind: String
        let correlation: String

        init(_ job: Job) { (id, kind, correlation) = (job.id, job.kind, job.correlation) }
    }

    /// Does a part of a job.
    ///
    /// - Returns: whether a part is left that can be done at once.
    private func runPart(of held: Held) async -> Bool {
        do {
            let job = try await turns.parts.pass(by: ObjectIdentifier(tenant)) { [self] in
                try await Undertaking.$current.withValue(held.correlation) {
                    try await tenant.write(as: .administrator) { [lease] in
                        try JobQueue.run(held.id, as: lease, in: $0)
                    }
                }
            }
            return job.state == .started
        } catch {
            await note(error, of: held)
            return false
        }
    }

    /// Notes that a job could not be done.
    private func note(_ error: any Error, of held: Held) async {
        if error is JobQueue.LeaseLost { return }
        if error is CancellationError { return await giveBack(held) }
        let problem = error as? Problem ?? Problem(.inconsistent, ProblemText("\(error)"))
        do {
            let noted = try await tenant.write(as: .administrator) { [lease] in
                try JobQueue.fail(held.id, as: lease, problem, in: $0)
            }
            if noted.state == .failed { onProblem("the job \(held.id) of the kind \(held.kind)", problem.message) }
        } catch is JobQueue.LeaseLost {
            // It was done after all, or somebody else does it.
        } catch {
            // Its lease runs out, and then somebody takes it.
            tell("the job \(held.id)", error)
        }
    }

    private func giveBack(_ held: Held) async {
        do {
            try await release([held.id])
        } catch {
            tell("the job \(held.id)", error)
        }
    }

    private func take(_ count: Int, _ lane: JobQueue.Lane) async throws -> [Job] {
        let kinds = lane == .effect ? effects.keys.sorted() : nil
        return try await tenant.write(as: .administrator) { [lease] in
            try JobQueue.take(count, of: lane, kinds, as: lease, in: $0)
        }
    }

    private func renew(_ ids: [String]) async throws -> [String: Bool] {
        try await tenant.write(as: .administrator) { [lease] in try JobQueue.renew(ids, as: lease, in: $0) }
    }

    private func release(_ ids: [String]) async throws {
        try await Task { [tenant, lease] in
            // Also when the task that did them is cancelled.
            try await tenant.write(as: .administrator) { try JobQueue.release(ids, as: lease, in: $0) }
        }.value
    }

    // MARK: Effects

    private func goOnWithEffects() async {
        while !isOver {
            var wait = Duration.seconds(Self.pollSeconds)
            do {
                try await renewEffects()
                try await beginEffects()
            } catch {
                tell("the jobs", error)
                wait = .seconds(Self.retrySeconds)
            }
            guard !isOver else { break }
            await effectBell.wait(atMost: wait)
        }
        await endEffects()
    }

    /// Begins the effects that are due, as many as there is room for.
    private func beginEffects() async throws {
        let free = Self.effectsAtOnce - state.withLock { $0.running.count }
        let now = tenant.now()
        let kinds = effects.keys.sorted()
        guard free > 0 else { return }
        let next = try await tenant.read(as: .administrator) { try JobQueue.nextDue(of: .effect, kinds, in: $0) }
        guard let next, next <= now else { return }
        for job in try await take(free, .effect) {
            // Noted before it can have ended.
            state.withLock { state in
                state.running[job.id] = Task {
                    await self.runEffect(job)
                    self.state.withLock { $0.running[job.id] = nil }
                    self.effectBell.ring()
                }
            }
        }
    }

    private func runEffect(_ job: Job) async {
        let held = Held(job)
        guard let effect = effects[job.kind] else { return await giveBack(held) }
        do {
            let outcome = try await turns.effects.pass(by: ObjectIdentifier(tenant)) { [tenant] in
                try await Undertaking.$current.withValue(job.correlation) { try await effect(job, tenant.forJobs) }
            }
            try await Task { [tenant, lease] in
                // What was done is noted, also when the server stops.
                _ = try await tenant.write(as: .administrator) {
                    try JobQueue.settle(job.id, as: lease, outcome, in: $0)
                }
            }.value
        } catch {
            await note(error, of: held)
        }
    }

    /// Holds on to what runs, and stops what nobody wants any more or somebody else has taken.
    private func renewEffects() async throws {
        let ids = state.withLock { state -> [String] in
            guard !state.running.isEmpty, state.renewed + .seconds(Self.renewSeconds) < .now else { return [] }
            state.renewed = .now
            return state.running.keys.sorted()
        }
        guard !ids.isEmpty else { return }
        let held = try await renew(ids)
        for id in ids where held[id] != false { state.withLock { $0.running[id] }?.cancel() }
    }

    /// Waits a moment for what runs, and cancels it then.
    private func endEffects() async {
        let tasks = state.withLock { Array($0.running.values) }
        guard !tasks.isEmpty else { return }
        let patience = Task {
            do {
                // A time is what they are given.
                try await Task.sleep(for: .seconds(patienceSeconds))
                for task in tasks { task.cancel() }
            } catch {
                // All have ended before.
            }
        }
        for task in tasks { await task.value }
        patience.cancel()
    }
}

extension Tenant {
    /// The company as jobs see it that are done outside of a transaction.
    var forJobs: any JobCompany { AdministeredCompany(tenant: self) }
}

/// A tenant in the hands of the system.
private struct AdministeredCompany: JobCompany {
    let tenant: Tenant

    func read<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        try await tenant.read(as: .administrator, body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        try await tenant.write(as: .administrator, body)
    }
}

/// Whose part of a job is done next, and whose effect begins next, where companies share a process.
public struct JobTurns: Sendable {
    let parts = FairTurns<ObjectIdentifier>(atOnce: 4, places: .max)
    /// What reaches the world waits for others mostly.
    let effects = FairTurns<ObjectIdentifier>(atOnce: 64, places: .max)

    /// Turns of companies that share them.
    public init() {}
}
