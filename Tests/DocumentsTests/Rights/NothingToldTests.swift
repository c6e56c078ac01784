import Customization
import Forms
import Lists
import Search
import Storage
import TestSupport
import Testing
import Values

@testable import Collaboration
@testable import Documents

/// What stands around documents and DocTypes says nothing of those that may not be read.
@Suite(.bothEngines) struct NothingToldTests {
    // MARK: Tags

    @Test func `tags are told of the documents that one may read alone`() async throws {
        let world = try await HiddenWorld()
        try await world.write { try $0.tag("Hidden Thing", "secret", with: "mark-secret") }
        try await world.write(as: HiddenWorld.owner) { try $0.tag("Hidden Thing", "mine", with: "mark-mine") }
        func tags(_ actor: Actor) async throws -> JSON {
            try await world.read(as: actor) {
                try $0.call("frappe.desk.doctype.tag.tag.get_tags", ["doctype": "Hidden Thing"])
            }
        }
        #expect(try await tags(HiddenWorld.keeper) == ["mark-mine", "mark-secret"])
        #expect(try await tags(HiddenWorld.owner) == ["mark-mine"])
        let suggested = try await world.read(as: HiddenWorld.owner) { session in
            (
                try session.searchLink("Tag", "mark").compactMap { $0["value"]?.string },
                try session.count(ListQuery("Tag"))
            )
        }
        #expect(suggested.0 == ["mark-mine"] && suggested.1 == 1)
        // A word that others used before is no secret to who uses it, too.
        try await world.write(as: HiddenWorld.owner) { try $0.tag("Hidden Thing", "mine", with: "mark-secret") }
        #expect(try await tags(HiddenWorld.owner) == ["mark-mine", "mark-secret"])
    }

    // MARK: Attachments

    @Test func `a file in a hidden field is in no log, count or preview`() async throws {
        let world = try await HiddenWorld()
        try await world.write { session in
            for (name, field) in [("mark-plan.txt", "plan"), ("open.txt", "")] {
                var upload = Upload(fileName: name, size: 4, hash: String(repeating: "a", count: 64), head: [65])
                upload.reference = ("Hidden Thing", "secret")
                upload.field = field
                try session.attach(upload)
            }
            var gone = Upload(fileName: "mark-gone.txt", size: 4, hash: String(repeating: "b", count: 64), head: [66])
            gone.reference = ("Hidden Thing", "secret")
            gone.field = "plan"
            try session.removeFile(try session.attach(gone).name)
        }
        func told(_ actor: Actor) async throws -> (text: String, files: Int?, notes: Int?) {
            try await world.read(as: actor) { session in
                var told = [try session.info("Hidden Thing", "secret")]
                told.append(.array(try session.comments("Hidden Thing", "secret", kind: "Attachment Removed")))
                let preview = try session.deletePreview("Hidden Thing", "secret")
                let counts = Dictionary(uniqueKeysWithValues: preview.companions.map { ($0.doctype, $0.count) })
                return (JSON.array(told).text, counts["File"], counts["Comment"])
            }
        }
        let keeper = try await told(HiddenWorld.keeper)
        #expect(keeper.text.contains("mark-plan") && keeper.text.contains("mark-gone"))
        #expect(keeper.files == 2 && keeper.notes == 4)
        let looker = try await told(HiddenWorld.looker)
        #expect(looker.text.contains("open.txt") && !looker.text.contains("mark-"))
        #expect(looker.files == 1 && looker.notes == 1)
    }

    @Test func `what hung on a deleted document is told to nobody by its copy`() async throws {
        let world = try await HiddenWorld()
        let copy = try await world.write { session in
            try session.comment("Hidden Thing", "secret", "mark-comment")
            try session.tag("Hidden Thing", "secret", with: "mark-tag")
            try session.delete("Hidden Thing", "secret")
            return try session.deletedCopy(of: "Hidden Thing", "secret") ?? ""
        }
        let told = try await world.read(as: HiddenWorld.boss) { session in
            let document = try session.get("Deleted Document", copy)
            let page = session.screened(document)
            let list = try session.list(ListQuery("Deleted Document", fields: ["*"], limit: 0))
            return session.present(document).text + page.json.text + list.json(dictionaries: true).text
        }
        #expect(told.contains("secret") && !told.contains("mark-"))
        try await world.write(as: .administrator) { _ = try $0.restore(copy) }
        let said = try await world.read { try $0.comments("Hidden Thing", "secret").count }
        #expect(said == 1)
    }

    // MARK: DocTypes

