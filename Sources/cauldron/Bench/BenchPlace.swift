import Foundation
import PostgresStorage
import Tenancy

/// Where the companies of a benchmark are: directories below one, or schemas of a PostgreSQL server.
struct BenchPlace {
    /// A directory of the benchmark's own.
    let directory: String
    /// The server, when the companies are not in the directory.
    let server: String?
    private let prefix = "bench_\(ProcessInfo.processInfo.processIdentifier)_"

    init(directory: String, server: String?) {
        self.directory = directory
        self.server = server
    }

    /// The directory that a company has for its files, and for its database unless that is on a server.
    func folder(_ name: String) -> String { directory + "/" + name }

    /// The directory that a server of the company is given: there is its audit key, too.
    func data(_ name: String) -> String { server == nil ? folder(name) : directory }

    /// Where the company of that name is.
    func address(_ name: String) -> TenantAddress {
        server == nil ? .directory(folder(name)) : .postgres(url(name))
    }

    /// The address of a schema of the server.
    func url(_ name: String) -> String {
        let server = server ?? ""
        return server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema(name))"
    }

    /// The schema that holds the company of that name.
    func schema(_ name: String) -> String { prefix + name }

    /// Opens a company, and makes an empty one where there is none.
    func open(_ name: String) async throws -> Tenant {
        try await Tenant.open(
            at: address(name), data: directory, modules: allModules, name: BenchCompany.company)
    }

    /// Runs `body` with a copy of a company that nobody has open, and removes the copy.
    func withCopy<T>(of name: String, _ body: (Tenant) async throws -> T) async throws -> T {
        try await withCopy(of: name, called: name + "_copy") {
            let tenant = try await open(name + "_copy")
            do {
                let result = try await body(tenant)
                await tenant.close()
                return result
            } catch {
                await tenant.close()
                throw error
            }
        }
    }

    /// Runs `body` while there is a copy, of that name, of a company that nobody has open.
    func withCopy<T>(of name: String, called copy: String, _ body: () async throws -> T) async throws -> T {
        if server == nil {
            try FileManager.default.copyItem(atPath: folder(name), toPath: folder(copy))
        } else {
            _ = try await TenantMove(from: address(name), to: address(copy), data: directory).run(modules: allModules)
        }
        do {
            let result = try await body()
            try remove(copy)
            return result
        } catch {
            try remove(copy)
            throw error
        }
    }

    /// Removes a company that nobody has open.
    func remove(_ name: String) throws {
        removeDirectory(folder(name))
        try run("DROP SCHEMA IF EXISTS \(schema(name)) CASCADE")
    }

    /// Runs a statement on the server; nothing where there is none.
    func run(_ sql: String) throws {
        if let server { try PostgresAdministration.run(sql, at: server) }
    }
}

/// Removes a directory and all in it; what cannot be removed is left to the system's care of temporary files.
func removeDirectory(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
