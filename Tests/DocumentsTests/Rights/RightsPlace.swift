import Documents
import Storage
import TestSupport
import Values

/// A small company of the same DocTypes, made by hand: three zones, two clients, people with one role or two.
struct RightsPlace: TestCompany {
    let company: TemporaryCompany

    /// People: each with what is said of it, none with User Permissions or shares yet.
    static let people: [String: [String]] = [
        "reader": ["Reader"], "owner": ["Own Reader"], "levels": ["Reader", "Level Writer"], "selector": ["Selector"],
        "stranger": [], "boss": ["System Manager"],
    ]

    init() async throws {
        company = try await TemporaryCompany(noon: RightsWorld.noon) { registry in
            registry.add(
                RightsZone.self, RightsClient.self, RightsLine.self, RightsExtra.self, RightsDeal.self)
        }
        try await company.write { session in
            for role in RightsWorld.roles { try session.make("Role", ["role_name": .string(role)]) }
            try session.make("Role", ["role_name": "System Manager"])
            for (name, roles) in Self.people.sorted(by: { $0.key < $1.key }) {
                try session.make(
                    "User",
                    [
                        "email": .string("\(name)@example.com"), "first_name": .string(name),
                        "roles": .array(roles.map { ["role": .string($0)] }),
                    ])
            }
            for (zone, parent) in [("World", ""), ("North", "World"), ("South", "World"), ("Pole", "North")] {
                try session.make(
                    "Rights Zone", ["__newname": .string(zone), "parent_zone": .string(parent), "is_group": 1])
            }
            for (client, zone) in [("Anna", "North"), ("Sam", "South")] {
                let document = try session.document(
                    "Rights Client",
                    from: [
                        "__newname": .string(client), "title": .string("\(client) Ltd"), "zone": .string(zone),
                        "phone": "0123", "secret": "s3cret",
                    ])
                try session.insert(document)
            }
        }
    }

    /// A person as one who acts, as the database says now.
    func actor(_ name: String) async throws -> Actor {
        let user = "\(name)@example.com"
        return try await read { try User.actor(user, in: $0) } ?? .guest
    }

    /// Limits a person to a value.
    func limit(
        _ name: String, _ allow: String, _ value: String, _ more: JSONObject = [:]
    ) async throws {
        try await write { session in
            var object: JSONObject = [
                "user": .string("\(name)@example.com"), "allow": .string(allow), "for_value": .string(value),
            ]
            for (key, value) in more.members { object[key] = value }
            try session.make("User Permission", object)
        }
    }

    /// Runs `body` as a person and gives the problem it throws, if it throws one.
    func problem(as name: String, _ body: @escaping @Sendable (Session) throws -> Void) async throws -> Problem? {
        let actor = try await actor(name)
        return await TestSupport.problem { try await write(as: actor, body) }
    }
}
