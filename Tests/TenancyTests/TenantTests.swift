import Documents
import EventLog
import Identity
import Lists
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct TenantTests {
    /// A tenant in a place of its own, closed and removed afterwards.
    private func withTenant<T: Sendable>(_ body: (Tenant, TemporaryPlace) async throws -> T) async throws -> T {
        let place = try TemporaryPlace(kind: "TenantTests")
        let tenant = try await open(place)
        let result = try await body(tenant, place)
        await tenant.close()
        withExtendedLifetime(place) {}
        return result
    }

    private func open(_ place: TemporaryPlace) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name),
            modules: [Module("Nothing", roles: ["Sales User"]) { _ in }], name: "Northwind",
            seed: 1
        ) { Timestamp("1996-07-04 12:00:00") ?? Timestamp(microseconds: 0) }
    }

    private func addUser(_ email: String, roles: [String], in session: Session) throws {
        try session.insert(
            session.document(
                "User",
                from: [
                    "email": .string(email), "first_name": "Ana",
                    "roles": .array(roles.map { ["role": .string($0)] }),
                ]))
    }

    @Test func `has the roles of its modules and the user who may do everything`() async throws {
        try await withTenant { tenant, _ in
            let roles = try await tenant.read(as: .administrator) { session in
                try session.list(ListQuery("Role", orderBy: "name")).rows.compactMap { $0[0].text }
            }
            #expect(roles == ["All", "Desk User", "Guest", "Sales User", "System Manager"])
            #expect(try await tenant.actor(named: "Administrator") == .administrator)
        }
    }

    @Test func `finds everything again, and adds nothing, when it is opened again`() async throws {
        try await withTenant { tenant, place in
            try await tenant.write(as: .administrator) { try addUser("ana@example.com", roles: ["Sales User"], in: $0) }
            let head = try await tenant.read(as: .administrator) { try EventLog.head(in: $0.transaction) }
            let again = try await open(place)
            #expect(
                try await again.actor(named: "ana@example.com")?.roles == ["Sales User", "All", "Guest", "Desk User"])
            let after = try await again.read(as: .administrator) { try EventLog.head(in: $0.transaction) }
            #expect(after == head)
            await again.close()
        }
    }

    @Test func `sees at once that a user was disabled or lost a role`() async throws {
        try await withTenant { tenant, _ in
            try await tenant.write(as: .administrator) { try addUser("ana@example.com", roles: ["Sales User"], in: $0) }
            #expect(try await tenant.actor(named: "ana@example.com")?.roles.contains("Sales User") == true)
            try await tenant.write(as: .administrator) { session in
                let user = try session.get(User.self, "ana@example.com")
                user.roles = []
                try session.save(user)
            }
            #expect(try await tenant.actor(named: "ana@example.com")?.roles == ["All", "Guest", "Desk User"])
            try await tenant.write(as: .administrator) { session in
                let user = try session.get(User.self, "ana@example.com")
                user.enabled = false
                try session.save(user)
            }
            #expect(try await tenant.actor(named: "ana@example.com") == nil)
            #expect(try await tenant.actor(named: "nobody@example.com") == nil)
        }
    }

    @Test func `records history at the moment it is told`() async throws {
        try await withTenant { tenant, _ in
            let moment = try #require(Timestamp("1995-01-02 03:04:05"))
            try await tenant.write(as: .administrator, at: moment) { try addUser("bo@example.com", roles: [], in: $0) }
            let created = try await tenant.read(as: .administrator) { session -> Timestamp? in
                try session.get("User", "bo@example.com").creation
            }
            #expect(created == moment)
        }
    }

    @Test func `changes nothing on a snapshot`() async throws {
        try await withTenant { tenant, _ in
            let found = await problem {
                try await tenant.read(as: .administrator) { try addUser("ana@example.com", roles: [], in: $0) }
            }
            #expect(found != nil)
            let actor = try await tenant.actor(named: "ana@example.com")
            #expect(actor == nil)
        }
    }

    @Test func `says so when it has been closed`() async throws {
        try await withTenant { tenant, _ in
            await tenant.close()
            let found = await problem { try await tenant.write(as: .administrator) { session in _ = session.today } }
            #expect(found?.kind == .unavailable)
        }
    }
}
