import Audit
import Collaboration
import Documents
import EventLog
import History
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct RenameTests {
    @Test func `lets everything that names a document follow its new name`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job(
            "one", ["bolt", "nut", "bolt"], submits: true,
            ["part": "bolt", "about_type": "Life Part", "about": "bolt", "extras": [["part": "bolt"]]])
        try await world.write { session in
            let nut = try session.get("Life Part", "nut")
            try session.apply(["twin": "bolt"], to: nut)
            try session.save(nut)
            let bolt = try session.get("Life Part", "bolt")
            try session.apply(["twin": "bolt"], to: bolt)
            try session.save(bolt)
            try session.comment("Life Part", "bolt", "Where is it?")
            try session.tag("Life Part", "bolt", with: "steel")
            try session.follow("Life Part", "bolt")
            try session.assign("Life Part", "bolt", to: [LifeWorld.nobody.user])
        }
        let before = try await world.read { try $0.get("Life Job", job).modified }
        #expect(try await world.write { try $0.rename("Life Part", "bolt", to: " screw ") } == "screw")
        let (found, part, posted) = try await world.read(as: .administrator) { session -> (JSON, JSON, [String]) in
            let posted = try session.transaction.query("SELECT part FROM life_work ORDER BY name", [], [.text])
            return (
                try session.get("Life Job", job).json, try session.get("Life Part", "screw").json,
                posted.compactMap { $0[0].text }
            )
        }
        #expect(found["part"] == "screw" && found["about"] == "screw")
        #expect(found["lines"]?.array?.map { $0["part"] } == ["screw", "nut", "screw"])
        #expect(found["extras"]?.array?.map { $0["part"] } == ["screw"])
        #expect(found["modified"]?.string == before?.description)
        #expect(part["code"] == "screw" && part["twin"] == "screw" && part["title"] == "The bolt")
        #expect(posted == ["screw", "nut", "screw"])
        try await world.read(as: .administrator) { (session: Session) throws in
            #expect(try session.get("Life Part", "nut").text("twin") == "screw")
            #expect(try session.comments("Life Part", "screw").map { $0["content"] } == ["Where is it?"])
            #expect(try session.assignments("Life Part", "screw").count == 1)
            #expect(
                try session.call("cauldron.marks", ["doctype": "Life Part", "name": "screw"])["user_tags"] == ["steel"])
            #expect(try !session.exists("Life Part", "bolt"))
        }
        #expect(try await world.faults() == [])
        let refused = await #expect(throws: StorageError.self) {
            try await world.database.write { try $0.execute("UPDATE life_work SET part = 'x'") }
        }
        #expect(refused != nil)
    }

    @Test func `costs as many statements for many documents as for few`() async throws {
        func statements(jobs: Int, merge: Bool) async throws -> Int {
            let world = try await LifeWorld()
            for number in 0..<jobs { try await world.job("\(number)", ["bolt", "gear"], submits: number % 2 == 0) }
            return try await world.database.write { transaction in
                let counting = CountingTransaction(transaction)
                let session = world.session(counting)
                try session.rename("Life Part", "bolt", to: merge ? "nut" : "screw", merge: merge)
                return counting.count
            }
        }
        for merge in [false, true] {
            let few = try await statements(jobs: 3, merge: merge)
            #expect(try await statements(jobs: 40, merge: merge) == few)
        }
    }

    @Test func `more documents than memory should hold follow, each with its entries`() async throws {
        let world = try await LifeWorld()
        let count = Limits.waitingEntries + 1_500
        try await world.write { session in
            let jobs = try (0..<count).map { number in
                try session.document("Life Job", from: ["subject": .string("\(number)"), "part": "bolt"])
            }
            try session.insert(jobs)
        }
        try await world.write { _ = try $0.rename("Life Part", "bolt", to: "screw") }
        let counts = try await world.database.read { transaction in
            #expect(try AuditLog.verify(under: .ofProcess, in: transaction) == [])
            return try [
                "SELECT count(*) FROM life_job WHERE part = 'screw'",
                "SELECT count(*) FROM version WHERE ref_doctype = 'Life Job'",
                "SELECT count(DISTINCT name) FROM _audit WHERE doctype = 'Life Job' AND action = 'relink'",
                "SELECT count(DISTINCT subject) FROM _event WHERE type = 'cauldron.life_job.updated'",
            ].map { Int(try transaction.first($0, [], [.integer])?[0].int ?? 0) }
        }
        #expect(counts == [count, count, count, count])
        #expect(try await world.faults() == [])
    }

    @Test func `merges two documents into one`() async throws {
        let world = try await LifeWorld()
        try await world.job("one", ["bolt", "nut"], submits: true)
        let draft = try await world.job("two", ["bolt", "bolt"])
        try await world.write { (session: Session) throws in
            for name in ["bolt", "nut"] {
                try session.tag("Life Part", name, with: "steel")
                try session.follow("Life Part", name)
            }
            try session.tag("Life Part", "bolt", with: "long")
            try session.comment("Life Part", "bolt", "Mine")
            #expect(try session.rename("Life Part", "bolt", to: "nut", merge: true) == "nut")
        }
        try await world.read(as: .administrator) { (session: Session) throws in
            #expect(try session.get("Life Job", draft).table("lines").map { $0.text("part") } == ["nut", "nut"])
            #expect(try !session.exists("Life Part", "bolt"))
            let marks = try session.call("cauldron.marks", ["doctype": "Life Part", "name": "nut"])
            #expect(marks["user_tags"] == ["steel", "long"])
            #expect(try session.followers("Life Part", "nut") == [LifeWorld.manager.user])
            #expect(try session.comments("Life Part", "nut").count == 1)
            let links = try session.transaction.query("SELECT tag FROM tag_link ORDER BY tag", [], [.text])
            #expect(links.compactMap { $0[0].text } == ["long", "steel"])
            let count = try session.transaction.query("SELECT part, number FROM _life_count", [], [.text, .integer])
            #expect(count == [[.text("nut"), .int(2)]])
            #expect(try session.deletedCopy(of: "Life Part", "bolt") != nil)
        }
        #expect(try await world.faults() == [])
    }

    private static let refused: [(doctype: String, old: String, new: String, merge: Bool, code: String)] = [
        ("Life Part", "bolt", "nut", false, "duplicate_name"), ("Life Part", "bolt", "screw", true, "not_found"),
        ("Life Part", "none", "screw", false, "not_found"), ("Life Part", "bolt", "", false, "mandatory_missing"),
        ("Life Part", "bolt", "a<b", false, "invalid_name"),
        ("Life Part", "bolt", "New Life Part 1", false, "invalid_name"),
        ("Life Part", "bolt", String(repeating: "x", count: 141), false, "too_long"),
        ("Life Part", "bolt", "never", false, "refused"), ("Life Job", "LJ-2026-0001", "mine", false, "forbidden"),
        ("Life Box", "shelf", "inner", true, "not_mergeable"), ("Life Box", "inner", "shelf", true, "not_mergeable"),
        ("Life Box", "shelf", "crate", true, "not_mergeable"),
    ]

    @Test(arguments: refused) func `refuses names and merges that cannot be`(
        doctype: String, old: String, new: String, merge: Bool, code: String
    ) async throws {
        let world = try await LifeWorld()
        try await world.job("one", ["bolt"])
        try await world.write { session in
            try session.make("Life Box", ["name": "group", "is_group": 1])
            let shelf = try session.get("Life Box", "shelf")
            try session.apply(["is_group": 1], to: shelf)
            try session.save(shelf)
            try session.make("Life Box", ["name": "middle", "is_group": 1, "parent_box": "shelf"])
            try session.make("Life Box", ["name": "inner", "is_group": 1, "parent_box": "middle"])
        }
        let found = await problem {
            _ = try await world.write { _ = try $0.rename(doctype, old, to: new, merge: merge) }
        }
        #expect(found?.kind.code == code)
        #expect(try await world.faults() == [])
    }

    @Test func `asks for the rights, and the controller for the name`() async throws {
        let world = try await LifeWorld()
        let visitor = await problem {
            _ = try await world.write(as: LifeWorld.visitor) { _ = try $0.rename("Life Part", "bolt", to: "screw") }
        }
        #expect(visitor?.kind == .forbidden)
        // A worker may write but not delete, so not merge.
        let worker = await problem {
            _ = try await world.write(as: LifeWorld.worker) {
                _ = try $0.rename("Life Part", "bolt", to: "nut", merge: true)
            }
        }
        #expect(worker?.kind == .forbidden)
        #expect(
            try await world.write(as: LifeWorld.worker) { try $0.rename("Life Part", "bolt", to: "loud") } == "LOUD")
        let events = try await world.read { try EventLog.read(after: 0, limit: 100, in: $0.transaction).map(\.type) }
        #expect(events.suffix(2) == ["cauldron.life.renamed"] || events.contains("cauldron.life_part.renamed"))
        #expect(events.contains("cauldron.life.renamed"))
    }

    @Test func `says which unique field stands against a merge`() async throws {
        let world = try await LifeWorld()
        try await world.write { session in
            try session.make("Life Box", ["name": "a", "only": "bolt"])
            try session.make("Life Box", ["name": "b", "only": "nut"])
        }
        let found = await problem {
            _ = try await world.write { _ = try $0.rename("Life Part", "bolt", to: "nut", merge: true) }
        }
        #expect(found?.kind == .notMergeable && found?.field == "only")
        #expect(try await world.faults() == [])
    }

    @Test func `keeps the history of a renamed document readable`() async throws {
        let world = try await LifeWorld()
        let later = Timestamp("2026-03-05 12:00:00") ?? LifeWorld.noon
        try await world.write(at: later) { _ = try $0.rename("Life Part", "bolt", to: "screw") }
        let past = try await world.read(at: later) { session in
            try session.get("Life Part", "bolt", asOf: LifeWorld.noon).json
        }
        #expect(past["name"] == "bolt" && past["code"] == "bolt")
    }
}
