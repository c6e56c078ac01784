import ArgumentParser
import Foundation
import PostgresStorage
import Tenancy
import Values

/// Measures how fast this machine runs Cauldron, each figure beside a yardstick of the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure reading, writing and reporting on this machine.",
        discussion: """
            Makes a company in a temporary directory and prints a line for each figure: how much, and which share of a \
            yardstick that was measured in the same run. Takes about three minutes, and 2 GB in it.

            With --database the company is on that PostgreSQL server, in schemas that are removed afterwards, and pgbench \
            on the same server is the yardstick.

            Example: cauldron bench --json
            """)

    @Flag(help: "Print each figure as a line {name, rate, unit, yardstick, ratio}.")
    var json = false

    @Option(help: "How many seconds each figure is measured.")
    var seconds: Double = 4

    @Option(help: ArgumentHelp("Measure only the parts whose name contains this.", valueName: "name"))
    var only: String?

    @Option(help: ArgumentHelp("Measure on this PostgreSQL server.", valueName: "postgres://…"))
    var database: String?

    func validate() throws {
        guard (0.1...600).contains(seconds) else { throw ValidationError("--seconds must be from 0.1 to 600.") }
        guard let database else { return }
        guard case .postgres = try? TenantAddress(database) else {
            throw ValidationError(
                "--database must be the address of a PostgreSQL server, postgres://user@host/database.")
        }
    }

    func run() async throws {
        let root = NSTemporaryDirectory() + "cauldron-bench-\(UUID().uuidString)"
        defer { removeDirectory(root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let place = BenchPlace(directory: root, server: database)
        do {
            try await measure(place)
        } catch {
            try clear(place)
            throw error
        }
        try clear(place)
    }

    private func measure(_ place: BenchPlace) async throws {
        try await BenchCompany.make(in: place)
        var peer: Pgbench?
        if database != nil {
            let pgbench = Pgbench(url: place.url("pgbench"), seconds: seconds)
            try PostgresAdministration.run("CREATE SCHEMA \(place.schema("pgbench"))", at: place.url("pgbench"))
            try pgbench.prepare()
            peer = pgbench
        }
        for (name, part) in parts(place, peer) where only.map(name.contains) ?? true {
            for measurement in try await part() { show(measurement) }
        }
    }

    /// What is measured, by names that ``only`` chooses from.
    private func parts(
        _ place: BenchPlace, _ peer: Pgbench?
    ) -> [(name: String, measure: () async throws -> [Measurement])] {
        var parts: [(name: String, measure: () async throws -> [Measurement])] = [
            ("read and list over HTTP", HTTPBench(place: place, seconds: seconds, peer: peer).measure),
            ("post invoices over HTTP", PostingBench(place: place, seconds: seconds, peer: peer).measure),
            ("long reports over HTTP", ReportBench(place: place, seconds: seconds).measure),
            ("export", ExportBench(place: place).measure),
            ("events", EventBench(place: place, seconds: seconds).measure),
            ("drafts", DraftBench(place: place, seconds: seconds).measure),
            ("jobs", JobBench(place: place).measure),
        ]
        let writes = WriteBench(place: place, seconds: seconds, peer: peer)
        for work in [WriteWork.customer, .invoice, .orderToCash, .order(lines: 300), .order(lines: 1000)] {
            parts.append((work.name, { try await writes.measure(work) }))
        }
        parts.append(("import", { [try await ImportBench(place: place).measure()] }))
        parts.append(("rights", { [try await RightsBench(place: place, seconds: seconds).measure()] }))
        parts.append(("search", SearchBench(place: place, seconds: seconds).measure))
        if database == nil {
            parts.append(("expressions", { [try await ExpressionBench(seconds: seconds).measure()] }))
        }
        parts.append(("companies", TenantBench(place: place, seconds: seconds).measure))
        parts.append(("trial balance", TrialBalanceBench(place: place, seconds: seconds).measure))
        return parts
    }

    private func clear(_ place: BenchPlace) throws {
        for name in [BenchCompany.base, "pgbench"] { try place.remove(name) }
    }

    private func show(_ measurement: Measurement) { print(json ? measurement.json.text : measurement.line) }
}
