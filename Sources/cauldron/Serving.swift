import ArgumentParser
import Documents
import Gateway
import Tenancy

/// Where a company is served.
struct ServingOptions: ParsableArguments {
    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 8000

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    /// Serves a tenant until the process is told to stop, and closes it then. `onListening` gets the address once it
    /// answers.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the address cannot be listened at.
    func serve(_ tenant: Tenant, onListening: @escaping @Sendable (_ url: String) -> Void) async throws {
        let server = GatewayServer(tenant: tenant, configuration: GatewayConfiguration(host: host, port: port)) { port in
            onListening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
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
}
