import ArgumentParser
import Foundation
import Tenancy
import Values

/// Measures how fast this machine runs Cauldron, each figure beside a yardstick of the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure reading, writing and reporting on this machine.",
        discussion: """
            Makes a company in a temporary directory and prints a line for each figure: how much, and which share of a \
            yardstick that was measured in the same run. Takes about three minutes. On PostgreSQL the yardstick is pgbench, \
            which has to be installed beside the server.

            Example: cauldron bench --json
            """)

    @Flag(help: "Print each figure as a line {name, rate, unit, yardstick, ratio}.")
    var json = false

    @Option(help: "How many seconds each figure is measured.")
    var seconds: Double = 4

    @Option(
        help: ArgumentHelp(
            "Measure on this PostgreSQL server: an empty schema, which is left filled.", valueName: "postgres://…"))
    var database: String?

    func validate() throws {
        guard (0.1...600).contains(seconds) else { throw ValidationError("--seconds must be from 0.1 to 600.") }
    }

    func run() async throws {
        let root = NSTemporaryDirectory() + "cauldron-bench-\(UUID().uuidString)"
        let base = root + "/company"
        defer { removeDirectory(root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        if let database {
            let bench = PostgresBench(
                address: try TenantAddress(database), url: database, directory: root, seconds: seconds)
            for measurement in try await bench.measure() { show(measurement) }
            return
        }
        try await BenchCompany.make(in: base)
        for measurement in try await HTTPBench(directory: base, seconds: seconds).measure() { show(measurement) }
        let writes = WriteBench(base: base, seconds: seconds)
        for work in [WriteWork.customer, .invoice, .orderToCash, .order(lines: 300), .order(lines: 1000)] {
            show(try await writes.measure(work))
        }
        show(try await ImportBench(base: base).measure())
        show(try await ExpressionBench(seconds: seconds).measure())
        for measurement in try await TrialBalanceBench(base: base, seconds: seconds).measure() { show(measurement) }
    }

    private func show(_ measurement: Measurement) { print(json ? measurement.json.text : measurement.line) }
}

/// Removes a directory and all in it; what cannot be removed is left to the system's care of temporary files.
func removeDirectory(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
