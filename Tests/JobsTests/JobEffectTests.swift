import Documents
import Synchronization
import TestSupport
import Testing
import Values

@testable import Jobs
@testable import Tenancy

/// Jobs that reach the world.
extension JobTests {
    @Test func `what reaches the world is done by who can, a few at once, and stops when nobody wants it`() async throws
    {
        let shop = try await Workshop { registry in
            var limits = JobKind.Limits()
            limits.atOnce = 2
            registry.register(JobKind("call", .effect, limits: limits))
        }
        try await shop.tenant.write(as: .administrator) { session in
            try session.enqueue((0..<6).map { JobRequest("call", .int(Int64($0))) })
        }
        // Who cannot leaves them alone.
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.states().allSatisfy { $0 == "queued" })
        let counts = Mutex((now: 0, most: 0, all: [Int64]()))
        let runner = JobRunner(
            shop.tenant,
            effects: [
                "call": { job, _ in
                    counts.withLock { counts in
                        counts.now += 1
                        counts.most = max(counts.most, counts.now)
                        counts.all.append(job.content.int ?? -1)
                    }
                    defer { counts.withLock { $0.now -= 1 } }
                    if job.content.int == 3, job.attempt == 1 { throw Problem(.unavailable, "Nobody answers") }
                    // So long that others begin meanwhile, if they may.
                    try await Task.sleep(for: .milliseconds(5))
                    return .done(.int(job.content.int ?? -1))
                }
            ])
        let task = Task { await runner.run() }
        #expect(try await eventually { try await shop.states().filter { $0 == "finished" }.count == 5 })
        shop.clock.move(seconds: 15)
        #expect(try await eventually { try await shop.states().allSatisfy { $0 == "finished" } })
        #expect(counts.withLock { $0.most } <= 2)
        #expect(counts.withLock { $0.all.sorted() } == [0, 1, 2, 3, 3, 4, 5])
        #expect(try await shop.facts("result") == (0..<6).map(String.init))
        task.cancel()
        await task.value
        await shop.close()
    }

    @Test func `an effect that is cancelled ends, and does not begin again`() async throws {
        let began = Mutex(0)
        let shop = try await Workshop { registry in registry.register(JobKind("slow", .effect)) }
        let id = try await shop.tenant.write(as: .administrator) { try $0.enqueue(JobRequest("slow", [:])) }
        func runner() -> JobRunner {
            JobRunner(
                shop.tenant,
                effects: [
                    "slow": { _, _ in
                        began.withLock { $0 += 1 }
                        // Until it is cancelled.
                        try await Task.sleep(for: .seconds(600))
                        return .done()
                    }
                ], patienceSeconds: 0)
        }
        let first = runner()
        let task = Task { await first.run() }
        #expect(try await eventually { began.withLock { $0 } == 1 })
        _ = try await shop.tenant.write(as: .administrator) {
            try $0.call("cauldron.jobs.cancel", ["name": .string(id)])
        }
        task.cancel()
        await task.value
        #expect(try await shop.states() == ["canceled"])
        #expect(began.withLock { $0 } == 1)
        await shop.close()
    }

    @Test func `a runner that stops gives back what it took`() async throws {
        let began = Alarm()
        let shop = try await Workshop { registry in registry.register(JobKind("slow", .effect)) }
        try await shop.tenant.write(as: .administrator) { _ = try $0.enqueue(JobRequest("slow", [:])) }
        let runner = JobRunner(
            shop.tenant,
            effects: [
                "slow": { _, _ in
                    began.ring()
                    // Until it is cancelled.
                    try await Task.sleep(for: .seconds(600))
                    return .done()
                }
            ], patienceSeconds: 0)
        let task = Task { await runner.run() }
        await began.wait(atMost: .seconds(60))
        task.cancel()
        await task.value
        #expect(try await shop.states() == ["queued"])
        #expect(try await shop.facts("attempts") == ["0"])
        await shop.close()
    }

    @Test func `effects that end at once leave their places to others`() async throws {
        let shop = try await Workshop { registry in registry.register(JobKind("instant", .effect)) }
        try await shop.tenant.write(as: .administrator) { session in
            try session.enqueue((0..<200).map { JobRequest("instant", .int(Int64($0))) })
        }
        let runner = JobRunner(shop.tenant, effects: ["instant": { _, _ in .done() }])
        let task = Task { await runner.run() }
        #expect(try await eventually { try await shop.states().allSatisfy { $0 == "finished" } })
        task.cancel()
        await task.value
        await shop.close()
    }
}
