import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ManyPermissionsTests {
    /// A place whose reader has `count` User Permissions for clients, and `deals` deals, every second one allowed.
    private static func place(_ count: Int, deals: Int) async throws -> RightsPlace {
        let place = try await RightsPlace()
        let clients = (0..<max(count, 2)).map { "K\($0)" }
        try await place.database.write { transaction in
            try transaction.insert(
                into: "rights_client", ["name", "title"], clients.map { [.text($0), .text($0)] })
            try transaction.insert(
                into: "user_permission",
                ["name", "user", "allow", "for_value", "apply_to_all_doctypes", "hide_descendants", "is_default"],
                clients.prefix(count).map { client in
                    [
                        .text("UP-\(client)"), .text("reader@example.com"), .text("Rights Client"), .text(client),
                        .int(1),
                        .int(0), .int(0),
                    ]
                })
            try transaction.insert(
                into: "rights_deal", ["name", "title", "client", "modified"],
                (0..<deals).map { index in
                    let client = index.isMultiple(of: 2) ? clients[index % count] : "Sam"
                    return [
                        .text("D\(index)"), .text("t"), .text(client),
                        .timestamp(RightsWorld.noon.adding(seconds: index)),
                    ]
                })
        }
        return place
    }

    @Test func `the condition of a list does not grow with the permissions`() async throws {
        let few = try await Self.place(1, deals: 2)
        let many = try await Self.place(5_000, deals: 2)
        var sizes: [Int] = []
        for place in [few, many] {
            let actor = try await place.actor("reader")
            let type = try place.registry.doctype("Rights Deal")
            sizes.append(
                try await place.read(as: actor) { session in
                    let condition = session.readCondition(for: type, table: "t")
                    return (condition?.arguments.count ?? 0) * 10_000 + (condition?.sql.utf8.count ?? 0)
                })
        }
        #expect(sizes[0] == sizes[1] && sizes[0] > 0)
    }

    @Test func `5,000 permissions show the half of 10,000 documents that they allow`() async throws {
        let place = try await Self.place(5_000, deals: 10_000)
        let actor = try await place.actor("reader")
        let (rows, count) = try await place.read(as: actor) { session in
            let query = ListQuery("Rights Deal", fields: ["name", "client"], orderBy: "modified desc")
            return (try session.list(query).rows, try session.count(query))
        }
        #expect(rows.count == 20 && count == 5_000)
        #expect(rows.allSatisfy { $0[1].text?.hasPrefix("K") == true })
    }
}
