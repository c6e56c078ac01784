import Documents
import Lists
import Reports
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

/// A company with kinds of jobs of its own, whose clock stands still unless a test moves it.
final class Workshop: Sendable {
    let tenant: Tenant
    let clock: Clock
    private let place: TemporaryRegister

    /// A clock that is moved by hand.
    final class Clock: Sendable {
        private let moment: Mutex<Timestamp>
        init(_ text: String) { moment = Mutex(Timestamp(text) ?? .earliest) }
        var now: Timestamp { moment.withLock { $0 } }
        func move(seconds: Int) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
        func set(_ text: String) { moment.withLock { $0 = Timestamp(text) ?? $0 } }
    }

    /// Opens one. `register` adds what is to be done; the schedules of the house are left out unless they are the subject.
    init(
        at moment: String = "2026-03-03 08:00:00", withSchedules: Bool = false,
        _ register: @escaping @Sendable (inout Registry) -> Void = { _ in }
    ) async throws {
        let clock = Clock(moment)
        self.clock = clock
        place = try TemporaryRegister(kind: "JobsTests")
        tenant = try await Tenant.open(
            at: place.address, data: place.data, modules: [Self.module(register)],
            name: "Workshop", seed: 1, clock: { clock.now })
        try await tenant.write(as: .administrator) { session in
            for user in ["ana@example.com", "ben@example.com"] {
                try session.make("User", ["email": .string(user), "first_name": "A", "roles": [["role": "Smith"]]])
            }
            guard !withSchedules else { return }
            for task in session.registry.registered(ScheduledTask.self) {
                try Schedules.keep(Schedules.Record(isStopped: true), of: task.name, in: session)
            }
        }
    }

    private static func module(_ register: @escaping @Sendable (inout Registry) -> Void) -> Module {
        Module("Workshop", roles: ["Smith"]) { registry in
            registry.add(Piece.self)
            registry.register(
                JobKind(
                    "piece",
                    .transaction { job, session in
                        try session.make("Piece", ["title": .string(job.content["title"]?.string ?? "")])
                        return .done("made")
                    }))
            register(&registry)
        }
    }

    func close() async { await tenant.close() }

    /// Opens the same company once more, as another process would.
    func openAgain(_ register: @escaping @Sendable (inout Registry) -> Void = { _ in }) async throws -> Tenant {
        let clock = clock
        return try await Tenant.open(
            at: place.address, data: place.data, modules: [Self.module(register)],
            name: "Workshop", seed: 2, clock: { clock.now })
    }

    /// Asks for a piece of each title.
    @discardableResult
    func order(
        _ titles: String..., as user: String = "Administrator",
        _ change: @escaping @Sendable (inout JobRequest) -> Void = { _ in }
    )
        async throws -> [String]
    {
        let actor = try #require(try await tenant.actor(named: user))
        return try await tenant.write(as: actor) { session in
            try session.enqueue(
                titles.map { title in
                    var request = JobRequest("piece", ["title": .string(title)])
                    change(&request)
                    return request
                })
        }
    }

    /// The titles of the pieces that there are, in the order in which they were made.
    func pieces() async throws -> [String] {
        try await tenant.read(as: .administrator) { session in
            try session.list(ListQuery("Piece", fields: ["title"], orderBy: "creation, name", limit: 1_000)).rows
                .compactMap {
                    $0[0].text
                }
        }
    }

    /// How the jobs stand, in the order in which they were asked for.
    func states() async throws -> [String] { try await facts("status") }

    func facts(_ field: String) async throws -> [String] {
        try await tenant.read(as: .administrator) { session in
            try session.list(ListQuery("Background Job", fields: [.string(field)], orderBy: "name", limit: 1_000)).rows
                .map { row in
                    row[0].text ?? row[0].int.map(String.init) ?? row[0].timestamp?.description ?? ""
                }
        }
    }

    /// Expects that nothing of the company differs from what it was written as.
    func expectSound() async throws {
        let doctor = Doctor(modules: tenant.modules, data: place.data)
        let problems = try await doctor.run(on: tenant.database, at: tenant.now()) { _ in }.flatMap { finding in
            finding.problems.map { "\(finding.name): \($0)" }
        }
        #expect(problems == [])
    }
}

/// Something that jobs make.
struct Piece: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Piece", module: "Workshop", naming: .series(["P-.#####"]), permissions: [.manage("Smith")])
    let title = Data(.required)
    init() {}
}

/// Something that a test turns on and off while jobs run.
final class Switch: Sendable {
    private let state: Mutex<Bool>
    init(_ isOn: Bool) { state = Mutex(isOn) }
    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
