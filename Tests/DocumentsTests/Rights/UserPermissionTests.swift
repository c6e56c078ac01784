import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct UserPermissionTests {
    private static func deal(_ name: String, _ zone: String, _ more: JSONObject = [:]) -> JSONObject {
        var object: JSONObject = ["__newname": .string(name), "zone": .string(zone)]
        for (key, value) in more.members { object[key] = value }
        return object
    }

    @Test func `who is limited to a branch of a tree makes documents in it and below, and no others`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        for (zone, isAllowed) in [("North", true), ("Pole", true), ("South", false), ("World", false), ("", true)] {
            let problem = try await place.problem(as: "reader") { session in
                try session.make("Rights Deal", Self.deal("in \(zone)", zone))
            }
            #expect((problem == nil) == isAllowed, "\(zone)")
            if !isAllowed {
                #expect(problem?.kind == .forbidden && problem?.field == "zone")
            }
        }
    }

    @Test func `what is below can be left out`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North", ["hide_descendants": 1])
        let problem = try await place.problem(as: "reader") { try $0.make("Rights Deal", Self.deal("a", "Pole")) }
        #expect(problem?.kind == .forbidden)
    }

    @Test func `several values of a DocType widen, several DocTypes narrow`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        try await place.limit("reader", "Rights Zone", "South")
        try await place.limit("reader", "Rights Client", "Anna")
        let anna = try await place.problem(as: "reader") {
            try $0.make("Rights Deal", Self.deal("a", "South", ["client": "Anna"]))
        }
        #expect(anna == nil)
        let sam = try await place.problem(as: "reader") {
            try $0.make("Rights Deal", Self.deal("b", "South", ["client": "Sam"]))
        }
        #expect(sam?.field == "client")
    }

    @Test func `a document cannot be moved to where its writer may not read it`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        let changes: [JSONObject] = [
            ["zone": "South"], ["lines": [["zone": "South"]]], ["about_type": "Rights Zone", "about": "South"],
        ]
        for changes in changes {
            let problem = try await place.problem(as: "reader") { session in
                let client = try session.make("Rights Deal", Self.deal("moving", "North"))
                try session.apply(changes, to: client)
                try session.save(client)
            }
            #expect(problem?.kind == .forbidden, "\(changes)")
        }
        let ignored = try await place.problem(as: "reader") { session in
            let client = try session.make("Rights Deal", Self.deal("moving", "North"))
            try session.apply(["other_zone": "South"], to: client)
            try session.save(client)
        }
        #expect(ignored == nil)
    }

    @Test func `a document that is limited itself is made by nobody who is limited to another`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Client", "Anna")
        let problem = try await place.problem(as: "reader") {
            try $0.make("Rights Client", ["__newname": "Bea", "zone": "North"])
        }
        #expect(problem?.kind == .forbidden)
        // A node below the one that is allowed is allowed as soon as it is there.
        try await place.limit("reader", "Rights Zone", "North")
        let node = await TestSupport.problem {
            let limited = try await place.actor("reader")
            let manager = Actor(user: limited.user, roles: ["Maker"], restrictions: limited.restrictions)
            try await place.write(as: manager) {
                _ = try $0.make("Rights Zone", ["__newname": "Svalbard", "parent_zone": "North"])
            }
        }
        #expect(node == nil)
    }

    @Test func `a permission for one DocType limits no other`() async throws {
        let place = try await RightsPlace()
        try await place.limit(
            "reader", "Rights Zone", "North", ["apply_to_all_doctypes": 0, "applicable_for": "Rights Deal"])
        #expect(try await place.problem(as: "reader") { _ = try $0.get("Rights Client", "Sam") } == nil)
        let deal = try await place.problem(as: "reader") { try $0.make("Rights Deal", Self.deal("a", "South")) }
        #expect(deal?.kind == .forbidden)
    }

    @Test func `an empty link passes unless the company is strict`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        #expect(try await place.problem(as: "reader") { try $0.make("Rights Deal", Self.deal("a", "")) } == nil)
        try await place.write {
            _ = try $0.make("System Settings", ["__newname": "System Settings", "apply_strict_user_permissions": 1])
        }
        #expect(try await place.problem(as: "reader") { try $0.make("Rights Deal", Self.deal("b", "")) } != nil)
        #expect(try await place.problem(as: "reader") { _ = try $0.get("Rights Deal", "a") }?.kind == .forbidden)
    }

    @Test func `a default fills the links of new documents and their rows`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North", ["is_default": 1])
        try await place.limit("reader", "Rights Zone", "South")
        let actor = try await place.actor("reader")
        let deal = try await place.write(as: actor) { session in
            let deal = try session.make(
                "Rights Deal", ["__newname": "a", "lines": [["item": "x"], ["zone": "South"]]])
            return [deal.text("zone"), deal.text("other_zone")] + deal.table("lines").map { $0.text("zone") }
        }
        #expect(deal == ["North", "", "North", "South"])
    }

    private static let mistakes: [(JSONObject, Problem.Kind)] = [
        (["allow": "Rights Nothing", "for_value": "x"], .brokenLink),
        (["allow": "Rights Zone", "for_value": "Mars"], .brokenLink),
        (["allow": "Rights Line", "for_value": "x"], .brokenLink),
        (["allow": "Rights Zone", "for_value": "North"], .duplicate),
        (["allow": "Rights Zone", "for_value": "South", "is_default": 1], .givenTwice),
        (["allow": "Rights Zone", "for_value": "South", "apply_to_all_doctypes": 0], .mandatory),
    ]

    @Test(arguments: mistakes.indices)
    func `a permission that says nothing clear is refused`(index: Int) async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North", ["is_default": 1])
        let found = await TestSupport.problem { try await place.limit("reader", Self.mistakes[index].0) }
        #expect(found?.kind == Self.mistakes[index].1)
    }

    @Test func `a user sees what it is limited to, and nobody else's`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        let method = "frappe.core.doctype.user_permission.user_permission.get_user_permissions"
        let reader = try await place.actor("reader")
        let own = try await place.read(as: reader) { try $0.call(method, [:]) }
        #expect(own["Rights Zone"]?.array?.first?["doc"] == "North")
        let other = try await place.problem(as: "reader") {
            try $0.call(method, ["user": "owner@example.com"])
        }
        #expect(other?.kind == .forbidden)
    }
}

