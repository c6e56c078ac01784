import Foundation
import Identity
import Tenancy
import Testing
import Values

@Suite struct UserTests {
    @Test func `a user is added, gets roles and a password, and is locked out`() async throws {
        let company = try await Company()
        let added = try await company.run(
            "user", "add", "ana@example.com", "--first-name", "Ana", "--last-name", "Lee", "--roles", "Sales User",
            "--password", "--json", input: "geheim und lang\n")
        #expect(added.status == 0, "\(added.errors)")
        #expect(
            try added.json == [
                "name": "ana@example.com", "full_name": "Ana Lee", "enabled": true, "roles": ["Sales User"],
            ])
        let roles = try await company.run(
            "user", "roles", "ana@example.com", "--add", "Stock User, Accounts User", "--remove", "Sales User")
        #expect(roles.output == "Stock User\nAccounts User\n", "\(roles.errors)")
        let keys = try await company.run("user", "keys", "ana@example.com", "--json").json
        let (key, secret) = (keys["api_key"]?.string ?? "", keys["api_secret"]?.string ?? "")
        try await company.with { tenant in
            let fits = try await tenant.identity.verifyPassword("geheim und lang", of: "ana@example.com")
            let owner = try await tenant.identity.holder(ofKey: key, secret: secret, at: tenant.now())?.user
            #expect(fits)
            #expect(owner == "ana@example.com")
        }
        #expect(try await company.run("user", "password", "ana@example.com", input: "another one 1\n").status == 0)
        #expect(try await company.run("user", "disable", "ana@example.com").status == 0)
        try await company.with { tenant in
            let fits = try await tenant.identity.verifyPassword("another one 1", of: "ana@example.com")
            let actor = try await tenant.actor(named: "ana@example.com")
            let owner = try await tenant.identity.holder(ofKey: key, secret: secret, at: tenant.now())?.user
            #expect(fits)
            #expect(actor == nil)
            #expect(owner == nil)
        }
        let list = try await company.run("user", "list", "--json").json.array ?? []
        #expect(list.map { $0["name"] } == ["Administrator", "Guest", "ana@example.com"])
        #expect(list.last?["enabled"] == false)
        #expect(try await company.run("user", "enable", "ana@example.com").status == 0)
    }

    @Test func `sessions and a second factor are shown and ended`() async throws {
        let company = try await Company()
        let ana = "ana@example.com"
        #expect(
            try await company.run("user", "add", ana, "--password", input: "geheim und lang\n").status == 0)
        let ids = try await company.with { tenant in
            let now = tenant.now()
            let secret = try await tenant.identity.beginSecondFactor(for: ana, at: now)
            let codes = try await tenant.identity.confirmSecondFactor(
                of: ana, code: OneTimeCode.code(of: secret, at: now), at: now
            ).recoveryCodes
            for code in codes.prefix(3) {
                _ = try await tenant.identity.createSession(
                    for: ana, at: now, code: code, from: Origin(address: "192.0.2.1", agent: "Firefox"))
            }
            return try await tenant.identity.sessions(of: ana, at: now).map(\.id)
        }
        let listed = try await company.run("user", "sessions", ana, "--json").json.array ?? []
        #expect(listed.compactMap { $0["id"]?.string } == ids && listed.first?["user_agent"] == "Firefox")
        #expect(try await company.run("user", "sessions", ana).output.contains("192.0.2.1  Firefox"))
        #expect(try await company.run("user", "sessions", ana, "--end", ids[1]).output == "ended 1\n")
        #expect(try await company.run("user", "sessions", ana, "--end", ids[1]).errors.contains("no session"))
        #expect(try await company.run("user", "sessions", ana, "--end-all").output == "ended 2\n")
        let factor = try await company.run("user", "second-factor", ana, "--json").json
        #expect(factor == ["enabled": true, "required": false, "recovery_codes": 7])
        #expect(try await company.run("user", "second-factor", ana, "--remove").output == "removed\n")
        #expect(try await company.run("user", "second-factor", ana).output == "none\n")
        #expect(try await company.run("user", "second-factor", ana, "--remove").status == 1)
        #expect(try await company.run("doctor").status == 0)
    }

    private static let refused: [([String], String, String)] = [
        (["user", "add", "x@example.com", "--roles", "Nobody"], "", "Role Nobody does not exist"),
        (["user", "add", "Administrator"], "", "already exists"),
        (["user", "add", "x@example.com", "--password"], "short\n", "at least 8 characters"),
        (["user", "add", "x@example.com", "--password"], "Password123\n", "many people use"),
        (["user", "password", "Administrator"], "administrator1\n", "name of its user"),
        (["user", "sessions", "nobody@example.com"], "", "There is no user"),
        (["user", "second-factor", "nobody@example.com", "--remove"], "", "There is no user"),
        (["user", "password", "nobody@example.com"], "long enough\n", "There is no user nobody@example.com"),
        (["user", "password", "Administrator"], "", "at least 8 characters"),
        (["user", "keys", "nobody@example.com"], "", "There is no user"),
        (["user", "disable", "Administrator"], "", "cannot be disabled"),
        (["user", "roles", "Administrator", "--remove", "Sales User"], "", "does not have the role"),
    ]

    @Test(arguments: refused)
    func `what cannot be is refused in one line`(arguments: [String], input: String, words: String) async throws {
        let company = try await Company()
        let ran = try await Binary.run(arguments + ["--data", company.directory], input: input)
        #expect(ran.status == 1)
        #expect(ran.errors.contains(words), "\(ran.errors)")
        #expect(ran.errors.split(separator: "\n").count == 1)
        #expect(try await company.count("user") == 2, "Administrator and Guest")
    }

    @Test func `a password is not taken as an argument`() async throws {
        let company = try await Company()
        let ran = try await company.run("user", "password", "Administrator", "secret secret")
        #expect(ran.status == 64)
    }
}
