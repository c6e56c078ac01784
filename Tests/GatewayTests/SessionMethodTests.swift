import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Sessions, sign-ins and passwords as their users see and end them.
@Suite(.bothEngines) struct SessionMethodTests {
    private static let who = "/api/method/frappe.auth.get_logged_user"
    private static let list = "/api/method/cauldron.sessions.list"
    private static let revoke = "/api/method/cauldron.sessions.revoke"
    private static let activity = "/api/resource/Activity%20Log?fields=%5B%22*%22%5D&limit_page_length=200"

    private func signIn(
        _ site: Site, _ user: String, from address: String = "192.0.2.1", agent: String = "curl/8"
    ) async throws -> String {
        let answer = try await site.send(
            .post, "/api/method/login", form: "usr=\(coded(user))&pwd=correct+horse", headers: ["User-Agent": agent],
            from: address)
        let sid = try #require(answer.cookies.first { $0.hasPrefix("sid=") }, "\(answer.text)")
        return String(sid.prefix { $0 != ";" })
    }

    private func set(_ site: Site, _ fields: JSONObject) async throws {
        try await site.tenant.write(as: .administrator) { session in
            let settings = try session.get("System Settings", "System Settings")
            try session.apply(fields, to: settings)
            try session.save(settings)
        }
    }

    // MARK: Sessions

