import Documents
import Foundation
import Identity
import Jobs
import Lists
import Reports
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Automations
@testable import Tenancy
@testable import WebClient

@Suite(.bothEngines) struct WebhookTests {
    /// A company, and a receiver of what it has to say.
    private final class Post: Sendable {
        let tenant: Tenant
        let receiver: Receiver
        private let place: TemporaryRegister
        private let moved = Mutex(0)

        init(
            _ answer: @escaping @Sendable (Receiver.Request, Int) -> Receiver.Answer = { _, _ in .status(200) }
        )
            async throws
        {
            place = try TemporaryRegister(kind: "WebhookTests")
            receiver = try Receiver(answer)
            let start = try #require(Timestamp("2026-03-03 08:00:00"))
            let clock = Moved()
            self.clock = clock
            tenant = try await Tenant.open(
                at: place.address, data: place.data, modules: [Module("Nothing", roles: []) { _ in }], name: "Post",
                seed: 1, clock: { start.adding(seconds: clock.seconds) })
            try await tenant.write(as: .administrator) { session in
                for type in try session.list(ListQuery("Scheduled Job Type", fields: ["name"])).rows {
                    let document = try session.get("Scheduled Job Type", type[0].text ?? "")
                    try session.apply(["stopped": 1], to: document)
                    try session.save(document)
                }
            }
        }

        let clock: Moved

        final class Moved: Sendable {
            private let moved = Mutex(0)
            var seconds: Int { moved.withLock { $0 } }
            func move(_ seconds: Int) { moved.withLock { $0 += seconds } }
        }

        func hook(_ fields: JSONObject = [:]) async throws -> String {
            let url = receiver.url
            return try await tenant.write(as: .administrator) { session in
                var all: JSONObject = [
                    "webhook_doctype": "ToDo", "webhook_docevent": "after_insert", "request_url": .string(url),
                    "timeout": 1,
                ]
                for (key, value) in fields { all[key] = value }
                return try session.make("Webhook", all).name
            }
        }

        @discardableResult
        func note(_ description: String) async throws -> String {
            try await tenant.write(as: .administrator) { session in
                try session.make("ToDo", ["description": .string(description)]).name
            }
        }

        /// Does what is due, until nothing is under way any more.
        func deliver(allowing allowed: String = "127.0.0.0/8") async throws {
            let delivery = WebhookDelivery.effect(by: WebClient(allowing: [AddressRange(allowed)].compactMap(\.self)))
            let runner = JobRunner(tenant, effects: [delivery.kind: delivery.run])
            let task = Task { await runner.run() }
            let now = tenant.now()
            let isDone = try await eventually {
                let next = try await self.tenant.read(as: .administrator) { try JobQueue.nextDue(in: $0) }
                let states = try await self.states()
                return !states.contains("started") && next.map { $0 > now } ?? true
            }
            #expect(isDone)
            task.cancel()
            await task.value
        }

        func states() async throws -> [String] {
            try await tenant.read(as: .administrator) { session in
                try session.list(
                    ListQuery(
                        "Background Job", fields: ["status"], filters: ["kind": "webhook"], orderBy: "name", limit: 500)
                ).rows.compactMap { $0[0].text }
            }
        }

        func enabled(_ hook: String) async throws -> Bool {
            try await tenant.read(as: .administrator) { try $0.get("Webhook", hook).isSet("enabled") }
        }

        func close() async {
            receiver.close()
            await tenant.close()
        }
    }

    @Test func `what is done is told, signed, once it is committed`() async throws {
        let post = try await Post()
        _ = try await post.hook([
            "enable_security": 1, "webhook_secret": "sesame", "condition": "doc.priority == 'High'",
            "webhook_headers": [["key": "X-Shop", "value": "till 3"]],
            "webhook_json": #"{"what": "{{ doc.description }}", "id": {{ doc.name }}}"#,
        ])
        let names = try await post.tenant.write(as: .administrator) { session in
            try ["low", "high"].map { level in
                try session.make(
                    "ToDo", ["description": .string("a \"\(level)\" one"), "priority": .string(level.capitalized)]
                ).name
            }
        }
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await post.tenant.write(as: .administrator) { session in
                try session.make("ToDo", ["description": "never", "priority": "High"])
                throw Undone()
            }
        }
        try await post.deliver()
        let sent = post.receiver.all
        #expect(sent.count == 1)
        let one = try #require(sent.first)
        #expect(one.line == "POST /hook HTTP/1.1" && one.headers["content-type"] == "application/json")
        #expect(try JSON.parse(one.body) == ["what": "a \"high\" one", "id": .string(names[1])])
        #expect(one.headers["x-shop"] == "till 3" && one.headers["user-agent"] == "Cauldron")
        let moment = try #require(Int64(one.headers["webhook-timestamp"] ?? ""))
        let expected = Signature.headers(
            id: one.headers["webhook-id"] ?? "", at: Timestamp(microseconds: moment * 1_000_000), body: one.body,
            secret: "sesame")
        for (name, value) in expected { #expect(one.headers[name.lowercased()] == value) }
        #expect(try await post.states() == ["finished"])
        await post.close()
    }

