import Documents
import Foundation
import Identity
import Synchronization
import Tenancy
import Values

/// Measures many companies in one server: how long one takes to be made, how long the first answer of one that is closed
/// takes, what it costs to have all of them open, and what one that is noisy does to the others.
struct TenantBench {
    let place: BenchPlace
    let seconds: Double
    private let name = "tenants"
    /// How many companies there are; fewer on a server, where none can be copied as a file.
    private var count: Int { place.server == nil ? 200 : 20 }
    private let noisyClients = 8

    func measure() async throws -> [Measurement] {
        let tenant = try await place.open(name)
        await tenant.close()
        do {
            let measured = try await measureAll()
            try clear()
            return measured
        } catch {
            try clear()
            throw error
        }
    }

    private var register: TenantRegister {
        var database: String?
        if case .postgres(let url) = place.address(name) { database = url }
        return TenantRegister(in: place.data(name), server: database)
    }

    private func clear() throws {
        for record in try register.records() { try place.drop(register.address(of: record.name)) }
        removeDirectory(register.folder)
        try place.remove(name)
    }

    private func measureAll() async throws -> [Measurement] {
        var making: [Double] = []
        var tokens: [String] = []
        for number in 0..<(place.server == nil ? 5 : count) {
            let name = "t\(number)"
            making.append(
                try await cauldron.seconds {
                    _ = try await register.create(TenantRegister.Plan(name: name), modules: allModules)
                })
            tokens.append(try await fill(name))
        }
        while tokens.count < count { tokens.append(try copy("t0", tokens)) }
        return [Measurement(name: "make a company", rate: middle(making), unit: "s")] + (try await serve(tokens))
    }

    /// Some customers for a company, and a key to it.
    private func fill(_ name: String) async throws -> String {
        let tenant = try await Tenant.open(
            at: register.address(of: name), data: register.directory(of: name), modules: allModules, name: name)
        try await tenant.write(as: .administrator) { session in
            try session.insert(
                (0..<200).map { number in
                    try session.document("Customer", from: ["customer_name": .string("Customer \(number)")])
                })
        }
        let keys = try await tenant.identity.generateKeys(for: Actor.administrator.user, at: tenant.now())
        await tenant.close()
        return "\(keys.key):\(keys.secret)"
    }

    /// One more company like another, in a directory: with its key, too.
    private func copy(_ other: String, _ tokens: [String]) throws -> String {
        let name = "t\(tokens.count)"
        try FileManager.default.copyItem(atPath: register.directory(of: other), toPath: register.directory(of: name))
        let record = try String(contentsOfFile: "\(register.folder)/\(other).json", encoding: .utf8)
        try record.replacing("\"\(other)\"", with: "\"\(name)\"")
            .write(toFile: "\(register.folder)/\(name).json", atomically: true, encoding: .utf8)
        return tokens[0]
    }

    private func request(_ number: Int, _ tokens: [String]) -> [UInt8] {
        Array(
            """
            GET /api/resource/Customer/Customer%2077 HTTP/1.1\r\nHost: localhost\r\nX-Frappe-Site-Name: t\(number)\r\n\
            Authorization: token \(tokens[number])\r\n\r\n
            """.utf8)
    }

    private func serve(_ tokens: [String]) async throws -> [Measurement] {
        let server = try ServedProcess(place: place, company: name)
        defer { server.stop() }
        _ = try await server.waitForAnswer()
        // What is due today is done first.
        try await server.settle(file: "/tenants/")
        let socket = try Socket(port: server.port)
        func ask(_ number: Int) async throws -> Double {
            let request = request(number, tokens)
            return try await cauldron.seconds { try socket.exchange(request) }
        }
        var (cold, warm): ([Double], [Double]) = ([], [])
        for number in 0..<count {
            cold.append(try await ask(number))
            warm.append(try await ask(number))
        }
        let (idle, threads, files) = (server.residentMegabytes, server.threads, server.openFiles.count)
        let all = HTTPLoad(port: server.port, connections: noisyClients, seconds: seconds)
        let rate = try await all.rate { number in request((number &* 7919) % count, tokens) }
        var quiet: [Double] = []
        for number in 1..<count { quiet.append(try await ask(number)) }
        let noisy = request(0, tokens)
        let noise = Task { try await all.rate { _ in noisy } }
        var beside: [Double] = []
        let end = ContinuousClock.now + .seconds(seconds * 0.8)
        while ContinuousClock.now < end { beside.append(try await ask(1 + beside.count % (count - 1))) }
        _ = try await noise.value
        return [
            Measurement(name: "first answer of a closed company", rate: middle(cold) * 1_000, unit: "ms"),
            Measurement(name: "the slowest of \(count)", rate: (cold.max() ?? 0) * 1_000, unit: "ms"),
            Measurement(name: "the second answer", rate: middle(warm) * 1_000, unit: "ms"),
            Measurement(name: "memory with \(count) companies open", rate: idle, unit: "MB"),
            Measurement(name: "threads with \(count) companies open", rate: Double(threads), unit: "threads"),
            Measurement(name: "files with \(count) companies open", rate: Double(files), unit: "files"),
            Measurement(name: "read of any of \(count) companies", rate: rate, unit: "requests/s"),
            Measurement(name: "a read of a quiet company", rate: middle(quiet) * 1_000, unit: "ms"),
            Measurement(name: "the same beside a noisy one", rate: middle(beside) * 1_000, unit: "ms"),
            Measurement(name: "the slowest hundredth of these", rate: hundredth(beside) * 1_000, unit: "ms"),
            Measurement(name: "most memory", rate: server.peakMegabytes, unit: "MB"),
        ]
    }

    private func middle(_ figures: [Double]) -> Double { figures.isEmpty ? 0 : figures.sorted()[figures.count / 2] }

    private func hundredth(_ figures: [Double]) -> Double {
        figures.isEmpty ? 0 : figures.sorted()[min(figures.count - 1, figures.count * 99 / 100)]
    }
}

extension BenchPlace {
    /// Removes the schema of an address on the server.
    fileprivate func drop(_ address: TenantAddress) throws {
        guard case .postgres(let url) = address, let range = url.ranges(of: "search_path%3D").last else { return }
        try run("DROP SCHEMA IF EXISTS \(url[range.upperBound...]) CASCADE")
    }
}

extension ServedProcess {
    /// What its files are.
    var openFiles: [String] {
        let folder = "/proc/\(number)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
    }

    /// How many threads it has.
    var threads: Int { ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")) ?? []).count }

    /// Waits until it has had no file open whose path holds this for a second.
    func settle(file part: String) async throws {
        var quiet = 0
        for _ in 0..<1_200 where quiet < 10 {
            quiet = openFiles.contains { $0.contains(part) } ? 0 : quiet + 1
            // What another process has open is seen by looking only.
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