    @Test func `a DocType is told to who has something to do with its documents`() async throws {
        let world = try await HiddenWorld()
        try await world.write(as: .administrator) { session in
            for (name, role) in [("Mark Secret", "Keeper"), ("Mark Open", "Seeker")] {
                try session.saveMetadata(
                    "DocType",
                    [
                        "name": .string(name), "module": "Custom", "custom": 1, "autoname": "hash",
                        "fields": [["fieldname": "mark_field", "fieldtype": "Data", "label": "Mark"]],
                        "permissions": [["role": .string(role), "read": 1]],
                    ])
            }
        }
        func told(_ actor: Actor) async throws -> (names: [String], count: Int, rows: Set<String>, gets: Bool) {
            try await world.read(as: actor) { session in
                var query = ListQuery("DocType", fields: ["name"], limit: 0)
                query.filters = [["name", "like", "Mark%"]]
                var rows = ListQuery("DocField", fields: ["parent"], limit: 0)
                rows.parent = "DocType"
                let parents = try session.list(rows).rows.compactMap { $0[0].text }.filter { $0.hasPrefix("Mark") }
                var gets = true
                do {
                    _ = try session.get("DocType", "Mark Secret")
                    _ = try session.call("cauldron.meta.export", ["doctype": "Mark Secret"])
                } catch let problem as Problem where problem.kind == .forbidden {
                    gets = false
                }
                return (
                    try session.list(query).rows.compactMap { $0[0].text }.sorted(), try session.count(query),
                    Set(parents), gets
                )
            }
        }
        let both = ["Mark Open", "Mark Secret"]
        for actor in [HiddenWorld.boss, HiddenWorld.keeper] {
            let known = try await told(actor)
            #expect(known.names == both && known.count == 2 && known.rows == Set(both) && known.gets, "\(actor.user)")
        }
        let seeker = try await told(HiddenWorld.seeker)
        #expect(seeker.names == ["Mark Open"] && seeker.count == 1 && seeker.rows == ["Mark Open"] && !seeker.gets)
        let looker = try await told(HiddenWorld.looker)
        #expect(looker.names == [] && looker.count == 0 && looker.rows == [] && !looker.gets)
        // Shipped ones alike.
        for (actor, isTold) in [(HiddenWorld.looker, false), (HiddenWorld.keeper, true)] {
            let problem = await world.problem(as: actor) { _ = try $0.get("DocType", "Seeker Note") }
            #expect((problem == nil) == isTold)
        }
    }

    // MARK: Assignments

    @Test func `nobody assigns in the name of another`() async throws {
        let world = try await HiddenWorld()
        func make(_ by: String) async -> Problem? {
            await world.problem(as: HiddenWorld.seeker) {
                try $0.make("ToDo", ["description": "x", "assigned_by": .string(by)])
            }
        }
        for other in [HiddenWorld.boss.user, "nobody@example.com"] {
            let problem = await make(other)
            #expect(problem?.kind == .forbidden && problem?.field == "assigned_by")
            #expect(problem?.message.contains(other) == false)
        }
        #expect(await make(HiddenWorld.seeker.user) == nil)
        let changed = await world.problem(as: HiddenWorld.seeker) { session in
            let todo = try session.make("ToDo", ["description": "y"])
            #expect(todo.text("assigned_by") == HiddenWorld.seeker.user)
            try session.apply(["assigned_by": .string(HiddenWorld.boss.user)], to: todo)
            try session.save(todo)
        }
        #expect(changed?.field == "assigned_by")
    }

    @Test func `assigning to who could not read a document needs the right to share it`() async throws {
        let world = try await HiddenWorld()
        func assign(_ user: Actor, as actor: Actor) async -> Problem? {
            await world.problem(as: actor) { try $0.assign("Hidden Thing", "secret", to: [user.user]) }
        }
        // The looker may write, and has no right to share.
        let refused = await assign(HiddenWorld.seeker, as: HiddenWorld.looker)
        #expect(refused?.kind == .forbidden && refused?.field == "assign_to" && refused?.fix != nil)
        let before = try await world.read(as: .administrator) { try User.actor(HiddenWorld.seeker.user, in: $0) }
        let stranger = try #require(before)
        #expect(await world.problem(as: stranger) { _ = try $0.get("Hidden Thing", "secret") } != nil)
        let todos = try await world.read(as: .administrator) { try $0.count(ListQuery("ToDo")) }
        #expect(todos == 0)
        #expect(await assign(HiddenWorld.keeper, as: HiddenWorld.looker) == nil)
        #expect(await assign(HiddenWorld.seeker, as: HiddenWorld.keeper) == nil)
        let found = try await world.read(as: .administrator) { try User.actor(HiddenWorld.seeker.user, in: $0) }
        let seeker = try #require(found)
        #expect(await world.problem(as: seeker) { _ = try $0.get("Hidden Thing", "secret") } == nil)
    }

    // MARK: Notes of what was done

    @Test(arguments: Comment.types.filter { $0 != "Comment" })
    func `what the system notes is written by nobody else`(type: String) async throws {
        let world = try await HiddenWorld()
        for actor in [HiddenWorld.looker, HiddenWorld.keeper, HiddenWorld.boss] {
            let problem = await world.problem(as: actor) {
                try $0.make(
                    "Comment",
                    [
                        "comment_type": .string(type), "reference_doctype": "Hidden Thing", "reference_name": "secret",
                        "content": "done",
                    ])
            }
            #expect(problem != nil && problem?.kind != .mandatory, "\(actor.user)")
        }
        #expect(try await world.read(as: .administrator) { try $0.count(ListQuery("Comment")) } == 0)
    }

    @Test func `a note of what was done is not changed or removed by who did it`() async throws {
        let world = try await HiddenWorld()
        let name = try await world.write { session in
            var upload = Upload(fileName: "a.txt", size: 4, hash: String(repeating: "a", count: 64), head: [65])
            upload.reference = ("Hidden Thing", "secret")
            try session.attach(upload)
            return try session.comments("Hidden Thing", "secret", kind: "Attachment").first?["name"]?.string ?? ""
        }
        let tries: [@Sendable (Session) throws -> Void] = [
            { try $0.delete("Comment", name) }, { try $0.changeComment(name, to: "forged") },
            { session in
                let note = try session.get("Comment", name)
                try session.apply(["content": "forged"], to: note)
                try session.save(note)
            },
        ]
        for body in tries { #expect(await world.problem(as: HiddenWorld.keeper, body)?.kind == .forbidden) }
        // What people say is theirs.
        #expect(
            await world.problem(as: HiddenWorld.keeper) { session in
                let comment = try session.comment("Hidden Thing", "secret", "hello")
                try session.changeComment(comment.name, to: "hello there")
                try session.delete("Comment", comment.name)
            } == nil)
    }
}
