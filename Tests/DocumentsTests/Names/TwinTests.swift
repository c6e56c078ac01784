import Documents
import Lists
import Lookalikes
import Storage
import TestSupport
import Testing
import Values

/// Names that were given before names had one form: two that Unicode takes for one are two, in memory as in the database.
@Suite(.bothEngines) struct TwinTests {
    static let pairs = [("caf\u{E9}", "cafe\u{301}"), ("Key", "\u{212A}ey"), ("\u{C5}l", "\u{212B}l")]

    /// A workshop with two parts of such names, which cost 1 and 2.
    private func workshop(_ one: String, _ other: String) async throws -> Workshop {
        let workshop = try await Workshop()
        try await workshop.stock(["first": "1", "second": "2"])
        try await workshop.write { session in
            try session.callAsBefore("Part", "first", one)
            try session.callAsBefore("Part", "second", other)
        }
        return workshop
    }

    @Test(arguments: pairs) func `twins are read, linked, listed and counted apart`(
        one: String, other: String
    ) async throws {
        let workshop = try await workshop(one, other)
        try await workshop.write { session in
            #expect(try session.get("Part", one).exact("price") == 1)
            #expect(try session.get("Part", other).exact("price") == 2)
            #expect(try session.getMany("Part", [other, one]).map(\.name) == [other, one])
            let values = try session.values(of: "Part", [one, other], ["price"])
            #expect(values.count == 2 && values[one]?[0].exact == 1 && values[other]?[0].exact == 2)
            #expect(try session.lookUp("Part", one)?.name == one)
            #expect(try session.lookUp("Part", other)?.name == other)
            let job = try session.make(
                "Job", ["subject": "a", "parts": [["part": .string(one)], ["part": .string(other)]]])
            #expect(job.table("parts").map { $0.text("part") } == [one, other])
            #expect(job.table("parts").map { $0.exact("price") } == [1, 2])
            for (name, price) in [(one, Exact(1)), (other, 2)] {
                let found = try session.list(
                    ListQuery("Part", fields: ["name", "price"], filters: [["name", "=", .string(name)]]))
                #expect(found.rows.count == 1 && found.rows[0][1].exact == price)
                let jobs = try session.list(
                    ListQuery("Job", filters: [["Job Part", "part", "in", [.string(name)]]]))
                #expect(jobs.rows.count == 1)
            }
            // What was there is sent back as it came, and nothing changes.
            try session.apply(["parts": .array(job.table("parts").map(\.json))], to: job)
            try session.save(job)
            #expect(job.table("parts").map { $0.text("part") } == [one, other])
        }
    }

    @Test(arguments: pairs) func `one twin is renamed and deleted, and the other stays`(
        one: String, other: String
    ) async throws {
        let workshop = try await workshop(one, other)
        try await workshop.write { session in
            let job = try session.make(
                "Job", ["subject": "a", "part": .string(other), "parts": [["part": .string(one)]]])
            try session.privileged { _ = try session.rename("Part", one, to: "washer") }
            let after = try session.get("Job", job.name)
            #expect(after.text("part") == other && after.table("parts").map { $0.text("part") } == ["washer"])
            let refused = #expect(throws: Problem.self) { try session.savepoint { try session.delete("Part", other) } }
            #expect(refused?.kind == .linked)
            try session.delete("Job", job.name)
            try session.delete("Part", other)
            #expect(try session.exists("Part", "washer") && !session.exists("Part", other))
        }
    }

    @Test(arguments: pairs) func `the past of one twin is not that of the other`(
        one: String, other: String
    ) async throws {
        let workshop = try await workshop(one, other)
        let later = try #require(Timestamp("1996-07-05 12:00:00"))
        try await workshop.write(at: later) { session in
            let part = try session.get("Part", one)
            part.set("title", "changed")
            try session.save(part)
        }
        try await workshop.read { session throws in
            let query = ListQuery("Part", fields: ["name", "title"], orderBy: "price")
            var before = query
            before.asOf = later.adding(seconds: -60)
            #expect(try session.list(query).rows.map { $0[1].text } == ["changed", "The second"])
            #expect(try session.list(before).rows.map { $0[1].text } == ["The first", "The second"])
        }
    }

