import Documents
import Foundation
import Glibc
import Identity
import Synchronization
import Tenancy
import Values

/// Measures streams of events of a server in a process of its own: how long it takes from sending a save until its event is
/// there, with one stream and beside thousands that have nothing to tell, and what those hold of memory.
struct EventBench {
    let place: BenchPlace
    let seconds: Double
    private let company = "events"
    private let idle = 10_000
    private let users = 100

    func measure() async throws -> [Measurement] {
        // Each stream is a connection at both ends, and some are for other things.
        let idle = min(idle, OpenFiles.allow(idle + 500) - 500)
        return try await place.withCopy(of: BenchCompany.base, called: company) {
            let tenant = try await place.open(company)
            let keys = try await makeUsers(tenant)
            let own = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
            await tenant.close()
            let server = try ServedProcess(place: place, company: company, ["--streams", "\(idle + 100)"])
            defer { server.stop() }
            _ = try await server.waitForAnswer()
            let alone = try await saves(server, own, from: 0)
            let before = server.residentMegabytes
            let start = ContinuousClock.now
            let streams = try open(idle, server, keys)
            let opening = (ContinuousClock.now - start) / .seconds(1)
            // Longer than a heartbeat takes: every stream has said once that it is there, as in use.
            try await Task.sleep(for: .seconds(25))
            let after = server.residentMegabytes
            let beside = try await saves(server, own, from: 1_000_000)
            let count = idle.formatted(.number.locale(Locale(identifier: "en_US")))
            return withExtendedLifetime(streams) {
                alone.measurements("") + beside.measurements(", beside idle ones") + [
                    Measurement(name: "memory of \(count) idle streams", rate: after - before, unit: "MB"),
                    Measurement(name: "opening idle streams", rate: Double(idle) / opening, unit: "streams/s"),
                ]
            }
        }
    }

    private func makeUsers(_ tenant: Tenant) async throws -> [APIKeys] {
        let names = (1...users).map { "listener\($0)@bench.example" }
        try await tenant.write(as: .administrator) { session in
            for name in names {
                try BenchCompany.insert(
                    "User", ["email": .string(name), "first_name": "Listener", "roles": [["role": "Sales User"]]],
                    session)
            }
        }
        var keys: [APIKeys] = []
        for name in names { keys.append(try await tenant.identity.generateKeys(for: name, at: tenant.now())) }
        return keys
    }

    /// Opens streams, each of a customer of its own, and waits until each has begun.
    private func open(_ count: Int, _ server: ServedProcess, _ keys: [APIKeys]) throws -> [Socket] {
        try (0..<count).map { number in
            let socket = try Socket(port: server.port)
            let name = "Customer%20\(number % BenchCompany.customers)"
            try socket.send(Self.request("doctype=Customer&name=\(name)", keys[number % keys.count]))
            try socket.receive(until: Array("retry:".utf8))
            return socket
        }
    }

    private static func request(_ query: String, _ keys: APIKeys) -> [UInt8] {
        Array(
            """
            GET /api/events?\(query) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\
            Authorization: token \(keys.key):\(keys.secret)\r\n\r\n
            """.utf8)
    }

    // MARK: Saves

    /// How many milliseconds it took, from sending a save, until its answer was there and until its event was.
    private struct Saves {
        var answers: [Double] = []
        var events: [Double] = []

        func measurements(_ beside: String) -> [Measurement] {
            [
                Measurement(name: "save to stream, p50\(beside)", rate: Self.share(events, 50), unit: "ms"),
                Measurement(name: "save to stream, p99\(beside)", rate: Self.share(events, 99), unit: "ms"),
                Measurement(name: "answer to that save, p50\(beside)", rate: Self.share(answers, 50), unit: "ms"),
            ]
        }

        private static func share(_ times: [Double], _ percent: Int) -> Double {
            let sorted = times.sorted()
            return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
        }
    }

    /// Creates one customer after the other while somebody listens to all of them.
    private func saves(_ server: ServedProcess, _ keys: APIKeys, from first: Int) async throws -> Saves {
        let listening = try Socket(port: server.port)
        try listening.send(Self.request("doctype=Customer", keys))
        try listening.receive(until: Array("retry:".utf8))
        let arrivals = Arrivals()
        let word = Array("event: cauldron.customer.created".utf8)
        let reading = Thread {
            while (try? listening.receive(until: word)) != nil { arrivals.note() }
        }
        reading.start()
        defer { listening.shutDown() }
        let writing = try Socket(port: server.port)
        var saves = Saves()
        let end = ContinuousClock.now + .seconds(seconds)
        var number = first
        while ContinuousClock.now < end || saves.events.count < 100 {
            number += 1
            let body = Array(#"{"customer_name": "Heard \#(number)", "customer_type": "Company"}"#.utf8)
            let head = """
                POST /api/resource/Customer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: \(body.count)\r\nAuthorization: token \(keys.key):\(keys.secret)\r\n\r\n
                """
            let start = ContinuousClock.now
            try writing.exchange(Array(head.utf8) + body)
            saves.answers.append((ContinuousClock.now - start) / .milliseconds(1))
            let arrived = try arrivals.wait(for: saves.events.count + 1)
            saves.events.append((arrived - start) / .milliseconds(1))
        }
        return saves
    }

    /// When events came, noted by the thread that reads them.
    private final class Arrivals: Sendable {
        private let times = Mutex<[ContinuousClock.Instant]>([])
        private let new = DispatchSemaphore(value: 0)

        func note() {
            times.withLock { $0.append(.now) }
            new.signal()
        }

        /// When the event of a number came, counted from 1.
        func wait(for number: Int) throws -> ContinuousClock.Instant {
            guard new.wait(timeout: .now() + 30) == .success else { throw Socket.Failure.broken }
            return times.withLock { $0[number - 1] }
        }
    }
}
