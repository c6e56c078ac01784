internal import Foundation
internal import PostgresStorage
public import Storage
internal import Synchronization

/// Where a test makes a company: a directory that is not there yet, or an empty schema. It goes when nobody holds it any
/// more; a schema is emptied and used again.
public final class TemporaryPlace: Sendable {
    /// The path of a directory, or the address of a schema.
    public let name: String
    /// Whether ``name`` is the address of a schema on a server.
    public let isOnServer: Bool
    private let kind: String
    private let state: Mutex<State>

    private struct State {
        var shape: String?
        /// Whether it is known who uses the place: ``database``, as long as that is there.
        var isNoted = false
        weak var database: PostgresDatabase?
    }

    /// A place on the engine that the test runs on; those of one `kind` get the same tables.
    public init(kind: String) throws {
        self.kind = "place of \(kind)"
        isOnServer = TestEngine.current == .postgres
        guard isOnServer else {
            name = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString)"
            state = Mutex(State())
            return
        }
        let used = UsedSchemas.take(self.kind)
        name = try used?.address ?? PostgresCluster.shared.get().newSchema()
        state = Mutex(State(shape: used?.shape))
    }

    /// Says that all tables have been made.
    public func holds(_ database: any Database) throws {
        guard let database = database as? PostgresDatabase else { return }
        let shape = try state.withLock(\.shape) ?? UsedSchemas.shape(of: name)
        state.withLock { $0 = State(shape: shape, isNoted: true, database: database) }
    }

    deinit {
        guard isOnServer else {
            try? FileManager.default.removeItem(atPath: name)
            return
        }
        let (shape, database) = state.withLock { ($0.isNoted ? $0.shape : nil, $0.database) }
        if let shape { UsedSchemas.giveBack(kind, name, shape, database) }
    }
}
