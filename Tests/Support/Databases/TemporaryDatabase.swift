internal import Foundation
internal import PostgresStorage
public import Storage

/// An empty database on the engine that the test runs on. It goes when nobody holds it any more.
public final class TemporaryDatabase: Sendable {
    /// The database.
    public let database: any Database
    /// The path of the file, or the address of the schema.
    public let place: String
    private let engine = TestEngine.current
    /// What its schema is used again for, and what it has to look like then.
    private let kind: (key: String, shape: String)?

    /// Makes an empty database.
    public convenience init(limits: StorageLimits = .standard) throws {
        let place = try Self.newPlace()
        self.init(place, try Self.open(place, limits: limits), kind: nil)
    }

    private init(_ place: String, _ database: any Database, kind: (key: String, shape: String)?) {
        self.place = place
        self.database = database
        self.kind = kind
    }

    /// Makes a database that has these tables and no rows.
    public static func make(
        _ tables: [TableSchema], limits: StorageLimits = .standard
    ) async throws -> TemporaryDatabase {
        let key = TestEngine.current == .postgres ? UsedSchemas.key(of: tables) : ""
        if !key.isEmpty, let used = UsedSchemas.take(key) {
            return TemporaryDatabase(used.address, try open(used.address, limits: limits), kind: (key, used.shape))
        }
        let place = try newPlace()
        let database = try open(place, limits: limits)
        try await database.write { _ = try $0.migrate(to: tables) }
        let kind = key.isEmpty ? nil : (key, try UsedSchemas.shape(of: place))
        return TemporaryDatabase(place, database, kind: kind)
    }

    /// Where there is no database yet.
    static func newPlace() throws -> String {
        switch TestEngine.current {
        case .sqlite: NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
        case .postgres: try PostgresCluster.shared.get().newSchema()
        }
    }

    /// Opens the database at a path or an address, and makes it if there is none.
    public static func open(_ place: String, limits: StorageLimits = .standard) throws -> any Database {
        switch TestEngine.current {
        case .sqlite: try SQLiteDatabase(path: place, limits: limits)
        case .postgres: try PostgresDatabase(address: place, limits: limits)
        }
    }

    /// Opens it a second time, as another process would.
    public func openAgain(limits: StorageLimits = .standard) throws -> any Database {
        try Self.open(place, limits: limits)
    }

    // The server's schemas go with the server, or are used again.
    deinit {
        guard engine == .sqlite else {
            if let kind, let database = database as? PostgresDatabase {
                UsedSchemas.giveBack(kind.key, place, kind.shape, database)
            }
            return
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: place + suffix) }
    }
}
