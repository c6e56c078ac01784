import Documents
import EventLog
import Foundation
import Jobs
import Reports
import Synchronization
import Tenancy
import Values

/// Measures jobs: how many a runner does, beside the same writes one after the other, and how long it takes until what follows
/// the event log has been shown what was written.
struct JobBench {
    static let jobs = 5_000
    static let events = 400
    let place: BenchPlace
    private let company = "jobs"

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base, called: company) {
            let seen = Seen()
            let following = Module("Following", roles: []) { registry in
                registry.register(
                    EventConsumer("bench", wants: { $0.type == "cauldron.todo.created" }) { events, _ in
                        seen.note(events.map(\.subject))
                    })
            }
            let tenant = try await Tenant.open(
                at: place.address(company), data: place.directory, modules: allModules + [following],
                name: BenchCompany.company)
            do {
                let figures = try await measure(tenant, seen)
                await tenant.close()
                return figures
            } catch {
                await tenant.close()
                throw error
            }
        }
    }

    private func measure(_ tenant: Tenant, _ seen: Seen) async throws -> [Measurement] {
        let runner = JobRunner(tenant)
        // What is due anyhow comes first.
        try await runner.runDue()
        let raw = try await cauldron.seconds {
            for number in 0..<Self.jobs {
                try await tenant.write(as: .administrator) { _ = try $0.perform(Self.command(number)) }
            }
        }
        try await runner.runDue()
        let asking = try await cauldron.seconds {
            try await tenant.write(as: .administrator) { session in
                _ = try session.enqueue(
                    (0..<Self.jobs).map { JobRequest("command", ["commands": [Self.command($0).json]]) })
            }
        }
        let doing = try await cauldron.seconds { try await runner.runDue() }
        let running = Task { await runner.run() }
        var waits: [Double] = []
        for number in 0..<Self.events {
            let start = ContinuousClock.now
            let name = try await tenant.write(as: .administrator) { session in
                try session.perform(Self.command(number)).document?.name ?? ""
            }
            let end = await seen.wait(for: "ToDo/\(name)")
            waits.append((end - start) / .milliseconds(1))
        }
        running.cancel()
        await running.value
        waits.sort()
        return [
            Measurement(
                name: "jobs, each an insert", rate: Double(Self.jobs) / doing, unit: "jobs/s",
                yardstick: ("the inserts alone", Double(Self.jobs) / raw)),
            Measurement(name: "jobs asked for in one transaction", rate: Double(Self.jobs) / asking, unit: "jobs/s"),
            Measurement(name: "write to consumer, p50", rate: waits[waits.count / 2], unit: "ms"),
            Measurement(name: "write to consumer, p99", rate: waits[waits.count * 99 / 100], unit: "ms"),
        ]
    }

    private static func command(_ number: Int) -> Command {
        Command(.insert, "ToDo", nil, ["description": .string("job \(number)")])
    }
}

/// What a consumer was shown, and when.
private final class Seen: Sendable {
    private struct State {
        var moments: [String: ContinuousClock.Instant] = [:]
        var waiter: (subject: String, continuation: CheckedContinuation<ContinuousClock.Instant, Never>)?
    }

    private let state = Mutex(State())

    func note(_ subjects: [String]) {
        let now = ContinuousClock.now
        let waiter = state.withLock { state -> CheckedContinuation<ContinuousClock.Instant, Never>? in
            for subject in subjects { state.moments[subject] = now }
            guard let waiter = state.waiter, subjects.contains(waiter.subject) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(returning: now)
    }

    func wait(for subject: String) async -> ContinuousClock.Instant {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> ContinuousClock.Instant? in
                if let known = state.moments[subject] { return known }
                state.waiter = (subject, continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
