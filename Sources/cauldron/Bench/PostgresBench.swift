import Documents
import Foundation
import Tenancy

/// Measures a company on a PostgreSQL server, beside `pgbench` on the same server: its transactions of one insert and
/// three changes for what writes, its single selects for what reads.
struct PostgresBench {
    let address: TenantAddress
    let url: String
    let directory: String
    let seconds: Double

    func measure() async throws -> [Measurement] {
        let tenant = try await BenchCompany.open(at: address)
        guard try await tenant.read(as: .administrator, { try $0.count(ListQuery("Company")) }) == 0 else {
            throw Problem(
                .invalid, "There is a company in \(address.shown)",
                fix: "Name another schema, such as ?options=-csearch_path%3Dbench.")
        }
        try await BenchCompany.fill(tenant)
        try pgbench(["-i", "-q"])
        let changes = ("pgbench, one client", try rate(["-c", "1"]))
        let selects = ("pgbench -S, 8 clients", try rate(["-S", "-c", "8"]))
        var measurements: [Measurement] = []
        for work in [WriteWork.customer, .invoice, .orderToCash, .order(lines: 300), .order(lines: 1000)] {
            let ours = try await cauldron.rate(for: seconds) { number in
                var previous = ""
                for step in work.steps {
                    let last = previous
                    previous = try await tenant.write(as: .administrator) { try step($0, number, last) }
                }
            }
            measurements.append(Measurement(name: work.name, rate: ours, unit: work.unit, yardstick: changes))
        }
        await tenant.close()
        let http = HTTPBench(directory: directory, address: address, seconds: seconds)
        for measurement in try await http.measure() {
            measurements.append(measurement)
            guard measurement.yardstick != nil else { continue }
            measurements.append(
                Measurement(
                    name: measurement.name, rate: measurement.rate, unit: measurement.unit, yardstick: selects))
        }
        return measurements
    }

    /// Transactions a second, as pgbench says.
    private func rate(_ options: [String]) throws -> Double {
        let output = try pgbench(["-n", "-T", String(max(1, Int(seconds)))] + options)
        let line = output.split(separator: "\n").first { $0.hasPrefix("tps = ") } ?? ""
        return line.split(separator: " ").compactMap { Double($0) }.first ?? .nan
    }

    @discardableResult
    private func pgbench(_ options: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pgbench"] + options + [url]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Problem(
                .unavailable, "pgbench failed or is not there",
                fix: "Install postgresql-contrib, or see that it is in PATH.")
        }
        return text
    }
}
