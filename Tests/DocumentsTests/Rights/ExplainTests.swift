import Documents
import Forms
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ExplainTests {
    private static let method = "cauldron.permissions.explain"

    private static func explain(
        _ place: RightsPlace, as asking: String, _ arguments: JSONObject
    ) async throws -> JSON {
        let actor = try await place.actor(asking)
        return try await place.read(as: actor) { try $0.call(method, arguments) }
    }

    @Test func `each step is told, and the rule that decided`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        let told = try await place.read {
            try $0.call(
                Self.method,
                ["user": "reader@example.com", "doctype": "Rights Client", "name": "Sam", "right": "write"])
        }
        #expect(told["allowed"] == false && told["rule"] == "user_permission")
        #expect(told["words"] == "a User Permission limits Rights Zone, and zone is South")
        let steps = told["steps"]?.array?.map { ($0["step"]?.string ?? "") + " " + ($0["outcome"]?.string ?? "") }
        #expect(steps == ["roles passes", "user_permissions denies", "share denies"])
    }

    private static let rules: [(person: String, right: String, name: String?, allowed: Bool, rule: String)] = [
        ("reader", "read", "Anna", true, "role"), ("reader", "delete", "Anna", false, "no_role"),
        ("owner", "read", "Anna", false, "not_owner"), ("owner", "create", nil, true, "role"),
        ("stranger", "read", nil, false, "no_role"), ("selector", "select", "Anna", true, "role"),
        ("boss", "read", "Anna", false, "no_role"),
    ]

    @Test(arguments: rules.indices)
    func `the rule is the one that decides`(index: Int) async throws {
        let place = try await RightsPlace()
        let rule = Self.rules[index]
        let told = try await place.read { session in
            var arguments: JSONObject = [
                "user": .string("\(rule.person)@example.com"), "doctype": "Rights Client", "right": .string(rule.right),
            ]
            if let name = rule.name { arguments["name"] = .string(name) }
            return try session.call(Self.method, arguments)
        }
        #expect(told["allowed"] == .bool(rule.allowed) && told["rule"]?.string == rule.rule)
    }

    @Test func `a field is explained by its level and its mask`() async throws {
        let place = try await RightsPlace()
        func field(_ name: String, _ right: String = "read") async throws -> JSON {
            try await Self.explain(
                place, as: "reader", ["doctype": "Rights Client", "right": .string(right), "field": .string(name)])
        }
        #expect(try await field("secret")["allowed"] == false)
        #expect(try await field("secret")["field"]?["permlevel"] == 1)
        #expect(try await field("phone")["field"]?["masked"] == true)
        #expect(try await field("title", "write")["allowed"] == true)
        let none = try await place.problem(as: "reader") {
            try $0.call(Self.method, ["doctype": "Rights Client", "field": "nothing"])
        }
        #expect(none?.kind == .unknownField)
    }

    @Test func `one may ask about oneself, and about others as System Manager who may read the document`() async throws
    {
        let place = try await RightsPlace()
        let other = try await place.problem(as: "reader") {
            try $0.call(Self.method, ["user": "owner@example.com", "doctype": "Rights Client"])
        }
        #expect(other?.kind == .forbidden)
        let told = try await Self.explain(place, as: "boss", ["user": "owner@example.com", "doctype": "Rights Client"])
        #expect(told["roles"] == ["All", "Desk User", "Guest", "Own Reader"])
        let unread = try await place.problem(as: "boss") {
            try $0.call(Self.method, ["user": "owner@example.com", "doctype": "Rights Client", "name": "Anna"])
        }
        #expect(unread?.kind == .forbidden)
    }

    @Test func `nothing is told of a document one may not read, not even whether it is there`() async throws {
        let place = try await RightsPlace()
        var said: [String?] = []
        for name in ["Anna", "Nobody"] {
            let found = try await place.problem(as: "owner") {
                try $0.call(Self.method, ["doctype": "Rights Client", "name": .string(name)])
            }
            said.append(found?.message.replacing(name, with: "X"))
        }
        #expect(said[0] == said[1] && said[0] != nil)
    }
}
