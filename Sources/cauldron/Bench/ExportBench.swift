import Foundation
import Identity
import Tenancy

/// Measures an export of 1,000,000 rows of the ledger over HTTP, as JSON lines and as comma-separated values, and the most
/// memory that the server held meanwhile.
struct ExportBench {
    private static let rows = 1_000_000
    let place: BenchPlace

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base) { try await measure($0) }
    }

    private func measure(_ tenant: Tenant) async throws -> [Measurement] {
        try await TrialBalanceBench(place: place, seconds: 0).fill(tenant, from: 0, to: Self.rows)
        let keys = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
        let server = try ServedProcess(place: place, company: BenchCompany.base + "_copy")
        defer { server.stop() }
        _ = try await server.waitForAnswer()
        let idle = server.peakMegabytes
        var measurements: [Measurement] = []
        for format in ["jsonl", "csv"] {
            let socket = try Socket(port: server.port)
            let request = """
                GET /api/method/cauldron.export?doctype=GL%20Entry&format=\(format) HTTP/1.1\r\nHost: localhost\r\n\
                Authorization: token \(keys.key):\(keys.secret)\r\n\r\n
                """
            var bytes = 0
            let taken = try await seconds { bytes = try socket.exchange(Array(request.utf8)) }
            // A row has more than fifty bytes in both.
            guard bytes > Self.rows * 50 else { throw Socket.Failure.broken }
            measurements.append(
                Measurement(
                    name: "export 1,000,000 rows of the ledger as \(format)", rate: Double(Self.rows) / taken,
                    unit: "rows/s"))
        }
        measurements.append(
            Measurement(
                name: "most memory with these exports", rate: server.peakMegabytes, unit: "MB",
                yardstick: ("the start", idle)))
        return measurements
    }
}
