import Documents
import EventLog
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct DiscardAndLockTests {
    @Test func `ends a draft without posting anything`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["bolt"])
        let found = try await world.write { session in
            try session.call("frappe.desk.form.save.discard", ["doctype": "Life Job", "name": .string(job)])
        }
        #expect(found["docstatus"] == 2 && found["status"] == "Cancelled")
        #expect(found["lines"]?.array?.map { $0["docstatus"] } == [2])
        let posted = try await world.read { try $0.list(ListQuery("Life Work")).rows.count }
        #expect(posted == 0)
        let again = await problem { _ = try await world.write { try $0.discard($0.get("Life Job", job)) } }
        #expect(again?.kind == .transition)
        let part = await problem { _ = try await world.write { try $0.discard($0.get("Life Part", "bolt")) } }
        #expect(part?.kind == .transition)
        let byStatus = await problem {
            _ = try await world.write { session in
                let draft = try session.make("Life Job", ["subject": "two"])
                try session.apply(["docstatus": 2], to: draft)
                try session.save(draft)
            }
        }
        #expect(byStatus?.kind == .transition)
        let types = try await world.read { try EventLog.read(after: 0, limit: 100, in: $0.transaction).map(\.type) }
        #expect(types.contains("cauldron.life_job.discarded"))
        #expect(try await world.faults() == [])
    }

    @Test func `keeps a draft that submitted documents link to`() async throws {
        let world = try await LifeWorld()
        let cause = try await world.job("cause", ["bolt"])
        try await world.job("effect", ["bolt"], submits: true, ["cause": .string(cause)])
        let found = await problem { _ = try await world.write { try $0.discard($0.get("Life Job", cause)) } }
        #expect(found?.kind == .linked)
    }

    @Test func `copies a document without its name and state`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["bolt", "nut"], submits: true)
        let copy = try await world.write { session -> JSON in
            let copy = try session.copy(session.get("Life Job", job))
            #expect(copy.name.isEmpty)
            try session.insert(copy)
            return copy.json
        }
        #expect(copy["docstatus"] == 0 && copy["subject"] == "one" && copy["name"] != .string(job))
        #expect(copy["lines"]?.array?.map { $0["part"] } == ["bolt", "nut"])
        #expect(copy["amended_from"]?.isNull == true)
    }

    @Test func `opens a table of a submitted document, and of its rows what is open`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["bolt"], submits: true, ["extras": [["part": "nut", "qty": 2]]])
        let rows = try await world.read { try $0.get("Life Job", job).table("extras").map(\.name) }
        func change(_ fields: JSONObject) async -> Problem? {
            await problem {
                _ = try await world.write { session in
                    let document = try session.get("Life Job", job)
                    try session.apply(fields, to: document)
                    try session.save(document)
                }
            }
        }
        let row = JSON.string(rows[0])
        #expect(await change(["extras": [["name": row, "note": "seen"], ["part": "gear"]]]) == nil)
        #expect(await change(["extras": [["name": row, "qty": 3]]])?.kind == .frozen)
        #expect(await change(["lines": []])?.kind == .frozen)
        #expect(await change(["lines": [["part": "gear"]]])?.kind == .frozen)
        #expect(await change(["extras": []]) == nil)
        #expect(try await world.faults() == [])
    }

    @Test func `asks for the right to submit from who changes a submitted document`() async throws {
        let world = try await LifeWorld()
        let clerk = Actor(user: LifeWorld.worker.user, roles: ["Clerk"])
        let job = try await world.write(as: clerk) { try $0.make("Life Job", ["subject": "one"]).name }
        @Sendable func change(_ session: Session) throws {
            let document = try session.get("Life Job", job)
            try session.apply(["remark": .string(session.actor.user)], to: document)
            try session.save(document)
        }
        #expect(await problem { try await world.write(as: clerk, change) } == nil)
        try await world.write { try $0.submit($0.get("Life Job", job)) }
        #expect(await problem { try await world.write(as: clerk, change) }?.kind == .forbidden)
        #expect(await problem { try await world.write(change) } == nil)
    }

    @Test func `keeps others from a locked document until it is let go`() async throws {
        let world = try await LifeWorld()
        try await world.write { try $0.lock($0.get("Life Part", "bolt"), for: 600, reason: "counting") }
        let works: [@Sendable (Session) throws -> Void] = [
            { session in
                let part = try session.get("Life Part", "bolt")
                try session.apply(["title": "x"], to: part)
                try session.save(part)
            }, { try $0.rename("Life Part", "bolt", to: "screw") }, { try $0.delete("Life Part", "bolt") },
            { try $0.lock($0.get("Life Part", "bolt"), for: 5) },
            { try $0.rename("Life Part", "nut", to: "bolt", merge: true) },
        ]
        for work in works {
            let found = await problem { _ = try await world.write(as: .administrator, work) }
            #expect(found?.kind == .locked && found?.name == "bolt")
            #expect(found?.message.contains("mia@example.com (counting)") == true)
        }
        // Who holds it works on, also under a new name.
        try await world.write { try $0.rename("Life Part", "bolt", to: "screw") }
        let held = await problem {
            _ = try await world.write(as: .administrator) { try $0.delete("Life Part", "screw") }
        }
        #expect(held?.kind == .locked)
        let late = LifeWorld.noon.adding(seconds: 600)
        try await world.write(as: .administrator, at: late) { session in
            let part = try session.get("Life Part", "screw")
            #expect(try session.lock(of: part) == nil)
            try session.apply(["title": "free"], to: part)
            try session.save(part)
        }
        try await world.write { session in
            let part = try session.get("Life Part", "screw")
            try session.lock(part, for: 600)
            try session.unlock(part)
        }
        try await world.write(as: .administrator) { try $0.delete("Life Part", "screw") }
        let forbidden = await problem {
            _ = try await world.write(as: LifeWorld.visitor) { try $0.lock($0.get("Life Part", "nut"), for: 5) }
        }
        #expect(forbidden?.kind == .forbidden)
    }

    @Test func `leaves no lock behind when a document is deleted or merged`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["nut"])
        try await world.write { session in
            try session.lock(session.get("Life Job", job), for: 600)
            try session.delete("Life Job", job)
            try session.lock(session.get("Life Part", "bolt"), for: 600)
            try session.rename("Life Part", "bolt", to: "nut", merge: true)
        }
        #expect(try await world.job("two", ["nut"]) == job)
        try await world.write(as: .administrator) { session in
            let document = try session.get("Life Job", job)
            try session.apply(["subject": "mine"], to: document)
            try session.save(document)
            let part = try session.make("Life Part", ["code": "bolt"])
            part.set("title", "new")
            try session.save(part)
        }
    }

    @Test func `renames to a name that a lock was left under, and purges what has ended`() async throws {
        let world = try await LifeWorld()
        try await world.write { session in
            try session.lock(session.get("Life Part", "bolt"), for: 600)
            try session.lock(session.get("Life Part", "nut"), for: 60)
            // As earlier versions of the server left it.
            try session.transaction.execute(
                "UPDATE _document_lock SET name = 'screw' WHERE name = 'nut'")
            try session.rename("Life Part", "bolt", to: "screw")
            #expect(try session.lock(of: session.get("Life Part", "screw"))?.until == session.now.adding(seconds: 600))
        }
        let task = try #require(world.registry.registered(ScheduledTask.self).first { $0.name == "document_locks" })
        func rows(_ seconds: Int) async throws -> Int64? {
            try await world.write(as: .administrator, at: LifeWorld.noon.adding(seconds: seconds)) { session in
                _ = try task.run(session, nil)
                return try session.transaction.first("SELECT count(*) FROM _document_lock", [], [.integer])?[0].int
            }
        }
        #expect(try await rows(599) == 1)
        #expect(try await rows(600) == 0)
    }
}
