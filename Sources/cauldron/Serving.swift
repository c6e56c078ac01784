import ArgumentParser
import Documents
import Foundation
import Gateway
import Logging
import ObjectStorage
import Tenancy

/// Where a company is served.
struct ServingOptions: ParsableArguments {
    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 8000

    @Option(help: "The most connections that are open at once.")
    var connections = GatewayConfiguration().connections

    func validate() throws {
        guard (1...100_000).contains(connections) else {
            throw ValidationError("--connections must be from 1 to 100000.")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    /// Serves a tenant until the process is told to stop, and closes it then. `onListening` gets the address once it
    /// answers.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the address cannot be listened at.
    /// Uploaded files are kept in `files`. What the modules do once a day is done meanwhile.
    func serve(
        _ tenant: Tenant, files: String, onListening: @escaping @Sendable (_ url: String) -> Void
    ) async throws {
        var configuration = GatewayConfiguration(host: host, port: port)
        let objects = try Self.openFiles(files)
        configuration.objects = objects
        configuration.connections = connections
        let logger = Logger(label: "cauldron.daily")
        let daily = Task {
            let keepsFiles = { @Sendable in TenantBackup.keepsOlder(in: (files as NSString).deletingLastPathComponent) }
            await DailyRun(tenant, objects: objects, keepsFiles: keepsFiles) { task, error in
                logger.error("a daily task failed", metadata: ["task": "\(task)", "error": "\(error)"])
            }.run()
        }
        let server = GatewayServer(tenant: tenant, configuration: configuration) { port in
            onListening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        } onStopped: {
            daily.cancel()
            await daily.value
        }
        do {
            try await server.run()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "Cannot listen at \(host) port \(port): \(error)",
                fix: "Choose another with --host or --port; port 0 takes a free one.")
        }
    }

    private static func openFiles(_ path: String) throws -> FolderStore {
        do {
            return try FolderStore(path)
        } catch {
            throw Problem(
                .unavailable, "The directory \(path) for files cannot be made", fix: "Choose another, or its owner.")
        }
    }
}
