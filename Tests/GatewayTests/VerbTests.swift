import Documents
import HTTPTypes
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Which HTTP methods an address takes: those it declares, and every other is refused with 405 and these in `Allow`.
@Suite(.bothEngines) struct VerbTests {
    private static let verbs: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .delete, .patch, .trace, .connect]
        + ["PROPFIND", "MKCOL", "SEARCH", "get"].compactMap { HTTPRequest.Method($0) }

    /// Addresses with what they take.
    private static let addresses: [(path: String, takes: [HTTPRequest.Method])] = [
        ("/api/resource/Book", [.get, .head, .post]),
        ("/api/resource/Book/B-1", [.get, .head, .put, .delete]),
        ("/api/resource/Loan/LOAN-1", [.get, .head, .put, .delete, .post]),
        ("/api/resource/Loan%20Row", [.get, .head]), ("/api/resource/Loan%20Row/x", [.get, .head]),
        ("/api/method/library.add_shelf?title=Verb", [.post, .put]),
        ("/api/method/library.books", [.get, .head, .post]),
        ("/?cmd=library.add_shelf&title=Verb", [.post, .put]), ("/?cmd=library.books", [.get, .head, .post]),
        ("/api/method/frappe.client.delete?doctype=Book&name=B-1", [.post, .put]),
        ("/api/method/frappe.client.get_count?doctype=Book", [.get, .head, .post]),
        ("/api/method/cauldron.rehearse?action=delete&doctype=Book&name=B-1", [.post, .put]),
        ("/api/method/login", [.post, .put]), ("/api/method/logout", [.get, .post, .put]),
        ("/api/method/ping", [.get, .head, .post]), ("/api/method/upload_file", [.post, .put]),
        ("/api/method/frappe.core.doctype.user.user.generate_keys?user=lib@example.com", [.post, .put]),
        ("/api/events", [.get, .head]), ("/openapi.json", [.get, .head]), ("/healthz", [.get, .head]),
        ("/files/none.txt", [.get, .head]),
        ("/", [.get, .head]), ("/list/Book", [.get, .head]), ("/doc/Book/B-1", [.get, .head, .post]),
        ("/login", [.get, .head, .post]), ("/logout", [.get, .head, .post]),
    ]

    @Test(arguments: addresses.indices) func `an address takes what it declares and nothing else`(
        index: Int
    ) async throws {
        let site = try await Site.make()
        try await site.fill()
        let (path, takes) = Self.addresses[index]
        let allow = (takes + [.options]).map(\.rawValue).sorted()
        func shown(_ answer: Answer) -> [String] {
            (answer.headers[.allow] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.sorted()
        }
        for verb in Self.verbs where !takes.contains(verb) {
            let answer = try await site.send(verb, path)
            #expect(answer.status == 405, "\(verb) \(path): \(answer.text.prefix(200))")
            #expect(shown(answer) == allow, "\(verb) \(path)")
        }
        let options = try await site.send(.options, path, headers: [:])
        #expect(options.status == 200 && options.body.isEmpty && shown(options) == allow)
        // Nothing of it was done.
        #expect(try await site.send(.get, "/api/resource/Book/B-1").status == 200)
        #expect(try await site.send(.get, "/api/resource/Shelf").names.count == 2)
        #expect(try await site.send(.get, "/api/method/frappe.auth.get_logged_user").status == 200)
        for verb in takes where verb != .delete {
            #expect(try await site.send(verb, path).status != 405, "\(verb) \(path)")
        }
    }

    @Test func `what is not there is not there for any HTTP method`() async throws {
        let site = try await Site.make()
        for path in ["/nowhere", "/api/method/library.nothing", "/api/nothing/x"] {
            for verb in Self.verbs + [.options] {
                #expect(try await site.send(verb, path).status == 404, "\(verb) \(path)")
            }
        }
    }

    @Test func `the description tells of a method what it is called by`() async throws {
        let site = try await Site.make()
        let paths = try await site.send(.get, "/openapi.json").json["paths"]?.object ?? [:]
        func described(_ name: String) -> Set<String> {
            Set(paths["/api/method/\(name)"]?.object?.members.map(\.key) ?? [])
        }
        #expect(described("library.add_shelf") == ["post", "put"])
        #expect(described("library.books") == ["get", "post"])
        #expect(described("login") == ["post", "put"])
        #expect(described("frappe.desk.query_report.run") == ["get", "post"])
    }
}
