import Documents
import Lists
import Search
import Storage
import TestSupport
import Testing
import Values

/// What looks for text takes no notice of case and marks, everywhere alike.
@Suite(.bothEngines) struct QueryLetterTests {
    private func world() async throws -> QueryWorld {
        let world = try await QueryWorld()
        try await world.write { session in
            try session.add("Query Client", named: "Müller", ["title": "MÜLLER GmbH", "city": "Łódź", "notes": "Ёлка"])
            try session.add("Query Client", named: "q100%", ["title": "100% Wolle", "city": "a,b"])
            try session.add("Query Client", named: "q1000", ["title": "1000 Wolle", "city": "c"])
        }
        return world
    }

    @Test(arguments: [
        ("name", "muller", "Müller"), ("title", "MU%", "Müller"), ("city", "lodz", "Müller"),
        ("notes", "елка", "Müller"),
        ("title", "100\\%%", "q100%"), ("title", "100%", "q100% q1000"),
    ])
    func `like finds in lists what differs in case and marks`(
        field: String, pattern: String, names: String
    ) async throws {
        let world = try await world()
        let query = ListQuery(
            "Query Client", filters: [[.string(field), "like", .string(pattern)]], orderBy: "name asc", limit: 0)
        let found = try await world.read { try $0.list(query).rows.map { $0[0].description }.sorted() }
        #expect(found.joined(separator: " ") == names)
    }

    @Test func `link search, search and lists of metadata find the same`() async throws {
        let world = try await world()
        let links = try await world.read { session in
            try ["muller", "LODZ", "lódź"].map {
                try session.searchLink("Query Client", $0).map { $0["value"]?.string }
            }
        }
        #expect(links == [["Müller"], ["Müller"], ["Müller"]])
        let hits = try await world.read { session in
            try ["muller", "ЕЛКА", "lodz"].map { try session.search($0).map(\.name) }
        }
        #expect(hits[0] == ["Müller"] && hits[1] == ["Müller"])
        let types = try await world.read(as: .administrator) { session in
            try session.list(ListQuery("DocType", filters: [["name", "like", "quëry\\_client"]], limit: 0)).rows.count
                + session.list(ListQuery("DocType", filters: [["name", "like", "quëry_client"]], limit: 0)).rows.count
        }
        #expect(types == 1)
    }

    @Test(arguments: [
        (#"["a,b","c"]"#, "q100% q1000"), (#" [ "c" ]"#, "q1000"), ("c , x", "q1000"), ("a,b", ""), ("[]", ""),
    ])
    func `in takes a list as the text of JSON besides text with commas`(value: String, names: String) async throws {
        let world = try await world()
        let query = ListQuery(
            "Query Client", filters: [["city", "in", .string(value)]], orderBy: "name asc", limit: 0)
        let found = try await world.read { try $0.list(query).rows.map { $0[0].description } }
        #expect(found.joined(separator: " ") == names)
        let types = ListQuery(
            "DocType", filters: [["name", "in", #"["Query Client", "Query Line"]"#]], orderBy: "name asc", limit: 0)
        let listed = try await world.read(as: .administrator) { try $0.list(types).rows.map { $0[0].description } }
        #expect(listed == ["Query Client", "Query Line"])
    }

    @Test(arguments: ["[c", " [\"c\"", "[\"c\\u0000\"]", "[\"c\",]", "\t[\"c\"]]"])
    func `a list that is no JSON is refused where several values are asked for`(value: String) async throws {
        let world = try await world()
        for (doctype, field, op) in [
            ("Query Client", "city", "in"), ("Query Client", "city", "not in"), ("Query Client", "creation", "between"),
            ("DocType", "name", "in"),
        ] {
            let query = ListQuery(doctype, filters: [[.string(field), .string(op), .string(value)]])
            let error = await #expect(throws: Problem.self) {
                _ = try await world.read(as: .administrator) { try $0.list(query).rows.count }
            }
            #expect(error?.field == field && error?.kind == (value.contains("u0000") ? .nullCharacter : .malformed))
        }
    }
}
