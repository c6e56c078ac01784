import Collaboration
import Documents
import Storage
import TestSupport
import Testing
import Values

/// People × roles and features of rights × every way to read: nobody is told a text that is not for them.
@Suite(.bothEngines) struct RightsMatrixTests {
    @Test(arguments: 201...206)
    func `no way to read tells anybody what is hidden from them`(seed: UInt64) async throws {
        let world = RightsWorld(seed: seed)
        let company = try await world.company()
        try await company.write(at: RightsWorld.noon.adding(seconds: 3600)) { session in
            try world.change(session)
            try RightsWays.attachFiles(session, world)
        }
        let every = Set(world.things.flatMap { $0.marks.map(\.text) })
        for person in world.people {
            let actor = try await world.actor(person, company)
            let visible = world.visible(to: person)
            for way in RightsWays.all {
                let told = try await company.write(as: actor) { try way.tell($0, world) }.joined(separator: "\n")
                let leaked = every.subtracting(visible).filter { told.contains($0) }
                #expect(
                    leaked.isEmpty,
                    "\(way.name) tells \(person.name) \(person.roles.sorted()) \(leaked.sorted()) (\(seed))")
            }
        }
    }

    @Test(arguments: 201...206)
    func `documents tell everybody all that is for them`(seed: UInt64) async throws {
        let world = RightsWorld(seed: seed)
        let company = try await world.company()
        for person in world.people {
            let actor = try await world.actor(person, company)
            let told = try await company.read(as: actor) { session in
                try world.things.filter { world.mayRead(person, $0) }
                    .map { session.present(try session.get($0.doctype, $0.name)).text }
            }.joined()
            let readable = world.things.filter { world.mayRead(person, $0) }.flatMap { $0.marks.map(\.text) }
            let missing = world.visible(to: person).intersection(readable).filter { !told.contains($0) }
            #expect(missing.isEmpty, "\(person.name) in \(seed): \(missing.sorted())")
        }
    }

    /// An order and an explanation tell no text at all.
    @Test func `every way tells somebody something`() async throws {
        var silent = Set(RightsWays.all.map(\.name)).subtracting(["order", "explanation"])
        for seed in UInt64(201)...204 where !silent.isEmpty {
            let world = RightsWorld(seed: seed)
            let company = try await world.company()
            try await company.write(at: RightsWorld.noon.adding(seconds: 3600)) { session in
                try world.change(session)
                try RightsWays.attachFiles(session, world)
            }
            for person in world.people {
                let actor = try await world.actor(person, company)
                let visible = world.visible(to: person)
                for way in RightsWays.all where silent.contains(way.name) {
                    let told = try await company.write(as: actor) { try way.tell($0, world) }.joined(separator: "\n")
                    if visible.contains(where: { told.contains($0) }) { silent.remove(way.name) }
                }
            }
        }
        #expect(silent.isEmpty)
    }

    @Test func `the worlds of the matrix are not empty of what they try`() async throws {
        var hidden = 0
        var shown = 0
        var restricted = 0
        for seed in UInt64(201)...206 {
            let world = RightsWorld(seed: seed)
            let every = world.things.reduce(0) { $0 + $1.marks.count }
            for person in world.people {
                shown += world.visible(to: person).count
                hidden += every - world.visible(to: person).count
                if !person.permissions.isEmpty { restricted += 1 }
            }
        }
        #expect(hidden > 500 && shown > 300 && restricted > 10, "\(hidden) \(shown) \(restricted)")
    }
}

extension RightsWorld {
    /// Changes what is hidden, so that there are versions of it.
    func change(_ session: Session) throws {
        for thing in things where thing.doctype != "Rights Zone" {
            let document = try session.get(thing.doctype, thing.name)
            for mark in thing.marks where mark.table == nil { document.set(mark.field, mark.text + "-later") }
            for mark in thing.marks where mark.table == "lines" {
                for row in document.table("lines") where row.text(mark.field) == mark.text {
                    row.set(mark.field, mark.text + "-later")
                }
            }
            try session.save(document)
            for mark in thing.marks where mark.table == nil { document.set(mark.field, mark.text) }
            for row in document.table("lines") {
                for field in ["item", "cost", "pin"] { row.set(field, String(row.text(field).dropLast(6))) }
            }
            try session.save(document)
        }
    }
}
