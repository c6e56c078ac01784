import Documents
import Foundation
import Storage
import Tenancy
import Values

/// Removes the directory of the demo: what `cauldron demo` made, and what was done in it since.
struct DemoRemoval {
    let directory: DataDirectory

    /// What a company's directory holds, and the demo's besides.
    private static let known = [
        "tenant.db", "tenant.db-wal", "tenant.db-shm", "audit.key", "audit.heads", "files", "lock", ".making",
        "demo.json",
    ]

    /// Removes it, unless it is served, holds another company, or anything that no company's directory holds.
    ///
    /// - Throws: ``Problem``; then all of it is there.
    func run() async throws {
        guard directory.database == nil else {
            throw Problem(
                .unavailable, "A demo in a database of a server is not removed by this command",
                fix: "Drop its schema, and remove \(directory.path).")
        }
        guard directory.holdsCompany else { throw TenantFile.missing(directory.path) }
        let lock = try directory.lock()
        defer { lock.release() }
        try await requireDemo()
        let files = FileManager.default
        let path = directory.path
        let entries = try files.contentsOfDirectory(atPath: path)
        let foreign = entries.filter { !Self.known.contains($0) }.sorted()
        guard foreign.isEmpty else {
            throw Problem(
                .companyExists, "\(path) holds more than the demo: \(foreign.prefix(5).joined(separator: ", "))",
                fix: "Move that away first.")
        }
        // The database first: without it there is no company, however far this gets.
        let order = ["tenant.db", "tenant.db-wal", "tenant.db-shm"]
        for entry in order + entries.filter({ !order.contains($0) }) where entries.contains(entry) {
            do {
                try files.removeItem(atPath: "\(path)/\(entry)")
            } catch {
                throw TenantFile.trouble(of: "\(path)/\(entry)")
            }
        }
        guard unsafe rmdir(path) == 0 else { throw TenantFile.trouble(of: path) }
    }

    /// Refuses what is not the demo alone.
    private func requireDemo() async throws {
        guard DemoAccess.kept(in: directory.path) != nil else { throw otherCompany() }
        let database = try await directory.address.openDatabase()
        let companies: [String]
        do {
            companies = try await database.read { transaction in
                try transaction.query("SELECT name FROM company", [], [.text]).compactMap { $0[0].text }
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        guard companies == [DemoCompany.name] else { throw otherCompany() }
    }

    private func otherCompany() -> Problem {
        Problem(
            .companyExists, "\(directory.path) holds another company than \(DemoCompany.name)",
            fix: "Only the demo is removed so; remove a company's directory yourself, and keep a backup.")
    }
}
