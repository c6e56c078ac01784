internal import Documents
internal import Foundation
public import Identity
public import Reports
internal import Storage
internal import Synchronization
internal import Values

/// The tenants of one process: opens each when it is first asked for, closes those that were idle longest when there are too
/// many, and does the jobs of each, for which it opens those that are closed.
///
/// `Front` is what serves an open tenant, such as its gateway; it is made with the tenant and goes with it.
public final class TenantHost<Front: Sendable>: Sendable {
    /// What makes the front of a tenant that was opened.
    public typealias MakeFront = @Sendable (HostedTenant) throws -> Front
    /// Who is told of what goes wrong with a tenant in the background, or in words that are not for clients.
    public typealias OnProblem = @Sendable (_ tenant: String, _ work: String, _ problem: String) -> Void

    /// The tenants there are.
    public let register: TenantRegister
    private let modules: [Module]
    private let shipped: Registry
    private let passwords: PasswordHasher
    private let mostOpen: Int
    private let makeFront: MakeFront
    private let ending: @Sendable (Front) -> Void
    private let onProblem: OnProblem
    private let state = Mutex(State())
    /// One looks at a time, so that what was seen earlier is never put in place of what was seen later.
    private let looking = Mutex(())
    /// Opening computes: so many at once leave the processor to those who are open.
    private let door = FairTurns<String>(atOnce: 2, places: .max)
    /// Whether there are tenants besides the company of the directory, or there were.
    private let isHosting = Atomic(false)
    /// Whether the jobs of tenants are done here.
    private let doesJobs: Bool
    private let effects: [String: JobRunner.Effect]
    /// Whose part of a job is done next.
    private let turns = JobTurns()

    /// How often it looks whether another process changed what tenants there are.
    private static var lookSeconds: Int { 1 }
    /// How long requests of a tenant that is suspended or removed may run on.
    private static var graceSeconds: Int { 10 }
    /// How long one that could not be opened is not tried again: whoever asks for it again and again costs nothing.
    private static var failedSeconds: Int { 2 }
    /// How often heads of audit logs are kept, and how soon one is tried again that could not be opened for its jobs.
    private static var headSeconds: Int { 60 }
    private static var retrySeconds: Int { 900 }
    /// How many are open at once only because of their jobs, and for how long one without any stays so.
    private static var mostWorking: Int { 8 }
    private static var idleSeconds: Int { 5 }

    private struct State {
        var records: [String: TenantRecord] = [:]
        var names: [String: String] = [:]
        var changed: Timestamp?
        var nextLook = ContinuousClock.now
        var slots: [String: Slot] = [:]
        /// Until when those are refused that could not be opened a moment ago.
        var failed: [String: ContinuousClock.Instant] = [:]
        /// When those that are closed have something to do; those that were not open yet have.
        var due: [String: Timestamp] = [:]
        /// Those that were opened for their jobs, and are not known to have none.
        var working: Set<String> = []
        var numbers = 0
        var isClosed = false
    }

    /// A tenant that is being opened, is open, or is being closed.
    private struct Slot {
        let name: String
        let number: Int
        let opening: Task<Void, any Error>
        var open: (hosted: HostedTenant, front: Front)?
        /// What does its jobs while it is open.
        var work: Task<Void, Never>?
        var closing: Task<Void, Never>?
        var uses = 0
        var lastUse = ContinuousClock.now
        /// Since when it should be closed though it is in use.
        var unwantedSince: ContinuousClock.Instant?
        /// Whether it was used since the head of its audit log was kept.
        var isTouched = true

        var isIdle: Bool { open != nil && closing == nil && uses == 0 }
    }

    private enum Step {
        case take(HostedTenant, Front, Int)
        case open(Task<Void, any Error>)
        case close(Task<Void, Never>)
        case look
    }

    /// A host of the tenants of a register, at most `mostOpen` of them open at once. Hashing passwords is shared by all.
    /// `ending` is told when a front is to come to its end: what goes on for ever shall not. Where `doesJobs` is set, the jobs of
    /// tenants are done here, those that reach the world by `effects`.
    public init(
        _ register: TenantRegister, modules: [Module], mostOpen: Int = 500, doesJobs: Bool = false,
        effects: [String: JobRunner.Effect] = [:],
        passwords: PasswordHasher = PasswordHasher(), onProblem: @escaping OnProblem = { _, _, _ in },
        front: @escaping MakeFront, ending: @escaping @Sendable (Front) -> Void = { _ in }
    ) {
        self.register = register
        self.modules = modules
        self.mostOpen = max(1, mostOpen)
        self.doesJobs = doesJobs
        self.effects = effects
        self.passwords = passwords
        self.onProblem = onProblem
        makeFront = front
        self.ending = ending
        shipped = .of(modules)
        look()
    }

