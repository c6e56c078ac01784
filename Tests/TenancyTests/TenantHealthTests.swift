import Documents
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite(.bothEngines) struct TenantHealthTests {
    private func tenant(_ place: TemporaryPlace) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [], name: "Acme")
    }

    @Test func `trouble is told once, and until a look finds none`() async throws {
        let place = try TemporaryPlace(kind: "health")
        let tenant = try await tenant(place)
        let told = Mutex<[String?]>([])
        tenant.health.watch { problem in told.withLock { $0.append(problem?.message) } }
        #expect(tenant.trouble() == nil)
        for _ in 0..<1_000 { tenant.health.note(StorageError.diskFull) }
        #expect(tenant.trouble()?.kind == .diskFull)
        let isStillIll = Atomic(true)
        tenant.lookAlso {
            if isStillIll.load(ordering: .relaxed) { throw Problem(.diskFull, "The disk for files is full") }
        }
        // What a look finds takes the place of what was noted.
        let deadline = ContinuousClock.now + .seconds(60)
        while tenant.trouble()?.message != "The disk for files is full", ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(tenant.trouble()?.message == "The disk for files is full")
        isStillIll.store(false, ordering: .relaxed)
        while tenant.trouble() != nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
        #expect(tenant.trouble() == nil)
        let words = told.withLock { $0 }
        #expect(words.count == 2 && words[0]?.contains("is full") == true && words[1] == nil, "\(words)")
        // Nothing of the looks is left.
        let rows = try await tenant.database.read {
            try $0.query("SELECT name FROM _company ORDER BY name", [], [.text]).map { $0[0].text }
        }
        #expect(rows == ["format"])
        await tenant.close()
    }

    @Test func `what is about one request is no trouble of the company`() async throws {
        let place = try TemporaryPlace(kind: "health")
        let tenant = try await tenant(place)
        for error in [StorageError.duplicate(columns: []), .timedOut, .overloaded, .busy, .outOfRange, .closed] {
            tenant.health.note(error)
        }
        #expect(tenant.trouble() == nil)
        await tenant.close()
    }
}
