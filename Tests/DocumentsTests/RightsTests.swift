import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct RightsTests {
    private static let ann = Actor(user: "ann@example.com", roles: ["Clerk", "Author", "Visitor"])
    private static let ben = Actor(user: "ben@example.com", roles: ["Clerk", "Author", "Visitor"])

    /// A job of Ann's with a row, and one of Ben's that names it as its cause.
    private static func jobs() async throws -> (workshop: Workshop, row: String) {
        let workshop = try await Workshop()
        try await workshop.stock()
        let row = try await workshop.write(as: ann) { session in
            try session.make("Job", ["subject": "Ann's secret", "parts": [["part": "gear"]]]).table("parts")[0].name
        }
        let other = try await workshop.write(as: ben) { session in
            try session.make("Job", ["subject": "Ben's", "parts": [["part": "nut"]]]).name
        }
        // Ben may not name what he may not select.
        try await workshop.write { session in
            let job = try session.get("Job", other)
            try session.apply(["cause": "JOB-1996-00001"], to: job)
            try session.save(job)
        }
        return (workshop, row)
    }

    @Test func `rows of others' documents are not listed`() async throws {
        let (workshop, _) = try await Self.jobs()
        var query = ListQuery("Job Part", fields: ["part"])
        query.parent = "Job"
        let rows = query
        #expect(try await workshop.read(as: Self.ben) { try $0.list(rows).rows } == [[.text("nut")]])
        #expect(try await workshop.read(as: Self.ben) { try $0.count(rows) } == 1)
        #expect(try await workshop.read { try $0.list(rows).rows.count } == 2)
    }

    @Test func `a row is read only by who may read its document`() async throws {
        let (workshop, row) = try await Self.jobs()
        #expect(try await workshop.read(as: Self.ann) { try $0.get("Job Part", row).text("part") } == "gear")
        let found = await problem { try await workshop.read(as: Self.ben) { _ = try $0.get("Job Part", row) } }
        #expect(found?.kind == .forbidden)
        let many = await problem { try await workshop.read(as: Self.ben) { _ = try $0.getMany("Job Part", [row]) } }
        #expect(many?.kind == .forbidden)
    }

    @Test func `a list shows nothing of others' documents through a link`() async throws {
        let (workshop, _) = try await Self.jobs()
        try await workshop.read(as: Self.ben) { session in
            let shown = try session.list(ListQuery("Job", fields: ["subject", "cause.subject as of"])).rows
            #expect(shown == [[.text("Ben's"), .null]])
            let guessed = ListQuery("Job", filters: ["cause.subject": ["like", "Ann%"]])
            #expect(try session.count(guessed) == 0)
        }
        let shown = try await workshop.read { session in
            try session.list(ListQuery("Job", fields: ["cause.subject as of"], filters: ["cause": ["is", "set"]])).rows
        }
        #expect(shown == [[.text("Ann's secret")]])
    }

    private static let guesses: [ListQuery] = [
        ListQuery("Stamp", fields: ["secret"]), ListQuery("Stamp", filters: ["secret": ["like", "a%"]]),
        ListQuery("Stamp", orderBy: "secret asc"), ListQuery("Stamp", fields: [["MAX": "secret"]]),
        ListQuery("Stamp", fields: ["max(secret)"]), ListQuery("Stamp", fields: [["COUNT": "secret"]]),
    ]

    @Test(arguments: guesses.indices)
    func `no list tells a password, nor whether a guess is right`(index: Int) async throws {
        let company = try await TemporaryCompany.letters()
        try await company.write { _ = try $0.make("Stamp", ["__newname": "penny", "secret": "abc"]) }
        let visitor = Actor(user: "v@example.com", roles: ["Visitor"])
        let found = await problem { try await company.read(as: visitor) { _ = try $0.list(Self.guesses[index]) } }
        #expect(found?.kind == .unknownField)
    }

    @Test func `a password stands in no version and no event, and what is shown of it does not replace it`()
        async throws
    {
        let company = try await TemporaryCompany.letters()
        try await company.write { session in
            let stamp = try session.make("Stamp", ["__newname": "penny", "secret": "first-secret"])
            try session.apply(["secret": "second-secret"], to: stamp)
            try session.save(stamp)
            let shown = try #require(session.get("Stamp", "penny").json.object)
            #expect(shown["secret"] == "*****")
            let again = try session.get("Stamp", "penny")
            try session.apply(shown, to: again)
            try session.save(again)
            #expect(try session.get("Stamp", "penny").text("secret") == "second-secret")
        }
        for sql in ["SELECT data FROM version", "SELECT data FROM _event"] {
            let texts = try await company.database.read { try $0.query(sql, [], [.text]).compactMap { $0[0].text } }
            #expect(!texts.isEmpty && texts.allSatisfy { !$0.contains("-secret") })
        }
    }

    @Test func `only who may amend puts a document in the place of a cancelled one`() async throws {
        let (workshop, _) = try await Self.jobs()
        let name = try await workshop.write { session -> String in
            let job = try session.submitted("Job", ["subject": "a"])
            try session.cancel(job)
            return job.name
        }
        func amend(as actor: Actor) async -> Problem? {
            await problem {
                try await workshop.write(as: actor) { session in
                    _ = try session.make("Job", ["subject": "b", "amended_from": .string(name)])
                }
            }
        }
        // To Ann, who may not read it, it is not there.
        #expect(await amend(as: Self.ann)?.kind == .brokenLink)
        #expect(await amend(as: Workshop.manager) == nil)
    }

    @Test func `who may submit but not write submits a document as it is`() async throws {
        let company = try await TemporaryCompany.letters()
        let approver = Actor(user: "pat@example.com", roles: ["Approver"])
        try await company.write { _ = try $0.make("Letter", ["subject": "as agreed"]) }
        func submit(_ changes: JSONObject) async -> Problem? {
            await problem {
                try await company.write(as: approver) { session in
                    let letter = try session.get("Letter", "LET-00001")
                    try session.apply(changes, to: letter)
                    try session.submit(letter)
                }
            }
        }
        #expect(await submit(["subject": "something else"])?.kind == .forbidden)
        #expect(await submit(["lines": [["text": "and this"]]])?.kind == .forbidden)
        #expect(await submit([:]) == nil)
    }

    @Test func `who may submit its own documents submits one as it is made`() async throws {
        let company = try await TemporaryCompany.letters()
        let status = try await company.write(as: Self.ann) { session in
            try session.make("Letter", ["subject": "a", "docstatus": 1]).docstatus
        }
        #expect(status == .submitted)
    }
}
