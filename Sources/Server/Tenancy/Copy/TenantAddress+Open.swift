internal import Customization
internal import Documents
internal import Foundation
internal import PostgresStorage
public import Reports
public import Storage
internal import Values

extension TenantAddress {
    /// Opens the database, and makes an empty one if there is none; on a server only with `creates`.
    ///
    /// - Throws: ``StorageError``; ``Problem/Kind/unavailable`` when the directory cannot be made.
    func makeDatabase(limits: StorageLimits = .standard, creates: Bool = true) throws -> any Database {
        switch self {
        case .directory(let directory):
            try PrivateFolder.make(directory)
            try PrivateFolder.close(directory)
            return try SQLiteDatabase(path: Tenant.databasePath(in: directory), limits: limits)
        case .postgres(let address):
            return try PostgresDatabase(address: address, limits: limits, creates: creates)
        }
    }

    /// Opens the database of a company that is there, without bringing it to what the modules declare: for those who
    /// only read.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when there is none.
    public func openDatabase(limits: StorageLimits = .standard) async throws -> any Database {
        do {
            let database: any Database
            if case .directory(let directory) = self {
                database = try TenantFile.open(in: directory, limits: limits)
            } else {
                database = try makeDatabase(limits: limits, creates: false)
            }
            do {
                try await database.read { [shown] in try CompanyFacts.refuseNewer(in: $0, called: shown) }
                if case .directory = self { return database }
                if try await TenantCopy.holdsCompany(database) { return database }
            } catch StorageError.corrupt {
                // What is damaged is for the caller to look at.
                return database
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        } catch StorageError.missing {
            throw TenantFile.missing(shown)
        } catch let error as StorageError {
            throw problem(for: error)
        }
        throw TenantFile.missing(shown)
    }

    /// Whether a company is there.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the server cannot be reached.
    public func holdsCompany() async throws -> Bool {
        if case .directory(let directory) = self {
            return FileManager.default.fileExists(atPath: Tenant.databasePath(in: directory))
        }
        do {
            let database = try makeDatabase(creates: false)
            let isThere = try await TenantCopy.holdsCompany(database)
            await database.close()
            return isThere
        } catch StorageError.missing {
            return false
        } catch let error as StorageError {
            throw problem(for: error)
        }
    }
}

extension TenantCopy {
    /// Every table a company has: what the modules declare, what the company made itself, and those of the system.
    ///
    /// - Throws: ``Problem`` when the database is of an older version.
    public static func tables(of database: any Database, modules: [Module]) async throws -> [TableSchema] {
        let registry = Registry.of(modules)
        do {
            return try await database.read { transaction in
                let session = Session(
                    actor: .administrator, now: Timestamp(microseconds: 0), registry: registry, transaction: transaction
                ) { "" }
                return try registry.customized(in: session).allTables + TenantFile.systemTables
            }
        } catch {
            throw failure(error)
        }
    }
}
