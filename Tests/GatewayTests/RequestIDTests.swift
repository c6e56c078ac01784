import Documents
import EventLog
import HTTPTypes
import Identity
import ObjectStorage
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// The id of a request: its answer tells it, and the events of whatever it does carry it.
@Suite(.bothEngines) struct RequestIDTests {
    /// Something that a request does.
    struct Deed: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let method: HTTPRequest.Method
        let path: String
        var json: String?
        var type = "application/json"
    }

    private static let deeds: [Deed] = [
        Deed(testDescription: "adds", method: .post, path: "/api/resource/Shelf", json: #"{"title": "New"}"#),
        Deed(testDescription: "changes", method: .put, path: "/api/resource/Book/B-1", json: #"{"title": "Other"}"#),
        Deed(testDescription: "deletes", method: .delete, path: "/api/resource/Book/B-5"),
        Deed(
            testDescription: "calls", method: .post, path: "/api/method/frappe.client.set_value",
            json: #"{"doctype": "Book", "name": "B-2", "fieldname": "title", "value": "Second"}"#),
        Deed(
            testDescription: "calls by cmd", method: .post, path: "/?cmd=frappe.client.delete",
            json: #"{"doctype": "Book", "name": "B-3"}"#),
        Deed(
            testDescription: "does many things", method: .post, path: "/api/method/frappe.client.insert_many",
            json: #"{"docs": [{"doctype": "Shelf", "title": "X"}, {"doctype": "Shelf", "title": "Y"}]}"#),
        Deed(
            testDescription: "makes keys", method: .post, path: "/api/method/cauldron.keys.make",
            json: #"{"label": "shop", "scopes": [{"doctype": "Book", "rights": ["read"]}]}"#),
        Deed(
            testDescription: "sets a password", method: .post,
            path: "/api/method/frappe.core.doctype.user.user.update_password",
            json: #"{"old_password": "correct horse", "new_password": "another horse"}"#),
        Deed(
            testDescription: "sends a file", method: .post, path: "/api/method/upload_file",
            json: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nA\r\n--b--\r\n",
            type: "multipart/form-data; boundary=b"),
    ]

    private static func name(_ name: String) throws -> HTTPField.Name { try #require(HTTPField.Name(name)) }

    private static func events(_ site: Site, after number: Int64 = 0) async throws -> [Event] {
        try await site.tenant.database.read { try EventLog.read(after: number, limit: 1_000, in: $0) }
    }

    private func send(_ deed: Deed, as id: String?, _ site: Site) async throws -> Answer {
        var headers = [
            "Authorization": "token \(site.librarian.key):\(site.librarian.secret)", "Content-Type": deed.type,
        ]
        headers["X-Request-Id"] = id
        return try await site.send(deed.method, deed.path, headers: headers, body: deed.json.map { Array($0.utf8) })
    }

    @Test(arguments: deeds, ["order-7:retry/2", nil])
    func `what a request does is found by its id`(deed: Deed, sent: String?) async throws {
        let folder = FileFolder()
        var configuration = GatewayConfiguration()
        configuration.objects = try FolderStore(folder.path)
        let site = try await Site.make(configuration)
        try await site.fill()
        let before = try #require(try await Self.events(site).last?.number)
        let answer = try await send(deed, as: sent, site)
        #expect((200...202).contains(answer.status), "\(answer.text)")
        let id = try #require(answer.headers[Self.name("X-Request-Id")])
        #expect(answer.headers[try Self.name("X-Frappe-Request-Id")] == id)
        if let sent { #expect(id == sent) }
        let events = try await Self.events(site, after: before)
        #expect(!events.isEmpty)
        for event in events { #expect(event.correlation == id, "\(event.type)") }
        #expect(events.last?.cloudEvent(source: "x")["correlationid"] == .string(id))
    }

    @Test(arguments: ["", " ", "two words", "größe", "<b>", "\"x\"", "a,b", String(repeating: "x", count: 129)])
    func `an id that cannot be kept is replaced, and the answer tells by which`(sent: String) async throws {
        let site = try await Site.make()
        let deed = try #require(Self.deeds.first)
        let answer = try await send(deed, as: sent, site)
        #expect(answer.status == 200)
        let id = try #require(answer.headers[Self.name("X-Request-Id")])
        #expect(id != sent && Incoming.isIdentifier(id))
        #expect(try await Self.events(site).last?.correlation == id)
    }

    @Test func `requests that are carried out together keep their ids apart`() async throws {
        let site = try await Site.make()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let deed = Deed(
                        testDescription: "", method: .post, path: "/api/resource/Shelf",
                        json: "{\"title\": \"Shelf \(number)\"}")
                    return try await send(deed, as: "request-\(number)", site).status
                }
            }
            for try await status in group { #expect(status == 200) }
        }
        let made = try await Self.events(site).filter { $0.type == "cauldron.shelf.created" }
        #expect(made.count == 24)
        for event in made {
            #expect(event.subject.split(separator: " ").last == event.correlation.split(separator: "-").last)
        }
    }

    @Test func `every answer tells the id: refusals, files, pages and what is not there`() async throws {
        let site = try await Site.make()
        let addresses: [(HTTPRequest.Method, String)] = [
            (.get, "/nowhere"), (.get, "/files/none.txt"), (.get, "/"), (.options, "/api/resource/Book"),
            (.trace, "/api/resource/Book"), (.get, "/api/resource/Book"), (.get, "/api/resource/Book"),
            (.get, "/api/method/ping"), (.get, "/openapi.json"), (.get, "/api/resource/Book?limit_page_length=x"),
        ]
        for (verb, path) in addresses {
            let answer = try await site.send(verb, path, headers: ["X-Request-Id": "mine"])
            #expect(answer.headers[try Self.name("X-Request-Id")] == "mine", "\(verb) \(path)")
        }
    }
}
