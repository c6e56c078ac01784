import Collaboration
import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// Who may only select, who has only shares, and what lists, searches and rehearsals tell them.
@Suite(.bothEngines) struct SelectedAndSharedTests {
    /// A place with two deals, of which the first is shared with the selector and with the stranger.
    private static func place() async throws -> RightsPlace {
        let place = try await RightsPlace()
        try await place.write { session in
            for (name, client) in [("D1", "Anna"), ("D2", "Sam")] {
                let deal = try session.document(
                    "Rights Deal",
                    from: [
                        "__newname": .string(name), "title": .string("Deal \(name)"), "client": .string(client),
                        "remark": .string("hidden words of \(name)"), "phone": .string("99\(name)"),
                        "lines": [["item": .string("line of \(name)")]],
                    ])
                try session.insert(deal)
            }
            for user in ["selector", "stranger"] {
                try session.call(
                    "frappe.share.add",
                    ["doctype": "Rights Deal", "name": "D1", "user": .string("\(user)@example.com")])
            }
        }
        return place
    }

    private static func list(_ place: RightsPlace, as name: String, _ query: ListQuery) async throws -> JSON {
        let actor = try await place.actor(name)
        return try await place.read(as: actor) { try $0.list(query).json(dictionaries: true) }
    }

    @Test func `one share does not open the rows of all that may be selected`() async throws {
        let place = try await Self.place()
        let names = try await Self.list(place, as: "selector", ListQuery("Rights Deal", orderBy: "name"))
        #expect(names == [["name": "D1"], ["name": "D2"]])
        for fields: [JSON] in [["name", ["lines": ["item"]]], ["name", "lines.item"]] {
            let refused = try await place.problem(as: "selector") {
                _ = try $0.list(ListQuery("Rights Deal", fields: fields))
            }
            #expect(refused?.kind == .forbidden)
        }
        let remarks = ListQuery("Rights Deal", fields: ["name", "remark"], orderBy: "name")
        #expect(try await Self.list(place, as: "selector", remarks) == names)
        let filtered = ListQuery("Rights Deal", filters: [["lines.item", "like", "line of D2%"]])
        await #expect(throws: Problem.self) { try await Self.list(place, as: "selector", filtered) }
    }

    @Test func `a list of shared documents alone shows what each of them does`() async throws {
        let place = try await Self.place()
        let asked = ListQuery("Rights Deal", fields: ["name", "remark", "phone", "secret"])
        let answer = try await Self.list(place, as: "stranger", asked)
        #expect(answer == [["name": "D1", "remark": "hidden words of D1", "phone": .string(Session.maskedText)]])
    }

    @Test func `distinct rows tell nothing of a masked value`() async throws {
        let place = try await Self.place()
        for fields: [JSON] in [["phone"], ["phone", "name"]] {
            let asked = {
                var query = ListQuery("Rights Deal", fields: fields)
                query.distinct = true
                return query
            }()
            let refused = try await place.problem(as: "reader") { _ = try $0.list(asked) }
            #expect(refused?.kind == .forbidden)
        }
    }

    @Test func `the hash of a rehearsal cannot be tried offline`() async throws {
        let place = try await Self.place()
        @Sendable func hash() async throws -> String {
            try await place.write { session in
                try session.rehearse { try $0.delete("Rights Deal", "D2") }.hash
            }
        }
        let before = try await hash()
        #expect(try await hash() == before)
        try await place.write { try CompanySecret.set([1, 2, 3], in: $0) }
        let keyed = try await hash()
        #expect(keyed != before)
        try await place.write { try CompanySecret.set([4, 5, 6], in: $0) }
        #expect(try await hash() == keyed, "a company keeps its secret")
    }

    @Test func `what stands in the way is named to who may read it`() async throws {
        let place = try await Self.place()
        try await place.write { session in
            try session.make("Role", ["role_name": "Maker"])
            try session.make("Custom DocPerm", ["parent": "Rights Client", "role": "Maker", "read": 1, "delete": 1])
            try session.make("Custom DocPerm", ["parent": "Rights Deal", "role": "Reader", "read": 1])
            try session.make(
                "User",
                ["email": "maker@example.com", "first_name": "Maker", "roles": [["role": "Maker"]]])
        }
        let refused = try await place.problem(as: "maker") { try $0.delete("Rights Client", "Sam") }
        #expect(refused?.kind == .linked)
        #expect(refused?.message.contains("D2") == false, "\(refused?.message ?? "")")
        let told = await problem { try await place.write { try $0.delete("Rights Client", "Sam") } }
        #expect(told?.message.contains("Rights Deal D2") == true)
    }

    @Test func `a file in a field that is hidden is neither listed nor served`() async throws {
        let place = try await Self.place()
        try await place.write { session in
            let file = try session.document(
                "File",
                from: [
                    "file_name": "plan.txt", "file_url": "https://example.com/plan.txt", "is_private": 1,
                    "attached_to_doctype": "Rights Client", "attached_to_name": "Anna", "attached_to_field": "secret",
                ])
            try session.insert(file)
        }
        let (reader, levels) = (try await place.actor("reader"), try await place.actor("levels"))
        #expect(try await place.read(as: reader) { try $0.attachments("Rights Client", "Anna") }.isEmpty)
        #expect(try await place.read(as: levels) { try $0.attachments("Rights Client", "Anna").count } == 1)
    }
}
