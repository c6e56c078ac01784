import Synchronization
import Testing
import Values

@testable import Identity

@Suite struct PasswordTests {
    let cheap = PasswordHasher(cost: PasswordCost(logarithm: 4))

    @Test func `a password matches its hash and no other`() async throws {
        let hash = try await cheap.hash("correct horse")
        #expect(hash.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try await cheap.verify("correct horse", hash))
        for wrong in ["correct horsf", "correct hors", "", "CORRECT HORSE", "correct horse "] {
            #expect(try await !cheap.verify(wrong, hash), "\(wrong)")
        }
    }

    @Test func `two hashes of one password differ in their salt`() async throws {
        let one = try await cheap.hash("same")
        let other = try await cheap.hash("same")
        #expect(one != other)
    }

    /// The third test vector of RFC 7914, section 12.
    @Test func `the hash is scrypt as the standard says`() throws {
        let hash = try PasswordHash(
            "pleaseletmein", salt: Array("SodiumChloride".utf8), cost: PasswordCost(logarithm: 14))
        #expect(hash.hash.prefix(16).hexText == "7023bdcb3afd7348461c06cd81fd38eb")
    }

    @Test func `without a hash it is never right, after the same work`() async throws {
        let clock = ContinuousClock()
        let slow = PasswordHasher(cost: PasswordCost(logarithm: 12))
        let hash = try await slow.hash("secret")
        var (known, unknown) = (Duration.seconds(60), Duration.zero)
        for _ in 0..<3 {
            // A busy machine makes either longer, none shorter.
            known = min(known, try await clock.measure { _ = try await slow.verify("wrong", hash) })
            unknown = max(unknown, try await clock.measure { _ = try await slow.verify("wrong", nil) })
        }
        #expect(try await !slow.verify("wrong", nil))
        #expect(unknown > known / 5)
    }

    @Test(arguments: [
        "", "$", "$$$$", "$scrypt$ln=4,r=8,p=1$$", "$argon2$ln=4,r=8,p=1$AAAA$AAAA", "$scrypt$ln=x,r=8,p=1$AAAA$AAAA",
        "$scrypt$ln=62,r=8,p=1$AAAA$" + String(repeating: "A", count: 43), "plain text", "$scrypt$ln=4,r=8$AAAA$AAAA",
    ])
    func `a damaged hash matches nothing`(text: String) async throws {
        #expect(PasswordHash(text: text) == nil)
        #expect(try await !cheap.verify("", text))
        #expect(try await !cheap.verify("x", text))
    }

    @Test func `who fills the queue of hashes keeps no other from his`() async throws {
        let hasher = PasswordHasher(cost: PasswordCost(logarithm: 12), atOnce: 1, queue: 2)
        let (noisy, quiet) = (hasher.shared(by: "noisy"), hasher.shared(by: "quiet"))
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    do {
                        _ = try await noisy.hash("password")
                        order.note("noisy")
                    } catch IdentityError.busy {
                        order.note("refused")
                    }
                }
            }
            while !order.all.contains("refused") { await Task.yield() }
            _ = try await quiet.hash("password")
            order.note("quiet")
            try await group.waitForAll()
        }
        let all = order.all
        let place = try #require(all.firstIndex(of: "quiet"))
        #expect(all[place...].contains("noisy"), "\(all)")
    }

    @Test func `an empty or endless password is refused`() async throws {
        await #expect(throws: IdentityError.self) { try await cheap.hash("") }
        await #expect(throws: IdentityError.self) { try await cheap.hash(String(repeating: "x", count: 1025)) }
        let hash = try await cheap.hash(String(repeating: "x", count: 1024))
        #expect(try await !cheap.verify(String(repeating: "x", count: 100_000), hash))
    }

    @Test func `what does not fit the queue is refused, and all else is done`() async throws {
        let hasher = PasswordHasher(cost: PasswordCost(logarithm: 10), atOnce: 1, queue: 3)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        return try await !hasher.verify("x", nil)
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        let done = outcomes.filter(\.self).count
        #expect(done >= 4 && done < 20)
        #expect(try await !hasher.verify("x", nil), "it works again afterwards")
    }

    @Test func `text encodings go there and back`() {
        for count in 0..<40 {
            let bytes = SecureRandom.bytes(count)
            #expect(Base64.bytes(Base64.text(bytes)) == bytes)
        }
        #expect(Base64.text(Array("foob".utf8)) == "Zm9vYg")
        #expect(Base64.bytes("Zm9vYg==").map { String(decoding: $0, as: UTF8.self) } == "foob")
        #expect(Base64.bytes("Zm9v*") == nil)
        #expect(Base64.bytes("Zg==Zg") == nil)
    }

    @Test func `tokens are long and differ`() {
        let tokens = (0..<200).map { _ in SecureRandom.token(bytes: 32) }
        #expect(tokens.allSatisfy { $0.utf8.count == 64 })
        #expect(Set(tokens).count == 200)
    }
}

/// Who came through, in order.
private final class Order: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }
    func note(_ name: String) { names.withLock { $0.append(name) } }
}
