import Storage
import TestSupport
import Testing
import Values

@testable import Identity

@Suite(.bothEngines) struct SecondFactorTests {
    private let ana = "ana@example.com"

    /// A store whose user has a second factor in force; the code of that moment is used up.
    private func made() async throws -> (Store, secret: [UInt8], codes: [String]) {
        let store = try await Store.make()
        let secret = try await store.identity.beginSecondFactor(for: ana, at: noon)
        let made = try await store.identity.confirmSecondFactor(
            of: ana, code: OneTimeCode.code(of: secret, at: noon), at: noon)
        return (store, secret, made.recoveryCodes)
    }

    private func code(_ secret: [UInt8], after seconds: Int) -> (String, Timestamp) {
        let moment = noon.adding(seconds: seconds)
        return (OneTimeCode.code(of: secret, at: moment), moment)
    }

    @Test func `it counts once it is confirmed, and then no session begins without a code`() async throws {
        let store = try await Store.make()
        let identity = store.identity
        let secret = try await identity.beginSecondFactor(for: ana, at: noon)
        _ = try await identity.createSession(for: ana, at: noon)
        await #expect(throws: IdentityError.wrongCode) {
            try await identity.confirmSecondFactor(of: ana, code: "000000x", at: noon)
        }
        let sid = try await identity.createSession(for: ana, at: noon)
        let made = try await identity.confirmSecondFactor(
            of: ana, code: OneTimeCode.code(of: secret, at: noon), at: noon, for: sid)
        #expect(made.recoveryCodes.count == 10 && Set(made.recoveryCodes).count == 10)
        #expect(try await identity.session(sid, at: noon) == nil, "sessions that began without it end")
        #expect(try await identity.session(try #require(made.sid), at: noon)?.way == .secondFactor)
        await #expect(throws: IdentityError.codeNeeded) { try await identity.createSession(for: ana, at: noon) }
        await #expect(throws: IdentityError.secondFactorExists) {
            try await identity.beginSecondFactor(for: ana, at: noon)
        }
        let (next, later) = code(secret, after: 30)
        let other = try await identity.createSession(for: ana, at: later, code: next)
        #expect(try await identity.session(other, at: later)?.way == .secondFactor)
        #expect(try await identity.sessions(of: ana, at: later).count == 2)
    }

    @Test func `setting up takes no longer than a quarter of an hour`() async throws {
        let store = try await Store.make()
        let secret = try await store.identity.beginSecondFactor(for: ana, at: noon)
        let (code, late) = code(secret, after: 901)
        await #expect(throws: IdentityError.noSecondFactor) {
            try await store.identity.confirmSecondFactor(of: ana, code: code, at: late)
        }
    }

    @Test func `a code is good once, and that which confirmed is used`() async throws {
        let (store, secret, _) = try await made()
        let (first, _) = code(secret, after: 0)
        await #expect(throws: IdentityError.wrongCode) {
            try await store.identity.createSession(for: ana, at: noon, code: first)
        }
        let (next, later) = code(secret, after: 30)
        _ = try await store.identity.createSession(for: ana, at: later, code: "  \(next.prefix(3)) \(next.suffix(3)) ")
        await #expect(throws: IdentityError.wrongCode) {
            try await store.identity.createSession(for: ana, at: later, code: next)
        }
        // Nor is one of before, which the window would still take.
        await #expect(throws: IdentityError.wrongCode) {
            try await store.identity.createSession(for: ana, at: later, code: first)
        }
    }

    @Test(arguments: [false, true])
    func `of many sign-ins at once with one code one begins`(isRecovery: Bool) async throws {
        let (store, secret, codes) = try await made()
        let (next, later) = code(secret, after: 60)
        let other = try store.openAgain().identity
        let sent = isRecovery ? codes[3] : next
        let begun = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                let identity = index % 2 == 0 ? store.identity : other
                group.addTask { [ana] in
                    (try? await identity.createSession(for: ana, at: later, code: sent)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(begun == 1)
        #expect(try await store.identity.sessions(of: ana, at: later).count == 1)
    }

    @Test func `recovery codes are good once each, and void once they are remade`() async throws {
        let (store, secret, codes) = try await made()
        let identity = store.identity
        let typed = codes[0].lowercased().replacing("-", with: " ")
        _ = try await identity.createSession(for: ana, at: noon, code: typed)
        #expect(try await identity.secondFactor(of: ana).recoveryCodes == 9)
        for code in [codes[0], "AAAA-AAAA-AAAA-AAAA", "", String(repeating: "A", count: 10_000)] {
            await #expect(throws: IdentityError.wrongCode) {
                try await identity.createSession(for: ana, at: noon, code: code)
            }
        }
        let (next, later) = code(secret, after: 30)
        let fresh = try await identity.remakeRecoveryCodes(of: ana, code: next, at: later)
        await #expect(throws: IdentityError.wrongCode) {
            try await identity.createSession(for: ana, at: later, code: codes[1])
        }
        _ = try await identity.createSession(for: ana, at: later, code: fresh[9])
        // Another user's codes are another user's.
        let bo = try await identity.beginSecondFactor(for: "bo@example.com", at: noon)
        _ = try await identity.confirmSecondFactor(
            of: "bo@example.com", code: OneTimeCode.code(of: bo, at: noon), at: noon)
        await #expect(throws: IdentityError.wrongCode) {
            try await identity.createSession(for: "bo@example.com", at: noon, code: fresh[0])
        }
    }

    @Test func `it is removed by a code or by somebody else, and sessions end`() async throws {
        let (store, secret, codes) = try await made()
        let identity = store.identity
        let (kept, ended) = (
            try await identity.createSession(for: ana, at: noon, code: codes[0]),
            try await identity.createSession(for: ana, at: noon, code: codes[1])
        )
        await #expect(throws: IdentityError.wrongCode) {
            try await identity.removeSecondFactor(of: ana, code: codes[0], at: noon)
        }
        let (next, later) = code(secret, after: 30)
        try await identity.removeSecondFactor(of: ana, code: next, except: kept, at: later)
        #expect(try await identity.session(kept, at: later) != nil)
        #expect(try await identity.session(ended, at: later) == nil)
        #expect(try await identity.secondFactor(of: ana).since == nil)
        await #expect(throws: IdentityError.noSecondFactor) {
            try await identity.removeSecondFactor(of: ana, at: later, by: "boss@example.com")
        }
        _ = try await identity.createSession(for: ana, at: later)
    }

    @Test func `no secret stands in the tables`() async throws {
        let (store, secret, codes) = try await made()
        let rows = try await store.database.read { transaction in
            try transaction.query("SELECT secret FROM _second_factor", [], [.bytes])
                + transaction.query("SELECT code FROM _recovery_code", [], [.bytes])
        }
        let held = rows.compactMap { $0[0].bytes?.hexText }.joined(separator: " ")
        #expect(rows.count == 11)
        for plain in [secret, Array(Base32.text(secret).utf8)] + codes.map({ Array($0.utf8) }) {
            #expect(!held.contains(plain.hexText))
        }
    }

    @Test func `a sealed secret goes on under another key, and without the key before recovery codes are left`()
        async throws
    {
        let (store, secret, codes) = try await made()
        let (old, new) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 9, count: 32))
        let (next, later) = code(secret, after: 30)
        let moved = IdentityStore(
            database: store.database, passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), sealKey: new)
        await #expect(throws: IdentityError.wrongCode) {
            try await moved.createSession(for: ana, at: later, code: next)
        }
        _ = try await moved.createSession(for: ana, at: later, code: codes[0])
        try await store.database.write { try IdentityStore.reseal(from: new, to: old, in: $0) }
        try await store.database.write { try IdentityStore.reseal(from: old, to: new, in: $0) }
        _ = try await moved.createSession(for: ana, at: later, code: next)
    }

    @Test func `a sealed secret is its user's and its key's alone`() throws {
        let keys = (SecureRandom.bytes(32), SecureRandom.bytes(32))
        let seal = SecretSeal(key: keys.0)
        let sealed = try seal.seal([1, 2, 3], of: "ana", for: "a")
        #expect(seal.open(sealed, of: "ana", for: "a") == [1, 2, 3])
        #expect(seal.open(sealed, of: "bo", for: "a") == nil && seal.open(sealed, of: "ana", for: "b") == nil)
        #expect(SecretSeal(key: keys.1).open(sealed, of: "ana", for: "a") == nil)
        var broken = sealed
        broken[sealed.count / 2] ^= 1
        for bytes in [broken, [], Array(sealed.dropLast())] { #expect(seal.open(bytes, of: "ana", for: "a") == nil) }
    }

    @Test func `a ticket is its user's, for minutes, and void with the password`() async throws {
        let store = try await Store.make()
        let identity = store.identity
        try await identity.setPassword("correct horse", of: ana, at: noon)
        let ticket = try await identity.ticket(for: ana, at: noon)
        #expect(try await identity.user(ofTicket: ticket, at: noon.adding(seconds: 299)) == ana)
        #expect(try await identity.user(ofTicket: ticket, at: noon.adding(seconds: 300)) == nil)
        let bytes = try #require([UInt8](hexText: ticket))
        for place in bytes.indices {
            var forged = bytes
            forged[place] ^= 1
            #expect(try await identity.user(ofTicket: forged.hexText, at: noon) == nil)
        }
        for text in ["", "x", String(repeating: "ab", count: 5_000), ana] {
            #expect(try await identity.user(ofTicket: text, at: noon) == nil)
        }
        try await identity.setPassword("another horse", of: ana, at: noon.adding(seconds: 1))
        #expect(try await identity.user(ofTicket: ticket, at: noon.adding(seconds: 2)) == nil)
    }
}
