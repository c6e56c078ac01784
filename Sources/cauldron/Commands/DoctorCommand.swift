import ArgumentParser
import Documents
import Foundation
import Storage
import Tenancy
import Values

/// Recomputes everything that is kept, and says what differs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Recompute everything that is kept and say what differs.",
        discussion: """
            Balances, stock, outstanding amounts, the audit chain and the heads of it that were kept, each document and each row \
            against the audit log, what stands in the schema, event numbers, links, rows of tables, series counters and attached files. Changes nothing; may run while the company is served. The exit \
            code is 1 when anything differs.

            Example: cauldron doctor --data ./data
            """)

    @Option(
        help: ArgumentHelp(
            "A file of heads of the audit log that was kept elsewhere; may be given several times.", valueName: "file"))
    var heads: [String] = []

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let output = format.output
        for file in heads where !FileManager.default.fileExists(atPath: file) {
            throw Problem(.unavailable, "There is no file \(file)", fix: "Give one that `cauldron audit head` wrote.")
        }
        let start = ContinuousClock.now
        let directory = try data.directory
        let database = try await directory.address.openDatabase(limits: TenantFile.patient)
        let findings: [Doctor.Finding]
        do {
            let doctor = Doctor(modules: allModules, data: directory.path, heads: heads.map { AuditHeadsFile($0) })
            findings = try await doctor.run(on: database, at: Tenant.systemClock()) { finding in
                tell(finding, output)
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        let count = findings.reduce(0) { $0 + $1.count }
        let duration = ContinuousClock.now - start
        output.line("\(findings.count) checks, \(count == 0 ? "no" : "\(count)") problem\(count == 1 ? "" : "s")")
        output.json([
            "ok": .bool(count == 0), "problems": .int(Int64(count)), "checks": .array(findings.map(\.json)),
            "milliseconds": .int(Int64(duration / .milliseconds(1))),
        ])
        if count > 0 { throw ExitCode.refused }
    }
}

/// Says what one check found.
private func tell(_ finding: Doctor.Finding, _ output: Output) {
    let looked = finding.looked.map { " (\($0))" } ?? ""
    guard !finding.isFine else { return output.line("ok       \(finding.name)\(looked)") }
    output.line("DIFFERS  \(finding.name)\(looked): \(finding.count) problem\(finding.count == 1 ? "" : "s")")
    for problem in finding.problems { output.line("         \(problem)") }
    let rest = finding.count - finding.problems.count
    if rest > 0 { output.line("         and \(rest) more") }
}
