import ArgumentParser
import Documents
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

            The demo has a directory of its own and shares nothing with companies elsewhere: --remove takes it away again \
            without a trace.

            Example: cauldron demo --data northwind --port 8000
            Example: cauldron demo --data northwind --remove
            """)

    @Flag(help: "Remove the demo's directory instead; one that holds anything else is refused.")
    var remove = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var serving: ServingOptions

    func run() async throws {
        let directory = try data.directory
        if remove {
            try await DemoRemoval(directory: directory).run()
            format.output.line("removed \(directory.path)")
            format.output.json(["removed": .string(directory.path)])
            return
        }
        let lock = try await directory.take()
        defer { lock.release() }
        let maker = try DemoMaker(directory: directory.path, database: directory.database)
        if try await directory.address.holdsCompany() {
            try maker.refuseUnfinished()
        } else {
            try await maker.make()
        }
        let tenant = try await Tenant.open(
            at: directory.address, data: directory.path, modules: allModules, name: DemoCompany.name)
        let access: DemoAccess
        do {
            access = try await DemoAccess.find(for: tenant, in: directory.path)
        } catch {
            await tenant.close()
            throw error
        }
        try await serving.serve(tenant, at: directory) { url in show(access, at: url) }
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
