import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Signing in with a second factor, as Frappe's clients do: the password first, then the code with `tmp_id`.
@Suite(.bothEngines) struct SecondFactorSignInTests {
    private static let who = "/api/method/frappe.auth.get_logged_user"
    private static let call = "/api/method/cauldron.second_factor."
    private static let ana = "lib@example.com"

    /// A user with a second factor: its secret, its recovery codes and the cookie of its session.
    private func setUp(
        _ site: Site, _ user: String = ana
    ) async throws -> (secret: [UInt8], codes: [String], cookie: String) {
        let cookie = ["Cookie": try await site.signIn(user)]
        let begun = try await site.send(
            .post, Self.call + "begin", json: #"{"password": "correct horse"}"#, headers: cookie)
        #expect(begun.status == 200, "\(begun.text)")
        let uri = try #require(begun.message["uri"]?.string)
        let text = try #require(begun.message["secret"]?.string)
        #expect(
            uri
                == "otpauth://totp/Library:\(coded(user))?secret=\(text)&issuer=Library&algorithm=SHA1&digits=6&period=30"
        )
        let secret = try #require(Self.bytes(base32: text))
        let confirmed = try await site.send(
            .post, Self.call + "confirm", json: #"{"otp": "\#(OneTimeCode.code(of: secret, at: site.clock.now))"}"#,
            headers: cookie)
        #expect(confirmed.status == 200, "\(confirmed.text)")
        let codes = confirmed.message["recovery_codes"]?.array?.compactMap(\.string) ?? []
        #expect(codes.count == 10)
        #expect(try await site.send(.get, Self.who, headers: cookie).status == 403, "the session before ended")
        let sid = try #require(confirmed.cookies.first { $0.hasPrefix("sid=") })
        site.clock.advance(seconds: 30)
        return (secret, codes, String(sid.prefix { $0 != ";" }))
    }

    private static func bytes(base32 text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits: [Int] = []
        for letter in text {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits += (0..<5).map { value >> (4 - $0) & 1 }
        }
        return stride(from: 0, through: bits.count - 8, by: 8).map { at in
            UInt8(bits[at..<at + 8].reduce(0) { $0 << 1 | $1 })
        }
    }

    private func login(_ site: Site, _ form: String, from address: String = "192.0.2.1") async throws -> Answer {
        try await site.send(.post, "/api/method/login", form: form, headers: [:], from: address)
    }

    private func ticket(_ site: Site, _ user: String = ana) async throws -> String {
        let answer = try await login(site, "usr=\(user)&pwd=correct+horse")
        #expect(answer.status == 200 && answer.cookies.isEmpty, "\(answer.text)")
        #expect(answer.json["verification"]?["method"] == "OTP App" && answer.json["message"] == nil)
        return try #require(answer.json["tmp_id"]?.string)
    }

    @Test func `the password asks for a code, and the code with the ticket signs in`() async throws {
        let site = try await Site.make()
        let (secret, codes, cookie) = try await setUp(site)
        #expect(try await site.send(.get, Self.who, headers: ["Cookie": cookie]).message == "lib@example.com")
        let ticket = try await ticket(site)
        let wrong = try await login(site, "tmp_id=\(ticket)&otp=000000")
        #expect(wrong.status == 401 && wrong.cookies.isEmpty && wrong.json["exc_type"] == "AuthenticationError")
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        let entered = try await login(site, "tmp_id=\(ticket)&otp=\(code)")
        #expect(entered.message == "Logged In" && entered.json["full_name"] == "lib", "\(entered.text)")
        #expect(entered.cookies.contains { $0.hasPrefix("sid=") })
        // Neither is it good again, nor does the password alone do anything.
        #expect(try await login(site, "tmp_id=\(ticket)&otp=\(code)").status == 401)
        let again = try await self.ticket(site)
        let recovered = try await login(site, "tmp_id=\(again)&otp=\(codes[4])")
        #expect(recovered.message == "Logged In")
        #expect(try await login(site, "tmp_id=\(again)&otp=\(codes[4])").status == 401)
        // Keys are not asked.
        #expect(try await site.send(.get, Self.who).status == 200)
    }

