import Documents
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct EffectHashTests {
    private static func hash(
        _ company: some TestCompany, _ body: @escaping @Sendable (Session) throws -> Void
    )
        async throws -> String
    {
        try await company.write { try $0.rehearse(body).hash }
    }

    @Test func `a name that somebody chose counts`() async throws {
        let workshop = try await Workshop()
        func hash(_ code: JSON) async throws -> String {
            try await Self.hash(workshop) { _ = try $0.make("Part", ["code": code, "title": "same"]) }
        }
        #expect(try await hash("good") == hash("good"))
        #expect(try await hash("good") != hash("evil"))
        func shelf(_ name: JSON) async throws -> String {
            try await Self.hash(workshop) { _ = try $0.make("Shelf", ["__newname": name]) }
        }
        #expect(try await shelf("left") != shelf("right"))
    }

    @Test func `the names of new rows do not count, wherever they stand`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { _ = try $0.make("Job", ["subject": "old", "parts": [["part": "nut"]]]) }
        func hash(_ qty: Int) async throws -> String {
            try await Self.hash(workshop) { session in
                let job = try session.make("Job", ["subject": "a", "parts": [["part": "bolt"], ["part": "nut"]]])
                job.table("parts")[1].set("qty", qty)
                try session.save(job)
                let old = try session.get("Job", "JOB-1996-00001")
                try session.apply(["parts": [["part": "gear"]]], to: old)
                try session.save(old)
                old.table("parts")[0].set("qty", qty)
                old.set("subject", job.table("parts")[0].name)
                try session.save(old)
            }
        }
        #expect(try await hash(7) == hash(7))
        #expect(try await hash(7) != hash(8))
    }

    @Test func `what an event says counts`() async throws {
        let workshop = try await Workshop()
        func hash(_ receiver: JSON) async throws -> String {
            try await Self.hash(workshop) { $0.emit("mail.wanted", subject: "Job/1", ["to": receiver]) }
        }
        #expect(try await hash("ann@example.com") == hash("ann@example.com"))
        #expect(try await hash("ann@example.com") != hash("eve@example.com"))
    }
}