    @Test func `a receiver that fails, stalls and answers nonsense gets every event in its order once it recovers`()
        async throws
    {
        let post = try await Post { _, before in
            switch before {
            case 0: .status(500, [:], "sorry")
            case 1: .silence
            case 2: .nonsense
            case 3: .hangUp
            case 4: .status(302, ["Location": "http://127.0.0.1:1/"])
            default: .status(200)
            }
        }
        _ = try await post.hook([
            "webhook_docevent": "on_change", "webhook_data": [["fieldname": "description", "key": "d"]],
        ])
        let name = try await post.note("0")
        for number in 1...4 {
            try await post.tenant.write(as: .administrator) { session in
                let note = try session.get("ToDo", name)
                try session.apply(["description": .string("\(number)")], to: note)
                try session.save(note)
            }
        }
        for _ in 0..<12 {
            try await post.deliver()
            post.clock.move(3_600)
        }
        #expect(try await post.states() == Array(repeating: "finished", count: 5))
        let bodies = try post.receiver.all.map { try JSON.parse($0.body)["d"]?.string ?? "" }
        #expect(bodies.suffix(5) == ["0", "1", "2", "3", "4"] && bodies.prefix(5).allSatisfy { $0 == "0" })
        // What is sent again says that it is the same.
        let ids = post.receiver.all.map { $0.headers["webhook-id"] ?? "" }
        #expect(Set(ids).count == 5 && Set(ids.prefix(6)).count == 1)
        await post.close()
    }

    @Test func `a receiver that never recovers is given up, told so, and gets all of it afterwards`() async throws {
        let isWell = Switched()
        let post = try await Post { _, _ in isWell.isOn ? .status(200) : .status(503, ["Retry-After": "7"]) }
        let hook = try await post.hook()
        let lost = try await post.note("lost")
        for _ in 0..<20 {
            try await post.deliver()
            post.clock.move(6 * 3_600)
        }
        #expect(try await post.states() == ["failed"])
        #expect(try await !post.enabled(hook))
        let because = try await post.tenant.read(as: .administrator) {
            try $0.get("Webhook", hook).text("disabled_because")
        }
        #expect(because.contains(lost) && because.contains("replay"))
        // While it is disabled nothing is asked for.
        try await post.note("unheard")
        #expect(try await post.states() == ["failed"])
        isWell.turnOn()
        try await post.tenant.write(as: .administrator) { session in
            let document = try session.get("Webhook", hook)
            try session.apply(["enabled": 1], to: document)
            try session.save(document)
            #expect(document.text("disabled_because") == "")
            #expect(try session.call("cauldron.webhooks.replay", ["webhook": .string(hook)]) == 1)
        }
        try await post.deliver()
        #expect(try await post.states() == ["finished"])
        #expect(try await post.enabled(hook))
        await post.close()
    }

    @Test func `one who wants nothing any more is not asked again`() async throws {
        let post = try await Post { _, _ in .status(410) }
        let hook = try await post.hook()
        try await post.note("one")
        try await post.deliver()
        #expect(try await post.states() == ["failed"])
        #expect(try await !post.enabled(hook))
        #expect(post.receiver.all.count == 1)
        await post.close()
    }

