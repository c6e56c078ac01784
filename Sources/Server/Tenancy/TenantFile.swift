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
    static let systemTables =
        EventLog.tables + AuditLog.tables + IdentityStore.tables + [CompanyFacts.table, ImportRecord.table]

    /// Tables of earlier versions that nothing reads any more.
    private static let formerTables = ["_daily_run"]

    /// Removes what earlier versions had and this one has not.
    static func removeFormerTables(in transaction: any Transaction) throws {
        let names = Set(try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text })
        for table in formerTables where names.contains(table) { try transaction.execute("DROP TABLE \(table)", []) }
    }

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
            throw TenantAddress.problem(for: error, file: path)
        }
    }

    /// Makes a directory for a company, for its owner alone, and gives those that had to be made, the uppermost first.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    public static func makeDirectory(_ path: String) throws -> [String] { try PrivateFolder.make(path) }

    /// Why a file of a company's directory cannot be written.
    public static func trouble(of path: String) -> Problem {
        let found = FileTrouble.find(path)
        return Problem(
            .unavailable, "The file \(path) cannot be written\(found.map { ": \($0.why)" } ?? "")",
            fix: found?.fix ?? "Choose another directory, or its owner.")
    }

    /// What is said where a directory holds no company.
    public static func missing(_ directory: String) -> Problem {
        // What may not be entered looks empty.
        if unsafe access(directory, F_OK) == 0, unsafe access(directory, X_OK) != 0 {
            let found = FileTrouble.find(Tenant.databasePath(in: directory))
            return Problem(
                .unavailable, "The company in \(directory) cannot be opened\(found.map { ": \($0.why)" } ?? "")",
                fix: found?.fix ?? "Check the owner of the directory.")
        }
        return Problem(
            .unavailable, "There is no company in \(directory)",
            fix:
                "Make one with `cauldron serve`, `cauldron setup`, `cauldron demo` or `cauldron restore`, or say where it is with --data."
        )
    }

    /// Checks that a file is a whole database of a tenant, and says how many documents its audit log knows of. One that
    /// `isNew` here, a copy of a backup, gets the system's tables as they are today.
    ///
    /// - Throws: ``Problem`` when it is not; ``Problem/Kind/unavailable`` when it cannot be read.
    @discardableResult
    static func verify(_ path: String, called name: String? = nil, isNew: Bool = false) async throws -> Int {
        let shown = name ?? path
        let database: any Database
        do {
            database = try SQLiteDatabase(path: path, limits: patient)
        } catch StorageError.corrupt(let words) {
            throw damaged(shown, words)
        } catch let error as StorageError {
            throw TenantAddress.problem(for: error, file: shown)
        }
        let look: @Sendable (any Transaction) throws -> (damage: [String], count: Int) = { transaction in
            let names = try TenantCopy.presentTables(in: transaction)
            guard names.isSuperset(of: ["_audit", "_event", "_secret"]) else { throw StorageError.missing("") }
            let damage = try integrity(in: transaction)
            if damage.isEmpty, isNew {
                try CompanyFacts.refuseNewer(in: transaction, called: shown)
                try transaction.migrate(to: systemTables)
            }
            let count = try transaction.first("SELECT count(*) FROM _audit", [], [.integer])?[0].int ?? 0
            return (damage, Int(count))
        }
        let result = await Result { try await isNew ? database.write(look) : database.read(look) }
        await database.close()
        switch result {
        case .success(let found):
            guard let damage = found.damage.first else { return found.count }
            throw damaged(shown, damage)
        case .failure(StorageError.failed), .failure(StorageError.missing), .failure(StorageError.migration):
            throw Problem(
                .badBackup, "\(shown) is a database, but not one of Cauldron",
                fix: "Choose a file that `cauldron backup` wrote.")
        case .failure(StorageError.corrupt(let words)): throw damaged(shown, words)
        case .failure(let error as StorageError): throw TenantAddress.problem(for: error, file: shown)
        case .failure(let error): throw error
        }
    }

    private static func damaged(_ name: String, _ words: String) -> Problem {
        words.contains("not a database")
            ? Problem(.badBackup, "\(name) is not a database", fix: "Choose a file that `cauldron backup` wrote.")
            : Problem(.badBackup, "\(name) is damaged: \(words)", fix: "Use another backup.")
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
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
