import ArgumentParser
import Documents
import Foundation
import Gateway
import Identity
import Logging
import ObjectStorage
import Tenancy

/// Where a company is served.
struct ServingOptions: ParsableArguments {
    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 8000

    @Option(
        help: ArgumentHelp(
            "A file, best on another machine, to which the heads of the audit log are added each minute; may be given several times.",
            valueName: "file"))
    var heads: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Take the folder of files in --data for the company's, whatever held them before.",
            discussion: "For a company on PostgreSQL whose files are in another folder now, or lost."))
    var adoptFiles = false

    @Flag(
        inversion: .prefixedNo,
        help: "Do the jobs of the companies; without, others must: other servers, or `cauldron worker`.")
    var jobs = true

    @Option(help: "The most connections that are open at once.")
    var connections = GatewayConfiguration().connections

    @Option(
        help: "The most companies that are open at once, besides the one in --data; those that nobody uses are closed.")
    var openCompanies = 500

    @Option(
        help: ArgumentHelp(
            "A host name that leads to the company in --data; may be given several times.",
            discussion:
                "Without one it has all host names that lead to no other company; with one, others are refused.",
            valueName: "name"))
    var siteName: [String] = []

    @Option(help: "The most streams of events that are open at once, besides the connections.")
    var streams = GatewayConfiguration().streams

    @Option(
        help: ArgumentHelp(
            "A proxy that is believed when it tells the client's address and host, as an address or a range; may be given several times.",
            valueName: "10.0.0.0/8"))
    var trustedProxy: [String] = []

    @Flag(help: "Let browsers send cookies over TLS only: for a server behind a proxy that ends TLS.")
    var secureCookies = false

    @OptionGroup var working: WorkOptions

    func validate() throws {
        for proxy in trustedProxy where AddressRange(proxy) == nil {
            throw ValidationError("--trusted-proxy \(proxy) is neither an address nor a range such as 10.0.0.0/8.")
        }
        guard (1...100_000).contains(connections) else {
            throw ValidationError("--connections must be from 1 to 100000.")
        }
        guard (0...1_000_000).contains(streams) else {
            throw ValidationError("--streams must be from 0 to 1000000.")
        }
        guard (1...10_000).contains(openCompanies) else {
            throw ValidationError("--open-companies must be from 1 to 10000.")
        }
        for name in siteName where TenantRecord.host(name)?.utf8.count != name.utf8.count {
            throw ValidationError(
                "--site-name \(name) is no host name; give it as in https://acme.example/: acme.example")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    /// Serves a tenant until the process is told to stop, and closes it then. `onListening` gets the address once it
    /// answers.
    ///
    /// Uploaded files are kept in the directory. What the modules do once a day is done meanwhile.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the address cannot be listened at, or the company's files are kept
    ///   elsewhere.
    func serve(
        _ tenant: Tenant, at directory: DataDirectory, onListening: @escaping @Sendable (_ url: String) -> Void
    ) async throws {
        var configuration = GatewayConfiguration(host: host, port: port)
        let files = directory.files
        let objects = try WorkOptions.openFiles(files)
        // A company in a directory has its files beside it; one on a server may be served from several machines.
        if directory.database != nil {
            do {
                try await tenant.claim(objects, at: files, anew: adoptFiles)
            } catch {
                await tenant.close()
                throw error
            }
        }
        configuration.objects = objects
        configuration.thumbnailer = Thumbnailer(program: Thumbnailer.besideThisProgram())
        configuration.connections = connections
        configuration.streams = streams
        // Beside connections there are files: of the databases, of the companies, of answers that wait.
        OpenFiles.allow(streams + connections + 3_000)
        configuration.trustedProxies = trustedProxy.compactMap(AddressRange.init)
        configuration.secureCookies = secureCookies
        configuration.hosts = siteName
        let work = jobs ? working.begin(tenant, objects, in: files.parentPath) : nil
        let folder = files.parentPath
        let audit = Logger(label: "cauldron.audit")
        let keeping = HeadKeeping(
            tenant, in: [.standard(in: folder)] + heads.map { AuditHeadsFile($0) }
        ) { file, words in
            audit.error("the head of the audit log", metadata: ["file": "\(file)", "problem": "\(words)"])
        }
        let keepingHeads = Task { await keeping.run() }
        let tenants = host(configuration, beside: directory)
        configuration.admit(OperatorKey(in: directory.path), to: tenants)
        let hosting = Task { await tenants.run() }
        let server = GatewayServer(tenant: tenant, configuration: configuration, host: tenants) { port in
            onListening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        } onStopped: {
            work?.cancel()
            await work?.value
            hosting.cancel()
            await hosting.value
            keepingHeads.cancel()
            await keepingHeads.value
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

    /// The companies beside the one of a directory, each behind a gateway like its own.
    private func host(
        _ configuration: GatewayConfiguration, beside directory: DataDirectory
    ) -> TenantHost<Gateway> {
        let logger = Logger(label: "cauldron.tenants")
        return TenantHost(
            TenantRegister(in: directory.path, server: directory.database), modules: allModules,
            mostOpen: openCompanies, doesJobs: jobs, effects: working.effects,
            onProblem: { tenant, work, problem in
                logger.error(
                    "a company is not well",
                    metadata: ["company": "\(tenant)", "work": "\(work)", "problem": "\(problem)"])
            },
            front: { hosted in
                var own = configuration
                own.objects = hosted.objects
                own.company = hosted.record.name
                return Gateway(tenant: hosted.tenant, configuration: own)
            }, ending: { $0.endStreams() })
    }
}
