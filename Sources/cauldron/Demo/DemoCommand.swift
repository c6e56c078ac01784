import ArgumentParser
import Documents
import Gateway
import Tenancy
import Values

/// Makes the sample company if it is not there, and serves it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Make the company Northwind Traders and serve it.",
        discussion: """
            Northwind Traders trades in food: 91 customers, 29 suppliers, 77 products and the 830 orders of July 1996 to \
            May 1998, each on its real dates as Sales Order, Delivery Note, Sales Invoice and Payment Entry. The first \
            start makes the company, a later one finds it made. Then it is served, and how to sign in is printed.

            The data has no purchases and no payments. Goods are bought at 60 % of the list price, each quarter what the \
            next one ships; customers pay 30 days after the invoice.

            Example: cauldron demo --data northwind --port 8000
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
        let lock = try directory.lock()
        defer { lock.release() }
        if !directory.holdsCompany { try await DemoMaker(directory: directory.path).make() }
        let tenant = try await Tenant.open(directory: directory.path, modules: allModules, name: DemoCompany.name)
        let access: DemoAccess
        do {
            access = try await DemoAccess.find(for: tenant, in: directory.path)
        } catch {
            await tenant.close()
            throw error
        }
        let server = GatewayServer(tenant: tenant, configuration: GatewayConfiguration(host: host, port: port)) {
            port in
            show(access, at: "http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        do {
            try await server.run()
        } catch {
            throw Problem(
                .unavailable, "Cannot listen at \(host) port \(port): \(error)",
                fix: "Choose another with --host or --port; port 0 takes a free one.")
        }
        format.output.line("stopped")
    }

    private func show(_ access: DemoAccess, at url: String) {
        var fields: JSONObject = ["url": .string(url)]
        for (key, value) in access.fields.members { fields[key] = value }
        format.output.json(.object(fields))
        format.output.line(
            """

            \(DemoCompany.name) is at \(url)

              user      \(access.user)
              password  \(access.password)
              API       Authorization: token \(access.key):\(access.secret)

            Ctrl-C ends it.
            """)
    }
}
