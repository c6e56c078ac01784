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
    private static func log(_ site: Site) async throws -> [Event] {
        try await site.tenant.database.read { try EventLog.read(after: 0, limit: 100_000, in: $0) }
    }

    private static func make(_ site: Site, _ doctype: String, _ fields: JSONObject) async throws {
        try await site.tenant.write(as: .administrator) { _ = try $0.make(doctype, fields) }
    }

    /// A listener to the whole log.
    private static func all(_ site: Site, after: Int64? = nil) async throws -> Listener {
        let keys = try await site.tenant.identity.generateKeys(for: "Administrator", at: site.tenant.now())
        return try await site.listen("", ["Authorization": "token \(keys.key):\(keys.secret)"], after: after)
    }

    private static func change(_ site: Site, _ doctype: String, _ name: String, _ fields: JSONObject) async throws {
        try await site.tenant.write(as: .administrator) { session in
            let document = try session.get(doctype, name)
            try session.apply(fields, to: document)
            try session.save(document)
        }
    }

    // MARK: What is told

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

    // MARK: How

    @Test func `what another process writes is told, and what is undone is not`() async throws {
        let site = try await Site.streaming()
        let all = try await Self.all(site)
        let other = try await site.openAgain()
        struct Undone: Error {}
        for number in 1...5 {
            try await other.write(as: .administrator) { session in
                _ = try session.make("Shelf", ["title": .string("there \(number)")])
            }
            await #expect(throws: Undone.self) {
                try await site.tenant.write(as: .administrator) { session in
                    _ = try session.make("Shelf", ["title": .string("undone \(number)")])
                    throw Undone()
                }
            }
        }
        try await all.until { $0.subjects.count == 5 }
        try await other.write(as: .administrator) { session in
            let user = try session.get("User", "lib@example.com")
            try session.apply(["roles": []], to: user)
            try session.save(user)
        }
        try await site.drain(all)
        #expect(
            all.subjects.prefix(5) == [
                "Shelf/there 1", "Shelf/there 2", "Shelf/there 3", "Shelf/there 4", "Shelf/there 5",
            ])
        #expect(!all.text.contains("undone"))
        await other.close()
    }

    @Test func `a client that is cut off again and again gets the log as it may see it, in order and once`()
        async throws
    {
        let site = try await Site.streaming()
        try await site.fill()
        let start = Int64(try await Self.log(site).count)
        let writing = Task {
            await withTaskGroup { group in
                for writer in 0..<4 {
                    group.addTask {
                        var dice = Dice(seed: UInt64(writer))
                        for number in 0..<40 {
                            struct Undone: Error {}
                            let isUndone = dice.isOne(of: 5)
                            let title = JSON.string("\(writer)-\(number)")
                            let book = "B-\(dice.roll(1...5))"
                            // Those that are undone leave nothing.
                            try? await site.tenant.write(as: .administrator) { session in
                                try session.make("Shelf", ["title": title])
                                try session.make("Memo", ["text": title])
                                let document = try session.get("Book", book)
                                try session.apply(["title": title], to: document)
                                try session.save(document)
                                if isUndone { throw Undone() }
                            }
                        }
                    }
                }
            }
        }
        let queries = ["", "doctype=Shelf", "doctype=Book&name=B-2", "watch=" + coded(#"["Memo", "Book/B-3"]"#)]
        let clients = queries.enumerated().map { place, query in
            Task {
                var dice = Dice(seed: UInt64(100 + place))
                var heard: [Int64] = []
                var last = start
                while true {
                    let listener = try await site.listen(query, after: last)
                    let isDone = writing.isCancelled
                    let many = dice.roll(0...7)
                    if !isDone {
                        // Some leave at once, some after events, and now and then none comes.
                        let patience = ContinuousClock.now + .milliseconds(dice.roll(0...60))
                        while listener.numbers.count < many, ContinuousClock.now < patience {
                            // Lets others run; what is expected does not depend on how long.
                            try await Task.sleep(for: .milliseconds(1))
                        }
                        await listener.leave()
                        heard += listener.numbers
                        last = try #require(listener.lastID)
                        continue
                    }
                    await listener.leave()
                    let rest = try await site.send(.get, "/api/events?\(query)\(query.isEmpty ? "" : "&")after=\(last)")
                    heard += rest.text.split(separator: "\n\n").filter { $0.contains("specversion") }.compactMap {
                        $0.split(separator: "\n").first.flatMap { Int64($0.dropFirst(4)) }
                    }
                    return heard
                }
            }
        }
        await writing.value
        writing.cancel()
        let log = try await Self.log(site).filter { $0.number > start }
        #expect(log.count > 300)
        let expected: [[Event]] = [
            log.filter { $0.subject.hasPrefix("Shelf/") || $0.subject.hasPrefix("Book/") },
            log.filter { $0.subject.hasPrefix("Shelf/") }, log.filter { $0.subject == "Book/B-2" },
            // Memos are their owner's.
            log.filter { $0.subject == "Book/B-3" },
        ]
        for (client, events) in zip(clients, expected) { #expect(try await client.value == events.map(\.number)) }
    }

    @Test func `a client that takes nothing holds little, keeps nobody up, and gets all in the end`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let slow = try await site.listen("doctype=Book")
        slow.isDeaf = true
        let quick = try await site.listen("doctype=Book")
        let text = String(repeating: "long ", count: 1_000)
        let many = 120
        for number in 1...many {
            try await Self.change(site, "Book", "B-1", ["blurb": .string("\(number) \(text)")])
        }
        try await quick.until { $0.events.count == many }
        let hub = site.gateway.hub
        let waiting = hub.open.map(\.bytes)
        #expect(waiting.allSatisfy { $0 <= EventStream.waitingBytes })
        #expect(slow.events.count < many)
        slow.isDeaf = false
        try await slow.until { $0.events.count == many }
        #expect(slow.numbers == quick.numbers && slow.numbers == slow.numbers.sorted())
        // It is one of those who hear at once again.
        try await Self.change(site, "Book", "B-1", ["title": "the end"])
        try await slow.until { $0.text.contains("the end") }
        try await eventually { hub.open.allSatisfy(\.isLive) }
    }

    @Test func `changes that are too large are left out and told`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let books = try await site.listen("doctype=Book")
        try await Self.change(site, "Book", "B-1", ["blurb": .string(String(repeating: "long ", count: 20_000))])
        try await books.until { !$0.events.isEmpty }
        #expect(books.events[0].data["changes_left_out"] == true && books.events[0].data["changes"] == nil)
    }

    @Test func `there is an end to the streams of one user and of all`() async throws {
        let site = try await Site.streaming {
            $0.streams = 3
            $0.streamsPerUser = 2
        }
        let one = try await site.listen()
        let two = try await site.listen("doctype=Book")
        let refused = try await Answer(try await site.response(""))
        #expect(refused.status == 429 && refused.json["code"] == "too_many_streams_of_user")
        #expect(refused.headers[.retryAfter] == "5")
        let reader = try await site.cookie("reader@example.com")
        let three = try await site.listen("doctype=Book", reader)
        let full = try await Answer(try await site.response("doctype=Book", try await site.cookie("boss@example.com")))
        #expect(full.status == 403, "who may not read is told so first")
        let all = try await Answer(try await site.response("", try await site.cookie("boss@example.com")))
        #expect(all.status == 503 && all.json["code"] == "too_many_streams")
        #expect(try await site.send(.get, "/api/resource/Book").status == 200)
        await one.leave()
        let four = try await site.listen("doctype=Shelf")
        #expect(!two.isOver && !three.isOver && !four.isOver)
        // A response that nobody takes has no place.
        await four.leave()
        for _ in 0..<5 { _ = try await site.response("doctype=Shelf") }
        _ = try await site.listen("doctype=Shelf")
    }

    @Test func `nothing runs while nobody listens`() async throws {
        let site = try await Site.streaming()
        let hub = site.gateway.hub
        #expect(!hub.isRunning)
        _ = try await site.send(.head, "/api/events")
        #expect(!hub.isRunning)
        for round in 1...3 {
            let listener = try await site.listen()
            #expect(hub.isRunning)
            try await Self.make(site, "Shelf", ["title": .string("Shelf \(round)")])
            try await listener.until { !$0.events.isEmpty }
            await listener.leave()
            try await eventually { !hub.isRunning }
        }
        #expect(
            hub.count == 0 && hub.state.withLock { $0.readers.isEmpty && $0.ofUser.isEmpty && $0.ofCredential.isEmpty })
    }

    @Test func `streams end when their company is closed`() async throws {
        let site = try await Site.streaming()
        let listener = try await site.listen("doctype=Book")
        await site.tenant.close()
        try await listener.until { $0.isOver }
        #expect(listener.events.last?.json["code"] == "server_stops")
    }

    @Test func `a stream says that it is there, and how far it has told all`() async throws {
        let site = try await Site.streaming()
        let books = try await site.listen("doctype=Book")
        let all = try await Self.all(site)
        for number in 1...3 { try await Self.make(site, "Shelf", ["title": .string("\(number)")]) }
        try await site.drain(all)
        let head = Int64(try await Self.log(site).count)
        try await books.until { $0.lastID == head }
        #expect(books.events.isEmpty && books.text.contains("\n\n:\nid: \(head)\n\n"))
        #expect(books.text.hasPrefix("retry: 3000\nid: "))
    }

    @Test func `readers with the same rights are asked for once, however many they are`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        try await site.tenant.write(as: .administrator) { session in
            for book in 1...5 {
                let document = try session.get("Book", "B-\(book)")
                try session.apply(["title": .string("new \(book)")], to: document)
                try session.save(document)
            }
        }
        let registry = site.tenant.registry
        let counts = try await site.tenant.database.read { transaction -> [Int] in
            let events = try EventLog.read(after: 0, limit: 1_000, in: transaction).filter {
                $0.type == "cauldron.book.updated" || $0.subject.hasPrefix("Shelf/")
            }.map(LoggedEvent.init)
            return try [1, 500].map { readers in
                let counting = CountingTransaction(transaction)
                let session = Session(
                    actor: .administrator, now: .earliest, registry: registry, transaction: counting
                ) { "x" }
                let screen = EventScreen(session, events, source: "/x")
                for reader in 0..<readers {
                    let actor = Actor(user: "r\(reader)@example.com", roles: ["Reader Role"])
                    let told = try events.indices.compactMap { try screen.frame($0, for: actor) }
                    #expect(told.count == events.count)
                }
                // Those who may read nothing of it cost nothing either.
                for reader in 0..<readers {
                    let actor = Actor(user: "n\(reader)@example.com", roles: [])
                    let told = try events.indices.compactMap { try screen.frame($0, for: actor) }
                    #expect(told.isEmpty)
                }
                return counting.count
            }
        }
        #expect(counts == [0, 0])
    }

    @Test func `the methods of the peer tell who listens and what it may hear of`() async throws {
        let site = try await Site.streaming()
        try await site.fill()
        let call = "/api/method/frappe.realtime."
        let reader = try await site.cookie("reader@example.com")
        let info = try await site.send(.get, call + "get_user_info", headers: reader)
        #expect(info.message["user"] == "reader@example.com" && info.message["user_type"] == "System User")
        #expect(try await site.send(.get, call + "get_user_info", headers: [:]).message["user"] == "Guest")
        for (doctype, name, status) in [("Book", "B-1", 200), ("Book", "B-99", 404), ("Loan", "LOAN-1", 403)] {
            let query = "doctype=\(doctype)"
            for path in ["can_subscribe_doc?\(query)&docname=\(name)", "has_permission?\(query)&name=\(name)"] {
                let answer = try await site.send(.get, call + path, headers: reader)
                #expect(
                    answer.status == status && (answer.message == true) == (status == 200), "\(path): \(answer.text)")
                #expect(try await site.send(.get, call + path, headers: [:]).status == 403)
            }
        }
    }
}

extension EventHub {
    /// The open streams.
    fileprivate var open: [EventStream] { state.withLock { Array($0.streams.values) } }
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
