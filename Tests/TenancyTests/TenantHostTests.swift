import Documents
import EventLog
import Foundation
import Identity
import Lists
import Reports
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite(.bothEngines) struct TenantHostTests {
    private static let modules = [Module("Nothing", roles: ["Sales User"]) { _ in }]
    private static let passwords = PasswordHasher(cost: PasswordCost(logarithm: 4))

    /// A place with companies of these names.
    private func place(_ names: String...) async throws -> TemporaryRegister {
        let place = try TemporaryRegister(kind: "TenantHostTests")
        for name in names { try await make(name, in: place) }
        return place
    }

    @discardableResult
    private func make(_ name: String, hosts: [String] = [], in place: TemporaryRegister) async throws -> TenantRecord {
        var plan = TenantRegister.Plan(name: name)
        plan.hosts = hosts
        return try await place.register.create(plan, modules: Self.modules, passwords: Self.passwords)
    }

    /// A host whose fronts count the times that a company was opened.
    private func host(_ place: TemporaryRegister, mostOpen: Int = 100) -> TenantHost<HostedTenant> {
        TenantHost(place.register, modules: Self.modules, mostOpen: mostOpen, passwords: Self.passwords) { $0 }
    }

    private func roles(_ lease: TenantLease<HostedTenant>) async throws -> [String] {
        try await lease.front.tenant.read(as: .administrator) { session in
            try session.list(ListQuery("Role", orderBy: "name")).rows.compactMap { $0[0].text }
        }
    }

    private func problem(_ body: () async throws -> Void) async -> Problem.Kind? {
        await TestSupport.problem(body)?.kind
    }

    @Test func `a company is made, suspended, opened again and removed with all it has`() async throws {
        let place = try await place()
        let host = host(place)
        #expect(!host.hosts)
        var plan = TenantRegister.Plan(name: "acme")
        plan.hosts = ["Acme.example", "www.acme.example"]
        plan.title = "Acme Ltd"
        plan.password = "correct horse"
        let record = try await host.create(plan)
        #expect(record.hosts == ["acme.example", "www.acme.example"] && record.state == .active)
        #expect(try host.list() == [.record(record)] && host.hosts)
        #expect(host.find("acme") == "acme" && host.find("www.acme.example") == "acme" && host.find("other") == nil)
        #expect(host.find(host: "ACME.example:8000") == "acme" && host.find(host: "acme") == nil)

        do {
            let lease = try await host.lease("acme")
            #expect(lease.front.tenant.name == "Acme Ltd")
            #expect(try await roles(lease).contains("Sales User"))
            #expect(try await lease.front.tenant.identity.verifyPassword("correct horse", of: "Administrator"))
        }
        #expect(try host.suspend("acme", true).state == .suspended)
        #expect(await problem { _ = try await host.lease("acme") } == .tenantSuspended)
        #expect(try await eventually { host.openCount == 0 })
        #expect(try host.suspend("acme", false).state == .active)
        #expect(try await roles(host.lease("acme")).contains("Sales User"))

        #expect(await problem { _ = try await host.create(plan) } == .tenantExists)
        let backup = try #require(await host.delete("acme", backup: true))
        #expect(FileManager.default.fileExists(atPath: backup))
        #expect(!FileManager.default.fileExists(atPath: place.register.directory(of: "acme")))
        #expect(try await !place.register.address(of: "acme").holdsCompany())
        #expect(try host.list().isEmpty && host.find("acme") == nil && host.find(host: "acme.example") == nil)
        #expect(await problem { _ = try await host.lease("acme") } == .noSuchTenant)
        #expect(await problem { _ = try await host.delete("acme", backup: true) } == .noSuchTenant)
        // Its name is free again, and what was is not there any more.
        plan.password = nil
        _ = try await host.create(plan)
        #expect(try await !host.lease("acme").front.tenant.identity.hasPassword("Administrator"))
        await host.close()
        #expect(await problem { _ = try await host.lease("acme") } == .unavailable)
    }

    @Test func `a company is opened once, however many ask for it at the same time`() async throws {
        let place = try await place("acme")
        let host = host(place)
        let tenants = try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<20 { group.addTask { ObjectIdentifier(try await host.lease("acme").front.tenant) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(tenants.count == 1 && host.openCount == 1)
        await host.close()
    }

    @Test func `those that were idle longest make room, and none that is in use`() async throws {
        let place = try await place("a", "b", "c")
        let host = host(place, mostOpen: 2)
        var held: [TenantLease<HostedTenant>] = [try await host.lease("a")]
        let first = ObjectIdentifier(held[0].front.tenant)
        #expect(try await roles(host.lease("b")).contains("Sales User"))
        held.append(try await host.lease("c"))
        #expect(host.openCount == 2)
        #expect(await problem { _ = try await host.lease("b") } == .overloaded)
        #expect(try await roles(held[0]).contains("Sales User"))
        #expect(ObjectIdentifier(try await host.lease("a").front.tenant) == first)
        held.removeLast()
        #expect(try await roles(host.lease("b")).contains("Sales User") && host.openCount == 2)
        held = []
        await host.close()
    }

    @Test func `what another process changes is seen, and what it removes is let go`() async throws {
        let place = try await place("acme")
        let host = host(place)
        let running = Task { await host.run() }
        // In use by a request that ends some time.
        let lease = try await host.lease("acme")
        try await make("later", hosts: ["later.example"], in: place)
        #expect(try await eventually { host.hosts && host.find(host: "later.example") == "later" })
        try place.register.setHosts([], of: "later")
        #expect(try await eventually { host.hosts && host.find(host: "later.example") == nil })
        try place.register.suspend("acme")
        #expect(try await eventually { host.hosts && host.find("acme") != nil })
        // The server has it open until it sees that it is to be let go.
        async let deleted = place.register.delete("acme", backup: nil, modules: Self.modules)
        withExtendedLifetime(consume lease) {}
        #expect(try await deleted == nil)
        #expect(try await eventually { host.hosts && host.find("acme") == nil && host.openCount == 0 })
        running.cancel()
        await running.value
        await host.close()
    }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "a\\b", "A", "acme.example", "-a", "a-", "a b", "a\0", "ä", "a\u{212A}", "%2e",
        "tenant.db", String(repeating: "a", count: 41), "\u{202E}a", "a\n",
    ])
    func `a name that could lead elsewhere is none`(name: String) async throws {
        let place = try await place()
        #expect(await problem { try await make(name, in: place) } == .badTenantName)
        #expect(try place.register.find(name) == nil)
        #expect(!FileManager.default.fileExists(atPath: place.register.folder))
    }

    @Test(
        arguments: [
            ("a.example", "a.example"), ("A.Example:8000", "a.example"), ("localhost", "localhost"),
            ("10.0.0.1:80", "10.0.0.1"),
            ("", nil), ("a..b", nil), ("a.example.", "a.example"), (".a", nil), ("a.example:", "a.example"),
            ("a.example:x", nil),
            ("a b", nil), ("K.example".replacing("K", with: "\u{212A}"), nil), ("bücher.example", nil),
            ("[::1]:80", nil),
            ("a.example/x", nil), ("a@b", nil), ("a.example:80:80", nil),
        ] as [(String, String?)])
    func `host names are compared as they are, but for the size of letters and a port`(sent: String, host: String?) {
        #expect(TenantRecord.host(sent) == host)
    }

    @Test func `a host name leads to one company`() async throws {
        let place = try await place()
        try await make("a", hosts: ["a.example"], in: place)
        #expect(await problem { try await make("b", hosts: ["x.example", "A.example"], in: place) } == .tenantExists)
        #expect(try place.register.find("b") == nil)
        #expect(!FileManager.default.fileExists(atPath: place.register.directory(of: "b")))
        try await make("b", in: place)
        #expect(await problem { try place.register.setHosts(["a.example"], of: "b") } == .tenantExists)
        #expect(await problem { try place.register.setHosts(["a.example:80"], of: "b") } == .badTenantName)
    }

    @Test func `what a stop leaves half made is cleared away by who makes it again`() async throws {
        let place = try await place()
        let register = place.register
        var record = TenantRecord(
            name: "acme", hosts: [], title: "Old", state: .creating, created: Tenant.systemClock())
        try register.alone { try register.write(record) }
        try register.claimSchema(for: &record)
        let before = try await Tenant.open(
            at: register.address(of: "acme"), data: register.directory(of: "acme"), modules: Self.modules, name: "Old",
            passwords: Self.passwords)
        try await before.identity.setPassword("correct horse", of: "Administrator", at: before.now())
        await before.close()
        let host = host(place)
        #expect(await problem { _ = try await host.lease("acme") } == .tenantSuspended)
        try await make("acme", in: place)
        host.look()
        let lease = try await host.lease("acme")
        #expect(lease.front.tenant.name == "acme")
        #expect(try await !lease.front.tenant.identity.hasPassword("Administrator"))
        await host.close()
    }

    @Test func `a directory that nobody made as a company is left alone`() async throws {
        let place = try await place()
        let file = place.register.directory(of: "acme") + "/of-somebody"
        try FileManager.default.createDirectory(
            atPath: place.register.directory(of: "acme"), withIntermediateDirectories: true)
        try Foundation.Data("x".utf8).write(to: URL(fileURLWithPath: file))
        #expect(await problem { try await make("acme", in: place) } == .tenantExists)
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(try place.register.records().isEmpty)
    }

    @Test func `a company that cannot be opened is told so, in the log with its reason`() async throws {
        let place = try await place("acme", "well")
        try FileManager.default.removeItem(atPath: place.register.directory(of: "acme") + "/audit.key")
        let told = Told()
        let host = TenantHost(
            place.register, modules: Self.modules, passwords: Self.passwords,
            onProblem: { told.note("\($0) \($1) \($2)") }, front: { $0 })
        let problem = await TestSupport.problem { _ = try await host.lease("acme") }
        #expect(problem?.kind == .unavailable && problem?.message.contains(place.data) == false)
        #expect(told.words.contains { $0.hasPrefix("acme opening") && $0.contains("audit key") })
        #expect(try await roles(host.lease("well")).contains("Sales User"))
        // Whoever goes on asking costs nothing, and what is wrong is told once.
        for _ in 0..<10 { #expect(await self.problem { _ = try await host.lease("acme") } == .unavailable) }
        #expect(told.words.filter { $0.hasPrefix("acme opening") }.count < 5)
        // A record that says nothing is that of one company alone.
        try Foundation.Data("{".utf8).write(to: URL(fileURLWithPath: place.register.folder + "/broken.json"))
        try await make("later", in: place)
        host.look()
        #expect(try await roles(host.lease("later")).contains("Sales User"))
        #expect(told.words.contains { $0.hasPrefix("broken its record") })
        #expect(await self.problem { _ = try place.register.records() } == .unavailable)
        #expect(try host.list().map { $0.json["state"] } == ["active", "unreadable", "active", "active"])
        await host.close()
    }

    @Test func `a company made of a backup admits who knows a password, and nobody's sessions and keys`() async throws {
        let place = try await place("acme")
        let host = host(place)
        let origin = Origin(address: "192.0.2.1")
        let (keys, sid) = try await {
            let lease = try await host.lease("acme")
            let identity = lease.front.tenant.identity
            let now = lease.front.tenant.now()
            try await identity.setPassword("correct horse", of: "Administrator", at: now)
            let keys = try await identity.generateKeys(for: "Administrator", at: now)
            return (keys, try await identity.createSession(for: "Administrator", at: now, from: origin))
        }()
        let backup = try #require(await host.delete("acme", backup: true))
        var plan = TenantRegister.Plan(name: "copy")
        plan.backup = backup
        _ = try await host.create(plan)
        let lease = try await host.lease("copy")
        let tenant = lease.front.tenant
        let now = tenant.now()
        #expect(try await tenant.identity.verifyPassword("correct horse", of: "Administrator"))
        #expect(try await tenant.identity.holder(ofKey: keys.key, secret: keys.secret, at: now) == nil)
        #expect(try await tenant.identity.session(sid, at: now) == nil)
        let doctor = Doctor(modules: Self.modules, data: place.register.directory(of: "copy"))
        let findings = try await doctor.run(on: tenant.database, at: now) { _ in }
        let differing = findings.filter { !$0.isFine }
        #expect(differing.isEmpty, "\(differing)")
        let events = try await tenant.database.read { try EventLog.read(after: 0, limit: 10_000, in: $0) }
        #expect(events.contains { "\($0)".contains("key_revoked") })
        withExtendedLifetime(lease) {}
        await host.close()
    }

    @Test func `a backup that cannot be written keeps the company`() async throws {
        let place = try await place("acme")
        let host = host(place)
        let file = place.data + "/taken"
        try Foundation.Data("x".utf8).write(to: URL(fileURLWithPath: file))
        #expect(
            await problem { _ = try await place.register.delete("acme", backup: file, modules: Self.modules) }
                == .fileExists)
        #expect(
            await problem {
                _ = try await place.register.delete("acme", backup: file + "/below", modules: Self.modules)
            } != nil)
        #expect(try place.register.find("acme")?.state == .suspended)
        try place.register.suspend("acme", false)
        host.look()
        #expect(try await roles(host.lease("acme")).contains("Sales User"))
        await host.close()
    }

    @Test func `what is in a schema already is never touched, whoever asks for its name`() async throws {
        let place = try await place("acme")
        let other = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        let register = TenantRegister(in: other, server: place.register.server)
        let plan = TenantRegister.Plan(name: "acme")
        func create() async throws {
            _ = try await register.create(plan, modules: Self.modules, passwords: Self.passwords)
        }
        if TestEngine.current == .postgres {
            for _ in 0..<2 { #expect(await problem { try await create() } == .companyExists) }
            #expect(try register.records().isEmpty)
        } else {
            try await create()
            try await register.delete("acme", backup: nil, modules: Self.modules)
        }
        let host = host(place)
        #expect(try await roles(host.lease("acme")).contains("Sales User"))
        await host.close()
    }

    @Test func `a company is kept whole until its backup is, also where it is removed twice at once`() async throws {
        let place = try await place("acme")
        let register = place.register
        let lock = try DirectoryLock(register.directory(of: "acme"))
        let files = ["one", "two"].map { place.data + "/" + $0 }
        let results = await withTaskGroup(of: Result<String?, any Error>.self) { group in
            for file in files {
                group.addTask {
                    do {
                        return .success(try await register.delete("acme", backup: file, modules: Self.modules))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            // While somebody has it, it can be had back.
            #expect((try? await eventually { try register.find("acme")?.state == .suspended }) == true)
            lock.release()
            var results: [Result<String?, any Error>] = []
            for await result in group { results.append(result) }
            return results
        }
        let kept = results.compactMap { try? $0.get() }.compactMap(\.self)
        #expect(kept.count == 1 && kept.allSatisfy(FileManager.default.fileExists(atPath:)), "\(results)")
        #expect(files.filter(FileManager.default.fileExists(atPath:)) == kept)
        #expect(!FileManager.default.fileExists(atPath: register.directory(of: "acme")))
        #expect(try register.records().isEmpty)
    }

    @Test func `a removal that was stopped is ended by the next, which tells of the backup that was made`() async throws
    {
        let place = try await place("acme")
        let register = place.register
        try register.change("acme") { record in
            record.state = .deleting
            record.backup = "/kept/acme.cauldron"
        }
        #expect(await problem { try register.suspend("acme", false) } == .unavailable)
        let file = place.data + "/other"
        #expect(try await register.delete("acme", backup: file, modules: Self.modules) == "/kept/acme.cauldron")
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try await !register.address(of: "acme").holdsCompany())
    }

    @Test func `opening makes no directory, and a company that is elsewhere is neither opened nor removed`()
        async throws
    {
        let place = try await place("acme", "beta")
        let register = place.register
        try FileManager.default.removeItem(atPath: register.directory(of: "acme"))
        let host = host(place)
        #expect(await problem { _ = try await host.lease("acme") } == .unavailable)
        #expect(!FileManager.default.fileExists(atPath: register.directory(of: "acme")))
        try register.change("beta") { $0.schema = $0.schema == nil ? "elsewhere" : nil }
        host.look()
        #expect(await problem { _ = try await host.lease("beta") } == .unavailable)
        #expect(
            await problem { _ = try await register.delete("beta", backup: nil, modules: Self.modules) } == .unavailable)
        #expect(try register.find("beta")?.state == .active)
        await host.close()
    }
}

/// What a host told.
private final class Told: Sendable {
    private let all = Mutex<[String]>([])
    var words: [String] { all.withLock { $0 } }
    func note(_ words: String) { all.withLock { $0.append(words) } }
}
