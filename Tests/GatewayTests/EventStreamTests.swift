import Documents
import EventLog
import HTTPTypes
import Identity
import Reports
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// What streams of events tell, and to whom.
@Suite(.bothEngines) struct EventStreamTests {
    static func log(_ site: Site) async throws -> [Event] {
        try await site.tenant.database.read { try EventLog.read(after: 0, limit: 100_000, in: $0) }
    }

    static func make(_ site: Site, _ doctype: String, _ fields: JSONObject) async throws {
        try await site.tenant.write(as: .administrator) { _ = try $0.make(doctype, fields) }
    }

    /// A listener to the whole log.
    static func all(_ site: Site, after: Int64? = nil) async throws -> Listener {
        let keys = try await site.tenant.identity.generateKeys(for: "Administrator", at: site.tenant.now())
        return try await site.listen("", ["Authorization": "token \(keys.key):\(keys.secret)"], after: after)
    }

    static func change(_ site: Site, _ doctype: String, _ name: String, _ fields: JSONObject) async throws {
        try await site.tenant.write(as: .administrator) { session in
            let document = try session.get(doctype, name)
            try session.apply(fields, to: document)
            try session.save(document)
        }
    }

    // MARK: What is told

    @Test func `a user is told of jobs that it asked for, and of no other's`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let own = try await site.listen("doctype=Background%20Job")
        let all = try await Self.all(site)
        let asked = try await site.send(
            .post, "/api/method/cauldron.jobs.enqueue",
            json: #"{"commands": [{"action": "insert", "target": "Shelf", "content": {"title": "Maps"}}]}"#)
        #expect(asked.status == 200, "\(asked.text)")
        try await site.tenant.write(as: .administrator) { session in
            try session.call(
                "cauldron.jobs.enqueue",
                ["commands": [["action": "insert", "target": "Shelf", "content": ["title": "Atlases"]]]])
        }
        try await JobRunner(site.tenant).runDue()
        try await site.drain(all)
        try await own.until { $0.subjects.count >= 2 }
        #expect(Set(own.subjects).count == 1 && own.subjects.count == 2)
        #expect(Set(all.subjects.filter { $0.hasPrefix("Background Job/") }).count >= 2)
    }

    @Test func `a stream tells of what it watches and of nothing else`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let all = try await Self.all(site)
        let list = try await site.listen("doctype=Shelf")
        let one = try await site.listen("doctype=Book&name=B-1")
        let several = try await site.listen("watch=" + coded(#"["Shelf", "Book/B-2", "Loan Row"]"#))
        try await Self.make(site, "Shelf", ["title": "Maps"])
        try await Self.change(site, "Book", "B-1", ["title": "Alpha again"])
        try await Self.change(site, "Book", "B-2", ["title": "Beta again"])
        try await site.tenant.write(as: .administrator) { session in
            _ = try session.submitted("Loan", ["reader": "Ann", "lines": [["book": "B-1", "fee": 3]]])
        }
        try await site.drain(all)
        #expect(list.subjects == ["Shelf/Maps"])
        #expect(one.subjects == ["Book/B-1"])
        let loan = "Loan/LOAN-2026-0001"
        #expect(several.subjects == ["Shelf/Maps", "Book/B-2", loan])
        #expect(all.subjects.dropLast() == ["Shelf/Maps", "Book/B-1", "Book/B-2", loan, loan, loan])
        #expect(all.numbers == all.numbers.sorted() && Set(all.numbers).count == all.numbers.count)

        let changed = try #require(one.events.first)
        let log = try await Self.log(site)
        let event = try #require(log.last { $0.subject == "Book/B-1" })
        #expect(changed.id == event.number && changed.event == "cauldron.book.updated")
        #expect(changed.json["specversion"] == "1.0" && changed.json["id"] == .string("\(event.number)"))
        #expect(changed.json["source"] == "/Library" && changed.json["actor"] == "Administrator")
        #expect(
            changed.data["doctype"] == "Book" && changed.data["name"] == "B-1" && changed.data["action"] == "updated")
        #expect(changed.data["changes"]?["changed"] == [["title", "Alpha", "Alpha again"]])
        let read = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(changed.data["modified"] == read.data["modified"] && read.data["modified"] != nil)
        let posted = try #require(several.events.last)
        #expect(posted.event == "cauldron.loan_row.posted" && posted.data["voucher_no"] == "LOAN-2026-0001")
        #expect(posted.data["rows"]?.array?.first?["amount"] == 3)
    }

