import Storage
import TestSupport
import Values

@testable import Documents

/// Something that only its keepers see, and who made it.
struct HiddenThing: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Hidden Thing", module: "Hidden", naming: .prompt, .renamable, title: "title",
        permissions: [
            .manage("Keeper"), Permission("Keeper", [.read, .write], permlevel: 1), .read("Looker"),
            Permission("Owner", [.read, .select, .write, .create], ifOwner: true), Permission("Chooser", [.select]),
            Permission("Looker", [.write]),
        ])
    let title = Data()
    let remark = Data()
    let plan = Data(.level(1))
    init() {}
}

/// Something that takes the place of another.
struct HiddenPaper: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Hidden Paper", module: "Hidden", naming: .prompt, .submittable,
        permissions: [
            .manage("Keeper"),
            Permission("Seeker", [.read, .select, .write, .create, .submit, .cancel, .amend], ifOwner: true),
            Permission("Looker", [.read, .select, .write, .create]),
        ])
    let text = Data()
    init() {}
}

struct SeekerLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Seeker Line", module: "Hidden", kind: .child)
    let thing = Link(HiddenThing.self)
    let thingTitle = Data(.readOnly, .fetch("thing", "title"))
    init() {}
}

/// What names things, and fetches from them.
struct SeekerNote: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Seeker Note", module: "Hidden", naming: .prompt,
        permissions: [.manage("Keeper"), .manage("Seeker")])
    let text = Data()
    let thing = Link(HiddenThing.self)
    let thingTitle = Data(.readOnly, .fetch("thing", "title"))
    let thingRemark = Data(.readOnly, .fetch("thing", "remark"))
    let aboutType = Data()
    let about = DynamicLink("about_type")
    let lines = Table(SeekerLine.self)
    init() {}
}

/// A company with things that are hidden from most: `secret`, which a keeper made, and `mine`, which the owner did.
struct HiddenWorld: TestCompany {
    let company: TemporaryCompany
    static let roles = ["Keeper", "Seeker", "Chooser", "Looker", "Owner", "System Manager"]
    static let keeper = Actor(user: "kim@example.com", roles: ["Keeper", "Seeker", "Desk User"])
    static let seeker = Actor(user: "sam@example.com", roles: ["Seeker", "Desk User"])
    static let chooser = Actor(user: "cho@example.com", roles: ["Seeker", "Chooser", "Desk User"])
    static let looker = Actor(user: "lou@example.com", roles: ["Looker", "Desk User"])
    static let owner = Actor(user: "own@example.com", roles: ["Seeker", "Owner", "Desk User"])
    static let boss = Actor(user: "boss@example.com", roles: ["System Manager", "Desk User"])

    init() async throws {
        company = try await TemporaryCompany(actor: Self.keeper, noon: RightsWorld.noon) { registry in
            registry.add(HiddenThing.self, HiddenPaper.self, SeekerLine.self, SeekerNote.self)
        }
        try await write(as: .administrator) { session in
            for role in Self.roles { try session.make("Role", ["role_name": .string(role)]) }
            for actor in [Self.keeper, Self.seeker, Self.chooser, Self.looker, Self.owner, Self.boss] {
                let roles = Self.roles.filter { actor.roles.contains($0) }.sorted()
                try session.make(
                    "User",
                    [
                        "email": .string(actor.user), "first_name": "P",
                        "roles": .array(roles.map { ["role": .string($0)] }),
                    ])
            }
        }
        try await write { try Self.add("secret", $0) }
        try await write(as: Self.owner) { try Self.add("mine", $0) }
    }

    private static func add(_ name: String, _ session: Session) throws {
        try session.make(
            "Hidden Thing",
            [
                "__newname": .string(name), "title": .string("mark-title-\(name)"),
                "remark": .string("mark-remark-\(name)"),
            ])
    }

    /// What `body` throws, as somebody.
    func problem(as actor: Actor, _ body: @escaping @Sendable (Session) throws -> Void) async -> Problem? {
        await TestSupport.problem { try await write(as: actor, body) }
    }
}
