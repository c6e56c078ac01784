import Foundation
import Storage
import Values

@testable import Identity

/// An identity store on a database of its own in a temporary directory.
final class Store: Sendable {
    let identity: IdentityStore
    let database: any Database
    let path: String

    /// Makes the tables; hashing is cheap.
    static func make(limits: IdentityLimits = IdentityLimits()) async throws -> Store {
        let path = FileManager.default.temporaryDirectory.path + "/identity-\(UUID().uuidString).db"
        return try await open(path, limits)
    }

    static func open(_ path: String, _ limits: IdentityLimits = IdentityLimits()) async throws -> Store {
        let database = try SQLiteDatabase(path: path)
        try await database.write { transaction in _ = try transaction.migrate(to: IdentityStore.tables) }
        return Store(database, path, limits)
    }

    private init(_ database: any Database, _ path: String, _ limits: IdentityLimits) {
        self.database = database
        self.path = path
        identity = IdentityStore(
            database: database, passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), limits: limits)
    }

    /// The files go once nobody uses the store.
    deinit {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Every text and every bytes the tables hold, as text.
    func contents() async throws -> String {
        try await database.read { transaction in
            let credentials = try transaction.query(
                "SELECT \"user\", password, api_key, hex(api_secret) FROM _credential", [],
                [.text, .text, .text, .text])
            let sessions = try transaction.query(
                "SELECT hex(sid), \"user\" FROM _web_session", [], [.text, .text])
            return (credentials + sessions).flatMap { $0 }.map(\.description).joined(separator: "\n")
        }
    }
}

let noon = Timestamp("2026-03-01 12:00:00") ?? .earliest
