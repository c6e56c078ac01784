import Documents
import Identity
import Reports
import Tenancy
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct UserRemovalTests {
    private static let ana = "ana@example.com"

    /// A company with Ana.
    private static func company() async throws -> (TemporaryPlace, Tenant) {
        let place = try TemporaryPlace(kind: "UserRemovalTests")
        let tenant = try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [], name: "T",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)))
        try await addAna(to: tenant)
        return (place, tenant)
    }

    private static func addAna(to tenant: Tenant) async throws {
        try await tenant.write(as: .administrator) { session in
            try session.insert(session.document("User", from: ["email": .string(ana), "first_name": "Ana"]))
        }
    }

    @Test func `who is added under the name of a deleted user gets nothing of that user`() async throws {
        let (place, tenant) = try await Self.company()
        let (user, identity) = (Self.ana, tenant.identity)
        try await identity.setPassword("some secret", of: user, at: tenant.now())
        let keys = try await identity.generateKeys(for: user, at: tenant.now())
        let sid = try await identity.createSession(for: user, at: tenant.now())
        #expect(try await identity.holder(ofKey: keys.key, secret: keys.secret, at: tenant.now())?.user == user)
        try await tenant.write(as: .administrator) { try $0.delete("User", user) }
        try await Self.addAna(to: tenant)
        #expect(try await !identity.verifyPassword("some secret", of: user))
        #expect(try await identity.holder(ofKey: keys.key, secret: keys.secret, at: tenant.now())?.user == nil)
        #expect(try await identity.session(sid, at: tenant.now()) == nil)
        await tenant.close()
        withExtendedLifetime(place) {}
    }

    @Test func `who was disabled has no session or key of before, also once enabled again`() async throws {
        let (place, tenant) = try await Self.company()
        let (user, identity) = (Self.ana, tenant.identity)
        func set(enabled: Bool) async throws {
            try await tenant.write(as: .administrator) { session in
                let document = try session.get("User", user)
                document.set("enabled", enabled)
                try session.save(document)
            }
        }
        try await identity.setPassword("some secret", of: user, at: tenant.now())
        let keys = try await identity.generateKeys(for: user, at: tenant.now())
        let scoped = try await identity.makeKey(for: user, label: "", scopes: "[]", at: tenant.now())
        let sid = try await identity.createSession(for: user, at: tenant.now())
        try await set(enabled: false)
        // Nothing begins while it is disabled, either.
        await #expect(throws: IdentityError.notAdmitted(user)) {
            try await identity.createSession(for: user, at: tenant.now())
        }
        await #expect(throws: IdentityError.notAdmitted(user)) {
            try await identity.generateKeys(for: user, at: tenant.now())
        }
        await #expect(throws: IdentityError.notAdmitted(user)) {
            try await identity.makeKey(for: user, label: "", scopes: "[]", at: tenant.now())
        }
        try await set(enabled: true)
        #expect(try await identity.session(sid, at: tenant.now()) == nil)
        for key in [keys, scoped] {
            #expect(try await identity.holder(ofKey: key.key, secret: key.secret, at: tenant.now()) == nil)
        }
        #expect(try await identity.scopedKeys(of: user).isEmpty)
        #expect(try await identity.verifyPassword("some secret", of: user), "the password is still the user's")
        await tenant.close()
        withExtendedLifetime(place) {}
    }

    @Test func `a password that somebody else sets ends sessions and keys, one's own the sessions`() async throws {
        let (place, tenant) = try await Self.company()
        let (user, identity) = (Self.ana, tenant.identity)
        for (actor, keeps) in [(user, true), ("Administrator", false)] {
            let keys = try await identity.generateKeys(for: user, at: tenant.now())
            let scoped = try await identity.makeKey(for: user, label: "", scopes: "[]", at: tenant.now())
            let sid = try await identity.createSession(for: user, at: tenant.now())
            try await identity.setPassword("another secret", of: user, at: tenant.now(), by: actor)
            #expect(try await identity.session(sid, at: tenant.now()) == nil)
            for key in [keys, scoped] {
                let holder = try await identity.holder(ofKey: key.key, secret: key.secret, at: tenant.now())
                #expect((holder != nil) == keeps, "\(actor)")
            }
        }
        await tenant.close()
        withExtendedLifetime(place) {}
    }

    @Test func `a change of one user leaves the others signed in`() async throws {
        let (place, tenant) = try await Self.company()
        let sid = try await tenant.identity.createSession(for: "Administrator", at: tenant.now())
        try await tenant.write(as: .administrator) { try $0.delete("User", Self.ana) }
        #expect(try await tenant.identity.session(sid, at: tenant.now())?.user == "Administrator")
        await tenant.close()
        withExtendedLifetime(place) {}
    }
}
