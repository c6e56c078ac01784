import TestSupport
import Testing
import Values

@testable import Identity

@Suite(.bothEngines) struct ScopedKeyTests {
    private static let scopes = #"[{"doctype": "Item", "rights": ["read"]}]"#

    @Test func `a key with scopes speaks for its user within them, and is no key without`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let made = try await kept.identity.makeKey(for: "ana", label: "shop", scopes: Self.scopes, at: noon)
        let holder = try await kept.identity.holder(ofKey: made.key, secret: made.secret, at: noon)
        #expect(holder == KeyHolder(user: "ana", scopes: Self.scopes))
        #expect(try await kept.identity.holder(ofKey: made.key, secret: made.key, at: noon) == nil)
        let whole = try await kept.identity.generateKeys(for: "ana", at: noon)
        let free = try await kept.identity.holder(ofKey: whole.key, secret: whole.secret, at: noon)
        #expect(free == KeyHolder(user: "ana", scopes: nil))
    }

    @Test func `a key ends when it expires`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let made = try await kept.identity.makeKey(
            for: "ana", label: "", scopes: Self.scopes, expires: noon.adding(seconds: 60), at: noon)
        func holder(_ seconds: Int) async throws -> String? {
            try await kept.identity.holder(ofKey: made.key, secret: made.secret, at: noon.adding(seconds: seconds))?
                .user
        }
        #expect(try await holder(59) == "ana")
        #expect(try await holder(60) == nil)
    }

    @Test func `keys are listed without secrets, with their last use, and revoked by their user`() async throws {
        let kept = try await Store.make()
        defer { withExtendedLifetime(kept) {} }
        let store = kept.identity
        let made = try await store.makeKey(for: "ana", label: "shop", scopes: Self.scopes, at: noon)
        #expect(try await store.scopedKeys(of: "ana").map(\.lastUsed) == [nil])
        _ = try await store.holder(ofKey: made.key, secret: made.secret, at: noon.adding(seconds: 5))
        let listed = try await store.scopedKeys(of: "ana")
        #expect(listed.map(\.label) == ["shop"] && listed.map(\.lastUsed) == [noon.adding(seconds: 5)])
        #expect(try await !store.revokeKey(made.key, of: "bo", at: noon))
        #expect(try await store.revokeKey(made.key, of: "ana", at: noon))
        #expect(try await store.holder(ofKey: made.key, secret: made.secret, at: noon) == nil)
    }

    @Test func `a user has so many keys and no more`() async throws {
        var limits = IdentityLimits()
        limits.keysPerUser = 2
        let kept = try await Store.make(limits: limits)
        defer { withExtendedLifetime(kept) {} }
        for _ in 0..<2 { _ = try await kept.identity.makeKey(for: "ana", label: "", scopes: Self.scopes, at: noon) }
        await #expect(throws: IdentityError.tooManyKeys(2)) {
            _ = try await kept.identity.makeKey(for: "ana", label: "", scopes: Self.scopes, at: noon)
        }
        try await kept.identity.remove(user: "ana")
        #expect(try await kept.identity.scopedKeys(of: "ana").isEmpty)
    }
}
