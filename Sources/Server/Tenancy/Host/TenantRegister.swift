public import Documents
internal import Foundation
internal import PostgresStorage
internal import Storage
public import Values

/// The tenants that live beside a company, in the folder `tenants` of its directory: for each a file `NAME.json` that says
/// what it is, and a folder `NAME` that is the directory of a company like any other.
///
/// Files are put in place by renaming, so that a look at the folder's time tells whether anything changed; several
/// processes may change them at once.
public struct TenantRegister: Sendable {
    /// The folder of the tenants.
    public let folder: String
    /// The database of the company beside it where that is on a server: tenants then have schemas of the same server.
    let server: String?

    /// The register in a company's directory.
    public init(in data: String, server: String? = nil) {
        folder = data + "/tenants"
        self.server = server
    }

    /// The directory of a tenant.
    public func directory(of name: String) -> String { "\(folder)/\(name)" }

    /// Where a tenant's database is.
    public func address(of name: String) -> TenantAddress {
        server.map { .postgres($0.inSchema(of: name)) } ?? .directory(directory(of: name))
    }

    private func file(of name: String) -> String { "\(folder)/\(name).json" }

    // MARK: Looking

    /// All tenants, by their names.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when they cannot be read.
    public func records() throws -> [TenantRecord] { try names().compactMap(find) }

    /// A tenant, or the name of one whose record cannot be read, with the reason.
    public enum Entry: Sendable, Equatable {
        /// What the record says.
        case record(TenantRecord)
        /// What is wrong with it.
        case unreadable(name: String, Problem)

        /// The entry for programs: of one that cannot be read its name, `unreadable` as its state, and the problem.
        public var json: JSON {
            switch self {
            case .record(let record): record.json
            case .unreadable(let name, let problem):
                ["name": .string(name), "state": "unreadable", "problem": .string(problem.message)]
            }
        }
    }

    /// All tenants, by their names, those too whose record cannot be read.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the folder cannot be read.
    public func entries() throws -> [Entry] {
        try names().compactMap { name in
            do {
                return try find(name).map(Entry.record)
            } catch let problem as Problem {
                return .unreadable(name: name, problem)
            }
        }
    }

    /// The names of all tenants, in order.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when they cannot be read.
    func names() throws -> [String] {
        guard try TenantBackup.exists(folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { file in
                let name = String(file.dropLast(5))
                return file.hasSuffix(".json") && TenantRecord.isName(name) ? name : nil
            }
        } catch {
            throw Problem(.unavailable, "The directory \(folder) cannot be read", fix: "Check its owner.")
        }
    }

    /// The tenant of a name; nil when there is none.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when its file cannot be read.
    public func find(_ name: String) throws -> TenantRecord? {
        guard TenantRecord.isName(name), try TenantBackup.exists(file(of: name)) else { return nil }
        guard let text = try? String(contentsOfFile: file(of: name), encoding: .utf8) else {
            // It may have gone this moment.
            guard try TenantBackup.exists(file(of: name)) else { return nil }
            throw Problem(.unavailable, "\(file(of: name)) cannot be read", fix: "Check its owner.")
        }
        guard let json = try? JSON.parse(text), let record = TenantRecord(json, name: name) else {
            throw Problem(.unavailable, "\(file(of: name)) says nothing of a company", fix: "Correct it, or remove it.")
        }
        return record
    }

    /// - Throws: ``Problem/Kind/noSuchTenant``; ``Problem/Kind/unavailable``.
    public func record(_ name: String) throws -> TenantRecord {
        guard let record = try find(name) else { throw Self.missing(name) }
        return record
    }

    static func missing(_ name: String) -> Problem {
        Problem(
            .noSuchTenant, "There is no company \(name.prefix(60).debugDescription) here",
            fix: "`cauldron tenant list` tells those there are.")
    }

    /// When anything was changed last; nil where there is no folder.
    var changed: Timestamp? {
        var facts = stat()
        guard unsafe stat(folder, &facts) == 0 else { return nil }
        return Timestamp(microseconds: Int64(facts.st_mtim.tv_sec) * 1_000_000 + Int64(facts.st_mtim.tv_nsec) / 1_000)
    }

    // MARK: Changing

