import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import TestSupport
import Testing
import Values

@testable import Gateway
@testable import Tenancy

@Suite struct SwitchboardTests {
    private struct Way {
        let host: String
        var headers: [String: String] = [:]
        var path = "/api/resource/Book/B-1"
        /// Whose book it is, or with which status it is refused.
        let leads: To

        enum To {
            case library(String)
            case refused(Int)
        }

        init(_ host: String, _ leads: To, _ headers: [String: String] = [:], path: String = "/api/resource/Book/B-1") {
            self.host = host
            self.headers = headers
            self.path = path
            self.leads = leads
        }
    }

    private static let book = "/api/resource/Book/B-1"
    private static let name = "X-Frappe-Site-Name"
    private static let ways: [Way] = [
        Way("acme.example", .library("acme")),
        Way("ACME.example:8000", .library("acme")),
        Way("beta.example", .library("beta")),
        Way("other.example", .library("")),
        Way("acme", .library("")),
        Way("acme.example.", .library("acme")),
        Way("acme.example@beta.example", .library("")),
        Way("acme.example, beta.example", .library("")),
        Way("\u{212A}.example", .library("")),
        Way("127.0.0.1", .library("acme"), [name: "acme"]),
        Way("127.0.0.1", .library("beta"), [name: "beta.example"]),
        Way("acme.example", .library("beta"), [name: "beta"]),
        Way("acme.example", .library(""), [name: "Main"]),
        Way("main.example", .library(""), [name: "main.example"]),
        Way("main.example", .refused(404), [name: "other.example"]),
        Way("acme.example", .refused(404), [name: "main.example"]),
        Way("acme.example", .refused(404), [name: "../beta"]),
        Way("acme.example", .refused(404), [name: "gone"]),
        Way("acme.example", .refused(404), [name: ""]),
        Way("acme.example", .library("acme"), ["X-Forwarded-Host": "beta.example"]),
        Way("127.0.0.1", .library("acme"), path: "/t/acme\(book)"),
        Way("beta.example", .library("acme"), path: "/t/acme\(book)"),
        Way("beta.example", .library("acme"), [name: "acme"], path: "/t/acme\(book)"),
        Way("127.0.0.1", .refused(400), [name: "beta"], path: "/t/acme\(book)"),
        Way("127.0.0.1", .refused(400), [name: "Main"], path: "/t/acme\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/acme.example\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/../t/acme\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/%61cme\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/ACME\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/acme/t/beta\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/acme/../beta\(book)"),
        Way("127.0.0.1", .refused(404), path: "/t/acme/login#x"),
        Way("acme.example", .library("acme"), path: "http://acme.example\(book)"),
        Way("acme.example", .refused(400), path: "http://beta.example\(book)"),
        Way("acme.example", .refused(404), path: "http://acme.example/t/beta\(book)"),
    ]

    @Test func `a request means one company, or is refused`() async throws {
        let town = try await Town.make()
        for way in Self.ways {
            for library in town.libraries.values {
                var headers = way.headers
                headers["Authorization"] = library.token
                let answer = try await town.send(.get, way.path, to: way.host, headers)
                switch way.leads {
                case .library(library.name):
                    #expect(answer.data["isbn"]?.string == library.mark, "\(way) as \(library.mark): \(answer.text)")
                case .library:
                    #expect(answer.status == 401, "\(way) as \(library.mark): \(answer.text)")
                case .refused(let status):
                    #expect(answer.status == status, "\(way) as \(library.mark): \(answer.text)")
                }
            }
        }
        let acme = try #require(town.libraries["acme"])
        for twice in [[(Self.name, "acme"), (Self.name, "beta")], [(Self.name, "acme"), (Self.name, "acme")]] {
            let answer = try await town.send(
                .get, Self.book, to: "acme.example", ["Authorization": acme.token], twice: twice)
            #expect(answer.status == 400 && answer.json["code"]?.string == "bad_host")
        }
        for host in ["acme.example", "beta.example"] {
            let answer = try await town.send(
                .get, Self.book, to: "acme.example", ["Authorization": acme.token], twice: [("Host", host)])
            #expect(answer.status == 400 && answer.json["code"]?.string == "bad_host")
        }
        await town.close()
    }

    @Test func `with a trusted proxy the nearest proxy says the host`() async throws {
        let town = try await Town.make(trustsProxy: true)
        let acme = try #require(town.libraries["acme"])
        let answer = try await town.send(
            .get, Self.book, to: "beta.example",
            ["Authorization": acme.token, "X-Forwarded-Host": "beta.example, acme.example"])
        #expect(answer.data["isbn"]?.string == acme.mark)
        await town.close()
    }

