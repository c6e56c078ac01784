import Documents
import EventLog
import Lists
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Jobs
@testable import Tenancy

@Suite(.bothEngines) struct JobTests {
    @Test func `a job is done after the commit that asks for it, as who asked`() async throws {
        let shop = try await Workshop()
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await shop.tenant.write(as: .administrator) { session in
                try session.enqueue(JobRequest("piece", ["title": "never"]))
                throw Undone()
            }
        }
        let ids = try await shop.order("one", "two", as: "ana@example.com")
        #expect(try await shop.pieces() == [])
        #expect(try await shop.states() == ["queued", "queued"])
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["one", "two"])
        #expect(try await shop.states() == ["finished", "finished"])
        let (owners, events) = try await shop.tenant.read(as: .administrator) { session in
            (
                try session.list(ListQuery("Piece", fields: ["owner"])).rows.compactMap { $0[0].text },
                try EventLog.read(after: 0, limit: 1_000, in: session.transaction)
            )
        }
        #expect(owners == ["ana@example.com", "ana@example.com"])
        let told = events.filter { $0.subject == "Background Job/\(ids[0])" }
        #expect(told.map(\.type) == ["cauldron.job.queued", "cauldron.job.finished"])
        // What follows from a request belongs to it.
        let made = try #require(events.first { $0.type == "cauldron.piece.created" })
        #expect(made.correlation == ids[0] && made.actor == "ana@example.com")
        try await shop.expectSound()
        await shop.close()
    }

    @Test func `the rights of a job are those that its user has when it is done`() async throws {
        let shop = try await Workshop()
        try await shop.order("gone", as: "ana@example.com")
        try await shop.order("weak", as: "ben@example.com")
        try await shop.tenant.write(as: .administrator) { session in
            let ana = try session.get("User", "ana@example.com")
            try session.apply(["enabled": 0], to: ana)
            try session.save(ana)
            let ben = try session.get("User", "ben@example.com")
            try session.apply(["roles": []], to: ben)
            try session.save(ben)
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == [])
        #expect(try await shop.states() == ["failed", "failed"])
        #expect(try await shop.facts("error_code") == ["forbidden", "forbidden"])
        #expect(try await shop.facts("error_message")[0].contains("cannot sign in any more"))
        // Who has the rights back tries it again.
        try await shop.tenant.write(as: .administrator) { session in
            let ana = try session.get("User", "ana@example.com")
            try session.apply(["enabled": 1], to: ana)
            try session.save(ana)
            let name = try #require(
                session.list(ListQuery("Background Job", fields: ["name"], orderBy: "name")).rows[0][0].text)
            try session.call("cauldron.jobs.retry", ["name": .string(name)])
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["gone"])
        #expect(try await shop.states() == ["finished", "failed"])
        await shop.close()
    }

    @Test func `a key with scopes asks for no more than it may`() async throws {
        let shop = try await Workshop()
        let ana = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        let narrow = ana.limited(to: [Scope(doctype: "Piece", rights: [.read], methods: ["cauldron.jobs.enqueue"])])
        try await shop.tenant.write(as: narrow) { try $0.enqueue(JobRequest("piece", ["title": "no"])) }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == [])
        #expect(try await shop.facts("error_code") == ["forbidden"])
        await shop.close()
    }

    @Test func `what may pass is tried again, later each time, and is called failed in the end`() async throws {
        let tries = Mutex<[Timestamp]>([])
        let shop = try await Workshop { registry in
            var limits = JobKind.Limits()
            limits.attempts = 4
            limits.firstWait = 10
            limits.longestWait = 100
            registry.register(
                JobKind(
                    "flaky",
                    .transaction { _, session in
                        try session.make("Piece", ["title": "half done"])
                        tries.withLock { $0.append(session.now) }
                        throw Problem(.unavailable, "Not now")
                    }, limits: limits))
        }
        try await shop.tenant.write(as: .administrator) { _ = try $0.enqueue(JobRequest("flaky", [:])) }
        let runner = JobRunner(shop.tenant)
        let start = shop.clock.now
        for _ in 0..<400 {
            try await runner.runDue()
            shop.clock.move(seconds: 1)
        }
        let moments = tries.withLock { $0 }.map { ($0.microseconds - start.microseconds) / 1_000_000 }
        #expect(moments == [0, 10, 50, 150])
        #expect(try await shop.states() == ["failed"])
        #expect(try await shop.facts("error_message") == ["Not now"])
        #expect(try await shop.pieces() == [])
        try await shop.expectSound()
        await shop.close()
    }

    @Test func `what is wrong by itself is not tried again`() async throws {
        let shop = try await Workshop()
        try await shop.order("")
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.states() == ["failed"])
        #expect(try await shop.facts("attempts") == ["1"])
        #expect(try await shop.facts("error_code") == ["mandatory_missing"])
        await shop.close()
    }

    @Test func `a job in parts goes on where it stood, and tells how far it is`() async throws {
        let stops = Switch(true)
        let shop = try await Workshop { registry in
            registry.register(
                JobKind(
                    "parts",
                    .transaction { job, session in
                        let at = Int(job.cursor?.int ?? 0)
                        try session.make("Piece", ["title": .string("part \(at)")])
                        if at == 2, stops.isOn { throw Problem(.forbidden, "Stop") }
                        guard at < 4 else { return .done() }
                        return .more(from: .int(Int64(at + 1)), Job.Progress(done: at + 1, of: 5))
                    }))
        }
        let id = try await shop.tenant.write(as: .administrator) { try $0.enqueue(JobRequest("parts", [:])) }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["part 0", "part 1"])
        #expect(try await shop.states() == ["failed"])
        #expect(try await shop.facts("progress") == ["2"])
        #expect(try await shop.facts("total") == ["5"])
        stops.isOn = false
        _ = try await shop.tenant.write(as: .administrator) {
            try $0.call("cauldron.jobs.retry", ["name": .string(id)])
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == (0..<5).map { "part \($0)" })
        #expect(try await shop.states() == ["finished"])
        let events = try await shop.tenant.read(as: .administrator) {
            try EventLog.read(after: 0, limit: 1_000, in: $0.transaction)
        }
        #expect(events.contains { $0.type == "cauldron.job.progressed" && $0.data.contains("\"done\":1") })
        await shop.close()
    }

    @Test func `jobs of one key are not asked for twice while one waits`() async throws {
        let shop = try await Workshop()
        let first = try await shop.order("one") { $0.key = "k" }
        #expect(try await shop.order("two", "three") { $0.key = "k" } == [first[0], first[0]])
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["one"])
        #expect(try await shop.order("four") { $0.key = "k" } != first)
        await shop.close()
    }

    @Test func `what is urgent comes first, and what waits long enough does too`() async throws {
        let shop = try await Workshop()
        try await shop.order("low") { $0.priority = .low }
        try await shop.order("normal")
        try await shop.order("high") { $0.priority = .high }
        let later = shop.clock.now.adding(seconds: 60)
        try await shop.order("later") { $0.due = later }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["high", "normal", "low"])
        shop.clock.move(seconds: 60)
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["high", "normal", "low", "later"])
        // An hour is all that precedence is worth.
        try await shop.order("patient") { $0.priority = .low }
        shop.clock.move(seconds: 7_300)
        try await shop.order("pushy") { $0.priority = .high }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces().suffix(2) == ["patient", "pushy"])
        await shop.close()
    }

    @Test func `who waits can be stopped, and who runs stops after its part`() async throws {
        let shop = try await Workshop { registry in
            registry.register(JobKind("endless", .transaction { _, _ in .more(from: 1) }))
        }
        let ids = try await shop.order("one", as: "ana@example.com")
        let stranger = try #require(try await shop.tenant.actor(named: "ben@example.com"))
        let own = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        let cancel: @Sendable (Session) throws -> Void = {
            try $0.call("cauldron.jobs.cancel", ["name": .string(ids[0])])
        }
        #expect(await problem { try await shop.tenant.write(as: stranger, cancel) }?.kind == .notFound)
        try await shop.tenant.write(as: own, cancel)
        #expect(try await shop.states() == ["canceled"])
        #expect(await problem { try await shop.tenant.write(as: own, cancel) }?.kind == .wrongJobState)

        let endless = try await shop.tenant.write(as: .administrator) { try $0.enqueue(JobRequest("endless", [:])) }
        let runner = Task { try await JobRunner(shop.tenant).runDue() }
        #expect(try await eventually { try await shop.states().last == "started" })
        _ = try await shop.tenant.write(as: .administrator) {
            try $0.call("cauldron.jobs.cancel", ["name": .string(endless)])
        }
        _ = try await runner.value
        #expect(try await shop.states() == ["canceled", "canceled"])
        #expect(try await shop.pieces() == [])
        await shop.close()
    }

    @Test func `users see their own jobs, and who manages the system all`() async throws {
        let shop = try await Workshop()
        let mine = try await shop.order("one", as: "ana@example.com")
        try await shop.order("two", as: "ben@example.com")
        let ana = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        let seen = try await shop.tenant.read(as: ana) { session in
            try session.list(ListQuery("Background Job", fields: ["name"])).rows.compactMap { $0[0].text }
        }
        #expect(seen == mine)
        #expect(try await shop.facts("user") == ["ana@example.com", "ben@example.com"])
        let other = try await shop.facts("name")[1]
        #expect(
            await problem { _ = try await shop.tenant.read(as: ana) { try $0.get("Background Job", other).name } }
                != nil)
        await shop.close()
    }

    // MARK: Who loses them

    @Test func `jobs of one who ended without a word are taken over, and done once`() async throws {
        let shop = try await Workshop()
        try await shop.order("one", "two")
        let lost = try await shop.tenant.write(as: .administrator) { session in
            try JobQueue.take(10, of: .transaction, as: "somebody who ends here", in: session)
        }
        #expect(lost.count == 2)
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == [])
        #expect(try await shop.states() == ["started", "started"])
        shop.clock.move(seconds: 121)
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["one", "two"])
        #expect(try await shop.facts("attempts") == ["1", "1"])
        // Who was thought dead and is not, does nothing any more.
        await #expect(throws: JobQueue.LeaseLost.self) {
            try await shop.tenant.write(as: .administrator) { session in
                _ = try JobQueue.run(lost[0].id, as: "somebody who ends here", in: session)
            }
        }
        #expect(try await shop.pieces() == ["one", "two"])
        try await shop.expectSound()
        await shop.close()
    }

    @Test func `a job that ends whoever does it is not tried for ever`() async throws {
        let shop = try await Workshop()
        try await shop.order("poison")
        for round in 1...5 {
            let taken = try await shop.tenant.write(as: .administrator) { session in
                try JobQueue.take(1, of: .transaction, as: "victim \(round)", in: session)
            }
            #expect(taken.count == 1)
            shop.clock.move(seconds: 121)
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.states() == ["failed"])
        #expect(try await shop.pieces() == [])
        #expect(try await shop.facts("error_message")[0].contains("ended before it was done"))
        await shop.close()
    }

    @Test func `many runners in two processes do each job once`() async throws {
        let shop = try await Workshop()
        let titles = (0..<300).map { "piece \($0)" }
        try await shop.tenant.write(as: .administrator) { session in
            try session.enqueue(titles.map { JobRequest("piece", ["title": .string($0)]) })
        }
        let other = try await shop.openAgain()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in [shop.tenant, other, shop.tenant, other] {
                group.addTask { try await JobRunner(tenant).runDue() }
            }
            try await group.waitForAll()
        }
        #expect(try await shop.pieces().sorted() == titles.sorted())
        #expect(try await Set(shop.states()) == ["finished"])
        await other.close()
        await shop.close()
    }

    @Test func `a full queue says so, and no more than it holds is asked for`() async throws {
        let shop = try await Workshop { registry in
            var limits = JobKind.Limits()
            limits.mostWaiting = 3
            limits.contentBytes = 20
            registry.register(JobKind("few", .transaction { _, _ in .done() }, limits: limits))
        }
        @Sendable func ask(_ count: Int, _ content: JSON = [:]) async -> Problem? {
            await problem {
                _ = try await shop.tenant.write(as: .administrator) { session in
                    try session.enqueue((0..<count).map { _ in JobRequest("few", content) })
                }
            }
        }
        #expect(await ask(4)?.kind == .tooManyJobs)
        #expect(await ask(2) == nil)
        #expect(await ask(2)?.kind == .tooManyJobs)
        #expect(await ask(1, ["text": "far more than twenty bytes"])?.kind == .tooLong)
        #expect(await ask(1) == nil)
        #expect(await ask(1)?.kind == .tooManyJobs)
        #expect(
            await problem {
                _ = try await shop.order("x")
                _ = try await shop.tenant.write(as: .administrator) { try $0.enqueue(JobRequest("none", [:])) }
            }?.kind == .unknownJob)
        await shop.close()
    }

    @Test func `a job that takes long leaves the others their turn`() async throws {
        let shop = try await Workshop { registry in
            registry.register(
                JobKind(
                    "long",
                    .transaction { job, session in
                        let at = job.cursor?.int ?? 0
                        if at == 10 {
                            var urgent = JobRequest("piece", ["title": "urgent"])
                            urgent.priority = .high
                            try session.enqueue(urgent)
                        }
                        guard at < 500 else {
                            try session.make("Piece", ["title": "long"])
                            return .done()
                        }
                        return .more(from: .int(at + 1))
                    }))
        }
        try await shop.tenant.write(as: .administrator) { _ = try $0.enqueue(JobRequest("long", [:])) }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["urgent", "long"])
        await shop.close()
    }

    @Test func `what cannot be read of a job ends that job, and no other`() async throws {
        let shop = try await Workshop()
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let sent = #"[{"action": "insert", "target": "Piece", "content": {"title": "x", "y": \#(deep)}}]"#
        let refused = await problem {
            _ = try await shop.tenant.write(as: .administrator) { session in
                try session.call("cauldron.jobs.enqueue", ["commands": .string(sent)])
            }
        }
        #expect(refused != nil)
        try await shop.order("broken", "sound")
        let broken = try await shop.facts("name")[0]
        // As an earlier version, or somebody else, may have left it.
        try await shop.tenant.database.write { transaction in
            try transaction.execute("UPDATE _job SET content = '{', scopes = 'x' WHERE id = ?", [.text(broken)])
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["sound"])
        #expect(try await shop.states() == ["failed", "finished"])
        await shop.close()
    }

    @Test func `of a list of commands one that cannot be keeps none from being done`() async throws {
        let shop = try await Workshop()
        let name = try await shop.tenant.write(as: .administrator) { try $0.make("Piece", ["title": "old"]).name }
        let commands: JSON = [
            [
                "action": "save", "target": "Piece", "name": .string(name),
                "content": ["modified": "2020-01-01 00:00:00", "title": "x"],
            ],
            ["action": "insert", "target": "Piece", "content": ["title": "new"]],
        ]
        try await shop.tenant.write(as: .administrator) { session in
            try session.call("cauldron.jobs.enqueue", ["commands": commands])
        }
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["old", "new"])
        #expect(try await shop.facts("result")[0].contains("stale"))
        await shop.close()
    }

    // MARK: Methods

    @Test func `commands are performed in the background, each by itself`() async throws {
        let shop = try await Workshop()
        let ana = try #require(try await shop.tenant.actor(named: "ana@example.com"))
        func ask(_ commands: JSON, _ more: JSONObject = [:]) async throws -> String {
            var arguments = more
            arguments["commands"] = commands
            let sent = arguments
            return try await shop.tenant.write(as: ana) { try $0.call("cauldron.jobs.enqueue", sent).string ?? "" }
        }
        let insert: JSON = ["action": "insert", "target": "Piece", "content": ["title": "one"]]
        let id = try await ask([insert], ["key": "a"])
        #expect(try await ask([insert], ["key": "a"]) == id)
        _ = try await ask([
            insert, ["action": "insert", "target": "Piece"],
            ["action": "delete", "target": "Piece", "name": "P-00001"],
        ])
        try await JobRunner(shop.tenant).runDue()
        #expect(try await shop.pieces() == ["one"])
        #expect(try await shop.states() == ["finished", "finished"])
        let results = try await shop.facts("result")
        #expect(results[0].contains("P-00001"))
        #expect(
            results[1].contains(#""done":2"#) && results[1].contains(#""failed":1"#)
                && results[1].contains("mandatory_missing"))
        #expect(try await shop.facts("job_name") == ["insert Piece", "insert Piece, and 2 more"])
        for (commands, more, kind) in [
            ([], [:], .malformed), (["x"], [:], .malformed), ("x", [:], .wrongType),
            ([["action": "explode", "target": "Piece"]], [:], .malformed),
            ([["action": "insert", "target": "No Such"]], [:], .notFound),
            ([["action": "call", "target": "no.such"]], [:], .noSuchMethod),
            ([["action": "call", "target": "cauldron.jobs.enqueue"]], [:], .noSuchMethod),
            ([insert], ["priority": "soon"], .notAnOption), ([insert], ["due": "tomorrow"], .badFormat),
            ([insert], ["key": .string(String(repeating: "k", count: 141))], .tooLong),
        ] as [(JSON, JSONObject, Problem.Kind)] {
            #expect(await problem { _ = try await ask(commands, more) }?.kind == kind, "\(commands) \(more)")
        }
        await shop.close()
    }

    @Test func `a rehearsal shows the jobs that would be asked for, and asks for none`() async throws {
        let shop = try await Workshop()
        let shown = try await shop.tenant.write(as: .administrator) { session in
            try session.rehearse { try $0.enqueue(JobRequest("piece", ["title": "x"])) }.shown
        }
        #expect(shown.text.contains("cauldron.job.queued"))
        #expect(try await shop.states() == [])
        await shop.close()
    }
}
