import Audit
import Documents
import EventLog
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct AccessTests {
    private let who = "/api/method/frappe.auth.get_logged_user"

    @Test func `a key and its secret may come as token or as basic`() async throws {
        let site = try await Site.make()
        let pair = "\(site.librarian.key):\(site.librarian.secret)"
        for header in ["token \(pair)", "Token \(pair)", "Basic \(Base64.text(Array(pair.utf8)))"] {
            #expect(try await site.send(.get, who, headers: ["Authorization": header]).message == "lib@example.com")
        }
    }

    @Test func `wrong credentials are 401, whatever is wrong about them`() async throws {
        let site = try await Site.make()
        let key = site.librarian.key
        for header in [
            "token \(key):wrong", "token \(key)", "token", "token :", "token unknown:\(site.librarian.secret)",
            "Bearer abc",
            "Bearer a:b", "Basic ***", "Basic \(Base64.text(Array("lib@example.com:correct horse".utf8)))",
            "Digest x:y", "",
        ] {
            let answer = try await site.send(.get, who, headers: ["Authorization": header])
            #expect(answer.status == 401, "\(header)")
            #expect(answer.json["exc_type"] == "AuthenticationError")
        }
    }

    @Test func `a disabled user is nobody, by key, session and password`() async throws {
        let site = try await Site.make()
        let cookie = try await site.signIn("lib@example.com")
        #expect(try await site.send(.get, who, headers: ["Cookie": cookie]).status == 200)
        try await site.tenant.write(as: .administrator) { session in
            let user = try session.get(User.self, "lib@example.com")
            user.enabled = false
            try session.save(user)
        }
        #expect(try await site.send(.get, who).status == 401)
        #expect(try await site.send(.get, who, headers: ["Cookie": cookie]).status == 403)
        let login = try await site.send(
            .post, "/api/method/login", form: "usr=lib@example.com&pwd=correct+horse", headers: [:])
        #expect(login.status == 401)
    }

    @Test func `guests may ask nothing but what is open`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for path in [
            "/api/resource/Book", "/api/resource/Book/B-1", who, "/api/method/frappe.client.get_list?doctype=Book",
        ] {
            let answer = try await site.send(.get, path, headers: [:])
            #expect(answer.status == 403, "\(path): \(answer.text)")
            #expect(answer.json["exc_type"] == "PermissionError")
        }
        #expect(
            try await site.send(.post, "/api/resource/Book", json: "{\"name\":\"X\",\"title\":\"T\"}", headers: [:])
                .status == 403)
        #expect(try await site.send(.get, "/api/method/ping", headers: [:]).message == "pong")
        #expect(try await site.send(.get, "/api/method/library.books", headers: [:]).message == 5)
        #expect(try await site.send(.get, "/healthz", headers: [:]).text == "ok\n")
    }

    @Test func `rights are those of the roles`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        let nobody = ["Cookie": try await site.signIn("nobody@example.com")]
        #expect(try await site.send(.get, "/api/resource/Book/B-1", headers: reader).status == 200)
        for (method, path) in [
            ("PUT", "/api/resource/Book/B-1"), ("DELETE", "/api/resource/Book/B-1"), ("POST", "/api/resource/Book"),
        ] {
            let answer = try await site.send(
                .init(method) ?? .get, path, json: #"{"title": "T", "name": "N"}"#, headers: reader)
            #expect(answer.status == 403, "\(method)")
            #expect(answer.json["fix"]?.string?.contains("Librarian") == true)
        }
        #expect(try await site.send(.get, "/api/resource/Loan", headers: reader).status == 403)
        #expect(try await site.send(.get, "/api/resource/Book", headers: nobody).status == 403)
    }

    @Test func `what belongs to its owner is the owner's alone`() async throws {
        let site = try await Site.make()
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        let nobody = ["Cookie": try await site.signIn("nobody@example.com")]
        let note = try await site.send(.post, "/api/resource/Memo", json: #"{"text": "mine"}"#, headers: reader)
        let path = "/api/resource/Memo/" + (note.data["name"]?.string ?? "")
        #expect(try await site.send(.get, path, headers: reader).status == 200)
        #expect(try await site.send(.get, path, headers: nobody).status == 403)
        #expect(try await site.send(.delete, path, headers: nobody).status == 403)
        #expect(try await site.send(.get, "/api/resource/Memo", headers: nobody).names.isEmpty)
        #expect(try await site.send(.get, "/api/resource/Memo", headers: reader).names.count == 1)
    }

    // MARK: Signing in

    @Test(arguments: ["/api/method/login", "/", "/api/method/login/"])
    func `signing in sets the cookies and says who it is`(path: String) async throws {
        let site = try await Site.make()
        let form = "usr=lib%40example.com&pwd=correct+horse" + (path == "/" ? "&cmd=login" : "")
        let answer = try await site.send(.post, path, form: form, headers: [:])
        #expect(answer.status == 200)
        #expect(answer.message == "Logged In")
        #expect(answer.json["full_name"] == "lib")
        #expect(answer.json["home_page"] == "/app")
        #expect(answer.json["exc"] == nil)
        let sid = try #require(answer.cookies.first { $0.hasPrefix("sid=") })
        #expect(sid.contains("HttpOnly") && sid.contains("SameSite=Lax") && sid.contains("Path=/"))
        #expect(answer.cookies.contains { $0.hasPrefix("user_id=lib%40example.com") })
        let cookie = String(sid.prefix { $0 != ";" })
        #expect(try await site.send(.get, who, headers: ["Cookie": "a=b; \(cookie); c=d"]).message == "lib@example.com")
        let sidOnly = String(cookie.dropFirst(4))
        let byParameter = try await site.send(.get, who, json: #"{"sid": "\#(sidOnly)"}"#, headers: [:])
        #expect(byParameter.message == "lib@example.com", "\(byParameter.text)")

        let left = try await site.send(.get, "/?cmd=logout", headers: ["Cookie": cookie])
        #expect(left.status == 200)
        #expect(try await site.send(.get, who, headers: ["Cookie": cookie]).status == 403)
    }

    @Test func `an unknown user and a wrong password look the same`() async throws {
        let site = try await Site.make()
        let wrong = try await site.send(.post, "/api/method/login", form: "usr=lib@example.com&pwd=x", headers: [:])
        let unknown = try await site.send(.post, "/api/method/login", form: "usr=who@example.com&pwd=x", headers: [:])
        #expect(wrong.status == 401)
        #expect(wrong.message == "Invalid login credentials")
        #expect(wrong.body == unknown.body)
        for form in ["", "usr=lib@example.com", "pwd=x", "usr=&pwd="] {
            #expect(try await site.send(.post, "/api/method/login", form: form, headers: [:]).status == 401)
        }
        #expect(
            try await site.send(.get, "/api/method/login?usr=lib@example.com&pwd=correct+horse", headers: [:]).status
                == 405)
    }

    @Test func `who guesses has to wait, and the right password does not help meanwhile`() async throws {
        let site = try await Site.make()
        let guess = "usr=lib@example.com&pwd=guess"
        let right = "usr=lib@example.com&pwd=correct+horse"
        for _ in 0..<5 {
            #expect(try await site.send(.post, "/api/method/login", form: guess, headers: [:]).status == 401)
        }
        let slowed = try await site.send(.post, "/api/method/login", form: right, headers: [:])
        #expect(slowed.status == 429)
        #expect(slowed.headers[.retryAfter] == "5")
        #expect(slowed.json["exc_type"] == "TooManyRequestsError")
        let elsewhere = try await site.send(.post, "/api/method/login", form: right, headers: [:], from: "198.51.100.7")
        #expect(elsewhere.status == 200)
        site.clock.advance(seconds: 6)
        #expect(try await site.send(.post, "/api/method/login", form: right, headers: [:]).status == 200)
    }

    @Test func `the address behind a proxy counts only where the proxy is trusted`() async throws {
        for trusts in [false, true] {
            var configuration = GatewayConfiguration()
            configuration.trustedProxies = trusts ? [try #require(AddressRange("192.0.2.0/24"))] : []
            let site = try await Site.make(configuration)
            var statuses: [Int] = []
            for index in 0..<7 {
                let answer = try await site.send(
                    .post, "/api/method/login", form: "usr=lib@example.com&pwd=x",
                    headers: ["X-Forwarded-For": "spoofed, 203.0.113.\(index)"])
                statuses.append(answer.status)
            }
            #expect(statuses.contains(429) == !trusts)
        }
    }

    @Test func `a session ends with its time`() async throws {
        let site = try await Site.make()
        let cookie = try await site.signIn("lib@example.com")
        site.clock.advance(seconds: 8 * 86_400)
        let answer = try await site.send(.get, who, headers: ["Cookie": cookie])
        #expect(answer.status == 403)
        #expect(answer.json["exc_type"] == "PermissionError" && answer.json["code"] == "session_expired")
        #expect(answer.json["session_expired"] == 1, "clients of Frappe look for this")
        let second = try await site.send(.get, "/api/v2/document/Book", headers: ["Cookie": cookie])
        #expect(second.status == 403 && second.json["session_expired"] == 1)
        let again = try await site.signIn("lib@example.com")
        let both = try await site.send(.get, who, headers: ["Cookie": "\(cookie); \(again)"])
        #expect(both.message == "lib@example.com", "the cookie from before is sent, too")
        #expect(try await site.send(.get, "/?cmd=logout", headers: ["Cookie": "\(cookie); \(again)"]).status == 200)
        #expect(try await site.send(.get, who, headers: ["Cookie": again]).status == 403, "each of them is signed out")
        #expect(try await site.send(.get, "/api/method/ping", headers: ["Cookie": cookie]).status == 200)
        #expect(try await site.send(.get, "/", headers: ["Cookie": cookie]).text.contains("name=\"pwd\""))
    }

    // MARK: Other sites

    @Test(
        arguments: [
            ([:], 200), (["Sec-Fetch-Site": "same-origin"], 200), (["Sec-Fetch-Site": "none"], 200),
            (["Sec-Fetch-Site": "cross-site"], 400), (["Sec-Fetch-Site": "same-site"], 400),
            (["Origin": "http://library.example"], 200), (["Origin": "https://evil.example"], 400),
            (["Origin": "null"], 400),
            (["Origin": "http://library.example.evil.example"], 400), (["X-Frappe-CSRF-Token": "wrong"], 400),
        ] as [([String: String], Int)])
    func `another site cannot act through a signed-in browser`(extra: [String: String], status: Int) async throws {
        let site = try await Site.make()
        try await site.fill()
        var headers = extra
        headers["Cookie"] = try await site.signIn("lib@example.com")
        let answer = try await site.send(
            .put, "/api/resource/Book/B-1", json: #"{"title": "Changed"}"#, headers: headers)
        #expect(answer.status == status, "\(answer.text)")
        if status == 400 { #expect(answer.json["exc_type"] == "CSRFTokenError") }
        let title = try await site.send(.get, "/api/resource/Book/B-1").data["title"]
        #expect(title == (status == 200 ? "Changed" : "Alpha"))
        #expect(try await site.send(.get, "/api/resource/Book/B-1", headers: headers).status == 200, "reading is free")
    }

    @Test func `the token of the page passes, and keys need none`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let cookie = try await site.signIn("lib@example.com")
        let page = try await site.send(.get, "/", headers: ["Cookie": cookie]).text
        let token = try #require(
            page.split(separator: "name=\"csrf_token\" value=\"").dropFirst().first?.prefix { $0 != "\"" })
        #expect(token.count == 64)
        let headers = ["Cookie": cookie, "X-Frappe-CSRF-Token": String(token), "Origin": "https://elsewhere.example"]
        #expect(
            try await site.send(.put, "/api/resource/Book/B-1", json: #"{"title": "A"}"#, headers: headers).status
                == 200)
        let byKey = [
            "Authorization": "token \(site.librarian.key):\(site.librarian.secret)", "Sec-Fetch-Site": "cross-site",
        ]
        #expect(
            try await site.send(.put, "/api/resource/Book/B-1", json: #"{"title": "B"}"#, headers: byKey).status == 200)
        let foreign = try await site.send(
            .post, "/login", form: "usr=lib@example.com&pwd=correct+horse", headers: ["Sec-Fetch-Site": "cross-site"])
        #expect(foreign.cookies.isEmpty, "nobody is signed in by another site")
    }

    // MARK: Keys and passwords

    @Test func `keys are made for oneself, and by who manages the system`() async throws {
        let site = try await Site.make()
        let path = "/api/method/frappe.core.doctype.user.user.generate_keys"
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        let made = try await site.send(.post, path, json: #"{"user": "reader@example.com"}"#, headers: boss)
        let key = try #require(made.message["api_key"]?.string)
        let secret = try #require(made.message["api_secret"]?.string)
        #expect(
            try await site.send(.get, who, headers: ["Authorization": "token \(key):\(secret)"]).message
                == "reader@example.com")
        #expect(
            try await site.send(.post, path, json: #"{"user": "reader@example.com"}"#, headers: reader).status == 200)
        #expect(try await site.send(.get, who, headers: ["Authorization": "token \(key):\(secret)"]).status == 401)
        #expect(try await site.send(.post, path, json: #"{"user": "boss@example.com"}"#, headers: reader).status == 403)
        #expect(try await site.send(.post, path, json: #"{"user": "Administrator"}"#, headers: boss).status == 403)
        #expect(try await site.send(.post, path, json: #"{"user": "who@example.com"}"#, headers: boss).status == 404)
        #expect(try await site.send(.get, path + "?user=reader@example.com", headers: reader).status == 405)
        #expect(try await site.send(.post, path, json: #"{"user": "reader@example.com"}"#, headers: [:]).status == 403)
    }

    @Test func `a password is changed with the old one, and ends the sessions`() async throws {
        let site = try await Site.make()
        let path = "/api/method/frappe.core.doctype.user.user.update_password"
        let cookie = ["Cookie": try await site.signIn("reader@example.com")]
        for body in [
            #"{"new_password": "another horse"}"#, #"{"new_password": "short", "old_password": "correct horse"}"#,
            #"{"new_password": "another horse", "old_password": "wrong"}"#,
        ] {
            #expect(
                (400...417).contains(try await site.send(.post, path, json: body, headers: cookie).status), "\(body)")
        }
        let changed = try await site.send(
            .post, path, json: #"{"new_password": "another horse", "old_password": "correct horse"}"#, headers: cookie)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await site.send(.get, who, headers: cookie).status == 403)
        let form = "usr=reader@example.com&pwd=another+horse"
        #expect(try await site.send(.post, "/api/method/login", form: form, headers: [:]).status == 200)
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let set = #"{"new_password": "a third horse", "user": "reader@example.com"}"#
        #expect(try await site.send(.post, path, json: set, headers: boss).status == 200)
        let admin = #"{"new_password": "a third horse", "user": "Administrator"}"#
        #expect(try await site.send(.post, path, json: admin, headers: boss).status == 403)
    }

    @Test func `what is done to credentials stands in both logs, without a secret`() async throws {
        let site = try await Site.make()
        let head = try await site.tenant.database.read { try EventLog.head(in: $0) }
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let user = #""user": "reader@example.com""#
        func call(_ method: String, _ body: String) async throws -> JSON {
            let reply = try await site.send(.post, "/api/method/" + method, json: body, headers: boss)
            #expect(reply.status == 200, "\(reply.text)")
            return reply.message
        }
        let made = try await call("frappe.core.doctype.user.user.generate_keys", "{\(user)}")
        let scoped = try await call(
            "cauldron.keys.make", "{\(user), \"scopes\": [{\"doctype\": \"*\", \"rights\": [\"read\"]}]}")
        let key = try #require(scoped["api_key"]?.string)
        _ = try await call("cauldron.keys.revoke", "{\(user), \"key\": \"\(key)\"}")
        _ = try await call(
            "frappe.core.doctype.user.user.update_password", "{\(user), \"new_password\": \"a third horse\"}")
        let (events, entries) = try await site.tenant.database.read { transaction in
            (
                try EventLog.read(after: head, limit: 100, in: transaction),
                try transaction.query(
                    "SELECT action, actor, name FROM _audit WHERE doctype = '_credential' ORDER BY number", [],
                    [.text, .text, .text])
            )
        }
        let wanted = ["key_made", "key_made", "key_revoked", "password_set"]
        #expect(events.map(\.type) == wanted.map { "cauldron.user.\($0)" })
        #expect(events.allSatisfy { $0.actor == "boss@example.com" && $0.subject == "User/reader@example.com" })
        let last = entries.suffix(4).map { $0.compactMap { $0.text } }
        #expect(last == wanted.map { [$0, "boss@example.com", "reader@example.com"] })
        for secret in [made["api_secret"]?.string, scoped["api_secret"]?.string, "a third horse"] {
            let secret = try #require(secret)
            #expect(!events.contains { $0.data.contains(secret) })
        }
        let findings = try await Doctor(modules: site.tenant.modules, key: site.tenant.audit).run(
            on: site.tenant.database, at: site.tenant.now())
        let broken = findings.filter { !$0.isFine }.map { $0.name }
        #expect(broken == [])
    }

    @Test func `the head of the audit log is given, signed, to System Managers`() async throws {
        let site = try await Site.make()
        #expect(try await site.send(.get, "/api/method/cauldron.audit.head").status == 403)
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let answer = try await site.send(.get, "/api/method/cauldron.audit.head", headers: boss)
        let end = try await site.tenant.database.read { transaction in
            try transaction.first("SELECT max(number) FROM _audit", [], [.integer])?[0].int
        }
        #expect(answer.message["number"]?.int == end && answer.message["hash"]?.string?.utf8.count == 64)
        #expect(answer.message["signature"]?.string?.utf8.count == 128)
    }

    @Test func `roles are told`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/api/method/frappe.core.doctype.user.user.get_roles")
        #expect(answer.message == ["All", "Desk User", "Guest", "Librarian"])
        let other = try await site.send(
            .get, "/api/method/frappe.core.doctype.user.user.get_roles?uid=boss@example.com")
        #expect(other.status == 403)
    }
}
