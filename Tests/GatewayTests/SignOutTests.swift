import Documents
import HTTPTypes
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Signing out, and who somebody is, are not for links and other sites.
@Suite(.bothEngines) struct SignOutTests {
    private static let who = "/api/method/frappe.auth.get_logged_user"
    private static let leaving = ["/api/method/logout", "/api/method/web_logout", "/?cmd=logout", "/logout"]

    private static let foreign: [(HTTPRequest.Method, [String: String])] = [
        (.get, ["Sec-Fetch-Site": "cross-site"]), (.get, ["Sec-Fetch-Site": "same-site"]),
        (.get, ["Referer": "https://evil.example/page"]), (.get, ["Origin": "https://evil.example"]),
        (.post, ["Sec-Fetch-Site": "cross-site"]), (.post, ["Origin": "https://evil.example"]),
        (.post, ["Origin": "null"]), (.put, ["Sec-Fetch-Site": "cross-site"]), (.head, [:]),
    ]

    @Test func `another site signs nobody out`() async throws {
        let site = try await Site.make()
        let cookie = try await site.signIn("lib@example.com")
        for path in Self.leaving {
            for (verb, headers) in Self.foreign {
                let answer = try await site.send(
                    verb, path, headers: headers.merging(["Cookie": cookie]) { one, _ in one })
                #expect(answer.cookies.isEmpty, "\(verb) \(path) \(headers)")
                #expect(answer.status != 200 || verb == .head, "\(verb) \(path) \(headers)")
                #expect(try await site.send(.get, Self.who, headers: ["Cookie": cookie]).status == 200)
            }
        }
    }

    @Test func `a program and the site itself sign out`() async throws {
        let site = try await Site.make()
        let own: [(HTTPRequest.Method, [String: String])] = [
            (.get, [:]), (.get, ["Sec-Fetch-Site": "same-origin"]), (.get, ["Sec-Fetch-Site": "none"]), (.post, [:]),
            (.get, ["Referer": "http://library.example/list/Book"]), (.post, ["Origin": "http://library.example"]),
        ]
        for (verb, headers) in own {
            let cookie = try await site.signIn("lib@example.com")
            let all = headers.merging(["Cookie": cookie]) { one, _ in one }
            #expect(try await site.send(verb, "/api/method/logout", headers: all).status == 200, "\(verb) \(headers)")
            #expect(try await site.send(.get, Self.who, headers: ["Cookie": cookie]).status == 403)
        }
    }

    @Test func `a session in an address is none`() async throws {
        let site = try await Site.make()
        let sid = try await site.signIn("lib@example.com").dropFirst(4)
        #expect(try await site.send(.get, "\(Self.who)?sid=\(sid)", headers: [:]).status == 403)
        #expect(try await site.send(.post, "\(Self.who)?sid=\(sid)", json: "{}", headers: [:]).status == 403)
        #expect(try await site.send(.post, "\(Self.who)?sid=\(sid)", form: "a=b", headers: [:]).status == 403)
        #expect(try await site.send(.get, "/?sid=\(sid)", headers: [:]).text.contains("name=\"pwd\""))
        let list = try await site.send(.get, "/api/resource/Book?sid=\(sid)", headers: [:])
        #expect(list.status == 403)
        _ = try await site.send(.get, "/api/method/logout?sid=\(sid)", headers: [:])
        #expect(try await site.send(.get, Self.who, headers: ["Cookie": "sid=\(sid)"]).status == 200)
    }

    @Test func `who was disabled comes back with nothing of before`() async throws {
        let site = try await Site.make()
        let cookie = try await site.signIn("lib@example.com")
        for enabled in [false, true] {
            try await site.tenant.write(as: .administrator) { session in
                let user = try session.get(User.self, "lib@example.com")
                user.enabled = enabled
                try session.save(user)
            }
            #expect(try await site.send(.get, Self.who).status == 401, "the key, enabled \(enabled)")
            #expect(try await site.send(.get, Self.who, headers: ["Cookie": cookie]).status == 403)
        }
        _ = try await site.signIn("lib@example.com")
    }

    @Test func `a DocType is described to who has something to do with it`() async throws {
        let site = try await Site.make()
        let path = "/api/method/frappe.desk.form.load.getdoctype?doctype="
        #expect(try await site.send(.get, path + "Loan").json["docs"]?.array?.count == 2)
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        #expect(try await site.send(.get, path + "Book", headers: reader).json["docs"]?.array?.count == 2)
        let hidden = try await site.send(.get, path + "Loan", headers: reader)
        #expect(hidden.status == 403 && !hidden.text.contains("posting_date"))
        let names = try await site.send(
            .get, "/api/resource/DocType?limit_page_length=0&filters=%5B%5B%22module%22,%22=%22,%22Library%22%5D%5D",
            headers: reader
        ).names
        #expect(names.contains("Book") && names.contains("Author") && !names.contains("Loan"))
    }
}