    /// Runs `body` while no other process changes what tenants there are.
    func alone<T>(_ body: () throws -> T) throws -> T {
        try PrivateFolder.make(folder)
        let descriptor = unsafe open(folder + "/.order", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TenantFile.trouble(of: folder + "/.order") }
        defer { close(descriptor) }
        // Held for as long as it takes to write a small file.
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw TenantFile.trouble(of: folder + "/.order") }
        }
        return try body()
    }

    /// Puts a record in place, whole or not at all.
    func write(_ record: TenantRecord) throws {
        let partial = "\(folder)/.\(record.name).partial"
        let text = Foundation.Data((record.kept.text + "\n").utf8)
        TenantBackup.remove(partial)
        guard
            FileManager.default.createFile(
                atPath: partial, contents: text, attributes: [.posixPermissions: 0o600])
        else { throw TenantFile.trouble(of: partial) }
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: file(of: record.name))
    }

    /// Changes a record.
    ///
    /// - Returns: the record as it is then.
    /// - Throws: ``Problem/Kind/noSuchTenant``, and what `body` throws.
    @discardableResult
    func change(_ name: String, _ body: (inout TenantRecord) throws -> Void) throws -> TenantRecord {
        try alone {
            var record = try record(name)
            try body(&record)
            try requireFree(record.hosts, besides: name)
            try write(record)
            return record
        }
    }

    func requireFree(_ hosts: [String], besides name: String) throws {
        guard !hosts.isEmpty else { return }
        for other in try records() where other.name != name {
            if let taken = other.hosts.first(where: hosts.contains) {
                throw Problem(
                    .tenantExists, "The host name \(taken) leads to the company \(other.name)", field: "hosts")
            }
        }
    }

    /// The schema that a tenant of this name has on the server; nil where its database is a file.
    func schema(of name: String) -> String? {
        if case .postgres(let url) = address(of: name) { url.tenantSchema } else { nil }
    }

    /// Refuses a tenant whose database is not where this register has it: what it does would be done to another, or to none.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    public func requirePlace(of record: TenantRecord) throws {
        guard record.state != .creating, record.schema != schema(of: record.name) else { return }
        let place = record.schema.map { "in the schema \($0) of a PostgreSQL server" } ?? "a file"
        throw Problem(
            .unavailable, "The database of \(record.name) is \(place)",
            fix: record.schema == nil ? "Leave --database out." : "Say with --database where the server is.")
    }

    /// Makes the schema of a tenant, and notes that it is its own; nothing where its database is a file. What is there already
    /// is somebody else's.
    ///
    /// - Throws: ``Problem/Kind/companyExists``; ``Problem/Kind/unavailable``.
    func claimSchema(for record: inout TenantRecord) throws {
        guard let server, let schema = schema(of: record.name) else { return }
        do {
            try PostgresAdministration.run("CREATE SCHEMA \(schema)", at: server)
        } catch StorageError.failed(_, let message) where message.hasPrefix("42P06") {
            throw Problem(
                .companyExists, "There is a schema \(schema) already, and it is none of the company \(record.name)",
                fix: "Choose another name, or drop the schema where nobody needs it.")
        } catch let error as StorageError {
            throw address(of: record.name).problem(for: error)
        }
        record.schema = schema
        try write(record)
    }

    /// Removes the schema that was made for a tenant.
    func dropSchema(of record: TenantRecord) throws {
        guard let schema = record.schema, let server else { return }
        do {
            try PostgresAdministration.run("DROP SCHEMA IF EXISTS \(schema) CASCADE", at: server)
        } catch let error as StorageError {
            throw address(of: record.name).problem(for: error)
        }
    }

    /// Removes all that a tenant has: its database, its directory and, at last, its record.
    func remove(_ name: String) throws {
        if let record = try find(name) { try dropSchema(of: record) }
        do {
            if try TenantBackup.exists(directory(of: name)) {
                try FileManager.default.removeItem(atPath: directory(of: name))
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "\(directory(of: name)) cannot be removed", fix: "Check its owner, and delete it again.")
        }
        try alone {
            if try find(name) != nil, unsafe unlink(file(of: name)) != 0 {
                throw TenantFile.trouble(of: file(of: name))
            }
            try TenantBackup.settle(folder)
        }
    }
}

extension String {
    /// The address of a PostgreSQL database with the schema of a tenant in place of its own.
    fileprivate func inSchema(of name: String) -> String {
        let parts = split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var items = parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : []
        let option = "-csearch_path%3D" + schemaPrefix + name.map { $0 == "-" ? "_" : String($0) }.joined()
        if let place = items.firstIndex(where: { $0.hasPrefix("options=") }) {
            // The last one holds.
            items[place] += "%20" + option
        } else {
            items.append("options=" + option)
        }
        return parts[0] + "?" + items.joined(separator: "&")
    }

    /// What the schemas of tenants begin with: companies of one database in schemas of their own have tenants of their own.
    private var schemaPrefix: String {
        let own = tenantSchema
        return own.isEmpty ? "tenant_" : own + "_tenant_"
    }

    /// The schema that an address names last, of letters, digits and `_`; empty where it names none.
    fileprivate var tenantSchema: String {
        guard let range = ranges(of: "search_path%3D").last else { return "" }
        return String(self[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    }
}

extension Problem.Kind {
    /// There is no such tenant in the process.
    public static let noSuchTenant = Self("tenant_not_found", exception: "DoesNotExistError", status: 404)
    /// Nobody may use the tenant now.
    public static let tenantSuspended = Self("tenant_suspended", exception: "SessionStopped", status: 503)
    /// There is such a tenant already, or a host name leads to another.
    public static let tenantExists = Self("tenant_exists", exception: "DuplicateEntryError", status: 409)
    /// What cannot be the name of a tenant, or of a host.
    public static let badTenantName = Self("bad_tenant_name", exception: "ValidationError", status: 417)
}