    // MARK: Finding

    /// Whether there are tenants besides the company of the directory, or there were: a name that is none is then refused.
    public var hosts: Bool {
        lookWhenDue()
        return isHosting.load(ordering: .relaxed)
    }

    /// The name of the tenant that is called so, or that a host name leads to; nil when there is none.
    public func find(_ text: String) -> String? {
        if let found = known(text) { return found }
        // It may have been made this moment.
        look()
        return known(text)
    }

    private func known(_ text: String) -> String? {
        let host = TenantRecord.host(text)
        return state.withLock { state in state.records[text] != nil ? text : host.flatMap { state.names[$0] } }
    }

    /// The name of the tenant that a host name leads to.
    public func find(host: String) -> String? {
        guard let host = TenantRecord.host(host) else { return nil }
        return state.withLock { $0.names[host] }
    }

    /// How many tenants are open.
    public var openCount: Int { state.withLock { $0.slots.count } }

    private func lookWhenDue() {
        let isDue = state.withLock { state in
            guard state.nextLook <= .now else { return false }
            state.nextLook = .now + .seconds(Self.lookSeconds)
            return true
        }
        if isDue { look() }
    }

    /// Reads what tenants there are, if that may have changed, and closes those that may not be used any more.
    func look() {
        looking.withLock { _ in readRecords() }
        closeUnwanted()
    }

    private func readRecords() {
        guard let changed = register.changed else { return }
        isHosting.store(true, ordering: .relaxed)
        // What was changed this moment may be changed once more at the same time of the file system.
        let isSettled = Tenant.systemClock().microseconds - changed.microseconds > 2_000_000
        guard state.withLock({ $0.changed != changed }) else { return }
        do {
            let before = state.withLock(\.records)
            var records: [String: TenantRecord] = [:]
            for name in try register.names() {
                do {
                    records[name] = try register.find(name)
                } catch {
                    // The others are none the worse; this one is what it was.
                    onProblem(name, "its record", Self.words(error))
                    records[name] = before[name]
                }
            }
            let found = records
            state.withLock { state in
                state.changed = isSettled ? changed : nil
                state.records = found
                state.names = Dictionary(
                    found.values.flatMap { record in record.hosts.map { ($0, record.name) } },
                    uniquingKeysWith: { first, _ in first })
            }
        } catch {
            onProblem("", "the list of companies", Self.words(error))
        }
    }

    /// What went wrong, for who runs the server.
    private static func words(_ error: any Error) -> String {
        guard let problem = error as? Problem else { return "\(error)" }
        return problem.message + (problem.fix.map { ". \($0)" } ?? "")
    }

    private func closeUnwanted() {
        let fronts = state.withLock { state -> [Front] in
            var fronts: [Front] = []
            for (name, slot) in state.slots where slot.closing == nil {
                guard state.records[name]?.state != .active else {
                    state.slots[name]?.unwantedSince = nil
                    continue
                }
                if slot.unwantedSince == nil, let front = slot.open?.front { fronts.append(front) }
                let since = slot.unwantedSince ?? .now
                state.slots[name]?.unwantedSince = since
                if slot.isIdle || slot.open != nil && since + .seconds(Self.graceSeconds) < .now { close(name, &state) }
            }
            return fronts
        }
        for front in fronts { ending(front) }
    }

    // MARK: Opening

    /// Takes a tenant, and opens it first where it is not open.
    ///
    /// - Throws: ``Problem/Kind/noSuchTenant``, ``Problem/Kind/tenantSuspended``; ``Problem/Kind/unavailable`` when it
    ///   cannot be opened, ``Problem/Kind/overloaded`` when as many as may be open are in use.
    public func lease(_ name: String) async throws -> TenantLease<Front> {
        lookWhenDue()
        // What is open is taken as it is known. Before one is opened or refused it is looked whether that is still so.
        var isFresh = false
        while true {
            switch try state.withLock({ try next(name, &$0, isFresh) }) {
            case .look:
                isFresh = true
                look()
            case .take(let hosted, let front, let number):
                return TenantLease(hosted, front) { [weak self] in self?.giveBack(name, number) }
            case .open(let task): try await task.value
            case .close(let task): await task.value
            }
        }
    }

