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

/// How streams are sent: to clients that are slow, leave and come again, as many as there may be, and to their end.
extension EventStreamTests {
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
