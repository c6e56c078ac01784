import Documents
import TestSupport
import Testing
import Values

@testable import Jobs
@testable import Tenancy

/// Who asks for jobs, sees them and goes on with them.
extension JobTests {
    @Test func `a key calls no method by a job that it may not call itself, and goes on with no other's`() async throws
    {
        let shop = try await Workshop()
        let ana = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        let narrow = ana.limited(to: [
            Scope(
                doctype: "Piece", rights: [.read, .create], methods: ["cauldron.jobs.enqueue", "cauldron.jobs.retry"])
        ])
        let call: JSON = [["action": "call", "target": "cauldron.jobs.cancel", "content": ["name": "x"]]]
        let asked = await problem {
            _ = try await shop.tenant.write(as: narrow) { try $0.call("cauldron.jobs.enqueue", ["commands": call]) }
        }
        #expect(asked?.kind == .forbidden)
        // Nor where it was not looked at before.
        try await shop.tenant.write(as: narrow) { _ = try $0.enqueue(JobRequest("command", ["commands": call])) }
        let full = try await shop.order("", as: "ana@example.com")
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.facts("error_code") == ["forbidden", "mandatory_missing"])
        let retried = await problem {
            _ = try await shop.tenant.write(as: narrow) {
                try $0.call("cauldron.jobs.retry", ["name": .string(full[0])])
            }
        }
        #expect(retried?.kind == .forbidden)
        await shop.close()
    }

    @Test func `what a user asked for who is deleted is not done as the next of that name`() async throws {
        let shop = try await Workshop()
        try await shop.order("mine", as: "ana@example.com")
        try await shop.tenant.write(as: .administrator) { try $0.delete("User", "ana@example.com") }
        try await shop.tenant.write(as: .administrator) { session in
            _ = try session.make(
                "User", ["email": "ana@example.com", "first_name": "B", "roles": [["role": "System Manager"]]])
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.states() == ["canceled"])
        #expect(try await shop.pieces() == [])
        await shop.close()
    }

    @Test func `what was sent and what came of it is shown to who asked alone`() async throws {
        let shop = try await Workshop()
        let ids = try await shop.order("secret", as: "ana@example.com")
        try await JobRunner(shop.tenant).runDue()
        try await shop.tenant.write(as: .administrator) { session in
            _ = try session.make(
                "User", ["email": "boss@example.com", "first_name": "B", "roles": [["role": "System Manager"]]])
        }
        for (user, shows) in [("ana@example.com", true), ("boss@example.com", false)] {
            let actor = try #require(try await shop.tenant.actor(named: user))
            let shown = try await shop.tenant.read(as: actor) { session in
                let job = try session.get("Background Job", ids[0])
                return job.text("arguments") + job.text("result")
            }
            #expect(shown.contains("secret") == shows)
        }
        await shop.close()
    }

    @Test func `a job that is tried again has its key again, where no other has it`() async throws {
        let shop = try await Workshop()
        let first = try await shop.order("") { $0.key = "k" }
        try await JobRunner(shop.tenant).runDue()
        let retry: @Sendable (Session) throws -> Void = {
            try $0.call("cauldron.jobs.retry", ["name": .string(first[0])])
        }
        let second = try await shop.order("two") { $0.key = "k" }
        #expect(second != first)
        #expect(await problem { try await shop.tenant.write(as: .administrator, retry) }?.kind == .wrongJobState)
        try await JobRunner(shop.tenant).runDue()
        try await shop.tenant.write(as: .administrator, retry)
        #expect(try await shop.order("three") { $0.key = "k" } == first)
        await shop.close()
    }

    @Test func `jobs of one sequence are done one after the other, whatever becomes of the first`() async throws {
        let isWell = Switch(false)
        let shop = try await Workshop { registry in
            registry.register(
                JobKind(
                    "ordered",
                    .transaction { job, session in
                        if !isWell.isOn { throw Problem(.unavailable, "Not now") }
                        try session.make("Piece", ["title": .string(job.content.string ?? "")])
                        return .done()
                    }))
        }
        try await shop.tenant.write(as: .administrator) { session in
            for (title, sequence) in [("a1", "a"), ("a2", "a"), ("a3", "a")] {
                var request = JobRequest("ordered", .string(title))
                request.sequence = sequence
                try session.enqueue(request)
            }
        }
        let runner = JobRunner(shop.tenant)
        try await runner.runDue()
        #expect(try await shop.facts("attempts") == ["1", "0", "0"])
        isWell.isOn = true
        try await runner.runDue()
        #expect(try await shop.pieces() == [])
        shop.clock.move(seconds: 15)
        try await runner.runDue()
        #expect(try await shop.pieces() == ["a1", "a2", "a3"])
        await shop.close()
    }
}
