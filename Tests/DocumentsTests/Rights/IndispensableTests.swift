import Customization
import Forms
import Storage
import TestSupport
import Testing
import Values

@testable import Documents

/// Who and what a company cannot do without stays, whatever way somebody tries.
@Suite(.bothEngines) struct IndispensableTests {
    private static let boss = HiddenWorld.boss.user

    /// Ways to do without a user who is needed.
    private static let waysWithUsers: [String: @Sendable (Session, String) throws -> Void] = [
        "delete": { try $0.delete("User", $1) },
        "delete with what links to it": { try $0.delete("User", $1, cascade: true) },
        "delete many": { session, user in
            if let problem = try session.bulk([Command(.delete, "User", user)])[0].problem { throw problem }
        },
        "disable": { session, user in
            let document = try session.get("User", user)
            try session.apply(["enabled": 0], to: document)
            try session.save(document)
        },
        "merge": { session, user in
            try session.make("User", ["email": "new@example.com", "first_name": "New"])
            _ = try session.privileged { try session.rename("User", user, to: "new@example.com", merge: true) }
        },
        "rehearse": { session, user in _ = try session.rehearse { try $0.delete("User", user) } },
    ]

    @Test(arguments: waysWithUsers.keys.sorted())
    func `the user who may do everything and the last System Manager stay`(way: String) async throws {
        let world = try await HiddenWorld()
        let body = try #require(Self.waysWithUsers[way])
        try await world.write(as: .administrator) {
            _ = try $0.make("User", ["email": "Administrator", "first_name": "Administrator"])
        }
        for user in ["Administrator", Self.boss] {
            let problem = await world.problem(as: .administrator) { try body($0, user) }
            #expect(problem?.kind == .forbidden, "\(way) \(user): \(problem?.message ?? "done")")
        }
        // Once there is another, the one before may go.
        #expect(
            await world.problem(as: .administrator) { session in
                let roles: JSON = [["role": "System Manager"]]
                try session.make("User", ["email": "next@example.com", "first_name": "Next", "roles": roles])
                try body(session, Self.boss)
            } == nil)
    }

    private static let waysWithRoles: [String: @Sendable (Session) throws -> Void] = [
        "taking the row out": { session in
            let user = try session.get("User", boss)
            try session.apply(["roles": []], to: user)
            try session.save(user)
        },
        "changing the row": { session in
            let user = try session.get("User", boss)
            let row = user.table("roles")[0].name
            try session.apply(["roles": [["name": .string(row), "role": "Seeker"]]], to: user)
            try session.save(user)
        },
        "another profile": { session in
            try session.make("Role Profile", ["role_profile": "Clerks", "roles": [["role": "Seeker"]]])
            let user = try session.get("User", boss)
            try session.apply(["role_profile_name": "Clerks"], to: user)
            try session.save(user)
        },
        "changing the profile": { session in
            let profile = try session.make(
                "Role Profile", ["role_profile": "Chiefs", "roles": [["role": "System Manager"]]])
            let user = try session.get("User", boss)
            try session.apply(["role_profile_name": "Chiefs"], to: user)
            try session.save(user)
            try session.apply(["roles": [["role": "Seeker"]]], to: profile)
            try session.save(profile)
        },
        "with all others at once": { session in
            let roles: JSON = [["role": "System Manager"], ["role": "Gone"]]
            try session.make("Role", ["role_name": "Gone"])
            let both = try session.get("User", boss)
            try session.apply(["roles": roles], to: both)
            try session.save(both)
            try session.make("User", ["email": "next@example.com", "first_name": "Next", "roles": roles])
            try session.delete("Role", "Gone", cascade: true)
        },
    ]

    @Test(arguments: waysWithRoles.keys.sorted())
    func `the role is not taken from the last System Manager`(way: String) async throws {
        let world = try await HiddenWorld()
        let body = try #require(Self.waysWithRoles[way])
        let problem = await world.problem(as: .administrator, body)
        #expect(problem?.kind == .forbidden && problem?.message.contains("last System Manager") == true, "\(way)")
    }

    @Test(arguments: ["System Manager", "All", "Guest", "Desk User", "Keeper"])
    func `roles that are needed are not deleted, renamed, merged or, where everybody has them, disabled`(
        role: String
    ) async throws {
        let world = try await HiddenWorld()
        try await world.write(as: .administrator) { session in
            if try !session.exists("Role", role) { try session.make("Role", ["role_name": .string(role)]) }
            try session.make("Role", ["role_name": "Other"])
        }
        let ways: [@Sendable (Session) throws -> Void] = [
            { try $0.delete("Role", role) }, { try $0.delete("Role", role, cascade: true) },
            { session in _ = try session.privileged { try session.rename("Role", role, to: "New") } },
            { session in _ = try session.privileged { try session.rename("Role", role, to: "Other", merge: true) } },
        ]
        for body in ways {
            let problem = await world.problem(as: .administrator, body)
            #expect(problem?.kind == .forbidden && problem?.message.contains("needed") == true)
        }
        let disabled = await world.problem(as: .administrator) { session in
            let document = try session.get("Role", role)
            try session.apply(["disabled": 1], to: document)
            try session.save(document)
        }
        #expect((disabled == nil) == (role == "Keeper"))
        #expect(await world.problem(as: .administrator) { try $0.delete("Role", "Other") } == nil)
    }

    // MARK: Rights of everybody

    @Test(arguments: ["Guest", "All", "Desk User"], ["ToDo", "Hidden Thing", "Mine"])
    func `everybody gets rights from Administrator alone, on shipped DocTypes as on own ones`(
        role: String, doctype: String
    ) async throws {
        let world = try await HiddenWorld()
        let row: JSONObject = ["parent": .string(doctype), "role": .string(role), "read": 1]
        try await world.write(as: .administrator) { session in
            if try !session.exists("Role", role) { try session.make("Role", ["role_name": .string(role)]) }
            try session.saveMetadata(
                "DocType",
                [
                    "name": "Mine", "module": "Custom", "custom": 1, "autoname": "hash",
                    "fields": [["fieldname": "a", "fieldtype": "Data", "label": "A"]],
                    "permissions": [["role": "Seeker", "read": 1]],
                ])
        }
        #expect(
            await world.problem(as: HiddenWorld.boss) { try $0.make("Custom DocPerm", row) }?.kind == .forbidden)
        #expect(
            await world.problem(as: HiddenWorld.boss) { session in
                try session.call("cauldron.meta.apply", ["docs": [.object(row.adding("doctype", "Custom DocPerm"))]])
            }?.kind == .forbidden)
        // Not by another role first, nor out of what Administrator deleted.
        #expect(
            await world.problem(as: HiddenWorld.boss) { session in
                let other = try session.make("Custom DocPerm", row.adding("role", "Seeker"))
                try session.apply(["role": .string(role)], to: other)
                try session.save(other)
            }?.kind == .forbidden)
        let copy = try await world.write(as: .administrator) { session in
            let made = try session.make("Custom DocPerm", row).name
            try session.delete("Custom DocPerm", made)
            return try session.deletedCopy(of: "Custom DocPerm", made) ?? ""
        }
        #expect(await world.problem(as: HiddenWorld.boss) { _ = try $0.restore(copy) }?.kind == .forbidden)
        #expect(await world.problem(as: .administrator) { _ = try $0.restore(copy) } == nil)
    }
}

extension JSONObject {
    fileprivate func adding(_ key: String, _ value: JSON) -> JSONObject {
        var object = self
        object[key] = value
        return object
    }
}
