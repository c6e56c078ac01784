import Foundation
import Testing
import Values

@Suite struct ExplainTests {
    @Test func `says why a user may or may not, step by step`() async throws {
        let company = try await Company()
        let added = try await company.run("user", "add", "ana@example.com", "--roles", "Stock User")
        #expect(added.status == 0, "\(added.errors)")
        let denied = try await company.run(
            "explain", "--user", "ana@example.com", "--right", "write", "User", "Administrator")
        #expect(denied.status == 0, "\(denied.errors)")
        #expect(denied.output.contains("roles: denies: no role of the user has write on User"), "\(denied.output)")
        #expect(denied.output.contains("DENIED: ana@example.com may not write User Administrator, because"))
        let own = try await company.run("explain", "--user", "ana@example.com", "User", "--json").json
        #expect(own["allowed"] == true && own["rule"] == "role")
        let field = try await company.run("explain", "--user", "ana@example.com", "--field", "email", "User")
        #expect(field.output.contains("field email: level 0, seen"))
    }

    @Test func `what cannot be asked is refused`() async throws {
        let company = try await Company()
        #expect(try await company.run("explain", "--user", "nobody@example.com", "User").status == 1)
        #expect(try await company.run("explain", "--user", "Administrator", "Nothing").status == 1)
        #expect(try await company.run("explain", "--user", "Administrator", "--right", "fly", "User").status == 1)
        #expect(try await company.run("explain", "User").status == 64)
    }

    @Test func `a key for some things is made, listed and revoked`() async throws {
        let company = try await Company()
        _ = try await company.run("user", "add", "ana@example.com")
        let scopes = #"[{"doctype": "Item", "rights": ["read"]}]"#
        let made = try await company.run(
            "user", "keys", "ana@example.com", "--label", "shop", "--scopes", scopes, "--expires", "2999-01-01",
            "--json")
        #expect(made.status == 0, "\(made.errors)")
        let key = try made.json["api_key"]?.string ?? ""
        let list = try await company.run("user", "keys", "ana@example.com", "--list", "--json").json
        #expect(list.array?.first?["api_key"]?.string == key && list.array?.first?["label"] == "shop")
        #expect(try await company.run("user", "keys", "ana@example.com", "--revoke", key).status == 0)
        #expect(try await company.run("user", "keys", "ana@example.com", "--revoke", key).status == 1)
        #expect(try await company.run("user", "keys", "ana@example.com", "--scopes", "[]").status == 1)
    }
}
