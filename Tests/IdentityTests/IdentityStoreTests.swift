import Storage
import TestSupport
import Testing
import Values

@testable import Identity

@Suite(.bothEngines) struct IdentityStoreTests {
    @Test func `only the right password of the right user is right`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        try await store.setPassword("first secret", of: "ana@example.com", at: noon)
        #expect(try await store.verifyPassword("first secret", of: "ana@example.com"))
        #expect(try await !store.verifyPassword("first secret", of: "bo@example.com"))
        #expect(try await !store.verifyPassword("second", of: "ana@example.com"))
        try await store.setPassword("second secret", of: "ana@example.com", at: noon)
        #expect(try await !store.verifyPassword("first secret", of: "ana@example.com"))
        #expect(try await store.verifyPassword("second secret", of: "ana@example.com"))
    }

    @Test func `a session is found by its identifier, also after a restart`() async throws {
        let store = try await Store.make()
        defer { withExtendedLifetime(store) {} }
        let sid = try await store.identity.createSession(for: "ana", at: noon)
        #expect(sid.utf8.count == 64)
        #expect(try await store.identity.session(sid, at: noon)?.user == "ana")
        await store.database.close()
        let again = try store.openAgain()
        #expect(try await again.identity.session(sid, at: noon)?.user == "ana")
        #expect(try await again.identity.session(String(sid.reversed()), at: noon) == nil)
        #expect(try await again.identity.session("", at: noon) == nil)
    }

    @Test func `a session ends after a week without use, and use prolongs it`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        let unused = try await store.createSession(for: "ana", at: noon)
        let used = try await store.createSession(for: "ana", at: noon)
        #expect(try await store.session(used, at: noon.adding(seconds: 5 * 86_400)) != nil)
        #expect(try await store.session(unused, at: noon.adding(seconds: 8 * 86_400)) == nil)
        #expect(try await store.session(used, at: noon.adding(seconds: 8 * 86_400)) != nil)
        #expect(try await store.session(used, at: noon.adding(seconds: 30 * 86_400)) == nil)
        #expect(try await store.session(used, at: noon.adding(seconds: 6 * 86_400)) == nil, "ended is ended")
    }

    @Test func `signing out ends one session, a new password all of the user`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        let ana = [
            try await store.createSession(for: "ana", at: noon), try await store.createSession(for: "ana", at: noon),
        ]
        let bo = try await store.createSession(for: "bo", at: noon)
        try await store.destroySession(ana[0])
        #expect(try await store.session(ana[0], at: noon) == nil)
        #expect(try await store.session(ana[1], at: noon) != nil)
        try await store.setPassword("new secret", of: "ana", at: noon)
        #expect(try await store.session(ana[1], at: noon) == nil)
        #expect(try await store.session(bo, at: noon) != nil)
    }

    @Test func `of too many sessions of a user the oldest end`() async throws {
        var limits = IdentityLimits()
        limits.sessionsPerUser = 3
        let kept = try await Store.make(limits: limits)
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        var sids: [String] = []
        for minute in 0..<5 {
            sids.append(try await store.createSession(for: "ana", at: noon.adding(seconds: minute * 60)))
        }
        for (index, sid) in sids.enumerated() {
            let session = try await store.session(sid, at: noon.adding(seconds: 600))
            #expect((session != nil) == (index >= 2))
        }
    }

    @Test func `a new secret takes the place of the one before, the key stays`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        let first = try await store.generateKeys(for: "ana", at: noon)
        #expect(try await store.holder(ofKey: first.key, secret: first.secret, at: noon)?.user == "ana")
        #expect(
            try await store.holder(ofKey: first.key, secret: first.secret, at: noon)?.user == "ana", "from the cache")
        let second = try await store.generateKeys(for: "ana", at: noon)
        #expect(second.key == first.key)
        #expect(try await store.holder(ofKey: first.key, secret: first.secret, at: noon)?.user == nil)
        #expect(try await store.holder(ofKey: second.key, secret: second.secret, at: noon)?.user == "ana")
        #expect(try await store.holder(ofKey: "nokey", secret: second.secret, at: noon)?.user == nil)
        #expect(try await store.holder(ofKey: second.key, secret: "", at: noon)?.user == nil)
        try await store.setPassword("some secret", of: "ana", at: noon, by: "admin")
        #expect(try await store.holder(ofKey: second.key, secret: second.secret, at: noon)?.user == nil)
    }

    @Test func `what is removed is gone everywhere`() async throws {
        let store = try await Store.make()
        defer { withExtendedLifetime(store) {} }
        try await store.identity.setPassword("some secret", of: "ana", at: noon)
        let sid = try await store.identity.createSession(for: "ana", at: noon)
        let keys = try await store.identity.generateKeys(for: "ana", at: noon)
        _ = try await store.identity.holder(ofKey: keys.key, secret: keys.secret, at: noon)?.user
        try await store.identity.remove(user: "ana")
        #expect(try await store.identity.session(sid, at: noon) == nil)
        #expect(try await store.identity.holder(ofKey: keys.key, secret: keys.secret, at: noon)?.user == nil)
        #expect(try await !store.identity.verifyPassword("some secret", of: "ana"))
        #expect(try await store.contents().isEmpty)
    }

    @Test func `no secret stands in the database as it is`() async throws {
        let store = try await Store.make()
        defer { withExtendedLifetime(store) {} }
        try await store.identity.setPassword("some secret", of: "ana", at: noon)
        let sid = try await store.identity.createSession(for: "ana", at: noon)
        let keys = try await store.identity.generateKeys(for: "ana", at: noon)
        let contents = try await store.contents().lowercased()
        #expect(contents.contains(keys.key))
        for secret in ["some secret", sid, keys.secret] { #expect(!contents.contains(secret)) }
    }

    @Test func `a hash of another cost is renewed when its password is seen`() async throws {
        let store = try await Store.make()
        defer { withExtendedLifetime(store) {} }
        let expensive = IdentityStore(
            database: store.database, passwords: PasswordHasher(cost: PasswordCost(logarithm: 5)))
        try await store.identity.setPassword("some secret", of: "ana", at: noon)
        #expect(try await expensive.verifyPassword("some secret", of: "ana"))
        #expect(try await store.contents().contains("ln=5"))
        #expect(try await expensive.verifyPassword("some secret", of: "ana"))
    }

    @Test(arguments: ["'; DROP TABLE _credential; --", "\" OR 1=1 --", "ana' OR 'a'='a", "%", "名前 🙂"])
    func `names and secrets are values, never SQL`(text: String) async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        try await store.setPassword("some secret", of: "ana", at: noon)
        #expect(try await !store.verifyPassword(text, of: "ana"))
        #expect(try await !store.verifyPassword("some secret", of: text))
        #expect(try await store.holder(ofKey: text, secret: text, at: noon)?.user == nil)
        #expect(try await store.session(text, at: noon) == nil)
        try await store.setPassword("other secret", of: text, at: noon)
        #expect(try await store.verifyPassword("other secret", of: text))
        #expect(try await store.verifyPassword("some secret", of: "ana"))
    }

    @Test func `a name with the character NUL is refused, as no user can have one`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        await #expect(throws: StorageError.invalidText) {
            try await kept.identity.setPassword("some secret", of: "an\u{0}a", at: noon)
        }
    }
}
