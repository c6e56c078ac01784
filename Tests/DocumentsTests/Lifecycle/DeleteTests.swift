import Collaboration
import Documents
import Forms
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct DeleteTests {
    /// A part with all it may have.
    private func furnish(_ world: LifeWorld) async throws {
        try await world.write { session in
            try session.make(
                "Life Part",
                [
                    "code": "wheel", "title": "Wheel “Ω”", "price": "12.3456", "weight": "0.123456789",
                    "made": "2026-01-31", "checked": "2026-02-01 10:11:12.123456", "secret": "hush", "twin": "nut",
                    "barcode": "4006381333931",
                ])
            try session.comment("Life Part", "wheel", "Round")
            try session.tag("Life Part", "wheel", with: "heavy")
            try session.like("Life Part", "wheel")
            try session.follow("Life Part", "wheel")
            try session.assign("Life Part", "wheel", to: [LifeWorld.nobody.user])
            var upload = Upload(fileName: "plan.txt", size: 4, hash: String(repeating: "a", count: 64), head: [65])
            upload.reference = ("Life Part", "wheel")
            try session.attach(upload)
        }
    }

    /// All rows of all tables that are about documents, but not the logs.
    private func state(_ world: LifeWorld) async throws -> [String] {
        try await world.database.read { transaction in
            let logs = ["_event", "_audit", "version", "deleted_document", "_series"]
            return try world.allTables.filter { !logs.contains($0.name) }.flatMap { table -> [String] in
                let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
                return try transaction.query(
                    "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY 1, 2", [], table.columns.map(\.type)
                ).map { "\(table.name): \($0)" }
            }
        }
    }

    @Test func `brings a deleted document back exactly, with all that hung on it`() async throws {
        let world = try await LifeWorld()
        try await furnish(world)
        let before = try await state(world)
        let later = Timestamp("2026-03-09 09:00:00") ?? LifeWorld.noon
        try await world.write(at: later) { try $0.delete("Life Part", "wheel") }
        let gone = try await state(world)
        #expect(!gone.contains { $0.contains("wheel") })
        #expect(try await world.faults() == [])
        try await world.write(at: later) { (session: Session) throws in
            let copy = try #require(try session.deletedCopy(of: "Life Part", "wheel"))
            #expect(try session.restore(copy).name == "wheel")
        }
        let back = try await state(world)
        #expect(back.filter { !before.contains($0) } == [], "what came back besides")
        #expect(before.filter { !back.contains($0) } == [], "what did not come back")
        #expect(back == before)
        #expect(try await world.faults() == [])
        let again = await problem {
            _ = try await world.write { session in
                let copy = try session.transaction.first(
                    "SELECT name FROM deleted_document WHERE deleted_name = 'wheel'", [], [.text])
                _ = try session.restore(copy?[0].text ?? "")
            }
        }
        #expect(again?.kind == .duplicateName)
    }

    @Test func `never shows a password of a deleted document`() async throws {
        let world = try await LifeWorld()
        try await furnish(world)
        try await world.write { try $0.delete("Life Part", "wheel") }
        try await world.read(as: .administrator) { (session: Session) throws in
            let copy = try #require(try session.deletedCopy(of: "Life Part", "wheel"))
            #expect(!session.present(try session.get("Deleted Document", copy)).text.contains("hush"))
            #expect(!(try session.get("Deleted Document", copy).json.text.contains("hush")))
        }
    }

    @Test func `steps the series on and back, so that no number is given twice`() async throws {
        let world = try await LifeWorld()
        let first = try await world.job("one", ["bolt"])
        let second = try await world.job("two", ["bolt"])
        #expect([first, second] == ["LJ-2026-0001", "LJ-2026-0002"])
        try await world.write { session in
            try session.delete("Life Job", second)
            try session.restore(#require(try session.deletedCopy(of: "Life Job", second)))
        }
        #expect(try await world.job("three", ["bolt"]) == "LJ-2026-0003")
        try await world.write { try $0.delete("Life Job", "LJ-2026-0003") }
        #expect(try await world.job("four", ["bolt"]) == "LJ-2026-0003")
        let back = try await world.write { session in
            try session.restore(#require(try session.deletedCopy(of: "Life Job", "LJ-2026-0003"))).name
        }
        #expect(back == "LJ-2026-0004")
        #expect(try await world.faults() == [])
    }

    @Test func `restores only for who deleted it or looks after it, and only what still fits`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["gear"])
        try await world.write { session in
            try session.delete("Life Job", job)
            try session.delete("Life Part", "gear")
        }
        func restore(_ doctype: String, _ name: String, as actor: Actor) async -> Problem? {
            await problem {
                _ = try await world.write(as: actor) { session in
                    _ = try session.restore(#require(try session.deletedCopy(of: doctype, name)))
                }
            }
        }
        #expect(await restore("Life Job", job, as: LifeWorld.worker)?.kind == .notFound)
        #expect(await restore("Life Job", job, as: LifeWorld.manager)?.kind == .brokenLink)
        #expect(await restore("Life Part", "gear", as: LifeWorld.manager) == nil)
        #expect(await restore("Life Job", job, as: .administrator) == nil)
        try await world.write { session in
            try session.delete("Life Part", "nut")
            try session.make("Life Part", ["code": "other", "barcode": "1"])
        }
        #expect(try await world.faults() == [])
    }

    @Test func `shows what stands against a deletion and what would go with it`() async throws {
        let world = try await LifeWorld()
        try await furnish(world)
        let job = try await world.job("one", ["wheel"])
        let clerk = Actor(user: "cleo@example.com", roles: ["Clerk", "Visitor"])
        for actor in [LifeWorld.manager, clerk] {
            let preview = try await world.read(as: actor) { try $0.deletePreview("Life Part", "wheel") }
            #expect(!preview.isPossible && preview.cascadeIsPossible == (actor != clerk))
            #expect(preview.linked.map(\.doctype) == (actor == clerk ? [] : ["Life Job"]))
            #expect(preview.linked.first?.count == (actor == clerk ? nil : 1))
            #expect(preview.linked.first?.names == (actor == clerk ? nil : [job]))
            let hanging = Dictionary(preview.companions.map { ($0.doctype, $0.count) }, uniquingKeysWith: +)
            #expect(hanging["Comment"] == 3 && hanging["File"] == 1 && hanging["ToDo"] == 1)
        }
        try await world.write { try $0.submit($0.get("Life Job", job)) }
        let preview = try await world.read { try $0.deletePreview("Life Part", "wheel") }
        #expect(!preview.cascadeIsPossible && preview.linked.first?.submitted == 1)
    }

    @Test func `deletes with all that links to it, as the rehearsal said`() async throws {
        let world = try await LifeWorld()
        let first = try await world.job("one", ["gear"])
        let second = try await world.job("two", ["bolt"], ["cause": .string(first)])
        try await world.job("three", ["bolt"])
        #expect(await problem { _ = try await world.write { try $0.delete("Life Part", "gear") } }?.kind == .linked)
        let before = try await state(world)
        let rehearsed = try await world.write { session in
            try session.rehearse { try $0.delete("Life Part", "gear", cascade: true) }.documents.map(\.name)
        }
        #expect(try await state(world) == before)
        #expect(Set(rehearsed) == ["gear", first, second])
        let worker = await problem {
            _ = try await world.write(as: LifeWorld.worker) { try $0.delete("Life Part", "gear", cascade: true) }
        }
        #expect(worker?.kind == .forbidden)
        try await world.write { try $0.delete("Life Part", "gear", cascade: true) }
        #expect(try await world.read { try $0.list(ListQuery("Life Job")).rows.count } == 1)
        #expect(try await world.faults() == [])
        let booked = try await world.job("four", ["bolt"], submits: true)
        let found = await problem {
            _ = try await world.write { try $0.delete("Life Part", "bolt", cascade: true) }
        }
        #expect(found?.kind == .transition && found?.name == booked)
    }

    @Test func `deletes what links first, and tells beforehand of what is far away`() async throws {
        let world = try await LifeWorld()
        let first = try await world.job("one", ["gear"])
        let second = try await world.job("two", ["bolt"], ["cause": .string(first)])
        let order = try await world.write { session in
            try session.rehearse { try $0.delete("Life Part", "gear", cascade: true) }.documents
                .filter { $0.action == "delete" }.map(\.name)
        }
        #expect(order.last == "gear")
        try await world.write { try $0.submit($0.get("Life Job", second)) }
        let preview = try await world.read { try $0.deletePreview("Life Part", "gear") }
        #expect(preview.linked.first?.submitted == 0 && !preview.cascadeIsPossible)
    }

    @Test(arguments: 0..<12) func `stays whole through renamings, merges, deletions and undoings`(
        seed: Int
    ) async throws {
        let world = try await LifeWorld()
        var dice = Dice(seed: UInt64(seed))
        for number in 0..<6 {
            try await world.job("\(number)", [dice.one(["bolt", "nut", "gear"])], submits: dice.isOne(of: 3))
        }
        for step in 0..<30 {
            let roll = dice.roll(0...5)
            let names = try await world.read { try $0.list(ListQuery("Life Part", orderBy: "name")).rows }
                .compactMap { $0[0].text }
            guard let name = dice.pick(names), let other = dice.pick(names) else { continue }
            let found = await problem {
                _ = try await world.write { session in
                    switch roll {
                    case 0: try session.rename("Life Part", name, to: "part \(step)")
                    case 1 where name != other: try session.rename("Life Part", name, to: other, merge: true)
                    case 2: try session.delete("Life Part", name)
                    case 3:
                        let all = try session.transaction.query(
                            "SELECT name FROM deleted_document WHERE restored = 0 ORDER BY name", [], [.text])
                        if let copy = all.last?[0].text { try session.restore(copy) }
                    case 4: try session.make("Life Part", ["code": .string("new \(step)"), "twin": .string(other)])
                    default:
                        try session.comment("Life Part", name, "step \(step)")
                        try session.tag("Life Part", name, with: "t\(step % 3)")
                    }
                }
            }
            if let found {
                #expect(["linked", "duplicate_name", "broken_link"].contains(found.kind.code), "\(found)")
            }
        }
        #expect(try await world.faults() == [])
    }
}
