import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Identity

@Suite(.bothEngines) struct SessionTests {
    private let ana = "ana@example.com"

    /// A store whose rules may change.
    private struct Ruled: Sendable {
        private final class Rules: Sendable {
            let rules = Mutex(IdentityRules())
            let needing = Mutex<Set<String>>([])
        }
        private let home: TemporaryDatabase
        private let kept = Rules()
        let identity: IdentityStore

        init() async throws {
            home = try TemporaryDatabase()
            try await home.database.write { transaction in _ = try transaction.migrate(to: IdentityStore.tables) }
            var limits = IdentityLimits()
            limits.cachedSeconds = 0
            var users = UserFacts()
            users.rules = { [kept] _ in kept.rules.withLock { $0 } }
            users.needsSecondFactor = { [kept] user, _ in kept.needing.withLock { $0.contains(user) } }
            identity = IdentityStore(
                database: home.database, passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), limits: limits,
                users: users)
        }

        func set(_ change: (inout IdentityRules) -> Void) { kept.rules.withLock { change(&$0) } }
        func need(_ user: String) { _ = kept.needing.withLock { $0.insert(user) } }
    }

    @Test func `a session says where it is from and by what, and its name is not its secret`() async throws {
        let store = try await Ruled()
        let origin = Origin(address: "2001:db8::1", agent: "Firefox\u{0}")
        let sid = try await store.identity.createSession(for: ana, at: noon, from: origin)
        let session = try #require(try await store.identity.sessions(of: ana, at: noon).first)
        #expect(session.origin.address == "2001:db8::1" && session.origin.agent == "Firefox")
        #expect(session.id.count == 16 && !sid.contains(session.id) && session.created == noon)
        #expect(!Secret.digest(sid).hexText.contains(session.id), "nor does it tell what is kept of it")
        #expect(try await store.identity.session(session.id, at: noon) == nil)
    }

    @Test func `one is ended by its name, others by being others, and only those of the user`() async throws {
        let store = try await Ruled()
        let identity = store.identity
        var sids: [String] = []
        for second in 0..<4 {
            sids.append(try await identity.createSession(for: ana, at: noon.adding(seconds: second)))
        }
        let bo = try await identity.createSession(for: "bo", at: noon)
        let later = noon.adding(seconds: 10)
        let names = try await identity.sessions(of: ana, at: later).map(\.id)
        #expect(try await identity.endSessions(of: "bo", id: names[0], at: later) == 0, "bo has no such session")
        #expect(try await identity.endSessions(of: ana, id: names[0], at: later) == 1)
        #expect(try await identity.session(sids[3], at: later) == nil, "the last used comes first")
        #expect(try await identity.endSessions(of: ana, except: sids[1], at: later) == 2)
        #expect(try await identity.sessions(of: ana, at: later).map(\.id) == [names[2]])
        #expect(try await identity.session(bo, at: later) != nil)
    }

    @Test func `use carries a session on, until its longest time`() async throws {
        let store = try await Ruled()
        store.set {
            $0.idleSeconds = 600
            $0.longestSeconds = 3600
        }
        let sid = try await store.identity.createSession(for: ana, at: noon)
        for minute in stride(from: 9, through: 54, by: 9) {
            #expect(try await store.identity.session(sid, at: noon.adding(seconds: minute * 60)) != nil, "\(minute)")
        }
        #expect(try await store.identity.session(sid, at: noon.adding(seconds: 3599)) != nil)
        #expect(try await store.identity.session(sid, at: noon.adding(seconds: 3600)) == nil)
        let other = try await store.identity.createSession(for: ana, at: noon)
        #expect(try await store.identity.session(other, at: noon.adding(seconds: 600)) == nil, "not used")
    }

    @Test func `a rule that is stricter holds for sessions that are open`() async throws {
        let store = try await Ruled()
        let sid = try await store.identity.createSession(for: ana, at: noon)
        let later = noon.adding(seconds: 3000)
        store.set { $0.idleSeconds = 60 }
        #expect(try await store.identity.session(sid, at: later) == nil)
    }

    @Test func `where one is allowed, a new session ends those before`() async throws {
        let store = try await Ruled()
        store.set { $0.isSingleSession = true }
        let first = try await store.identity.createSession(for: ana, at: noon)
        let second = try await store.identity.createSession(for: ana, at: noon.adding(seconds: 1))
        #expect(try await store.identity.session(first, at: noon.adding(seconds: 1)) == nil)
        #expect(try await store.identity.session(second, at: noon.adding(seconds: 1)) != nil)
    }

    @Test func `who must have a second factor, or another password, can do that alone`() async throws {
        let store = try await Ruled()
        try await store.identity.setPassword("correct horse", of: ana, at: noon)
        let sid = try await store.identity.createSession(for: ana, at: noon)
        func limit(after seconds: Int = 0) async throws -> WebSession.Limit? {
            try #require(try await store.identity.session(sid, at: noon.adding(seconds: seconds))).limit
        }
        #expect(try await limit() == nil)
        #expect(try await store.identity.ended(among: [Credential(ofSession: sid)], at: noon) == [])
        store.set { $0.passwordDays = 2 }
        #expect(try await limit(after: 2 * 86_400 - 1) == nil)
        #expect(try await limit(after: 2 * 86_400) == .newPassword)
        store.need(ana)
        #expect(try await limit() == nil, "nobody asks for it")
        store.set { $0.asksForSecondFactor = true }
        #expect(try await limit() == .secondFactor)
        let credential = Credential(ofSession: sid)
        #expect(try await store.identity.ended(among: [credential], at: noon) == [credential], "nor is it for streams")
        // A key does not make a password new.
        _ = try await store.identity.generateKeys(for: ana, at: noon.adding(seconds: 100_000))
        store.set { $0.asksForSecondFactor = false }
        #expect(try await limit(after: 2 * 86_400) == .newPassword)
    }

    @Test func `a password is the same from every keyboard`() async throws {
        let store = try await Ruled()
        let forms = ["caf\u{E9} au lait", "cafe\u{301} au lait"]
        for set in forms {
            try await store.identity.setPassword(set, of: ana, at: noon)
            for typed in forms { #expect(try await store.identity.verifyPassword(typed, of: ana)) }
            #expect(try await !store.identity.verifyPassword("cafe au lait", of: ana))
        }
    }

    @Test func `a password that was kept as it was typed is right still`() async throws {
        let store = try await Ruled()
        let typed = "cafe\u{301} au lait"
        try await store.identity.setPassword("correct horse", of: ana, at: noon)
        let hash = try await PasswordHasher(cost: PasswordCost(logarithm: 4)).hash(typed)
        try await store.identity.database.write { transaction in
            _ = try transaction.execute("UPDATE _credential SET password = ?", [.text(hash)])
        }
        #expect(try await store.identity.verifyPassword(typed, of: ana))
    }
}
