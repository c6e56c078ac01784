import Collaboration
import Lists
import Storage
import TestSupport
import Testing
import Values

@testable import Documents

/// What is taken from another document through a link: nobody learns by it what it may not read.
@Suite(.bothEngines) struct HiddenLinkTests {
    /// Each a note that names a thing called `X` somewhere.
    private static let notes: [JSONObject] = [
        ["thing": "X"], ["lines": [["thing": "X"]]], ["about_type": "Hidden Thing", "about": "X"],
    ]

    private static func note(_ shape: JSONObject, naming name: String) throws -> JSONObject {
        let text = JSON.object(shape).text.replacing("\"X\"", with: "\"\(name)\"")
        var note = try #require(try JSON.parse(text).object)
        note["__newname"] = "note"
        return note
    }

    @Test(arguments: notes)
    func `a link to a document that may not be selected is refused like one to none, in rehearsal and in earnest`(
        shape: JSONObject
    ) async throws {
        let world = try await HiddenWorld()
        for isRehearsal in [true, false] {
            var said: [String] = []
            for name in ["secret", "nothing"] {
                let note = try Self.note(shape, naming: name)
                let problem = await world.problem(as: HiddenWorld.seeker) { session in
                    if isRehearsal {
                        _ = try session.rehearse { try $0.make("Seeker Note", note) }
                    } else {
                        try session.make("Seeker Note", note)
                    }
                }
                #expect(problem?.kind == .brokenLink)
                said.append((problem?.message ?? "").replacing(name, with: "X") + (problem?.fix ?? ""))
                #expect(!said.joined().contains("mark-"))
            }
            #expect(said[0] == said[1])
        }
    }

    @Test(arguments: notes) func `the same holds for a note that is changed`(shape: JSONObject) async throws {
        let world = try await HiddenWorld()
        try await world.write(as: HiddenWorld.seeker) { _ = try $0.make("Seeker Note", ["__newname": "note"]) }
        var said: [String] = []
        for name in ["secret", "nothing"] {
            var note = try Self.note(shape, naming: name)
            note["__newname"] = nil
            let changes = note
            let problem = await world.problem(as: HiddenWorld.seeker) { session in
                let document = try session.get("Seeker Note", "note")
                try session.apply(changes, to: document)
                try session.save(document)
            }
            said.append((problem?.message ?? "none").replacing(name, with: "X"))
        }
        #expect(said[0] == said[1] && said[0].contains("that sam@example.com may select"))
    }

    @Test func `what one may select is linked, and what one sees of it is fetched`() async throws {
        let world = try await HiddenWorld()
        func shown(_ actor: Actor, _ thing: String) async throws -> JSON {
            try await world.write(as: actor) { session in
                let changes = try session.rehearse {
                    try $0.make(
                        "Seeker Note",
                        ["__newname": "n", "thing": .string(thing), "lines": [["thing": .string(thing)]]])
                }
                return changes.shown["documents"]?.array?.first?["detail"] ?? .null
            }
        }
        let whole = try await shown(HiddenWorld.keeper, "secret")
        #expect(whole["thing_title"] == "mark-title-secret" && whole["thing_remark"] == "mark-remark-secret")
        #expect(whole["lines"]?.array?.first?["thing_title"] == "mark-title-secret")
        let own = try await shown(HiddenWorld.owner, "mine")
        #expect(own["thing_remark"] == "mark-remark-mine")
        // Who may only select sees the title, which a link shows, and no more.
        let chosen = try await shown(HiddenWorld.chooser, "secret")
        #expect(chosen["thing_title"] == "mark-title-secret" && !chosen.text.contains("mark-remark"))
    }

    @Test func `a link that others made stays, and tells nothing new`() async throws {
        let world = try await HiddenWorld()
        try await world.write { session in
            try session.make("Seeker Note", ["__newname": "note", "thing": "secret", "lines": [["thing": "secret"]]])
            let thing = try session.get("Hidden Thing", "secret")
            try session.apply(["title": "mark-new"], to: thing)
            try session.save(thing)
        }
        let note = try await world.write(as: HiddenWorld.seeker) { session in
            let note = try session.get("Seeker Note", "note")
            try session.apply(["text": "seen", "thing": "secret"], to: note)
            try session.save(note)
            return session.present(note)
        }
        #expect(note["text"] == "seen" && note["thing"] == "secret" && note["thing_title"] == "mark-title-secret")
        #expect(note["lines"]?.array?.first?["thing_title"] == "mark-title-secret")
        let renewed = try await world.write { session in
            let note = try session.get("Seeker Note", "note")
            try session.apply(["text": "renewed"], to: note)
            try session.save(note)
            return note.text("thing_title")
        }
        #expect(renewed == "mark-new")
    }

    @Test func `a key writes the links its user may write, whatever else it is good for`() async throws {
        let world = try await HiddenWorld()
        let scopes = [Scope(doctype: "Seeker Note", rights: [.read, .create])]
        func make(_ actor: Actor) async -> Problem? {
            await world.problem(as: actor.limited(to: scopes)) {
                try $0.make("Seeker Note", ["__newname": "note", "thing": "secret"])
            }
        }
        #expect(await make(HiddenWorld.seeker)?.kind == .brokenLink)
        #expect(await make(HiddenWorld.keeper) == nil)
        let title = try await world.read { try $0.get("Seeker Note", "note").text("thing_title") }
        #expect(title == "mark-title-secret")
    }

    @Test func `nobody takes over a document by amended_from that it may not read or amend`() async throws {
        let world = try await HiddenWorld()
        try await world.write { session in
            let paper = try session.make("Hidden Paper", ["__newname": "paper", "text": "mark-text"])
            try session.submit(paper)
            try session.cancel(paper)
            var upload = Upload(fileName: "plan.txt", size: 4, hash: String(repeating: "a", count: 64), head: [65])
            upload.reference = ("Hidden Paper", "paper")
            try session.attach(upload)
        }
        func amend(_ actor: Actor, _ original: String) async -> Problem? {
            await world.problem(as: actor) {
                try $0.make("Hidden Paper", ["__newname": "heir", "amended_from": .string(original)])
            }
        }
        let (hidden, missing) = (await amend(HiddenWorld.seeker, "paper"), await amend(HiddenWorld.seeker, "none"))
        #expect(hidden?.kind == .brokenLink)
        #expect(hidden?.message.replacing("paper", with: "none") == missing?.message)
        // Who reads it and has no right to amend does not, either.
        #expect(await amend(HiddenWorld.looker, "paper")?.kind == .forbidden)
        #expect(await amend(HiddenWorld.keeper, "paper") == nil)
        let heirs = try await world.read { try $0.list(ListQuery("Hidden Paper", fields: ["name"])).rows.count }
        #expect(heirs == 2)
    }

    @Test func `a document is merged only into one that may be read`() async throws {
        let world = try await HiddenWorld()
        var said: [String] = []
        for name in ["secret", "nothing"] {
            let problem = await world.problem(as: HiddenWorld.owner) { session in
                try session.rename("Hidden Thing", "mine", to: name, merge: true)
            }
            said.append((problem?.message ?? "none").replacing(name, with: "X"))
        }
        #expect(said[0] == said[1] && said[0] != "none")
    }
}