    @Test func `one's sessions are listed and ended, one or all others`() async throws {
        let site = try await Site.make()
        let own = ["Cookie": try await signIn(site, "reader@example.com", from: "2001:db8::5", agent: "Firefox")]
        site.clock.advance(seconds: 60)
        let other = ["Cookie": try await signIn(site, "reader@example.com")]
        let third = ["Cookie": try await signIn(site, "reader@example.com")]
        let listed = try await site.send(.get, Self.list, headers: own).message.array ?? []
        #expect(listed.count == 3)
        let mine = try #require(listed.first { $0["current"] == true })
        #expect(mine["ip_address"] == "2001:db8::5" && mine["user_agent"] == "Firefox" && mine["way"] == "password")
        #expect(listed.filter { $0["current"] == true }.count == 1)
        let id = try #require(listed.first { $0["current"] == false }?["id"]?.string)
        let ended = try await site.send(.post, Self.revoke, json: #"{"id": "\#(id)"}"#, headers: own)
        #expect(ended.message == ["ended": 1], "\(ended.text)")
        #expect(try await site.send(.post, Self.revoke, json: #"{"id": "\#(id)"}"#, headers: own).status == 404)
        #expect(try await site.send(.post, Self.revoke, json: "{}", headers: own).status == 417)
        #expect(try await site.send(.post, Self.revoke, json: #"{"all": 1, "id": "x"}"#, headers: own).status == 417)
        #expect(try await site.send(.post, Self.revoke, json: #"{"all": 1}"#, headers: own).message == ["ended": 1])
        #expect(try await site.send(.get, Self.who, headers: own).status == 200)
        for gone in [other, third] { #expect(try await site.send(.get, Self.who, headers: gone).status == 403) }
    }

    @Test func `those of others are for who manages the system, Administrator's for nobody else, and keys have no say`()
        async throws
    {
        let site = try await Site.make()
        let reader = ["Cookie": try await signIn(site, "reader@example.com")]
        let boss = ["Cookie": try await signIn(site, "boss@example.com")]
        let of = "user=reader@example.com"
        #expect(try await site.send(.get, "\(Self.list)?user=boss@example.com", headers: reader).status == 403)
        #expect(try await site.send(.get, "\(Self.list)?user=Administrator", headers: boss).status == 403)
        #expect(try await site.send(.get, "\(Self.list)?user=who@example.com", headers: boss).status == 404)
        #expect(try await site.send(.get, Self.list, headers: [:]).status == 403)
        let seen = try await site.send(.get, "\(Self.list)?\(of)", headers: boss).message.array ?? []
        #expect(seen.count == 1 && seen[0]["current"] == false)
        let id = try #require(seen[0]["id"]?.string)
        #expect(try await site.send(.post, Self.revoke, json: #"{"id": "\#(id)"}"#, headers: boss).status == 404)
        let ended = try await site.send(
            .post, Self.revoke, json: #"{"id": "\#(id)", "user": "reader@example.com"}"#, headers: boss)
        #expect(ended.status == 200)
        #expect(try await site.send(.get, Self.who, headers: reader).status == 403)
        let key = try await site.tenant.identity.makeKey(
            for: "boss@example.com", label: "", scopes: #"[{"methods": "*", "rights": "*"}]"#, at: site.tenant.now())
        let limited = ["Authorization": "token \(key.key):\(key.secret)"]
        #expect(try await site.send(.get, Self.list, headers: limited).status == 403)
    }

    @Test func `a session that is ended does not outlive the request that runs`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let cookie = ["Cookie": try await signIn(site, "lib@example.com")]
        // Known and kept in memory, and then gone at once.
        #expect(try await site.send(.get, "/api/resource/Book", headers: cookie).status == 200)
        async let running = site.send(.get, "/api/resource/Book?limit_page_length=0", headers: cookie)
        try await site.tenant.identity.endSessions(of: "lib@example.com", at: site.tenant.now())
        #expect([200, 403].contains(try await running.status), "it goes on or is refused")
        #expect(try await site.send(.get, "/api/resource/Book", headers: cookie).status == 403)
        #expect(try await site.send(.put, "/api/resource/Book/B-1", json: "{}", headers: cookie).status == 403)
    }

    @Test func `a role that is taken away is gone at once, and the session goes on without it`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let cookie = ["Cookie": try await signIn(site, "lib@example.com")]
        #expect(try await site.send(.get, "/api/resource/Book/B-1", headers: cookie).status == 200)
        try await site.tenant.write(as: .administrator) { session in
            let user = try session.get(User.self, "lib@example.com")
            user.roles = []
            try session.save(user)
        }
        #expect(try await site.send(.get, "/api/resource/Book/B-1", headers: cookie).status == 403)
        #expect(try await site.send(.get, Self.who, headers: cookie).status == 200)
    }

    @Test func `System Settings end sessions that are idle or long, and hold at once`() async throws {
        let site = try await Site.make()
        let cookie = ["Cookie": try await signIn(site, "lib@example.com")]
        try await set(site, ["session_expiry": "00:10", "longest_session_hours": 1])
        for _ in 0..<6 {
            #expect(try await site.send(.get, Self.who, headers: cookie).status == 200)
            site.clock.advance(seconds: 595)
        }
        #expect(try await site.send(.get, Self.who, headers: cookie).status == 200)
        site.clock.advance(seconds: 60)
        #expect(try await site.send(.get, Self.who, headers: cookie).status == 403, "an hour is over")
        let idle = ["Cookie": try await signIn(site, "lib@example.com")]
        site.clock.advance(seconds: 601)
        #expect(try await site.send(.get, Self.who, headers: idle).status == 403)
    }

    @Test(
        arguments: [
            ["session_expiry": "soon"], ["session_expiry": "10"], ["session_expiry": "00:99"],
            ["session_expiry": "-1:00"],
            ["session_expiry": "99999999999999999999:00"], ["minimum_password_length": 1_000],
            ["allow_login_after_fail": 9_000_000_000], ["longest_session_hours": -1],
        ] as [JSONObject])
    func `a setting that would have no effect is refused`(fields: JSONObject) async throws {
        let site = try await Site.make()
        await #expect(throws: Problem.self) { try await set(site, fields) }
    }

    // MARK: What is kept of it

    private func rows(_ site: Site, _ cookie: String) async throws -> [[String]] {
        let answer = try await site.send(
            .get, Self.activity + "&order_by=creation+asc", headers: ["Cookie": cookie])
        #expect(answer.status == 200, "\(answer.text)")
        return (answer.data.array ?? []).map { row in
            ["operation", "status", "subject", "user", "ip_address"].map { row[$0]?.string ?? "" }
        }
    }

    @Test func `sign-ins and refusals are shown to the user, and all of them to who manages the system`() async throws {
        let site = try await Site.make()
        let boss = try await signIn(site, "boss@example.com", from: "198.51.100.1")
        func step() { site.clock.advance(seconds: 5) }
        step()
        let wrong = "usr=reader@example.com&pwd=wrong"
        _ = try await site.send(.post, "/api/method/login", form: wrong, headers: [:], from: "203.0.113.5")
        step()
        let cookie = try await signIn(site, "reader@example.com")
        step()
        let key = try await site.send(
            .post, "/api/method/cauldron.keys.make", json: #"{"scopes": [{"rights": ["read"]}]}"#,
            headers: ["Cookie": cookie])
        let name = try #require(key.message["api_key"]?.string)
        step()
        _ = try await site.send(
            .post, "/api/method/cauldron.keys.revoke", json: #"{"key": "\#(name)"}"#, headers: ["Cookie": cookie])
        step()
        _ = try await site.send(.post, "/api/method/logout", headers: ["Cookie": cookie])
        step()
        _ = try await site.send(
            .post, "/api/method/login", form: "usr=secret+typed+here&pwd=x", headers: [:], from: "203.0.113.5")
        step()
        try await site.tenant.write(as: .administrator) { session in
            let user = try session.get(User.self, "lib@example.com")
            user.enabled = false
            try session.save(user)
        }
        _ = try await site.send(
            .post, "/api/method/login", form: "usr=lib@example.com&pwd=correct+horse", headers: [:])
        step()
        _ = try await site.send(
            .post, "/api/method/frappe.core.doctype.user.user.update_password",
            json: #"{"user": "reader@example.com", "new_password": "another horse"}"#, headers: ["Cookie": boss])
        step()
        let reader = "reader@example.com"
        let theirs = [
            ["Password", "Success", "Password set", reader, ""],
            ["Login", "Failed", "Wrong password", reader, "203.0.113.5"],
            ["Login", "Success", "Signed in", reader, "192.0.2.1"],
            ["API Key", "Success", "API key \(name) made", reader, "192.0.2.1"],
            ["API Key", "Success", "API key \(name) revoked", reader, "192.0.2.1"],
            ["Logout", "Success", "Signed out", reader, "192.0.2.1"],
            ["Password", "Success", "Password set by boss@example.com", reader, "192.0.2.1"],
        ]
        let all = try await rows(site, boss)
        for row in theirs { #expect(all.contains(row), "\(row)") }
        #expect(all.contains(["Login", "Failed", "Wrong password", "", "203.0.113.5"]), "of nobody")
        #expect(all.contains(["Login", "Failed", "The user is disabled", "lib@example.com", "192.0.2.1"]))
        #expect(!all.joined().contains { $0.contains("secret typed") })
        let form = "usr=reader@example.com&pwd=another+horse"
        let entered = try await site.send(.post, "/api/method/login", form: form, headers: [:])
        let again = String(try #require(entered.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" })
        #expect(try await rows(site, again) == theirs + [["Login", "Success", "Signed in", reader, "192.0.2.1"]])
        let asked = Self.activity + "&filters=" + coded(#"[["user", "=", "lib@example.com"]]"#)
        #expect(try await site.send(.get, asked, headers: ["Cookie": again]).names.isEmpty)
        let name2 = try await site.send(.get, asked, headers: ["Cookie": boss]).names.first ?? ""
        let path = "/api/resource/Activity%20Log/\(name2)"
        #expect(try await site.send(.get, path, headers: ["Cookie": boss]).data["user"] == "lib@example.com")
        #expect(try await site.send(.get, path, headers: ["Cookie": again]).status == 403)
        #expect(try await site.send(.delete, path, headers: ["Cookie": boss]).status != 202, "nobody tidies up")
        #expect(try await site.send(.put, path, json: #"{"subject": "x"}"#, headers: ["Cookie": boss]).status != 200)
    }

    @Test func `an account says when and from where it was signed in to before, and what failed since`() async throws {
        let site = try await Site.make()
        _ = try await signIn(site, "reader@example.com", from: "198.51.100.9", agent: "Phone")
        site.clock.advance(seconds: 60)
        for _ in 0..<3 {
            _ = try await site.send(
                .post, "/api/method/login", form: "usr=reader@example.com&pwd=x", headers: [:], from: "203.0.113.5")
        }
        site.clock.advance(seconds: 60)
        let cookie = try await signIn(site, "reader@example.com")
        let info = try await site.send(.get, "/api/method/cauldron.account.info", headers: ["Cookie": cookie]).message
        #expect(info["last_sign_in"]?["from"] == "198.51.100.9" && info["last_sign_in"]?["user_agent"] == "Phone")
        #expect(info["last_sign_in"]?["at"] == "2026-03-01 12:00:00.000000")
        #expect((info["failed_since"]?.int ?? 0) >= 2)
        #expect(info["session"]?["current"] == true && info["second_factor"]?["enabled"] == false)
    }

    @Test func `a flood of failures fills neither the list nor the log`() async throws {
        let site = try await Site.make()
        try await set(site, ["allow_consecutive_login_attempts": 1_000])
        func size() async throws -> (Int64, Int64) {
            try await site.tenant.database.read { transaction in
                (
                    try transaction.first("SELECT count(*) FROM _activity", [], [.integer])?[0].int ?? 0,
                    try transaction.first("SELECT count(*) FROM _audit", [], [.integer])?[0].int ?? 0
                )
            }
        }
        let before = try await size()
        for _ in 0..<64 {
            await site.tenant.note(.wrongPassword, of: "lib@example.com", from: Origin(address: "203.0.113.5"))
        }
        let one = try await size()
        #expect(one.0 == before.0 + 1 && one.1 <= before.1 + 8, "counted when it doubles")
        for index in 0..<400 {
            await site.tenant.note(
                .wrongPassword, of: "lib@example.com", from: Origin(address: "10.0.\(index / 250).\(index % 250)"))
        }
        let many = try await size()
        #expect(many.0 <= before.0 + 52, "those beyond are one entry")
        let boss = try await signIn(site, "boss@example.com")
        let found = try await rows(site, boss)
        #expect(found.contains { $0[2] == "Refused from many addresses" && $0[3] == "lib@example.com" })
        let findings = try await Doctor(modules: site.tenant.modules, key: site.tenant.audit).run(
            on: site.tenant.database, at: site.tenant.now())
        #expect(findings.filter { !$0.isFine }.map(\.name) == [])
    }

    @Test func `entries go after their time`() async throws {
        let site = try await Site.make()
        _ = try await signIn(site, "lib@example.com")
        site.clock.advance(seconds: 91 * 86_400)
        try await site.tenant.write(as: .administrator) { session in
            try session.runScheduledTasks()
        }
        let left = try await site.tenant.database.read { transaction in
            try transaction.first("SELECT count(*) FROM _activity", [], [.integer])?[0].int
        }
        #expect(left == 0)
        let findings = try await Doctor(modules: site.tenant.modules, key: site.tenant.audit).run(
            on: site.tenant.database, at: site.tenant.now())
        #expect(findings.filter { !$0.isFine }.map(\.name) == [])
    }

    // MARK: Keys and passwords

    @Test func `the key without scopes is told and revoked like others, and none is made that has expired`()
        async throws
    {
        let site = try await Site.make()
        let cookie = ["Cookie": try await signIn(site, "lib@example.com")]
        let info = try await site.send(.get, "/api/method/cauldron.account.info", headers: cookie).message
        #expect(info["api_key"]?.string == site.librarian.key)
        #expect(try await site.send(.get, Self.who).status == 200)
        let revoked = try await site.send(
            .post, "/api/method/cauldron.keys.revoke", json: #"{"key": "\#(site.librarian.key)"}"#, headers: cookie)
        #expect(revoked.status == 200)
        #expect(try await site.send(.get, Self.who).status == 401)
        let past = try await site.send(
            .post, "/api/method/cauldron.keys.make",
            json: #"{"scopes": [{"rights": ["read"]}], "expires": "2026-02-28 00:00:00"}"#, headers: cookie)
        #expect(past.status == 417)
    }

    @Test func `a password that is easily guessed is refused wherever it is set`() async throws {
        let site = try await Site.make()
        let path = "/api/method/frappe.core.doctype.user.user.update_password"
        let boss = ["Cookie": try await signIn(site, "boss@example.com")]
        let reader = ["Cookie": try await signIn(site, "reader@example.com")]
        for password in [
            "password1", "reader123", "Library1", "short", "12345678", String(repeating: "ab c", count: 500),
        ] {
            for (headers, more) in [
                (boss, #", "user": "reader@example.com""#), (reader, #", "old_password": "correct horse""#),
            ] {
                let answer = try await site.send(
                    .post, path, json: #"{"new_password": "\#(password)"\#(more)}"#, headers: headers)
                #expect(answer.status == 417, "\(password)")
            }
            await #expect(throws: IdentityError.self) {
                try await site.tenant.identity.setPassword(password, of: "lib@example.com", at: site.tenant.now())
            }
        }
        let same = #"{"new_password": "correct horse", "old_password": "correct horse"}"#
        #expect(try await site.send(.post, path, json: same, headers: reader).status == 417)
        try await set(site, ["minimum_password_length": 20, "enable_password_policy": 0])
        let long = #"{"user": "reader@example.com", "new_password": "password password"}"#
        #expect(try await site.send(.post, path, json: long, headers: boss).status == 417)
        try await set(site, ["minimum_password_length": 8])
        #expect(try await site.send(.post, path, json: long, headers: boss).status == 200)
    }

    @Test func `a password that is too old lets its user choose another one, and nothing else`() async throws {
        let site = try await Site.make()
        try await set(site, ["force_user_to_reset_password": 30, "longest_session_hours": 0])
        site.clock.advance(seconds: 30 * 86_400)
        let entered = try await site.send(
            .post, "/api/method/login", form: "usr=lib@example.com&pwd=correct+horse", headers: [:])
        #expect(entered.message == "Password Reset" && entered.json["redirect_to"] != nil)
        let cookie = [
            "Cookie": String(try #require(entered.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" })
        ]
        #expect(try await site.send(.get, "/api/resource/Book", headers: cookie).status == 403)
        #expect(try await site.send(.get, Self.who, headers: cookie).status == 200)
        let path = "/api/method/frappe.core.doctype.user.user.update_password"
        let other = #"{"user": "reader@example.com", "new_password": "another horse"}"#
        #expect(try await site.send(.post, path, json: other, headers: cookie).status == 403)
        let body = #"{"new_password": "another horse", "old_password": "correct horse"}"#
        #expect(try await site.send(.post, path, json: body, headers: cookie).status == 200)
        let form = "usr=lib@example.com&pwd=another+horse"
        #expect(try await site.send(.post, "/api/method/login", form: form, headers: [:]).message == "Logged In")
        #expect(try await site.send(.get, Self.who).status == 200, "keys go on")
        // The same on the page.
        let page = try await site.send(.post, "/login", form: "usr=reader@example.com&pwd=correct+horse", headers: [:])
        #expect(page.text.contains("name=\"new_password\""))
    }
}
