import Documents
import Foundation
import Identity
import Tenancy
import Values

/// Measures invoices of five lines and a tax, each created and submitted in one request to a server in a process of its own:
/// of one client, and of several at once, who share commits.
///
/// The yardstick are the same rows by prepared statements, written by as many who wait at the same time and so share commits
/// in the same way; on a PostgreSQL server pgbench with as many clients.
struct PostingBench {
    let place: BenchPlace
    let seconds: Double
    let peer: Pgbench?
    private let clients = 8
    private let company = "posting"

    func measure() async throws -> [Measurement] {
        let served = try await place.withCopy(of: BenchCompany.base, called: company) {
            let tenant = try await place.open(company)
            let keys = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
            await tenant.close()
            let server = try ServedProcess(place: place, company: company)
            defer { server.stop() }
            _ = try await server.waitForAnswer()
            let token = "Authorization: token \(keys.key):\(keys.secret)\r\n"
            let one = try await rate(of: 1, server, token, from: 0)
            let before = server.seconds(ofThreads: "cauldron.writer")
            let start = ContinuousClock.now
            let many = try await rate(of: clients, server, token, from: 1_000_000)
            let invoices = many * ((ContinuousClock.now - start) / .seconds(1))
            let time = server.seconds(ofThreads: "cauldron.writer") - before
            return (one: one, many: many, writer: time / invoices * 1_000)
        }
        let writes = WriteBench(place: place, seconds: seconds, peer: peer)
        let count = max(40, min(2_000, Int(served.many * seconds)))
        let beside =
            if let peer { try peer.changes(clients: clients) } else {
                try await writes.raw(.invoice, count, clients: clients)
            }
        return [
            Measurement(name: "post an invoice of 5 lines over HTTP, 1 client", rate: served.one, unit: "invoices/s"),
            Measurement(
                name: "the same, \(clients) clients", rate: served.many, unit: "invoices/s", yardstick: beside),
            Measurement(
                name: "the same, beside 1 client", rate: served.many, unit: "invoices/s",
                yardstick: ("1 client", served.one)),
            Measurement(name: "the writer's thread for one of these", rate: served.writer, unit: "ms"),
        ]
    }

    private func rate(of clients: Int, _ server: ServedProcess, _ token: String, from first: Int) async throws -> Double
    {
        let load = HTTPLoad(port: server.port, connections: clients, seconds: seconds)
        return try await load.rate { number in
            let body = Array(JSON.object(WriteWork.invoice(first + number)).text.utf8)
            let head = """
                POST /api/resource/Sales%20Invoice HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: \(body.count)\r\n\(token)\r\n
                """
            return Array(head.utf8) + body
        }
    }
}
