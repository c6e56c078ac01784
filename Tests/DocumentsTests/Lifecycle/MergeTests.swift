import Collaboration
import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct MergeTests {
    @Test func `makes one of two shares, assignments and User Permissions`() async throws {
        let world = try await LifeWorld()
        let (user, other) = (LifeWorld.nobody.user, LifeWorld.visitor.user)
        try await world.write(as: .administrator) { session in
            let rights: [(String, JSONObject)] = [("nut", ["write": 1]), ("bolt", ["share": 1])]
            for (part, right) in rights {
                var share: JSONObject = ["share_doctype": "Life Part", "share_name": .string(part), "read": 1]
                share["user"] = .string(user)
                for (key, value) in right { share[key] = value }
                try session.make("DocShare", share)
                try session.assign("Life Part", part, to: [other], Assignment("Look at \(part)"))
                try session.make(
                    "User Permission",
                    [
                        "user": .string(user), "allow": "Life Part", "for_value": .string(part),
                        "is_default": part == "bolt" ? 1 : 0,
                    ])
            }
            try session.rename("Life Part", "bolt", to: "nut", merge: true)
        }
        try await world.read(as: .administrator) { (session: Session) throws in
            let shares = try session.transaction.query(
                "SELECT \"read\", \"write\", share FROM docshare WHERE share_doctype = 'Life Part' AND \"user\" = ?",
                [.text(user)], [.integer, .integer, .integer])
            #expect(shares == [[.int(1), .int(1), .int(1)]])
            #expect(try session.assignments("Life Part", "nut").map { $0["description"] } == ["Look at nut"])
            let todos = try session.transaction.query(
                "SELECT status FROM todo WHERE reference_name = 'nut' ORDER BY name", [], [.text])
            #expect(todos.compactMap { $0[0].text } == ["Open", "Closed"])
            let permissions = try session.transaction.query(
                "SELECT for_value, is_default FROM user_permission", [], [.text, .integer])
            #expect(permissions == [[.text("nut"), .int(1)]])
        }
        // The one that is left can be changed: nothing stands twice.
        try await world.write(as: .administrator) { session in
            let name = try session.transaction.first("SELECT name FROM user_permission", [], [.text])?[0].text
            let permission = try session.get("User Permission", name ?? "")
            permission.set("hide_descendants", true)
            try session.save(permission)
        }
        #expect(try await world.faults() == [])
    }

    @Test(arguments: ["User", "Role", "DocType"]) func `never renames what is named without links`(
        doctype: String
    ) async throws {
        let world = try await LifeWorld()
        let found = await problem {
            _ = try await world.write(as: .administrator) { session in
                _ = try session.make(
                    "Property Setter",
                    [
                        "doc_type": .string(doctype), "doctype_or_field": "DocType", "property": "allow_rename",
                        "value": "1", "property_type": "Check",
                    ])
            }
        }
        #expect(found?.kind.code == "bad_metadata", "\(String(describing: found))")
    }
}
