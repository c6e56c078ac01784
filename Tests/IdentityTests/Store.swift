import Storage
import TestSupport
import Values

@testable import Identity

/// An identity store on a database of its own.
final class Store: Sendable {
    let identity: IdentityStore
    let database: any Database
    /// Goes with its last store.
    private let home: TemporaryDatabase

    /// Makes the tables; hashing is cheap.
    static func make(limits: IdentityLimits = IdentityLimits()) async throws -> Store {
        let home = try TemporaryDatabase()
        try await home.database.write { transaction in _ = try transaction.migrate(to: IdentityStore.tables) }
        return Store(home.database, home, limits)
    }

    /// Another store on the same database, as after a restart.
    func openAgain() throws -> Store { Store(try home.openAgain(), home, IdentityLimits()) }

    private init(_ database: any Database, _ home: TemporaryDatabase, _ limits: IdentityLimits) {
        self.database = database
        self.home = home
        identity = IdentityStore(
            database: database, passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), limits: limits,
            sealKey: [UInt8](repeating: 7, count: 32))
    }

    /// Every text and every bytes the tables hold, as text.
    func contents() async throws -> String {
        try await database.read { transaction in
            let credentials = try transaction.query(
                "SELECT \"user\", password, api_key, api_secret FROM _credential", [], [.text, .text, .text, .bytes])
            let sessions = try transaction.query(
                "SELECT sid, \"user\" FROM _web_session", [], [.bytes, .text])
            return (credentials + sessions).flatMap { $0 }.map { value in
                guard let bytes = value.bytes else { return value.description }
                return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }.joined(separator: "\n")
        }
    }
}

let noon = Timestamp("2026-03-01 12:00:00") ?? .earliest