    @Test(arguments: pairs) func `the check of names tells of twins`(one: String, other: String) async throws {
        let workshop = try await workshop(one, other)
        try await workshop.write { session in
            try session.transaction.execute("DELETE FROM _skeleton", [])
            try session.followMetadata()
            let found = try session.findings()
            #expect(found.contains { $0.contains("looks like") })
            #expect(found.contains { $0.contains("not NFC") })
            #expect(found.allSatisfy { $0.hasPrefix("Part ") })
        }
        // They stay in use, and no third comes to them.
        let third = await problem { try await workshop.stock([one.uppercased(): "3"]) }
        #expect(third?.kind == .lookalike || third?.kind == .duplicateName)
    }

    @Test func `users of twin names have rights, shares and documents of their own`() async throws {
        let workshop = try await Workshop()
        let (one, other) = ("Kim@example.com", "\u{212A}im@example.com")
        try await workshop.write(as: .administrator) { session in
            for role in ["Manager", "Clerk"] { try session.make("Role", ["role_name": .string(role)]) }
            for (user, role) in [(one, "Manager"), ("second@example.com", "Clerk")] {
                try session.make(
                    "User", ["email": .string(user), "first_name": "Kim", "roles": [["role": .string(role)]]])
            }
            try session.callAsBefore("User", "second@example.com", other)
        }
        let first = try #require(try await workshop.read(as: .administrator) { try User.actor(one, in: $0) })
        let second = try #require(try await workshop.read(as: .administrator) { try User.actor(other, in: $0) })
        #expect(first != second && first.roles.contains("Manager") && !second.roles.contains("Manager"))
        let job = try await workshop.write(as: first) { try $0.make("Job", ["subject": "mine"]).name }
        let refused = await problem { try await workshop.read(as: second) { _ = try $0.get("Job", job) } }
        #expect(refused != nil, "a clerk reads what it made, and nothing of another")
        #expect(try await workshop.read(as: second) { try $0.list(ListQuery("Job")).rows.isEmpty })
    }

    @Test func `who is limited to one twin is not let to the other`() async throws {
        let place = try await RightsPlace()
        let (one, other) = ("Caf\u{E9}", "Cafe\u{301}")
        try await place.write { session in
            try session.callAsBefore("Rights Zone", "North", one)
            try session.callAsBefore("Rights Zone", "South", other)
        }
        try await place.limit("reader", "Rights Zone", one)
        for (zone, isAllowed) in [(one, true), (other, false)] {
            let problem = try await place.problem(as: "reader") { session in
                try session.make("Rights Deal", ["__newname": .string("deal \(isAllowed)"), "zone": .string(zone)])
            }
            #expect((problem == nil) == isAllowed, "\(isAllowed)")
            if !isAllowed { #expect(problem?.kind == .forbidden && problem?.field == "zone") }
        }
    }

    @Test func `roles of twin names are two roles`() async throws {
        let (one, other) = ("Kitchen", "\u{212A}itchen")
        let actor = Actor(user: "ana@example.com", roles: Set([one]))
        #expect(actor.roles.contains(one) && !actor.roles.contains(other))
    }

    @Test func `memory and database agree on what is the same`() async throws {
        let workshop = try await Workshop()
        try await workshop.read { session in
            var dice = Dice(seed: 2026)
            let pieces = ["a", "A", "e\u{301}", "\u{E9}", "\u{301}", "K", "\u{212A}", " ", "\u{FF21}", "ß"]
            func text() -> String { (0..<dice.roll(1...3)).map { _ in dice.one(pieces) }.joined() }
            for _ in 0..<300 {
                let (one, other) = (text(), text())
                let row = try session.transaction.first(
                    "SELECT CASE WHEN CAST(? AS TEXT) = CAST(? AS TEXT) THEN 1 ELSE 0 END", [.text(one), .text(other)],
                    [.integer])
                let isSame = row?[0].int == 1
                #expect((one == other) == isSame && (Name(one) == Name(other)) == isSame)
                #expect((Value.text(one) == .text(other)) == isSame && (JSON.string(one) == .string(other)) == isSame)
            }
        }
    }
}
