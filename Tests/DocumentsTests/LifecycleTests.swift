import Audit
import Documents
import EventLog
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LifecycleTests {
    private static let job: JSONObject = [
        "subject": "Repair", "parts": [["part": "bolt", "qty": 4], ["part": "gear", "qty": "1.5", "price": 10]],
    ]

    @Test func `fills defaults, fetches, computes, names and gives the document back`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let (first, second) = try await workshop.write { session -> (JSON, JSON) in
            let job = try session.document("Job", from: Self.job)
            try session.insert(job)
            return (job.json, try session.get("Job", job.name).json)
        }
        #expect(first == second)
        #expect(first["name"] == "JOB-1996-00001")
        #expect(first["total"] == .int(16))
        #expect(first["owner"] == "mia@example.com")
        let rows = try #require(first["parts"]?.array)
        #expect(rows.map { $0["title"] } == ["The bolt", "The gear"])
        #expect(rows.map { $0["amount"] } == [.int(1), .int(15)])
        #expect(rows.map { $0["idx"] } == [.int(1), .int(2)])
        #expect(rows.allSatisfy { $0["parent"] == "JOB-1996-00001" && $0["parenttype"] == "Job" })
    }

    private static let wrong: [(input: String, code: String, field: String, row: Int?)] = [
        (#"{}"#, "mandatory_missing", "subject", nil),
        (#"{"subject": "a", "colour": "Red"}"#, "unknown_field", "colour", nil),
        (#"{"subject": ["a"]}"#, "wrong_type", "subject", nil),
        (#"{"subject": "a", "part": "no such part"}"#, "broken_link", "part", nil),
        (#"{"subject": "a", "about": "bolt"}"#, "broken_link", "about", nil),
        (#"{"subject": "a", "about_type": "Nothing", "about": "bolt"}"#, "broken_link", "about", nil),
        (#"{"subject": "a", "about_type": "Part", "about": "'; DROP TABLE part; --"}"#, "broken_link", "about", nil),
        (#"{"subject": "a", "parts": "bolt"}"#, "wrong_type", "parts", nil),
        (#"{"subject": "a", "parts": [{"part": "bolt"}, "nut"]}"#, "wrong_type", "parts", 2),
        (#"{"subject": "a", "parts": [{"part": "bolt"}, {"qty": 1}]}"#, "mandatory_missing", "part", 2),
        (#"{"subject": "a", "parts": [{"part": "bolt", "qty": "many"}]}"#, "wrong_type", "qty", 1),
        (#"{"subject": "a", "parts": [{"part": "bolt", "qty": 1e400}]}"#, "out_of_range", "qty", 1),
        (
            #"{"subject": "a", "parts": [{"part": "gear", "qty": 9000000000, "price": 900000000000}]}"#, "out_of_range",
            "amount", 1
        ),
        (#"{"subject": "a", "parts": [{"part": "bolt", "weight": 1}]}"#, "unknown_field", "weight", 1),
        (
            #"{"subject": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
            "too_long", "subject", nil
        ),
        (#"{"subject": "nul \u0000"}"#, "null_character", "subject", nil),
        (#"{"subject": "refuse"}"#, "refused", "subject", nil),
        (#"{"subject": "a", "naming_series": "MINE-"}"#, "not_an_option", "naming_series", nil),
        (#"{"subject": "a", "docstatus": 2}"#, "illegal_transition", "docstatus", nil),
        (#"{"subject": "a", "docstatus": 7}"#, "illegal_transition", "docstatus", nil),
    ]

    @Test(arguments: wrong)
    func `refuses what is wrong, names the field, and changes nothing`(
        input: String, code: String, field: String, row: Int?
    ) async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let before = try await workshop.everything()
        let object = try #require(JSON.parse(input).object)
        let found = await problem {
            try await workshop.write { session in try session.insert(session.document("Job", from: object)) }
        }
        let problem = try #require(found)
        #expect(problem.kind.code == code)
        if code != "illegal_transition" { #expect(problem.field == field) }
        #expect(problem.row == row)
        #expect(problem.doctype == "Job")
        #expect(try await workshop.everything() == before)
    }

    @Test func `counts without gaps, whatever fails or is deleted last`() async throws {
        let workshop = try await Workshop()
        func add(_ subject: String, at now: Timestamp = Workshop.noon) async throws -> String {
            try await workshop.write(at: now) { session in
                let job = try session.document("Job", from: ["subject": .string(subject)])
                try session.insert(job)
                return job.name
            }
        }
        #expect(try await add("a") == "JOB-1996-00001")
        _ = await problem { _ = try await add("refuse") }
        #expect(try await add("b") == "JOB-1996-00002")
        try await workshop.write { try $0.delete("Job", "JOB-1996-00002") }
        #expect(try await add("c") == "JOB-1996-00002")
        #expect(try await add("d", at: try #require(Timestamp("1997-01-01"))) == "JOB-1997-00001")
        let named = try await workshop.write { session -> [String] in
            let jobs = try (0..<3).map { try session.document("Job", from: ["subject": .string("\($0)")]) }
            try session.insert(jobs)
            return jobs.map(\.name)
        }
        #expect(named == ["JOB-1996-00003", "JOB-1996-00004", "JOB-1996-00005"])
    }

    @Test func `lets the later of two who changed the same document know`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let stale = try await workshop.read { try $0.get("Part", "bolt").json["modified"] ?? .null }
        let later = Timestamp("1996-07-05") ?? Workshop.noon
        try await workshop.write(at: later) { session in
            let part = try session.get("Part", "bolt")
            try session.apply(["title": "Bolt M8", "modified": stale], to: part)
            try session.save(part)
        }
        let found = await problem {
            try await workshop.write(at: later) { session in
                let part = try session.get("Part", "bolt")
                try session.apply(["title": "Bolt M10", "modified": stale], to: part)
                try session.save(part)
            }
        }
        #expect(found?.kind == .stale)
        #expect(try await workshop.read { try $0.get("Part", "bolt").text("title") } == "Bolt M8")
    }

    @Test func `replaces the rows that are sent and keeps those that are named`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let rows = try await workshop.write { session -> [JSON] in
            let job = try session.document("Job", from: Self.job)
            try session.insert(job)
            let bolt = try #require(job.table("parts").first).name
            let again = try session.get("Job", job.name)
            try session.apply(["parts": [["part": "nut"], ["name": .string(bolt), "qty": 8]]], to: again)
            try session.save(again)
            return try #require(session.get("Job", job.name).json["parts"]?.array) + [.string(bolt)]
        }
        #expect(rows[0]["part"] == "nut" && rows[0]["qty"] == 1)
        #expect(rows[1]["part"] == "bolt" && rows[1]["qty"] == 8 && rows[1]["amount"] == 2)
        #expect(rows[1]["name"] == rows[2])
    }

    @Test func `submits, freezes, cancels and amends`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let name = try await workshop.write { session -> String in
            let job = try session.document("Job", from: Self.job)
            try session.insert(job)
            try session.submit(job)
            return job.name
        }
        func change(_ fields: JSONObject) async -> Problem? {
            await problem {
                try await workshop.write { session in
                    let job = try session.get("Job", name)
                    try session.apply(fields, to: job)
                    try session.save(job)
                }
            }
        }
        #expect(await change(["subject": "Other"])?.kind == .frozen)
        #expect(await change(["parts": []])?.kind == .frozen)
        #expect(await change(["docstatus": 0])?.kind == .transition)
        #expect(await change(["remark": "Called the customer"]) == nil)
        #expect(await problem { try await workshop.write { try $0.delete("Job", name) } }?.kind == .transition)
        #expect(await change(["docstatus": 2]) == nil)
        #expect(await change(["remark": "too late"])?.kind == .transition)
        let amended = try await workshop.write { session -> [String] in
            let first = try session.amend(session.get("Job", name))
            try session.insert(first)
            try session.submit(first)
            try session.cancel(first)
            let second = try session.amend(first)
            try session.insert(second)
            return [first.name, second.name, second.text("amended_from"), second.text("remark")]
        }
        #expect(amended == ["\(name)-1", "\(name)-2", "\(name)-1", "Called the customer"])
        let posted = try await workshop.read { session in
            try session.list(ListQuery("Work", fields: ["job", "amount", "doubled"], orderBy: "name")).rows
        }
        #expect(posted.map { $0[1].exact } == [16, -16, 16, -16])
        #expect(posted.map { $0[2].exact } == [32, -32, 32, -32])
    }

    @Test func `inserts and submits in one step`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let types = try await workshop.write { session -> [String] in
            var input = Self.job
            input["docstatus"] = 1
            let job = try session.document("Job", from: input)
            try session.insert(job)
            #expect(job.docstatus == .submitted)
            return []
        }
        #expect(types.isEmpty)
        let events = try await workshop.read { try EventLog.read(after: 3, limit: 10, in: $0.transaction).map(\.type) }
        #expect(events == ["cauldron.job.created", "cauldron.job.submitted", "cauldron.work.posted"])
    }

    @Test func `takes everything back when a hook fails after posting`() async throws {
        let workshop = try await Workshop()
        let before = try await workshop.everything()
        let found = await problem {
            try await workshop.write { session in
                try session.insert(session.document("Job", from: ["subject": "fail after posting", "docstatus": 1]))
            }
        }
        #expect(found?.message == "Too late")
        #expect(try await workshop.everything() == before)
    }

    @Test func `refuses to delete or cancel what others link to`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { session in
            let first = try session.document("Job", from: ["subject": "cause", "docstatus": 1])
            try session.insert(first)
            try session.insert(
                session.document(
                    "Job", from: ["subject": "b", "cause": .string(first.name), "part": "nut", "docstatus": 1]))
            try session.insert(session.document("Job", from: Self.job))
        }
        for (code, name) in [("nut", "nut"), ("bolt", "bolt")] {
            let found = await problem { try await workshop.write { try $0.delete("Part", code) } }
            #expect(found?.kind == .linked && found?.name == name)
        }
        let found = await problem {
            try await workshop.write { try $0.cancel($0.get("Job", "JOB-1996-00001")) }
        }
        #expect(found?.kind == .linked)
        try await workshop.write { session in
            try session.cancel(session.get("Job", "JOB-1996-00002"))
            try session.cancel(session.get("Job", "JOB-1996-00001"))
        }
    }

    @Test func `keeps unique values unique and says which`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        func add(_ code: String, _ barcode: JSON) async -> Problem? {
            await problem {
                try await workshop.write { session in
                    try session.insert(
                        session.document("Part", from: ["code": .string(code), "title": "x", "barcode": barcode]))
                }
            }
        }
        #expect(await add("bolt", .null)?.kind == .duplicateName)
        #expect(await add("a", "4006381333931") == nil)
        let found = await add("b", "4006381333931")
        #expect(found?.kind == .duplicate && found?.field == "barcode")
        #expect(await add("c", "") == nil)
        #expect(await add("d", "") == nil)
    }

    @Test(arguments: [
        ("Worker", true, true, true, false), ("Visitor", true, false, false, false),
        ("Nobody", false, false, false, false),
    ])
    func `lets each role do what it may`(
        role: String, reads: Bool, creates: Bool, writes: Bool, deletes: Bool
    ) async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let actor = Actor(user: "wil@example.com", roles: [Name(role)])
        func allowed(_ body: @escaping @Sendable (Session) throws -> Void) async throws -> Bool {
            let found = await problem { try await workshop.write(as: actor, body) }
            if let found { #expect(found.kind == .forbidden) }
            return found == nil
        }
        #expect(try await allowed { _ = try $0.get("Part", "nut") } == reads)
        #expect(try await allowed { _ = try $0.list(ListQuery("Part")) } == reads)
        #expect(try await allowed { try $0.insert($0.document("Part", from: ["code": "n", "title": "n"])) } == creates)
        #expect(
            try await allowed { session in
                let part = try session.privileged { try session.get("Part", "nut") }
                part.set("title", "changed")
                try session.save(part)
            } == writes)
        #expect(try await allowed { session in try session.delete("Part", "gear") } == deletes)
    }

    @Test func `shows owners of their own documents only those`() async throws {
        let workshop = try await Workshop()
        let clerks = ["ann", "ben"].map { Actor(user: "\($0)@example.com", roles: ["Clerk"]) }
        for clerk in clerks {
            try await workshop.write(as: clerk) { session in
                try session.insert(session.document("Job", from: ["subject": .string(clerk.user)]))
            }
        }
        let seen = try await workshop.read(as: clerks[1]) { try $0.list(ListQuery("Job", fields: ["subject"])).rows }
        #expect(seen == [[.text("ben@example.com")]])
        let found = await problem {
            _ = try await workshop.read(as: clerks[1]) { try $0.get("Job", "JOB-1996-00001").name }
        }
        #expect(found?.kind == .forbidden)
    }

    @Test func `writes no ledger row through documents`() async throws {
        let workshop = try await Workshop()
        let found = await problem {
            try await workshop.write { session in try session.insert(session.document("Work", from: ["amount": 1])) }
        }
        #expect(found?.kind == .forbidden)
    }
}
