internal import Audit
public import Documents
internal import EventLog
internal import Foundation
internal import Identity
public import Storage
internal import Values

/// The file a tenant's database is kept in: checking one, copying one and putting one in place.
public enum TenantFile {
    /// The tables that are there whatever the modules.
    static let systemTables = EventLog.tables + AuditLog.tables + IdentityStore.tables + [ImportRecord.table]

    /// What the engine says of its own file; empty when it is whole, or when the engine has no check of its own.
    static func integrity(in transaction: any Transaction) throws -> [String] {
        guard let check = transaction.dialect.damage else { return [] }
        return try transaction.query(check, [], [.text]).compactMap { $0[0].text }.filter { $0 != "ok" }
    }

    /// Opens the database of a directory without bringing it to what the modules declare, for those who only read.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when there is none or it is no database.
    public static func open(in directory: String, limits: StorageLimits = .standard) throws -> SQLiteDatabase {
        let path = Tenant.databasePath(in: directory)
        guard FileManager.default.fileExists(atPath: path) else { throw missing(directory) }
        do {
            return try SQLiteDatabase(path: path, limits: limits)
        } catch let error as StorageError {
            throw Problem(error)
        }
    }

    /// What is said where a directory holds no company.
    public static func missing(_ directory: String) -> Problem {
        Problem(
            .unavailable, "There is no company in \(directory)",
            fix:
                "Make one with `cauldron serve`, `cauldron demo` or `cauldron restore`, or say where it is with --data."
        )
    }

    /// Checks that a file is a whole database of a tenant, and says how many documents its audit log knows of.
    ///
    /// - Throws: ``Problem/Kind/invalid`` when it is not; ``Problem/Kind/unavailable`` when it cannot be read.
    @discardableResult
    public static func verify(_ path: String, called name: String? = nil) async throws -> Int {
        let shown = name ?? path
        let database: any Database
        let limits = patient
        do {
            database = try SQLiteDatabase(path: path, limits: limits)
        } catch StorageError.corrupt(let words) {
            throw damaged(shown, words)
        } catch let error as StorageError {
            throw Problem(error)
        }
        let result = await Result {
            try await database.read { transaction -> (damage: [String], count: Int) in
                for table in systemTables {
                    let columns = table.columns.map { "t." + quoted($0.name) }.joined(separator: ",")
                    _ = try transaction.query(
                        "SELECT \(columns) FROM \(quoted(table.name)) t LIMIT 0", [], table.columns.map(\.type))
                }
                let count = try transaction.first("SELECT count(*) FROM _audit", [], [.integer])?[0].int ?? 0
                return (try integrity(in: transaction), Int(count))
            }
        }
        await database.close()
        switch result {
        case .success(let found):
            guard let damage = found.damage.first else { return found.count }
            throw damaged(shown, damage)
        case .failure(StorageError.failed):
            throw Problem(
                .invalid, "\(shown) is a database, but not one of Cauldron",
                fix: "Choose a file that `cauldron backup` wrote.")
        case .failure(StorageError.corrupt(let words)): throw damaged(shown, words)
        case .failure(let error as StorageError): throw Problem(error)
        case .failure(let error): throw error
        }
    }

    private static func damaged(_ name: String, _ words: String) -> Problem {
        words.contains("not a database")
            ? Problem(.invalid, "\(name) is not a database", fix: "Choose a file that `cauldron backup` wrote.")
            : Problem(.invalid, "\(name) is damaged: \(words)", fix: "Use another backup.")
    }

    /// Limits for work that may take long.
    public static var patient: StorageLimits {
        var limits = StorageLimits.standard
        limits.statementSeconds = 24 * 3600
        limits.readers = 1
        return limits
    }
}

extension Result where Failure == any Error {
    /// What came of `body`.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