extension RightsPlace {
    fileprivate func limit(_ name: String, _ object: JSONObject) async throws {
        try await limit(name, object["allow"]?.string ?? "", object["for_value"]?.string ?? "", object)
    }

    @Test func `links of new documents take the defaults of their user, where no User Permission says another`()
        async throws
    {
        let place = try await RightsPlace()
        try await place.write { session in
            let user = try session.get("User", "reader@example.com")
            try session.apply(
                ["defaults": [["defkey": "zone", "defvalue": "South"], ["defkey": "title", "defvalue": "No link"]]],
                to: user)
            try session.save(user)
        }
        @Sendable func zone(_ name: String, _ sent: JSONObject = [:]) async throws -> String {
            let actor = try await place.actor("reader")
            return try await place.write(as: actor) { session in
                var object = sent
                object["__newname"] = .string(name)
                let client = try session.document("Rights Client", from: object)
                try session.insert(client)
                #expect(client.text("title") == "")
                return client.text("zone")
            }
        }
        #expect(try await zone("one") == "South")
        #expect(try await zone("two", ["zone": "Pole"]) == "Pole")
        try await place.limit("reader", "Rights Zone", "North")
        #expect(try await zone("three") == "")
        try await place.write { session in
            let user = try session.get("User", "reader@example.com")
            #expect(throws: Problem.self) {
                try session.savepoint {
                    try session.apply(["defaults": [["defkey": "zone"]]], to: user)
                    try session.save(user)
                }
            }
        }
    }
}