    @Test func `by the path no cookie counts, and none is given`() async throws {
        let town = try await Town.make()
        let acme = try #require(town.libraries["acme"])
        let own = try await town.send(.get, Self.book, to: "acme.example", ["Cookie": acme.cookie])
        #expect(own.data["isbn"]?.string == acme.mark)
        let byPath = try await town.send(.get, "/t/acme\(Self.book)", to: "acme.example", ["Cookie": acme.cookie])
        #expect(byPath.status == 403)
        let entered = try await town.send(
            .post, "/t/acme/api/method/login", to: "127.0.0.1",
            body: #"{"usr": "ana@example.com", "pwd": "\#(Town.password("acme"))"}"#)
        #expect(entered.status == 200 && entered.cookies.isEmpty)
        for page in ["", "/", "/login", "/list/Book", "?cmd=frappe.auth.get_logged_user", "/?cmd=login"] {
            let answer = try await town.send(.get, "/t/acme\(page)", to: "127.0.0.1", ["Authorization": acme.token])
            #expect(answer.status == 404, "\(page): \(answer.text)")
        }
        await town.close()
    }

    @Test func `a company that is suspended says so, and the others go on`() async throws {
        let town = try await Town.make()
        let (acme, beta) = (try #require(town.libraries["acme"]), try #require(town.libraries["beta"]))
        _ = try town.host.suspend("acme", true)
        for path in ["/", "/login", "/list/Book"] {
            let page = try await town.send(.get, path, to: "acme.example", ["Cookie": acme.cookie])
            #expect(page.status == 503 && page.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(page.text.contains("not open to its users") && !page.text.contains("Main"), "\(page.text)")
        }
        for path in [Self.book, "/healthz", "/api/method/login"] {
            let answer = try await town.send(.get, path, to: "acme.example", ["Authorization": acme.token])
            #expect(
                answer.status == 503 && answer.json["code"]?.string == "tenant_suspended", "\(path): \(answer.text)")
        }
        #expect(try await town.send(.get, "/healthz", to: "main.example").status == 200)
        #expect(try await town.send(.get, "/healthz", to: "beta.example").status == 200)
        let other = try await town.send(.get, Self.book, to: "beta.example", ["Authorization": beta.token])
        #expect(other.data["isbn"]?.string == beta.mark)
        _ = try town.host.suspend("acme", false)
        let again = try await town.send(.get, Self.book, to: "acme.example", ["Cookie": acme.cookie])
        #expect(again.data["isbn"]?.string == acme.mark)
        await town.close()
    }

    @Test func `with host names of its own the company of the directory has no others`() async throws {
        let town = try await Town.make { $0.hosts = ["main.example"] }
        let main = try #require(town.libraries[""])
        func status(_ host: String, _ path: String = Self.book) async throws -> Int {
            try await town.send(.get, path, to: host, ["Authorization": main.token]).status
        }
        #expect(try await status("main.example") == 200)
        #expect(try await status("MAIN.example.:8000") == 200)
        #expect(try await status("acme.example") == 401)
        for host in ["gone.example", "127.0.0.1", "main", "main.example.evil", ""] {
            #expect(try await status(host) == 404, "\(host)")
        }
        // Who looks after the server asks by its address.
        #expect(try await status("127.0.0.1", "/healthz") == 200)
        _ = try await town.host.delete("acme", backup: false)
        #expect(try await status("acme.example") == 404)
        await town.close()
    }

    @Test func `who has to wait before signing in does so too when the company was closed meanwhile`() async throws {
        let town = try await Town.make()
        func enter() async throws -> Int {
            try await town.send(
                .post, "/api/method/login", to: "acme.example",
                body: #"{"usr": "ana@example.com", "pwd": "a wrong one"}"#
            ).status
        }
        for _ in 0..<5 { #expect(try await enter() == 401) }
        #expect(try await enter() == 429)
        _ = try town.host.suspend("acme", true)
        #expect(try await eventually { town.host.openCount == 1 })
        _ = try town.host.suspend("acme", false)
        #expect(try await enter() == 429)
        await town.close()
    }

    @Test func `a company that takes all places of streams makes room for another`() async throws {
        let town = try await Town.make { $0.streams = 3 }
        // A response that nobody holds has no place.
        var open: [Response] = []
        func listen(_ name: String) async throws -> Answer? {
            let library = try #require(town.libraries[name])
            let response = try await town.respond(
                .get, "/api/events?doctype=Book", to: Town.host(name), ["Authorization": library.token])
            guard response.status == .ok else { return try await Answer(response) }
            open.append(response)
            return nil
        }
        var streams: [EventHub] = []
        for name in ["acme", "beta"] { streams.append(try await town.host.lease(name).front.hub) }
        for _ in 0..<3 { #expect(try await listen("acme") == nil) }
        #expect(try await listen("acme")?.json["code"] == "too_many_streams")
        #expect(try await listen("beta") == nil)
        #expect(try await listen("beta")?.json["code"] == "too_many_streams")
        #expect(streams[1].count == 1)
        withExtendedLifetime(open) {}
        await town.close()
    }

    // MARK: Who runs the server

    private func call(
        _ town: Town, _ verb: String, _ body: String, _ headers: [String: String], to host: String = "main.example"
    ) async throws -> Answer {
        try await town.send(
            verb == "list" ? .get : .post, "/api/method/cauldron.tenants.\(verb)", to: host, headers, body: body)
    }

    @Test func `who has the operator's key makes and removes companies, and nobody else does`() async throws {
        let town = try await Town.make()
        let main = try #require(town.libraries[""])
        let administrator = try await town.main.identity.generateKeys(for: "Administrator", at: town.main.now())
        let verbs = [
            ("list", ""), ("create", #"{"name": "gamma"}"#), ("suspend", #"{"name": "acme"}"#),
            ("resume", #"{"name": "acme"}"#), ("delete", #"{"name": "acme"}"#),
        ]
        func refused(_ headers: [String: String], to host: String = "main.example") async throws {
            for (verb, body) in verbs {
                let answer = try await call(town, verb, body, headers, to: host)
                #expect(answer.status == 401 && !answer.text.contains("acme.example"), "\(verb): \(answer.text)")
            }
        }
        // While there is no key nobody has it, whatever they send.
        try await refused([Town.operatorKey: ""])
        let key = try OperatorKey(in: town.place.data).make()
        try await refused([:])
        try await refused(["Authorization": "token \(administrator.key):\(administrator.secret)"])
        try await refused(["Authorization": main.token, "Cookie": main.cookie])
        try await refused([Town.operatorKey: String(key.dropLast()) + "x"])
        // Not at the companies that are its subject.
        try await refused([Town.operatorKey: key], to: "acme.example")

        let ours = [Town.operatorKey: key]
        let body = #"{"name": "gamma", "hosts": ["Gamma.example"], "title": "Gamma", "password": "long enough"}"#
        let made = try await call(town, "create", body, ours)
        #expect(made.status == 200 && made.message["hosts"] == ["gamma.example"], "\(made.text)")
        #expect(
            try await call(town, "list", "", ours).message.array?.compactMap { $0["name"]?.string } == [
                "acme", "beta", "gamma",
            ])
        let entered = try await town.send(
            .post, "/api/method/login", to: "gamma.example",
            body: #"{"usr": "Administrator", "pwd": "long enough"}"#)
        #expect(entered.status == 200)
        #expect(try await call(town, "create", body, ours).json["code"]?.string == "tenant_exists")
        #expect(try await call(town, "create", #"{"name": "../x"}"#, ours).json["code"]?.string == "bad_tenant_name")
        for weak in ["short", "Administrator"] {
            let answer = try await call(town, "create", #"{"name": "x", "password": "\#(weak)"}"#, ours)
            #expect(answer.json["code"]?.string == "weak_password", "\(answer.text)")
        }
        #expect(try await call(town, "suspend", #"{"name": "gamma"}"#, ours).message["state"] == "suspended")
        #expect(try await town.send(.get, "/healthz", to: "gamma.example").status == 503)
        #expect(try await call(town, "resume", #"{"name": "gamma"}"#, ours).message["state"] == "active")
        #expect(try await call(town, "suspend", #"{"name": "gone"}"#, ours).json["code"]?.string == "tenant_not_found")
        let deleted = try await call(town, "delete", #"{"name": "gamma"}"#, ours)
        let backup = try #require(deleted.message["backup"]?.string, "\(deleted.text)")
        #expect(FileManager.default.fileExists(atPath: backup))
        let gone = try await town.send(.get, "/healthz", to: "127.0.0.1", ["X-Frappe-Site-Name": "gamma"])
        #expect(gone.status == 404 && gone.json["code"]?.string == "tenant_not_found")
        let newer = try OperatorKey(in: town.place.data).make()
        try await refused(ours)
        #expect(try await call(town, "list", "", [Town.operatorKey: newer]).status == 200)
        await town.close()
    }
}
