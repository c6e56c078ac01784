import ArgumentParser
import Documents
import Foundation
import Gateway
import Identity
import Tenancy
import Values

/// Serves a company over HTTP until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a company over HTTP.",
        discussion: """
            Opens the company in --data, and makes an empty one if there is none. Prints the address once it answers. \
            Ends on Ctrl-C or SIGTERM after the requests that run. One server at a time serves a directory.

            Example: cauldron serve --data ./data --port 8000
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 8000

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    func run() async throws {
        let directory = data.directory
        let output = format.output
        let lock = try directory.lock()
        defer { lock.release() }
        let tenant = try await directory.open(creating: true)
        let canSignIn = try await tenant.identity.hasPassword(Actor.administrator.user)
        let server = GatewayServer(tenant: tenant, configuration: GatewayConfiguration(host: host, port: port)) {
            port in
            let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            output.line("\(tenant.name) is at \(url)")
            if !canSignIn {
                output.remark("Nobody can sign in yet: cauldron user password Administrator --data \(directory.path)")
            }
            output.json(["url": .string(url), "pid": .int(Int64(getpid())), "data": .string(directory.path)])
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
        output.line("stopped")
    }
}