    @Test func `a condition that cannot be answered keeps nobody from working, and is told`() async throws {
        let post = try await Post()
        let hook = try await post.hook(["condition": "doc.description > 5"])
        let other = try await post.hook(["webhook_json": #"{"a": {{ doc.description + 1 }}}"#])
        try await post.note("text")
        try await post.deliver()
        #expect(try await post.states() == ["failed", "failed"])
        #expect(post.receiver.all.isEmpty)
        #expect(try await post.enabled(hook))
        #expect(try await post.enabled(other))
        await post.close()
    }

    @Test func `nothing is sent to addresses that are not the world's`() async throws {
        let post = try await Post()
        let port = post.receiver.port
        for url in [
            "http://127.0.0.1:\(port)/", "http://localhost:\(port)/", "http://[::1]:\(port)/",
            "http://0.0.0.0:\(port)/",
            "http://[::ffff:127.0.0.1]:\(port)/", "http://2130706433:\(port)/", "http://0x7f.1:\(port)/",
            "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/",
            "http://[64:ff9b::7f00:1]/",
        ] { _ = try await post.hook(["request_url": .string(url)]) }
        try await post.note("secret")
        try await post.deliver(allowing: "203.0.113.7")
        #expect(try await Set(post.states()) == ["failed"])
        #expect(post.receiver.all.isEmpty)
        for (text, isPublic) in [
            ("8.8.8.8", true), ("2606:4700::1111", true), ("192.168.1.1", false), ("::", false), ("fc00::1", false),
            ("2002:7f00:1::", false), ("100.64.0.1", false), ("172.32.0.1", true),
        ] { #expect(try WebClient.isPublic(#require(NetworkAddress(text))) == isPublic, "\(text)") }
        await post.close()
    }

    @Test func `a webhook is tried on a document before it is switched on`() async throws {
        let post = try await Post()
        let hook = try await post.hook([
            "enabled": 0, "condition": "doc.priority == 'High'", "is_dynamic_url": 1,
            "request_structure": "Form URL-Encoded",
            "request_url": .string(post.receiver.url + "?id={{ doc.name }}"),
            "webhook_data": [["fieldname": "description", "key": "what"], ["fieldname": "date", "key": "when"]],
        ])
        let note = try await post.note("a & b")
        let shown = try await post.tenant.read(as: .administrator) { session in
            try session.call("cauldron.webhooks.preview", ["webhook": .string(hook), "document": .string(note)])
        }
        #expect(shown["applies"] == false && shown["body"] == "what=a%20%26%20b&when=")
        #expect(shown["url"]?.string == post.receiver.url + "?id=\(note)")
        try await post.tenant.write(as: .administrator) { session in
            try session.call("cauldron.webhooks.test", ["webhook": .string(hook), "document": .string(note)])
        }
        try await post.deliver()
        #expect(post.receiver.all.map(\.body) == ["what=a%20%26%20b&when="])
        #expect(post.receiver.all[0].line.contains("?id=\(note)"))
        await post.close()
    }

    @Test(
        arguments: [
            (["webhook_doctype": "Nothing"], "webhook_doctype"), (["webhook_doctype": "Webhook"], "webhook_doctype"),
            (["webhook_doctype": "Background Job"], "webhook_doctype"),
            (["request_url": "ftp://x.example"], "request_url"),
            (["request_url": "https://x.example/a b"], "request_url"), (["timeout": 61], "timeout"),
            (["enable_security": 1], "webhook_secret"),
            (["enable_security": 1, "webhook_secret": "whsec_short"], "webhook_secret"),
            (["condition": "doc.x =="], "condition"), (["webhook_json": #"{"a": {{ doc.name }}"#], "webhook_json"),
            (["webhook_json": "{% for x in y %}"], "webhook_json"),
            (["webhook_headers": [["key": "Host", "value": "x"]]], "key"),
            (["webhook_headers": [["key": "X Y", "value": "x"]]], "key"),
            (["webhook_headers": [["key": "X-Y", "value": "a\r\nb"]]], "value"),
        ] as [(JSONObject, String)])
    func `a webhook that cannot be is refused with its field`(fields: JSONObject, field: String) async throws {
        let post = try await Post()
        let problem = await problem { _ = try await post.hook(fields) }
        #expect(problem?.field == field, "\(problem?.message ?? "nothing refused")")
        await post.close()
    }
}

/// Something that a test turns on while another thread looks.
private final class Switched: Sendable {
    private let state = Mutex(false)
    var isOn: Bool { state.withLock { $0 } }
    func turnOn() { state.withLock { $0 = true } }
}
