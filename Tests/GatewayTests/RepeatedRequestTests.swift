import Documents
import HTTPTypes
import Identity
import Lists
import ObjectStorage
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// A request that changes something and is sent again under its idempotency key gets the same answer, and is done once.
@Suite(.bothEngines) struct RepeatedRequestTests {
    private let folder = FileFolder()

    /// A write by each way there is.
    struct Deed: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let method: HTTPRequest.Method
        var path: String
        var body = "{}"
        var type = "application/json"
    }

    private static let deeds: [Deed] = [
        Deed(testDescription: "adds", method: .post, path: "/api/resource/Shelf", body: #"{"title": "New"}"#),
        Deed(testDescription: "changes", method: .put, path: "/api/resource/Book/B-1", body: #"{"title": "Other"}"#),
        Deed(testDescription: "deletes", method: .delete, path: "/api/resource/Book/B-5", body: ""),
        Deed(
            testDescription: "calls", method: .post, path: "/api/method/frappe.client.insert",
            body: #"{"doc": {"doctype": "Shelf", "title": "Called"}, "colour": "red"}"#),
        Deed(
            testDescription: "calls by cmd", method: .post, path: "/?cmd=frappe.client.delete",
            body: #"{"doctype": "Book", "name": "B-3"}"#),
        Deed(
            testDescription: "sends a file", method: .post, path: "/api/method/upload_file",
            body: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nA\r\n--b--\r\n",
            type: "multipart/form-data; boundary=b"),
    ]

    private func send(
        _ deed: Deed, key: String?, _ site: Site, as keys: (key: String, secret: String)? = nil
    ) async throws -> Answer {
        let keys = keys ?? (site.librarian.key, site.librarian.secret)
        var headers = ["Authorization": "token \(keys.key):\(keys.secret)", "Content-Type": deed.type]
        headers["Idempotency-Key"] = key
        return try await site.send(
            deed.method, deed.path, headers: headers, body: deed.body.isEmpty ? nil : Array(deed.body.utf8))
    }

    private func site() async throws -> Site {
        var configuration = GatewayConfiguration()
        configuration.objects = try FolderStore(folder.path)
        let site = try await Site.make(configuration)
        try await site.fill()
        return site
    }

    private func events(_ site: Site) async throws -> Int64 {
        try await site.tenant.database.read { transaction in
            try transaction.first("SELECT max(number) FROM _event", [], [.integer])?[0].int ?? 0
        }
    }

    private static let replayed = HTTPField.Name("Idempotency-Replayed")
    private static let passedOver = HTTPField.Name("X-Cauldron-Ignored")

    private func header(_ name: HTTPField.Name?, _ answer: Answer) -> String? { name.flatMap { answer.headers[$0] } }

    @Test(arguments: deeds)
    func `what is sent again under its key is done once and answered the same`(deed: Deed) async throws {
        let site = try await site()
        let first = try await send(deed, key: "\"order-7\"", site)
        #expect((200...202).contains(first.status), "\(first.text)")
        #expect(header(Self.replayed, first) == nil)
        let done = try await events(site)
        for _ in 1...2 {
            let again = try await send(deed, key: "order-7", site)
            #expect(again.status == first.status && again.text == first.text)
            #expect(header(Self.replayed, again) == "true")
            #expect(header(Self.passedOver, again) == header(Self.passedOver, first))
            #expect(again.headers[.eTag] == first.headers[.eTag])
        }
        #expect(try await events(site) == done, "something was done again")
    }

    @Test func `another request under the same key is refused, and one of another user is its own`() async throws {
        let site = try await site()
        let deed = Self.deeds[0]
        _ = try await send(deed, key: "k", site)
        var other = deed
        other.body = #"{"title": "Another"}"#
        let refused = try await send(other, key: "k", site)
        #expect(refused.status == 422 && refused.text.contains("idempotency_key_in_use"))
        // What stands in the address counts as well.
        var aside = deed
        (aside.path, aside.body) = ("/api/resource/Shelf?strict=1", deed.body)
        #expect(try await send(aside, key: "k", site).status == 422)
        let admin = try await site.tenant.identity.generateKeys(for: "Administrator", at: site.tenant.now())
        let own = try await send(other, key: "k", site, as: (admin.key, admin.secret))
        #expect(own.status == 200 && header(Self.replayed, own) == nil, "\(own.text)")
    }

    @Test func `what was refused is tried anew, and a rehearsal is kept for nothing`() async throws {
        let site = try await site()
        let wrong = Deed(
            testDescription: "wrong", method: .put, path: "/api/resource/Book/B-1", body: #"{"title": ""}"#)
        let refused = try await send(wrong, key: "k", site)
        #expect(refused.status == 417, "\(refused.text)")
        #expect(header(Self.replayed, try await send(wrong, key: "k", site)) == nil)
        var shown = Self.deeds[1]
        shown.body = #"{"title": "Other", "rehearse": 1}"#
        #expect(try await send(shown, key: "k", site).status == 200)
        let done = try await send(Self.deeds[1], key: "k", site)
        #expect(done.status == 200 && header(Self.replayed, done) == nil)
    }

    @Test(arguments: ["", "two words", "caf\u{E9}", String(repeating: "k", count: 256)])
    func `a key is a word of visible ASCII`(key: String) async throws {
        let site = try await site()
        let answer = try await send(Self.deeds[0], key: key, site)
        #expect(answer.status == 417 && answer.text.contains("Idempotency-Key"), "\(answer.text)")
    }

    @Test func `a key is refused where an answer is not kept`() async throws {
        let site = try await site()
        let keys = Deed(
            testDescription: "keys", method: .post, path: "/api/method/cauldron.keys.make",
            body: #"{"label": "shop", "scopes": [{"doctype": "Book", "rights": ["read"]}]}"#)
        #expect(try await send(keys, key: "k", site).status == 403)
    }

    @Test func `after a day the key is free, and the daily run takes what was kept away`() async throws {
        let site = try await site()
        _ = try await send(Self.deeds[0], key: "k", site)
        let later = site.tenant.now().adding(seconds: KeptAnswer.seconds + 1)
        try await site.tenant.write(as: .administrator, at: later) { session in
            try session.runScheduledTasks()
            let left = try session.transaction.first("SELECT count(*) FROM _answer", [], [.integer])
            #expect(left?[0].int == 0)
        }
        #expect(header(Self.replayed, try await send(Self.deeds[0], key: "k", site)) == nil)
    }
}
