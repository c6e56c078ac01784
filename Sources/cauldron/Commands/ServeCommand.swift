import ArgumentParser
import Documents
import Foundation
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
            Ends on Ctrl-C or SIGTERM after the requests that run. One server at a time serves a directory. Several may serve \
            a company on PostgreSQL when they share the folder of its files.

            Example: cauldron serve --data ./data --port 8000
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var serving: ServingOptions

    func run() async throws {
        let directory = try data.directory
        let output = format.output
        let lock = try await directory.take()
        defer { lock.release() }
        let tenant = try await directory.open(creating: true)
        let canSignIn = try await tenant.identity.hasPassword(Actor.administrator.user)
        try await serving.serve(tenant, at: directory) { url in
            output.line("\(tenant.name) is at \(url)")
            if !canSignIn {
                output.remark("Nobody can sign in yet: cauldron user password Administrator --data \(directory.path)")
            }
            output.json(["url": .string(url), "pid": .int(Int64(getpid())), "data": .string(directory.path)])
        }
        output.line("stopped")
    }
}
