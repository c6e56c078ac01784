import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ActorTests {
    @Test func `everybody who signs in has the automatic roles, guests have their own alone`() async throws {
        let place = try await RightsPlace()
        #expect(try await place.actor("reader").roles == ["Reader", "All", "Guest", "Desk User"])
        #expect(Actor.guest.roles == ["Guest"])
        try await place.write { session in
            let user = try session.get("User", "reader@example.com")
            user.set("user_type", "Website User")
            try session.save(user)
        }
        #expect(try await place.actor("reader").roles == ["Reader", "All", "Guest"])
    }

    @Test func `a disabled role gives nothing`() async throws {
        let place = try await RightsPlace()
        try await place.write { session in
            let role = try session.get("Role", "Reader")
            role.set("disabled", true)
            try session.save(role)
        }
        #expect(try await place.actor("reader").roles.contains("Reader") == false)
        #expect(try await place.problem(as: "reader") { _ = try $0.get("Rights Client", "Anna") }?.kind == .forbidden)
    }

    @Test func `users of a profile have its roles, and follow when it changes`() async throws {
        let place = try await RightsPlace()
        @Sendable func roles(_ roles: [String]) -> JSON { .array(roles.map { ["role": .string($0)] }) }
        try await place.write { session in
            try session.make("Role Profile", ["role_profile": "Clerks", "roles": roles(["Selector", "Unmasker"])])
            let user = try session.get("User", "reader@example.com")
            user.set("role_profile_name", "Clerks")
            try session.save(user)
        }
        #expect(try await place.actor("reader").roles == ["Selector", "Unmasker", "All", "Guest", "Desk User"])
        try await place.write { session in
            let profile = try session.get("Role Profile", "Clerks")
            try session.apply(["roles": roles(["Unmasker", "Reader"])], to: profile)
            try session.save(profile)
        }
        #expect(try await place.actor("reader").roles == ["Reader", "Unmasker", "All", "Guest", "Desk User"])
    }

    @Test func `of a document that is hidden the same is said as of one that is not there`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        for person in ["reader", "owner", "stranger"] {
            var said: [Problem?] = []
            for name in ["Sam", "Nobody"] {
                said.append(try await place.problem(as: person) { _ = try $0.get("Rights Client", name) })
            }
            #expect(said[0]?.kind == .forbidden && said[1]?.kind == .forbidden)
            func bare(_ problem: Problem?) -> [String?] {
                [problem?.message, problem?.fix, problem?.name].map {
                    $0?.replacing("Sam", with: "X").replacing("Nobody", with: "X")
                }
            }
            #expect(bare(said[0]) == bare(said[1]))
        }
        // Who may read them all is told.
        #expect(try await place.problem(as: "levels") { _ = try $0.get("Rights Client", "Nobody") }?.kind == .notFound)
    }

    // MARK: Scopes

    private static let scopes = """
        [{"doctype": "Rights Client", "rights": ["read", "write"], "methods": ["frappe.client.*"]}]
        """

    @Test func `a key does what its scopes and its user may, and nothing else`() async throws {
        let place = try await RightsPlace()
        let scopes = try Scope.list(text: Self.scopes)
        let key = try await place.actor("reader").limited(to: scopes)
        try await place.read(as: key) { session in
            let client = try session.registry.doctype("Rights Client")
            let deal = try session.registry.doctype("Rights Deal")
            #expect(session.may(.read, client) && session.may(.write, client) && !session.may(.create, client))
            #expect(!session.may(.read, deal) && session.readCondition(for: deal, table: "d")?.isNone == true)
            _ = try session.get("Rights Client", "Anna")
        }
        #expect(key.mayCall("frappe.client.get") && !key.mayCall("frappe.desk.form.load.getdoc"))
        let weak = try await place.actor("stranger").limited(to: scopes)
        let found = await TestSupport.problem {
            try await place.read(as: weak) { _ = try $0.get("Rights Client", "Anna") }
        }
        #expect(found?.kind == .forbidden)
    }

    @Test func `a key of the Administrator is bound by its scopes as well`() async throws {
        let place = try await RightsPlace()
        let key = Actor.administrator.limited(to: try Scope.list(text: Self.scopes))
        #expect(
            await TestSupport.problem { try await place.read(as: key) { _ = try $0.get("Rights Zone", "North") } }
                != nil)
        try await place.read(as: key) { _ = try $0.get("Rights Client", "Anna") }
        try await place.write { session in
            _ = try session.make("Rights Deal", ["__newname": "a", "lines": [["item": "x"]]])
        }
        let rows = await TestSupport.problem {
            try await place.read(as: key) { session in
                let row = try session.transaction.first("SELECT name FROM rights_line", [], [.text])
                _ = try session.get("Rights Line", row?[0].text ?? "")
            }
        }
        #expect(rows?.kind == .forbidden)
    }

    @Test(arguments: [
        "{}", "[]", "[1]", #"[{"rights": ["fly"]}]"#, #"[{"rights": [1]}]"#, #"[{"name": "x"}]"#, #"[{"methods": {}}]"#,
    ])
    func `scopes that say nothing clear are refused`(text: String) throws {
        #expect(throws: Problem.self) { try Scope.list(text: text) }
    }
}
