import Audit
import Documents
import EventLog
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LogTests {
    @Test func `keeps a version for each change, with the fields and rows that differ`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let data = try await workshop.write { session -> String in
            let job = try session.document(
                "Job", from: ["subject": "a", "parts": [["part": "bolt"], ["part": "nut"]]])
            try session.insert(job)
            job.set("subject", "b")
            let rows = job.table("parts")
            rows[1].set("qty", 5)
            let gear = try session.new("Job Part")
            gear.set("part", "gear")
            job.setTable("parts", [rows[1], gear])
            try session.save(job)
            try session.save(job)
            return job.name
        }
        let versions = try await workshop.read(as: .administrator) { session in
            try session.list(
                ListQuery("Version", fields: ["data"], filters: ["ref_doctype": "Job", "docname": .string(data)])
            ).rows.compactMap { $0[0].text }
        }
        #expect(versions.count == 1, "\(versions)")
        let json = try JSON.parse(try #require(versions.first))
        #expect(json["changed"]?.array?.first == ["subject", "a", "b"])
        #expect(json["removed"]?.array?.count == 1 && json["added"]?.array?.count == 1)
        let row = try #require(json["row_changed"]?.array?.first?.array)
        #expect(row[0] == "parts" && row[3].array?.first == ["qty", 1, 5])
    }

    @Test func `logs each write once, in order, and chains the audit log`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { session in
            let job = try session.document("Job", from: ["subject": "a"])
            try session.insert(job)
            try session.submit(job)
            try session.cancel(job)
            try session.delete("Job", job.name)
        }
        try await workshop.read { session in
            let events = try EventLog.read(after: 0, limit: 100, in: session.transaction)
            #expect(events.map(\.number) == Array(1...9))
            #expect(
                events.suffix(6).map(\.type) == [
                    "cauldron.job.created", "cauldron.job.submitted", "cauldron.work.posted", "cauldron.job.cancelled",
                    "cauldron.work.posted", "cauldron.job.deleted",
                ])
            #expect(
                events.suffix(6).filter { $0.type.contains(".job.") }.allSatisfy {
                    $0.subject == "Job/JOB-1996-00001"
                })
            #expect(try AuditLog.verify(under: session.auditKey, in: session.transaction).isEmpty)
            let audited = try session.transaction.query(
                "SELECT action, name FROM _audit WHERE doctype = 'Job' ORDER BY number", [], [.text, .text])
            #expect(audited.map { $0[0] } == [.text("insert"), .text("submit"), .text("cancel"), .text("delete")])
        }
    }

    @Test func `an event names the one it follows from`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let events = try await workshop.write { session -> [Event] in
            let start = try EventLog.head(in: session.transaction)
            let job = try session.document("Job", from: ["subject": "a"])
            try session.insert(job)
            try session.submit(job)
            try session.cancel(job)
            try session.finish()
            return try EventLog.read(after: start, limit: 100, in: session.transaction)
        }
        let byNumber = Dictionary(uniqueKeysWithValues: events.map { ($0.number, $0.type) })
        let causes = events.map { "\($0.type) of \(byNumber[$0.cause] ?? "nothing")" }
        #expect(
            causes == [
                "cauldron.job.created of nothing", "cauldron.job.submitted of nothing",
                "cauldron.work.posted of cauldron.job.submitted", "cauldron.job.cancelled of nothing",
                "cauldron.work.posted of cauldron.job.cancelled",
            ])
        #expect(Set(events.map(\.correlation)) == [String(events[0].number)])
    }

    @Test func `audits what the document holds afterwards`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let (logged, held) = try await workshop.write { session -> ([UInt8], [UInt8]) in
            let job = try session.document("Job", from: ["subject": "a", "docstatus": 1, "parts": [["part": "bolt"]]])
            try session.insert(job)
            try session.finish()
            let row = try session.transaction.first(
                "SELECT digest FROM _audit WHERE doctype = 'Job' ORDER BY number DESC LIMIT 1", [], [.bytes])
            return (try #require(row?[0].bytes), try session.get("Job", job.name).digest)
        }
        #expect(logged == held)
    }
}

@Suite(.bothEngines) struct RehearsalTests {
    @Test func `shows every effect and leaves no trace`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let before = try await workshop.everything()
        let changeset = try await workshop.write { session in
            try session.rehearse { session in
                let job = try session.document("Job", from: ["subject": "a", "parts": [["part": "gear", "qty": 2]]])
                try session.insert(job)
                try session.submit(job)
                let part = try session.get("Part", "gear")
                part.set("title", "Big gear")
                try session.save(part)
            }
        }
        #expect(try await workshop.everything() == before)
        #expect(changeset.documents.map(\.action) == ["insert", "submit", "save"])
        #expect(changeset.documents.map(\.name) == ["JOB-1996-00001", "JOB-1996-00001", "gear"])
        let change = try #require(changeset.documents[2].changed.first)
        #expect(change.field == "title" && change.old == .text("The gear") && change.new == .text("Big gear"))
        #expect(changeset.postings.map(\.doctype) == ["Work"])
        #expect(changeset.postings[0].rows[0]["amount"] == 24)
        #expect(
            changeset.events.map(\.type) == [
                "cauldron.job.created", "cauldron.job.submitted", "cauldron.work.posted", "cauldron.part.updated",
            ])
        let next = try await workshop.write { session in
            let job = try session.document("Job", from: ["subject": "real"])
            try session.insert(job)
            return job.name
        }
        #expect(next == "JOB-1996-00001")
    }

    @Test func `has the same hash only for the same effect`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        func rehearse(_ qty: Int, at time: String) async throws -> String {
            let now = try #require(Timestamp(time))
            return try await workshop.write(at: now) { session in
                try session.rehearse { session in
                    try session.insert(
                        session.document(
                            "Job",
                            from: [
                                "subject": "a", "docstatus": 1, "parts": [["part": "gear", "qty": .int(Int64(qty))]],
                            ]))
                }.hash
            }
        }
        let first = try await rehearse(2, at: "1996-07-04 10:00:00")
        // Another job takes the name the first rehearsal had; the effect is still the same.
        try await workshop.write { try $0.insert($0.document("Job", from: ["subject": "other"])) }
        #expect(try await rehearse(2, at: "1996-07-04 11:00:00") == first)
        #expect(try await rehearse(3, at: "1996-07-04 10:00:00") != first)
        try await workshop.write { session in
            let part = try session.get("Part", "gear")
            part.set("price", 13)
            try session.save(part)
        }
        #expect(try await rehearse(2, at: "1996-07-04 10:00:00") != first)
    }

    @Test func `passes on why the work cannot be done`() async throws {
        let workshop = try await Workshop()
        let before = try await workshop.everything()
        let found = await problem {
            try await workshop.write { session in
                _ = try session.rehearse {
                    try $0.insert($0.document("Job", from: ["subject": "fail after posting", "docstatus": 1]))
                }
            }
        }
        #expect(found?.message == "Too late")
        #expect(try await workshop.everything() == before)
    }
}