    private func next(_ name: String, _ state: inout State, _ isFresh: Bool) throws -> Step {
        guard !state.isClosed else { throw Problem(.unavailable, "The server stops") }
        guard let record = state.records[name] else {
            if !isFresh { return .look }
            throw TenantRegister.missing(name)
        }
        guard record.state == .active else {
            if !isFresh { return .look }
            throw Problem(.tenantSuspended, "The company \(name) is not open to its users now")
        }
        if let slot = state.slots[name] {
            if let closing = slot.closing { return .close(closing) }
            guard let open = slot.open else { return .open(slot.opening) }
            state.slots[name]?.uses += 1
            state.slots[name]?.lastUse = .now
            state.slots[name]?.isTouched = true
            return .take(open.hosted, open.front, slot.number)
        }
        if !isFresh { return .look }
        if state.slots.count >= mostOpen {
            let idle = state.slots.filter { $0.value.isIdle }.min { $0.value.lastUse < $1.value.lastUse }
            if let idle { return .close(close(idle.key, &state)) }
            // One that is about to be closed or opened makes room, or a place to wait.
            if let closing = state.slots.values.lazy.compactMap(\.closing).first { return .close(closing) }
            throw Problem(
                .overloaded, "\(mostOpen) companies are in use, and no more may be open at once", fix: "Try again.")
        }
        if let until = state.failed[name], until > .now { throw Self.cannotOpen(name) }
        state.failed[name] = nil
        state.numbers += 1
        let number = state.numbers
        let opening = Task { try await door.pass(by: name) { try await open(record) } }
        state.slots[name] = Slot(name: name, number: number, opening: opening)
        return .open(opening)
    }

    private func open(_ record: TenantRecord) async throws {
        do {
            let hosted = try await HostedTenant.open(
                record, of: register, modules: modules, shipped: shipped,
                passwords: passwords.shared(by: record.name))
            do {
                let front = try makeFront(hosted)
                let work = doesJobs ? work(of: hosted) : nil
                state.withLock { state in
                    state.slots[record.name]?.open = (hosted, front)
                    state.slots[record.name]?.work = work
                    state.slots[record.name]?.lastUse = .now
                }
            } catch {
                await hosted.close()
                throw error
            }
        } catch {
            state.withLock { state in
                state.slots[record.name] = nil
                state.failed[record.name] = .now + .seconds(Self.failedSeconds)
            }
            onProblem(record.name, "opening", Self.words(error))
            throw Self.cannotOpen(record.name)
        }
    }

    /// Names of files and hosts are for the log.
    private static func cannotOpen(_ name: String) -> Problem {
        Problem(.unavailable, "The company \(name) cannot be opened now", fix: "Ask who runs the server.")
    }

    private func giveBack(_ name: String, _ number: Int) {
        state.withLock { state in
            guard state.slots[name]?.number == number else { return }
            state.slots[name]?.uses -= 1
            state.slots[name]?.lastUse = .now
            guard state.slots[name]?.unwantedSince != nil, state.slots[name]?.isIdle == true else { return }
            close(name, &state)
        }
    }

    // MARK: Closing

    /// Begins to close a tenant that is open.
    @discardableResult
    private func close(_ name: String, _ state: inout State) -> Task<Void, Never> {
        guard let slot = state.slots[name] else { return Task {} }
        if let closing = slot.closing { return closing }
        let task = Task {
            if let open = slot.open {
                ending(open.front)
                slot.work?.cancel()
                await slot.work?.value
                let due: Timestamp
                do {
                    due = try await open.hosted.nextDue() ?? .latest
                } catch {
                    // It is opened again soon, and then says what is wrong.
                    due = Tenant.systemClock().adding(seconds: Self.idleSeconds)
                }
                self.state.withLock { $0.due[slot.name] = due }
                await keepHead(open.hosted)
                await open.hosted.close()
            }
            self.state.withLock { $0.slots[name] = nil }
        }
        state.slots[name]?.closing = task
        return task
    }

    /// Closes all tenants; none is opened any more.
    public func close() async {
        let openings = state.withLock { state in
            state.isClosed = true
            return state.slots.values.map(\.opening)
        }
        // Each of them says itself what went wrong.
        for opening in openings { try? await opening.value }
        let closings = state.withLock { state in state.slots.keys.map { close($0, &state) } }
        for closing in closings { await closing.value }
    }

    private func keepHead(_ hosted: HostedTenant) async {
        do {
            if let words = try await hosted.keepHead() { onProblem(hosted.record.name, "the audit log", words) }
        } catch {
            onProblem(hosted.record.name, "the audit log", Self.words(error))
        }
    }

    // MARK: Background