    @Test func `who watches a document under a name hears that it has another`() async throws {
        let site = try await Site.streaming(modules: [Folders.module])
        for name in ["A", "B", "C"] { try await Self.make(site, "Folder", ["__newname": .string(name)]) }
        let one = try await site.listen("doctype=Folder&name=A")
        let watched = try await site.listen("watch=" + coded(#"["Folder/B", "Folder/New B"]"#))
        let merged = try await site.listen("doctype=Folder&name=C")
        try await site.tenant.write(as: .administrator) { session in
            _ = try session.rename("Folder", "A", to: "New A")
            _ = try session.rename("Folder", "B", to: "New B")
            _ = try session.rename("Folder", "C", to: "New A", merge: true)
        }
        try await one.until { !$0.events.isEmpty }
        #expect(one.subjects == ["Folder/New A"] && one.events[0].data["renamed"] == "A")
        #expect(one.events[0].event == "cauldron.folder.renamed")
        try await watched.until { !$0.events.isEmpty }
        #expect(watched.subjects == ["Folder/New B"])
        try await merged.until { !$0.events.isEmpty }
        #expect(merged.events.contains { $0.data["merged"] == "C" })
        // The same where it comes later.
        let before = try #require(one.events[0].id) - 1
        let later = try await site.send(.get, "/api/events?doctype=Folder&name=A&after=\(before)")
        #expect(later.text.contains("Folder/New A") && !later.text.contains("Folder/New B"))
    }

    @Test func `a stream begins now, behind a number, or behind the one a browser names, and ends as is asked`()
        async throws
    {
        let site = try await Site.streaming()
        try await site.fill()
        let books = try await Self.log(site).filter { $0.subject.hasPrefix("Book/") }.map(\.number)
        func numbers(_ query: String, _ headers: [String: String] = [:]) async throws -> [Int64] {
            let known = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
            let answer = try await site.send(
                .get, "/api/events?\(query)", headers: known.merging(headers) { $1 })
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/event-stream; charset=utf-8")
            return answer.text.split(separator: "\n\n").filter { $0.contains("event: cauldron.book") }.compactMap {
                $0.split(separator: "\n").first.flatMap { Int64($0.dropFirst(4)) }
            }
        }
        #expect(try await numbers("doctype=Book").isEmpty)
        // Who asks now and then learns how far it has heard, though nothing of it was about what it watches.
        let nothing = try await site.send(.get, "/api/events?doctype=Loan&after=0")
        #expect(nothing.text.hasSuffix(":\nid: \(try await Self.log(site).count)\n\n"))
        #expect(try await numbers("doctype=Book&after=0") == books)
        #expect(try await numbers("doctype=Book&after=\(books[1])") == Array(books.dropFirst(2)))
        #expect(
            try await numbers("doctype=Book&after=0", ["Last-Event-ID": "\(books[3])"]) == Array(books.dropFirst(4)))
        #expect(try await numbers("doctype=Book&after=0&limit=2") == Array(books.prefix(2)))
        let accept = ["Accept": "text/event-stream"]
        #expect(try await numbers("doctype=Book&after=0&follow=0", accept) == books)
        #expect(try await numbers("doctype=Book&after=0&limit=5", accept) == books)
        // Somebody who waits for one more gets it.
        let waiting = try await site.listen("doctype=Book&limit=1")
        try await Self.make(site, "Book", ["name": "B-6", "title": "Six"])
        try await waiting.until { $0.isOver }
        #expect(waiting.subjects == ["Book/B-6"])
    }

    @Test func `a number that the log does not have is told, and the stream goes on from now`() async throws {
        let site = try await Site.streaming()
        let head = try await Self.log(site).count
        let ahead = try await site.listen("", after: Int64(head) + 5)
        #expect(ahead.events.first?.event == "cauldron.stream.reset")
        #expect(ahead.events.first?.json["code"] == "log_ends_earlier" && ahead.events.first?.id == Int64(head))
        try await Self.make(site, "Shelf", ["title": "Maps"])
        try await ahead.until { $0.subjects == ["Shelf/Maps"] }
        // As when it was cut some day.
        try await site.tenant.database.write { transaction in
            for sql in transaction.dialect.unsealing("_event") { try transaction.execute(sql) }
            try transaction.execute("DELETE FROM _event WHERE number < 10")
            for sql in transaction.dialect.sealing("_event") { try transaction.execute(sql) }
        }
        let cut = try await site.listen("", after: 3)
        #expect(cut.events.first?.json["code"] == "log_begins_later")
        let first = try await site.listen("doctype=Shelf", after: 9)
        try await first.until { $0.subjects == ["Shelf/Maps"] }
        #expect(!first.text.contains("reset"))
    }

    @Test(arguments: [
        ("doctype=Nothing", 404), ("doctype=Loan", 403), ("name=B-1", 417), ("watch=Shelf", 417), ("watch=[1]", 417),
        ("watch=" + coded(#"["/x"]"#), 417), ("watch=" + coded(#"["Shelf/"]"#), 417), ("after=-1", 417),
        ("after=99999999999999999999", 417), ("after=x", 417), ("limit=0", 417), ("follow=2", 417),
        ("colour=red&strict=1", 417), ("watch=" + coded(#"["Shelf", "Loan"]"#), 403),
        ("watch=" + coded("[" + (0...200).map { "\"Shelf/\($0)\"" }.joined(separator: ",") + "]"), 417),
    ])
    func `what cannot be watched is refused`(query: String, status: Int) async throws {
        let site = try await Site.streaming()
        let reader = try await site.cookie("reader@example.com")
        let answer = try await site.send(.get, "/api/events?" + query, headers: reader)
        #expect(answer.status == status, "\(answer.text.prefix(300))")
        #expect(try await site.send(.get, "/api/events?" + query, headers: [:]).status == 403)
        let head = try await site.send(.head, "/api/events?" + query, headers: reader)
        #expect(head.status == status && head.body.isEmpty)
    }

    // MARK: To whom

    @Test func `no value that somebody may not see is told, in no event`() async throws {
        let site = try await Site.streaming(modules: [Vault.module])
        try await site.fill()
        let all = try await Self.all(site)
        let cookie = try await site.cookie("reader@example.com")
        let list = try await site.listen("doctype=Vault%20Box", cookie)
        let log = try await site.listen("", cookie)
        try await site.tenant.write(as: .administrator) { try Vault.fill($0) }
        try await site.tenant.write(as: .administrator) { session in
            let box = try session.get("Vault Box", "V-1")
            try session.apply(
                ["phone": "mark-phone again", "lines": [["text": "mark-line new", "cost": "mark-cost"]]], to: box)
            try session.save(box)
            try session.delete("Vault Box", "V-2")
        }
        try await site.drain(all)
        for listener in [list, log] {
            #expect(listener.subjects.filter { $0.hasPrefix("Vault") }.count == 6)
            #expect(listener.text.contains("mark-title now") && listener.text.contains("mark-line new"))
            for word in ["mark-secret", "mark-phone", "mark-cost"] { #expect(!listener.text.contains(word), "\(word)") }
        }
        #expect(all.text.contains("mark-secret now") && all.text.contains("mark-cost"))
        let later = try await site.send(.get, "/api/events?after=0", headers: cookie)
        #expect(later.text.contains("mark-title now") && !later.text.contains("mark-secret"))
        #expect(!later.text.contains("cauldron.user."), "what is about no document is for System Managers")
        #expect(
            try await site.send(.get, "/api/events?after=0", headers: site.cookie("boss@example.com")).text.contains(
                "cauldron.user.password_set"))
    }

    @Test func `of documents somebody hears of those it may read, as long as it may, and that they are gone`()
        async throws
    {
        let site = try await Site.streaming()
        try await site.fill()
        let permission = try await site.tenant.write(as: .administrator) { session in
            try session.make("User Permission", ["user": "reader@example.com", "allow": "Shelf", "for_value": "Crime"])
                .name
        }
        let all = try await Self.all(site)
        let cookie = try await site.cookie("reader@example.com")
        let books = try await site.listen("doctype=Book", cookie)
        for book in ["B-1", "B-3"] { try await Self.change(site, "Book", book, ["title": .string("\(book) one")]) }
        try await site.tenant.write(as: .administrator) { session in
            for book in ["B-2", "B-4"] { try session.delete("Book", book) }
        }
        try await site.drain(all)
        #expect(books.subjects == ["Book/B-1", "Book/B-2"])
        #expect(books.events.last?.event == "cauldron.book.deleted" && books.events.last?.data["changes"] == nil)
        // It leaves the shelf, and is none of the reader's any more.
        try await Self.change(site, "Book", "B-1", ["shelf": "Poetry"])
        try await Self.change(site, "Book", "B-1", ["title": "B-1 two"])
        try await site.drain(all)
        #expect(books.subjects == ["Book/B-1", "Book/B-2"])
        // The limit goes: the client is told to load anew, and hears of all.
        try await site.tenant.write(as: .administrator) { try $0.delete("User Permission", permission) }
        try await books.until { $0.events.last?.json["code"] == "rights_changed" }
        try await Self.change(site, "Book", "B-3", ["title": "B-3 two"])
        try await books.until { $0.subjects.last == "Book/B-3" }
    }

    @Test func `own and shared documents are told to whom they belong`() async throws {
        let site = try await Site.streaming()
        let all = try await Self.all(site)
        let one = try await site.cookie("reader@example.com")
        let other = try await site.cookie("nobody@example.com")
        let listeners = (try await site.listen("doctype=Memo", one), try await site.listen("doctype=Memo", other))
        let made = try await site.send(.post, "/api/resource/Memo", json: #"{"text": "mine"}"#, headers: one)
        let name = try #require(made.data["name"]?.string)
        try await site.drain(all)
        #expect(listeners.0.subjects == ["Memo/\(name)"] && listeners.1.subjects.isEmpty)
        try await Self.make(
            site, "DocShare",
            ["share_doctype": "Memo", "share_name": .string(name), "user": "nobody@example.com", "read": 1])
        try await site.drain(all)
        let path = "/api/resource/Memo/\(name)"
        #expect(try await site.send(.put, path, json: #"{"text": "ours"}"#, headers: one).status == 200)
        try await listeners.1.until { $0.subjects.contains("Memo/\(name)") }
        #expect(try await site.send(.delete, path, headers: one).status == 202)
        try await site.drain(all)
        #expect(listeners.0.events.last?.event == "cauldron.memo.deleted")
        #expect(listeners.1.events.allSatisfy { $0.event != "cauldron.memo.deleted" }, "the share went first")
    }

    @Test func `rights that change while a stream is open hold from then on`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let all = try await Self.all(site)
        let books = try await site.listen("doctype=Book", try await site.cookie("reader@example.com"))
        try await Self.change(site, "Book", "B-1", ["title": "seen"])
        try await books.until { $0.subjects == ["Book/B-1"] }
        try await Self.change(site, "User", "reader@example.com", ["roles": []])
        try await Self.change(site, "Book", "B-2", ["title": "unseen"])
        try await site.drain(all)
        #expect(books.subjects == ["Book/B-1"])
        try await books.until { $0.events.last?.json["code"] == "rights_changed" }
        try await Self.change(site, "User", "reader@example.com", ["roles": [["role": "Reader Role"]]])
        try await Self.change(site, "Book", "B-3", ["title": "seen again"])
        try await books.until { $0.subjects == ["Book/B-1", "Book/B-3"] }
        try await Self.change(site, "Role", "Reader Role", ["disabled": 1])
        try await Self.change(site, "Book", "B-4", ["title": "unseen"])
        try await site.drain(all)
        #expect(books.subjects == ["Book/B-1", "Book/B-3"])
    }

    @Test func `a stream ends with the session, key or user that opened it`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let cookie = try await site.cookie("reader@example.com")
        let session = try await site.listen("doctype=Book", cookie)
        let other = try await site.listen("doctype=Book", try await site.cookie("reader@example.com"))
        let key = try await site.listen("doctype=Book")
        #expect(try await site.send(.get, "/api/method/logout", headers: cookie).status == 200)
        try await session.until { $0.isOver }
        #expect(
            session.events.last?.event == "cauldron.stream.ended" && session.events.last?.json["code"] == "signed_out")
        _ = try await site.tenant.identity.generateKeys(for: "lib@example.com", at: site.tenant.now())
        try await key.until { $0.isOver }
        #expect(!other.isOver)
        try await Self.change(site, "User", "reader@example.com", ["enabled": 0])
        try await other.until { $0.isOver }
        #expect(other.events.last?.json["code"] == "signed_out")
        // A key ends by itself, too.
        let scopes = try Scope.list([["doctype": "Shelf", "rights": ["read"]]])
        let made = try await site.tenant.identity.makeKey(
            for: "lib@example.com", label: "short", scopes: JSON.array(scopes.map(\.json)).text,
            expires: site.tenant.now().adding(seconds: 60), at: site.tenant.now())
        let scoped = try await site.listen("", ["Authorization": "token \(made.key):\(made.secret)"])
        try await Self.change(site, "Book", "B-1", ["title": "not for this key"])
        try await Self.make(site, "Shelf", ["title": "Maps"])
        try await scoped.until { !$0.events.isEmpty }
        #expect(scoped.subjects == ["Shelf/Maps"])
        site.clock.advance(seconds: 61)
        try await scoped.until { $0.isOver }
    }
}

/// Something that may get another name.
private enum Folders {
    static let module = Module("Folders") { $0.add(Folder.self) }
}

private struct Folder: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Folder", module: "Folders", naming: .prompt, .renamable, permissions: [.manage("Librarian")],
        summary: "It may get another name.")
    let title = Data(.inListView)
    init() {}
}
