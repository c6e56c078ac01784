import Documents
import Foundation
import Identity
import Synchronization
import Tenancy
import Values

/// Measures a server in a process of its own over loopback.
struct HTTPBench {
    let place: BenchPlace
    let seconds: Double
    /// The yardstick beside the plain-text reply, where the company is on a PostgreSQL server.
    let peer: Pgbench?
    let connections = 8

    private let company = "http"
    private let reader = "reader@bench.test"

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base, called: company) {
            let tenant = try await place.open(company)
            let all = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
            try await makeReader(tenant)
            let some = try await tenant.identity.generateKeys(for: reader, at: tenant.now())
            await tenant.close()
            return try await measure(
                "Authorization: token \(all.key):\(all.secret)\r\n",
                limited: "Authorization: token \(some.key):\(some.secret)\r\n")
        }
    }

    /// A user with a role, who may see a tenth of the customers only.
    private func makeReader(_ tenant: Tenant) async throws {
        try await tenant.write(as: .administrator) { session in
            try BenchCompany.insert(
                "User", ["email": .string(reader), "first_name": "Reader", "roles": [["role": "Sales User"]]], session)
            try session.insert(
                stride(from: 7, to: BenchCompany.customers, by: 10).map { number in
                    try session.document(
                        "User Permission",
                        from: [
                            "user": .string(reader), "allow": "Customer", "for_value": .string("Customer \(number)"),
                            "apply_to_all_doctypes": 1,
                        ])
                })
        }
    }

    private func measure(_ token: String, limited: String) async throws -> [Measurement] {
        let server = try ServedProcess(place: place, company: company)
        defer { server.stop() }
        let start = try await server.waitForAnswer()
        let idle = server.residentMegabytes
        let filters =
            #"[["customer_type","=","Company"]]"#.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let list =
            "/api/resource/Customer?fields=%5B%22name%22,%22customer_type%22,%22creation%22%5D&filters=\(filters)"
            + "&order_by=modified%20desc&limit_page_length=20"
        let load = HTTPLoad(port: server.port, connections: connections, seconds: seconds)
        _ = try await load.rate(of: "/healthz", headers: "")
        let plain = try await load.rate(of: "/healthz", headers: "")
        let read = try await load.rate(of: "/api/resource/Customer/Customer%20777", headers: token)
        let listed = try await load.rate(of: list, headers: token)
        let limited = try await load.rate(of: "/api/resource/Customer/Customer%20777", headers: limited)
        let plainAgain = try await load.rate(of: "/healthz", headers: "")
        let created = try await load.rate { number in create(number, token) }
        let busy = server.residentMegabytes
        let yardstick = ("a plain-text reply", (plain + plainAgain) / 2)
        let reads = [
            ("read one document over HTTP", read), ("list 20 of 10,000, filtered and sorted", listed),
            ("read one as a user who may see a tenth", limited),
            ("create a customer over HTTP, 8 clients", created),
        ]
        let yardsticks = [yardstick] + (try peer.map { [try $0.selects()] } ?? [])
        return yardsticks.flatMap { yardstick in
            reads.map { Measurement(name: $0, rate: $1, unit: "requests/s", yardstick: yardstick) }
        } + [
            Measurement(name: "memory idle", rate: idle, unit: "MB"),
            Measurement(name: "memory under load", rate: busy, unit: "MB"),
            Measurement(name: "from start to first answer", rate: start, unit: "s"),
        ]
    }

    /// Creates a customer, which is kept with its version, event and entry of the audit log.
    private func create(_ number: Int, _ token: String) -> [UInt8] {
        let body = #"{"customer_name": "Sent \#(number)", "customer_type": "Company"}"#
        return Array(
            """
            POST /api/resource/Customer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\n\(token)\r\n\(body)
            """.utf8)
    }
}

/// A `cauldron serve` in a process of its own.
final class ServedProcess {
    let port: Int
    private let process = Process()
    private let started: ContinuousClock.Instant

    /// Starts the server on a free port.
    init(place: BenchPlace, company: String, _ options: [String] = []) throws {
        port = try Socket.freePort()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "--data", place.data(company), "--port", String(port)] + options
        if case .postgres(let url) = place.address(company) { process.arguments? += ["--database", url] }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        started = .now
        try process.run()
    }

    /// Waits until it answers, and returns how many seconds after its start that was.
    func waitForAnswer() async throws -> Double {
        let deadline = started + .seconds(30)
        while ContinuousClock.now < deadline {
            if let socket = try? Socket(port: port),
                (try? socket.exchange(Array("GET /healthz HTTP/1.1\r\nHost: l\r\n\r\n".utf8))) != nil
            {
                return (ContinuousClock.now - started) / .seconds(1)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw CocoaError(.executableLoad)
    }

    /// The number of the process.
    var number: Int32 { process.processIdentifier }

    /// The memory it holds, as the kernel counts it.
    var residentMegabytes: Double { megabytes("VmRSS:") }

    /// The most memory it has held.
    var peakMegabytes: Double { megabytes("VmHWM:") }

    private func megabytes(_ name: String) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        let kilobytes = line.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return kilobytes / 1024
    }

    /// How many seconds its threads of that name have run.
    func seconds(ofThreads name: String) -> Double {
        let tasks = "/proc/\(process.processIdentifier)/task"
        let nanoseconds = ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).map { task -> Double in
            guard let called = try? String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8),
                called.dropLast() == name,
                let times = try? String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8)
            else { return 0 }
            return times.split(separator: " ").first.flatMap { Double($0) } ?? 0
        }
        return nanoseconds.reduce(0, +) / 1e9
    }

    /// Stops it and waits until it has ended.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// Asks for the same thing over a few connections at once, each in a thread that waits for its answer.
struct HTTPLoad {
    let port: Int
    let connections: Int
    let seconds: Double

    /// Answers a second to one request; every answer must have status 200.
    func rate(of target: String, headers: String) async throws -> Double {
        let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n".utf8)
        return try await rate { _ in request }
    }

    /// Answers a second to requests, each made of a number of its own; every answer must have status 200.
    func rate(_ request: @escaping @Sendable (Int) -> [UInt8]) async throws -> Double {
        let counts = Mutex<[Result<Int, any Error>]>([])
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        await withCheckedContinuation { continuation in
            for place in 0..<connections {
                let thread = Thread { [port, connections] in
                    let result = Result {
                        let socket = try Socket(port: port)
                        var count = 0
                        while ContinuousClock.now < end {
                            try socket.exchange(request(count * connections + place))
                            count += 1
                        }
                        return count
                    }
                    let done = counts.withLock { counts in
                        counts.append(result)
                        return counts.count == connections
                    }
                    if done { continuation.resume() }
                }
                thread.start()
            }
        }
        let total = try counts.withLock { try $0.reduce(0) { try $0 + $1.get() } }
        return Double(total) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