    /// Looks after the tenants until the task it runs in is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepUp() }
            if doesJobs { group.addTask { await self.openDue() } }
        }
    }

    /// Sees soon what other processes change, and keeps the heads of the audit logs.
    private func keepUp() async {
        var seconds = 0
        while !Task.isCancelled {
            lookWhenDue()
            seconds += Self.lookSeconds
            if seconds >= Self.headSeconds {
                seconds = 0
                await keepHeads()
            }
            // Ends early only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: .seconds(Self.lookSeconds))
        }
    }

    private func keepHeads() async {
        let names = state.withLock { state in
            state.slots.filter { $0.value.isTouched && $0.value.open != nil }.map(\.key)
        }
        for name in names.sorted() {
            guard !Task.isCancelled, let lease = try? await lease(name) else { continue }
            // Before: what is written meanwhile touches it again.
            state.withLock { $0.slots[name]?.isTouched = false }
            await keepHead(lease.hosted)
        }
    }

    private func work(of hosted: HostedTenant) -> Task<Void, Never> {
        let name = hosted.record.name
        let runner = hosted.runner(turns, effects) { [onProblem] work, problem in onProblem(name, work, problem) }
        return Task { await runner.run() }
    }

    /// Opens those that are closed when something is to be done in them, a few at once, and closes them when it is done.
    private func openDue() async {
        while !Task.isCancelled {
            for name in state.withLock({ $0.working.sorted() }) { await closeIfDone(name) }
            let now = Tenant.systemClock()
            let names = state.withLock { state -> [String] in
                let due = state.records.values.filter {
                    $0.state == .active && state.slots[$0.name] == nil && state.due[$0.name] ?? .earliest <= now
                }
                // What waits longest comes first.
                let order = due.map { (state.due[$0.name] ?? .earliest, $0.name) }.sorted { $0 < $1 }
                return order.map(\.1).prefix(max(0, Self.mostWorking - state.working.count)).map(\.self)
            }
            for name in names {
                guard !Task.isCancelled else { return }
                await openForJobs(name)
            }
            // Ends early only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: .seconds(Self.lookSeconds))
        }
    }

    /// Opens a tenant; what does its jobs begins with it.
    private func openForJobs(_ name: String) async {
        do {
            _ = try await lease(name)
            state.withLock { _ = $0.working.insert(name) }
        } catch {
            // What is wrong was told when it was opened; it is tried again later.
            state.withLock { $0.due[name] = Tenant.systemClock().adding(seconds: Self.retrySeconds) }
        }
    }

    /// Closes a tenant that was opened for its jobs, when there are none and nobody else uses it.
    private func closeIfDone(_ name: String) async {
        do {
            guard state.withLock({ $0.slots[name]?.isIdle == true }) else {
                // Who uses it closes it, or somebody has.
                state.withLock { if $0.slots[name] == nil { $0.working.remove(name) } }
                return
            }
            let lease = try await lease(name)
            let next = try await lease.hosted.nextDue()
            let soon = Tenant.systemClock().adding(seconds: Self.idleSeconds)
            if let next, next <= soon { return }
        } catch {
            onProblem(name, "its jobs", Self.words(error))
        }
        state.withLock { state in
            state.working.remove(name)
            if state.slots[name]?.isIdle == true { close(name, &state) }
        }
    }
}

extension TenantHost: TenantOperations {
    public func list() throws -> [TenantRegister.Entry] { try register.entries() }

    public func create(_ plan: TenantRegister.Plan) async throws -> TenantRecord {
        defer { look() }
        return try await register.create(plan, modules: modules, passwords: passwords.shared(by: plan.name))
    }

    public func suspend(_ name: String, _ isSuspended: Bool) throws -> TenantRecord {
        defer { look() }
        return try register.suspend(name, isSuspended)
    }

    public func delete(_ name: String, backup: Bool) async throws -> String? {
        _ = try register.record(name)
        let file = backup ? register.defaultBackup(of: name, at: Tenant.systemClock()) : nil
        defer { look() }
        return try await register.delete(name, backup: file, modules: modules) {
            // Who has it open lets it go, and this process may be who.
            look()
        }
    }
}

/// What may be done with the tenants of a process.
public protocol TenantOperations: Sendable {
    /// All of them, by their names.
    func list() throws -> [TenantRegister.Entry]
    /// Makes one.
    func create(_ plan: TenantRegister.Plan) async throws -> TenantRecord
    /// Lets nobody use one, or everybody again.
    func suspend(_ name: String, _ isSuspended: Bool) throws -> TenantRecord
    /// Removes one, and says where its backup is; nil where none was wanted, or there was nothing to keep.
    func delete(_ name: String, backup: Bool) async throws -> String?
}