    @Test func `two sign-ins at once with one code are one`() async throws {
        let site = try await Site.make()
        let (secret, _, _) = try await setUp(site)
        let ticket = try await ticket(site)
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<4 {
                group.addTask {
                    try await login(site, "tmp_id=\(ticket)&otp=\(code)", from: "192.0.2.\(index)").status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200, 401, 401, 401])
    }

    @Test func `a ticket is its user's, ends in minutes, and with the password`() async throws {
        let site = try await Site.make()
        let (secret, _, _) = try await setUp(site)
        let other = try await setUp(site, "reader@example.com")
        let theirs = try await ticket(site, "reader@example.com")
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        #expect(try await login(site, "tmp_id=\(theirs)&otp=\(code)").status == 401, "lib's code with reader's ticket")
        #expect(
            try await login(site, "tmp_id=\(theirs)&otp=\(code)&usr=lib@example.com&pwd=correct+horse").status == 401)
        for text in ["", "x", "00", String(repeating: "0", count: 200)] {
            #expect(try await login(site, "tmp_id=\(text)&otp=\(code)").status == 401)
        }
        site.clock.advance(seconds: 301)
        let late = OneTimeCode.code(of: other.secret, at: site.clock.now)
        #expect(try await login(site, "tmp_id=\(theirs)&otp=\(late)").status == 401)
        let fresh = try await ticket(site, "reader@example.com")
        try await site.tenant.identity.setPassword("another horse", of: "reader@example.com", at: site.tenant.now())
        #expect(try await login(site, "tmp_id=\(fresh)&otp=\(late)").status == 401)
    }

    @Test func `codes are counted by user and address, and a new ticket does not begin anew`() async throws {
        let site = try await Site.make()
        let (secret, codes, _) = try await setUp(site)
        for _ in 0..<5 {
            let ticket = try await ticket(site)
            #expect(try await login(site, "tmp_id=\(ticket)&otp=000000", from: "203.0.113.7").status == 401)
        }
        let ticket = try await ticket(site)
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        let slowed = try await login(site, "tmp_id=\(ticket)&otp=\(code)", from: "203.0.113.7")
        #expect(slowed.status == 429 && slowed.headers[.retryAfter] == "5")
        // From where the user has signed in before it goes on, whatever strangers do.
        for index in 0..<40 {
            _ = try await login(site, "tmp_id=\(ticket)&otp=000000", from: "198.51.100.\(index)")
        }
        #expect(try await login(site, "tmp_id=\(ticket)&otp=\(codes[0])", from: "198.51.100.99").status == 429)
        #expect(try await login(site, "tmp_id=\(ticket)&otp=\(codes[0])").status == 200)
    }

    @Test func `setting up and removing ask for the password, and removing for a code`() async throws {
        let site = try await Site.make()
        let plain = ["Cookie": try await site.signIn(Self.ana)]
        for body in ["{}", #"{"password": "wrong horse"}"#] {
            #expect(try await site.send(.post, Self.call + "begin", json: body, headers: plain).status != 200)
        }
        let (secret, _, cookie) = try await setUp(site)
        let headers = ["Cookie": cookie]
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        for body in [
            #"{"password": "correct horse"}"#, #"{"otp": "\#(code)"}"#, #"{"password": "x", "otp": "\#(code)"}"#,
            #"{"password": "correct horse", "otp": "111111"}"#,
        ] {
            let answer = try await site.send(.post, Self.call + "remove", json: body, headers: headers)
            #expect(answer.status != 200, "\(body)")
        }
        let again = try await site.send(
            .post, Self.call + "begin", json: #"{"password": "correct horse"}"#, headers: headers)
        #expect(again.status == 417, "there is one")
        let removed = try await site.send(
            .post, Self.call + "remove", json: #"{"password": "correct horse", "otp": "\#(code)"}"#, headers: headers)
        #expect(removed.status == 200, "\(removed.text)")
        #expect(try await login(site, "usr=\(Self.ana)&pwd=correct+horse").message == "Logged In")
    }

    @Test(arguments: ["cauldron.second_factor.reset", "frappe.twofactor.reset_otp_secret"])
    func `who manages the system resets that of others, not the own and not Administrator's`(
        method: String
    ) async throws {
        let site = try await Site.make()
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let (_, _, cookie) = try await setUp(site)
        func reset(_ user: String, _ headers: [String: String]) async throws -> Int {
            try await site.send(.post, "/api/method/" + method, json: #"{"user": "\#(user)"}"#, headers: headers).status
        }
        #expect(try await reset(Self.ana, ["Cookie": cookie]) == 403)
        #expect(try await reset("boss@example.com", boss) == 403)
        #expect(try await reset("Administrator", boss) == 403)
        #expect(try await reset("reader@example.com", boss) == 404)
        #expect(try await reset(Self.ana, boss) == 200)
        #expect(try await site.send(.get, Self.who, headers: ["Cookie": cookie]).status == 403)
        #expect(try await login(site, "usr=\(Self.ana)&pwd=correct+horse").message == "Logged In")
    }

    // MARK: Users who must have one

    private func require(_ site: Site, roles: [String] = []) async throws {
        try await site.tenant.write(as: .administrator) { session in
            let settings = try session.get("System Settings", "System Settings")
            settings.set("enable_two_factor_auth", true)
            try session.save(settings)
            for name in roles {
                let role = try session.get("Role", name)
                role.set("two_factor_auth", true)
                try session.save(role)
            }
        }
    }

    @Test func `who must have one and has none can do nothing but set it up`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await site.signIn(Self.ana)
        try await require(site)
        #expect(try await site.send(.get, Self.who, headers: ["Cookie": before]).status == 200)
        let entered = try await login(site, "usr=\(Self.ana)&pwd=correct+horse")
        #expect(entered.message == "Second Factor Required" && entered.json["verification"]?["setup"] == false)
        let sid = try #require(entered.cookies.first { $0.hasPrefix("sid=") })
        for cookie in [before, String(sid.prefix { $0 != ";" })] {
            let headers = ["Cookie": cookie]
            for (verb, path) in [
                (.get, "/api/resource/Book"), (.get, "/api/resource/Book/B-1"), (.delete, "/api/resource/Book/B-1"),
                (.get, "/api/method/frappe.client.get_list?doctype=Book"), (.get, "/api/method/cauldron.sessions.list"),
                (.post, "/api/method/frappe.core.doctype.user.user.generate_keys?user=\(Self.ana)"),
                (.post, "/api/method/cauldron.sessions.revoke?all=1"), (.post, "/?cmd=frappe.client.delete"),
                (.post, Self.call + "remove"),
            ] as [(HTTPRequest.Method, String)] {
                let answer = try await site.send(verb, path, headers: headers)
                #expect(answer.status == 403, "\(verb) \(path): \(answer.text.prefix(200))")
                #expect(answer.json["exc_type"] == "PermissionError")
            }
            // What guests get.
            let description = try await site.send(.get, "/openapi.json", headers: headers)
            #expect(try await description.text == site.send(.get, "/openapi.json", headers: [:]).text)
            #expect(try await site.send(.get, "/list/Book", headers: headers).status == 303)
            #expect(try await site.send(.get, "/", headers: headers).text.contains("name=\"pwd\""))
        }
        // In it no password is asked for: it was given a moment ago.
        let headers = ["Cookie": String(sid.prefix { $0 != ";" })]
        let begun = try await site.send(.post, Self.call + "begin", json: "{}", headers: headers)
        let secret = try #require(Self.bytes(base32: begun.message["secret"]?.string ?? "-"))
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        let done = try await site.send(.post, Self.call + "confirm", json: #"{"otp": "\#(code)"}"#, headers: headers)
        #expect(done.status == 200, "\(done.text)")
        let full = try #require(done.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" }
        #expect(try await site.send(.get, "/api/resource/Book", headers: ["Cookie": String(full)]).status == 200)
        #expect(try await site.send(.get, Self.who, headers: ["Cookie": before]).status == 403)
        #expect(try await site.send(.get, "/api/resource/Book").status == 200, "keys are not asked")
    }

    @Test func `roles say who must, and the user who may do everything must`() async throws {
        let site = try await Site.make()
        try await require(site, roles: ["Reader Role"])
        try await site.tenant.identity.setPassword(Site.password, of: "Administrator", at: site.tenant.now())
        for (user, message) in [
            ("reader@example.com", "Second Factor Required"), ("lib@example.com", "Logged In"),
            ("nobody@example.com", "Logged In"), ("Administrator", "Second Factor Required"),
        ] {
            #expect(
                try await login(site, "usr=\(user)&pwd=correct+horse").json["message"]?.string == message, "\(user)")
        }
    }

    @Test func `people sign in, set it up and give the code on the pages`() async throws {
        let site = try await Site.make()
        try await require(site, roles: ["Librarian"])
        let asked = try await site.send(
            .post, "/login", form: "usr=\(Self.ana)&pwd=correct+horse&next=%2Flist%2FBook", headers: [:])
        #expect(asked.status == 200 && asked.text.contains("name=\"otp\""), "\(asked.text.suffix(600))")
        let cookie = String(try #require(asked.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" })
        func field(_ name: String, _ page: String) throws -> String {
            String(
                try #require(page.split(separator: "name=\"\(name)\" value=\"").dropFirst().first).prefix { $0 != "\"" }
            )
        }
        let token = try field("csrf_token", asked.text)
        let secret = try #require(Self.bytes(base32: try field("secret", asked.text)))
        let base =
            "step=second+factor&next=%2Flist%2FBook&secret=\(try field("secret", asked.text))&csrf_token=\(token)"
        let wrong = try await site.send(.post, "/login", form: "\(base)&otp=000000", headers: ["Cookie": cookie])
        #expect(wrong.status == 401 && wrong.text.contains("role=\"alert\"") && wrong.text.contains("name=\"secret\""))
        let forged = try await site.send(
            .post, "/login", form: base.replacing(token, with: "0") + "&otp=000000", headers: ["Cookie": cookie])
        #expect(forged.status == 400)
        let code = OneTimeCode.code(of: secret, at: site.clock.now)
        let done = try await site.send(.post, "/login", form: "\(base)&otp=\(code)", headers: ["Cookie": cookie])
        #expect(done.status == 200 && done.text.contains("Recovery codes") && done.text.contains("href=\"/list/Book\""))
        let full = String(try #require(done.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" })
        #expect(try await site.send(.get, "/list/Book", headers: ["Cookie": full]).status == 200)
        // And the next time.
        site.clock.advance(seconds: 60)
        let next = try await site.send(.post, "/login", form: "usr=\(Self.ana)&pwd=correct+horse", headers: [:])
        #expect(next.cookies.isEmpty)
        let ticket = try field("tmp_id", next.text)
        let refused = try await site.send(.post, "/login", form: "tmp_id=\(ticket)&otp=1", headers: [:])
        #expect(refused.status == 401 && refused.text.contains("name=\"tmp_id\""))
        let last = OneTimeCode.code(of: secret, at: site.clock.now)
        let entered = try await site.send(.post, "/login", form: "tmp_id=\(ticket)&otp=\(last)", headers: [:])
        #expect(entered.status == 303 && entered.headers[.location] == "/")
    }

    @Test func `no answer, log, event or list tells a secret, and the audit log holds`() async throws {
        let site = try await Site.make()
        let (secret, codes, cookie) = try await setUp(site)
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let hidden = [Base32.text(secret), secret.hexText, String(cookie.dropFirst(4))] + codes
        var told: [String] = []
        for path in [
            "/api/method/cauldron.sessions.list?user=\(Self.ana)", "/api/resource/Activity%20Log?fields=%5B%22*%22%5D",
            "/api/resource/User/\(Self.ana)", "/list/Activity%20Log",
        ] { told.append(try await site.send(.get, path, headers: boss).text) }
        told.append(
            try await site.send(.get, "/api/method/cauldron.account.info", headers: ["Cookie": cookie]).text)
        let rows = try await site.tenant.database.read { transaction in
            try transaction.query("SELECT type, data FROM _event", [], [.text, .text])
                + transaction.query("SELECT subject, agent FROM _activity", [], [.text, .text])
        }
        told += rows.flatMap { $0 }.map(\.description)
        for text in told { for secret in hidden { #expect(!text.contains(secret), "\(text.prefix(200))") } }
        let findings = try await Doctor(modules: site.tenant.modules, key: site.tenant.audit).run(
            on: site.tenant.database, at: site.tenant.now())
        #expect(findings.filter { !$0.isFine }.map(\.name) == [])
    }
}
