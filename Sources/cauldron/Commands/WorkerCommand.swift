import ArgumentParser
import Documents
import Foundation
import Logging
import ServiceLifecycle
import Tenancy
import UnixSignals
import Values

/// Does the jobs of a company until it is told to stop.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Do the jobs of a company, beside the server.",
        discussion: """
            A server does the jobs of its companies itself, unless `cauldron serve --no-jobs` says otherwise. Workers do them in \
            processes of their own, as many as are needed; on other machines they need the database, a copy of audit.key and the \
            folder of the files. Jobs of one that is killed are taken over by the others. Ends on Ctrl-C or SIGTERM after the part that runs.

            Example: cauldron worker --data ./data
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var working: WorkOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let directory = try data.directory
        guard isWanted() else {
            throw Problem(.unavailable, "The company \(data.tenant ?? "") is not open to its users now")
        }
        let lock = try WorkerLock(directory.path)
        guard try !TenantBackup.isRestoring(in: directory.path) else {
            throw Problem(
                .unavailable, "A backup is being put in place in \(directory.path)",
                fix: "Restore it again, or start the server, which ends what was begun.")
        }
        let tenant = try await directory.open()
        do {
            // The files of a company on a server may be elsewhere.
            if directory.database != nil {
                try await tenant.claim(WorkOptions.openFiles(directory.files), at: directory.files)
            }
        } catch {
            await tenant.close()
            throw error
        }
        let work = Worker(tenant: tenant, directory: directory, options: working, isWanted: isWanted)
        format.output.line("doing the jobs of \(tenant.name)")
        format.output.json(["pid": .int(Int64(getpid())), "data": .string(directory.path)])
        do {
            try await ServiceGroup(
                configuration: .init(
                    services: [.init(service: work, successTerminationBehavior: .gracefullyShutdownGroup)],
                    gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "cauldron.worker"))
            ).run()
        } catch {
            await tenant.close()
            throw error
        }
        await tenant.close()
        withExtendedLifetime(lock) {}
        format.output.line("stopped")
    }

    /// Whether the company may still be used: one that is suspended or removed has no jobs.
    private var isWanted: @Sendable () -> Bool {
        let (name, register) = (data.tenant, data.register)
        return { name.map { (try? register.find($0))??.state == .active } ?? true }
    }
}

/// Does jobs until the process is to stop, or the company.
private struct Worker: Service {
    let tenant: Tenant
    let directory: DataDirectory
    let options: WorkOptions
    let isWanted: @Sendable () -> Bool

    func run() async throws {
        let work = options.begin(tenant, try WorkOptions.openFiles(directory.files), in: directory.path)
        await cancelWhenGracefulShutdown {
            while isWanted(), !Task.isCancelled {
                // Nothing tells of it; ends early when the process is to stop.
                try? await Task.sleep(for: .seconds(1))
            }
        }
        work.cancel()
        await work.value
    }
}
