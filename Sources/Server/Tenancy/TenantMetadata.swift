internal import Customization
internal import Documents
internal import History
internal import Storage
internal import Synchronization
internal import Values

/// The registry that is in force for a tenant, and the version of the metadata that it holds.
///
/// This process takes a new one when a write that changed it was committed. That another process changed it is seen by the
/// version: at the start of every write, and every few seconds by a read.
final class TenantMetadata: Sendable {
    /// What is in force.
    struct Current: Sendable {
        var registry: Registry
        var version: Int64
    }

    private struct State {
        var current: Current
        var nextLook: ContinuousClock.Instant
    }
    private let state: Mutex<State>

    /// How long reads may see the metadata that another process has changed.
    static let mostSeconds = 5

    init(_ current: Current) {
        state = Mutex(State(current: current, nextLook: .now + .seconds(Self.mostSeconds)))
    }

    /// What is in force.
    var current: Current { state.withLock { $0.current } }

    /// Takes what a committed transaction had, unless something newer is known.
    func adopt(_ new: Current) {
        state.withLock { state in
            if new.version > state.current.version { state.current = new }
        }
    }

    /// Whether it is time to look whether another process changed it; the next time is then some seconds off.
    func isDue() -> Bool {
        state.withLock { state in
            guard state.nextLook <= .now else { return false }
            state.nextLook = .now + .seconds(Self.mostSeconds)
            return true
        }
    }

    /// Lets the next read look.
    func lookSoon() { state.withLock { $0.nextLook = .now } }

    /// What is in force in a transaction: read again where its version is another one.
    ///
    /// - Throws: ``StorageError``.
    func current(
        in transaction: any Transaction, _ makeSession: (Registry) -> Session
    ) throws -> Current {
        let known = current
        let version = try MetadataVersion.current(in: transaction)
        guard version != known.version else { return known }
        let registry = try known.registry.customized(in: makeSession(known.registry))
        return Current(registry: registry, version: version)
    }
}
