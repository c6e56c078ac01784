import Collaboration
import Documents
import EventLog
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct CollaborationTests {
    private func marks(_ world: LifeWorld, _ doctype: String, _ name: String) async throws -> JSON {
        try await world.read(as: .administrator) {
            try $0.call("cauldron.marks", ["doctype": .string(doctype), "name": .string(name)])
        }
    }

    @Test func `lets who may read a document say something about it, and tells who is mentioned`() async throws {
        let world = try await LifeWorld()
        let text = """
            <p>Ask <span class="mention" data-id="wil@example.com" data-value="Wil">@Wil</span> or @mia@example.com, not \
            @ghost@example.com.</p>
            """
        let comment = try await world.write(as: LifeWorld.visitor) { session in
            try session.call(
                "frappe.desk.form.utils.add_comment",
                ["reference_doctype": "Life Part", "reference_name": "bolt", "content": .string(text)])
        }
        #expect(comment["comment_email"] == "vic@example.com" && comment["comment_type"] == "Comment")
        let events = try await world.read { try EventLog.read(after: 0, limit: 200, in: $0.transaction) }
        let mentioned = events.filter { $0.type == "cauldron.comment.mentioned" }
        #expect(mentioned.count == 1)
        #expect(
            try JSON.parse(mentioned.first?.data ?? "")["mentions"] == ["wil@example.com", "mia@example.com"])
        let name = comment["name"] ?? .null
        let kept = try await marks(world, "Life Part", "bolt")
        #expect(kept["comments"]?.array?.map { $0["name"] } == [name])
        try await world.write(as: LifeWorld.visitor) {
            try $0.call("frappe.desk.form.utils.update_comment", ["name": name, "content": "Never mind"])
        }
        let changed = try await marks(world, "Life Part", "bolt")
        #expect(changed["comments"]?.array?.map { $0["comment"] } == ["Never mind"])
        let other = await problem {
            _ = try await world.write(as: LifeWorld.worker) {
                try $0.call("frappe.desk.form.utils.update_comment", ["name": name, "content": "Ha"])
            }
        }
        #expect(other?.kind == .forbidden)
        try await world.write(as: LifeWorld.visitor) { try $0.delete("Comment", name.string ?? "") }
        #expect(try await marks(world, "Life Part", "bolt")["comments"] == [])
        #expect(try await world.faults() == [])
    }

    private static let needs: [(what: String, visitor: Bool, worker: Bool)] = [
        ("comment", true, true), ("like", true, true), ("follow", true, true), ("tag", false, true),
        ("assign", false, true), ("attach", false, true), ("comment by REST", true, true),
        ("todo by REST", false, true),
    ]

    @Test(arguments: needs) func `asks for the rights on the document`(
        what: String, visitor: Bool, worker: Bool
    ) async throws {
        let world = try await LifeWorld()
        for (actor, allowed) in [
            (LifeWorld.visitor, visitor), (LifeWorld.worker, worker), (LifeWorld.nobody, false), (Actor.guest, false),
        ] {
            let found = await problem {
                _ = try await world.write(as: actor) { session in
                    switch what {
                    case "comment": try session.comment("Life Part", "bolt", "Hm")
                    case "like": try session.like("Life Part", "bolt")
                    case "follow": try session.follow("Life Part", "bolt")
                    case "tag": try session.tag("Life Part", "bolt", with: "x")
                    case "assign": try session.assign("Life Part", "bolt", to: [LifeWorld.manager.user])
                    case "comment by REST":
                        _ = try session.make(
                            "Comment",
                            ["reference_doctype": "Life Part", "reference_name": "bolt", "content": "By the way"])
                    case "todo by REST":
                        _ = try session.make(
                            "ToDo",
                            [
                                "reference_type": "Life Part", "reference_name": "bolt", "description": "Do it",
                                "allocated_to": "nora@example.com",
                            ])
                    default:
                        var upload = Upload(fileName: "a.txt", size: 1, hash: "ab", head: [65])
                        upload.reference = ("Life Part", "bolt")
                        try session.attach(upload)
                    }
                }
            }
            #expect((found == nil) == allowed, "\(actor.user): \(String(describing: found))")
            if let found { #expect(found.kind == .forbidden) }
        }
        #expect(try await world.faults() == [])
    }

    @Test func `likes once and takes it back`() async throws {
        let world = try await LifeWorld()
        for add in ["Yes", "Yes", "No", "No", "Yes"] {
            try await world.write(as: LifeWorld.visitor) {
                try $0.call(
                    "frappe.desk.like.toggle_like", ["doctype": "Life Part", "name": "bolt", "add": .string(add)])
            }
            let likes: JSON = add == "Yes" ? ["vic@example.com"] : []
            #expect(try await marks(world, "Life Part", "bolt")["liked_by"] == likes)
        }
        let notes = try await world.read { try $0.comments("Life Part", "bolt", kind: "Like").count }
        #expect(notes == 1)
    }

    @Test func `tags documents with words that come to be`() async throws {
        let world = try await LifeWorld()
        try await world.write(as: LifeWorld.worker) { session in
            for (tag, name) in [("steel", "bolt"), (" made  of steel ", "bolt"), ("steel", "nut"), ("steel", "bolt")] {
                try session.call(
                    "frappe.desk.doctype.tag.tag.add_tag",
                    ["tag": .string(tag), "dt": "Life Part", "dn": .string(name)])
            }
        }
        #expect(try await marks(world, "Life Part", "bolt")["user_tags"] == ["steel", "made of steel"])
        let (tags, tagged) = try await world.read(as: LifeWorld.visitor) { session in
            (
                try session.call("frappe.desk.doctype.tag.tag.get_tags", ["doctype": "Life Part", "txt": "MADE"]),
                try session.call(
                    "frappe.desk.doctype.tag.tag.get_tagged_docs", ["doctype": "Life Part", "tag": "steel"])
            )
        }
        #expect(tags == ["made of steel"] && tagged == ["bolt", "nut"])
        let comma = await problem { _ = try await world.write { try $0.tag("Life Part", "bolt", with: "a,b") } }
        #expect(comma?.kind == .invalidName)
        let held = await problem { _ = try await world.write(as: .administrator) { try $0.delete("Tag", "steel") } }
        #expect(held?.kind == .linked)
        try await world.write(as: .administrator) { session in
            try session.rename("Tag", "steel", to: "iron")
            try session.untag("Life Part", "nut", from: "iron")
        }
        #expect(try await marks(world, "Life Part", "nut")["user_tags"] == [])
        #expect(try await world.faults() == [])
    }

    @Test func `assigns, shares with who could not read, and ends assignments`() async throws {
        let world = try await LifeWorld()
        let nora = LifeWorld.nobody.user
        try await world.write(as: LifeWorld.worker) { session in
            let list = try session.call(
                "frappe.desk.form.assign_to.add",
                [
                    "doctype": "Life Part", "name": "bolt", "assign_to": .string(#"["\#(nora)", "mia@example.com"]"#),
                    "description": "Count them", "priority": "High", "date": "2026-04-01",
                ])
            #expect(list.array?.map { $0["owner"] } == [.string(nora), "mia@example.com"])
            // Once more changes nothing.
            #expect(try session.assign("Life Part", "bolt", to: [nora]).isEmpty)
        }
        #expect(try await marks(world, "Life Part", "bolt")["assign"] == [.string(nora), "mia@example.com"])
        let actor = try await world.read(as: .administrator) { try User.actor(nora, in: $0) }
        let nobody = try #require(actor)
        let (title, own) = try await world.read(as: nobody) { session in
            (
                try session.get("Life Part", "bolt").text("title"),
                try session.list(ListQuery("ToDo", fields: ["description", "priority", "assigned_by"])).rows
            )
        }
        #expect(title == "The bolt")
        #expect(own == [[.text("Count them"), .text("High"), .text("wil@example.com")]])
        let close = await problem {
            _ = try await world.write {
                try $0.call(
                    "frappe.desk.form.assign_to.close",
                    ["doctype": "Life Part", "name": "bolt", "assign_to": .string(nora)])
            }
        }
        #expect(close?.kind == .forbidden)
        try await world.write(as: nobody) {
            try $0.call(
                "frappe.desk.form.assign_to.close",
                ["doctype": "Life Part", "name": "bolt", "assign_to": .string(nora)])
        }
        try await world.write(as: LifeWorld.worker) {
            try $0.call(
                "frappe.desk.form.assign_to.remove",
                ["doctype": "Life Part", "name": "bolt", "assign_to": "mia@example.com"])
        }
        #expect(try await marks(world, "Life Part", "bolt")["assign"] == [])
        let states = try await world.read(as: .administrator) { session in
            try session.list(ListQuery("ToDo", fields: ["status"], orderBy: "name")).rows.map { $0[0].text }
        }
        #expect(states == ["Closed", "Cancelled"])
        let unknown = await problem {
            _ = try await world.write { try $0.assign("Life Part", "bolt", to: ["ghost@example.com"]) }
        }
        #expect(unknown?.kind == .brokenLink)
        // Again is possible once it has ended.
        try await world.write(as: LifeWorld.worker) { (session: Session) throws in
            #expect(try session.assign("Life Part", "bolt", to: [nora]).count == 1)
        }
        #expect(try await world.faults() == [])
    }

    @Test func `remembers who has seen a document since its last change`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("one", ["bolt"])
        func see(_ actor: Actor) async throws -> JSON? {
            try await world.write(as: actor) { try $0.markSeen("Life Job", job) }
            return try await marks(world, "Life Job", job)["seen"]
        }
        #expect(try await see(LifeWorld.manager) == ["mia@example.com"])
        #expect(try await see(LifeWorld.worker) == ["mia@example.com", "wil@example.com"])
        try await world.write(as: LifeWorld.worker) { session in
            let document = try session.get("Life Job", job)
            try session.apply(["subject": "two"], to: document)
            try session.save(document)
        }
        #expect(try await marks(world, "Life Job", job)["seen"] == ["wil@example.com"])
    }

    @Test func `shows around a document what people added to it`() async throws {
        let world = try await LifeWorld()
        try await world.write { session in
            try session.comment("Life Part", "bolt", "Here")
            try session.tag("Life Part", "bolt", with: "steel")
            try session.assign("Life Part", "bolt", to: [LifeWorld.nobody.user])
            try session.like("Life Part", "bolt")
            try session.follow("Life Part", "bolt")
        }
        let info = try await world.read { try $0.info("Life Part", "bolt") }
        #expect(info["comments"]?.array?.map { $0["content"] } == ["Here"] && info["tags"] == "steel")
        #expect(info["assignments"]?.array?.count == 1 && info["shared"]?.array?.count == 1)
        #expect(info["like_logs"]?.array?.count == 1 && info["is_document_followed"] == true)
        let hidden = await problem {
            _ = try await world.read(as: LifeWorld.nobody) { try $0.info("Life Part", "bolt") }
        }
        #expect(hidden?.kind == .forbidden)
    }

    @Test func `keeps what hangs on a document where it hangs`() async throws {
        let world = try await LifeWorld()
        let name = try await world.write { try $0.comment("Life Part", "bolt", "Here").name }
        let found = await problem {
            _ = try await world.write { session in
                let comment = try session.get("Comment", name)
                try session.apply(["reference_name": "nut"], to: comment)
                try session.save(comment)
            }
        }
        #expect(found?.kind == .frozen && found?.field == "reference_name")
    }
}
