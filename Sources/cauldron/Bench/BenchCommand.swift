import ArgumentParser
import Foundation
import Values

/// Measures how fast this machine runs Cauldron, each figure beside a yardstick of the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure reading, writing and reporting on this machine.",
        discussion: """
            Makes a company in a temporary directory and prints a line for each figure: how much, and which share of a \
            yardstick that was measured in the same run. Takes about three minutes, and 2 GB in it.

            Example: cauldron bench --json
            """)

    @Flag(help: "Print each figure as a line {name, rate, unit, yardstick, ratio}.")
    var json = false

    @Option(help: "How many seconds each figure is measured.")
    var seconds: Double = 4

    func validate() throws {
        guard (0.1...600).contains(seconds) else { throw ValidationError("--seconds must be from 0.1 to 600.") }
    }

    func run() async throws {
        let root = NSTemporaryDirectory() + "cauldron-bench-\(UUID().uuidString)"
        let base = root + "/company"
        defer { removeDirectory(root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try await BenchCompany.make(in: base)
        for measurement in try await HTTPBench(directory: base, seconds: seconds).measure() { show(measurement) }
        let writes = WriteBench(base: base, seconds: seconds)
        for work in [WriteWork.customer, .invoice, .orderToCash, .order(lines: 300), .order(lines: 1000)] {
            show(try await writes.measure(work))
        }
        show(try await ImportBench(base: base).measure())
        show(try await RightsBench(base: base, seconds: seconds).measure())
        for measurement in try await SearchBench(base: base, seconds: seconds).measure() { show(measurement) }
        show(try await ExpressionBench(seconds: seconds).measure())
        for measurement in try await TrialBalanceBench(base: base, seconds: seconds).measure() { show(measurement) }
    }

    private func show(_ measurement: Measurement) { print(json ? measurement.json.text : measurement.line) }
}

/// Removes a directory and all in it; what cannot be removed is left to the system's care of temporary files.
func removeDirectory(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
