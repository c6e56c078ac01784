import ArgumentParser
import Audit
import Documents
import Foundation
import Identity
import Storage
import Tenancy
import Values

/// The audit log of a company.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Take the head of the audit log, or put the log under a new key.",
        discussion: """
            Example: cauldron audit head --data ./data >> /mnt/elsewhere/acme.heads
            Example: cauldron doctor --data ./data --heads /mnt/elsewhere/acme.heads
            """,
        subcommands: [AuditHeadCommand.self, AuditRekeyCommand.self])
}

/// Gives the signed head of the audit log, for others to keep.
struct AuditHeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "Print the signed head of the audit log, as a line of JSON.",
        discussion: """
            Whoever keeps it can tell later whether the log still holds what it held: `cauldron doctor --heads` compares.

            Example: cauldron audit head --data ./data >> acme.heads
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let directory = try data.directory
        guard let key = try AuditKeyFile.read(in: directory.path) else {
            guard try await directory.address.holdsCompany() else { throw TenantFile.missing(directory.address.shown) }
            throw AuditKeyFile.missing(directory.path)
        }
        let database = try await directory.address.openDatabase()
        let head: AuditHead?
        do {
            let now = Tenant.systemClock()
            head = try await database.read { try AuditLog.head(under: key, at: now, in: $0) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        if let head { Output.write(head.json.text + "\n", to: .standardOutput) }
    }
}

/// Puts the audit log under a new key.
struct AuditRekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Put the audit log under a new key.",
        discussion: """
            For a company whose key is lost, or was seen by others. The key that is there is kept under another name. What was \
            written under it can be verified no more, but not be changed unseen either. No server may use the directory.

            Example: cauldron audit rekey --data ./data
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let directory = try data.directory
        let lock = try directory.lock()
        defer { lock.release() }
        let database = try await directory.address.openDatabase(limits: TenantFile.patient)
        let aside: String?
        do {
            aside = try await Tenant.rekey(database, modules: allModules, in: directory.path, at: Tenant.systemClock())
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        if let aside { format.output.remark("The key that was there is kept as \(aside)") }
        format.output.line("\(directory.path): the audit log is under a new key")
        format.output.json(["data": .string(directory.path)])
    }
}
