internal import Documents
internal import Synchronization
internal import Values

/// What the addresses of recent requests mean, so that a client that asks the same again and again is understood at once.
///
/// Only of `GET /api/resource/…`, whose meaning follows from the address alone; nothing of an answer is kept.
final class ReadTargets: Sendable {
    /// What an address means.
    struct Target: Sendable {
        let route: Route
        let arguments: Arguments
        /// The list it asks for, if it is one that can be understood.
        let list: ListArguments?
        /// The arguments that it does not take.
        let stray: [String]
    }

    /// The most addresses that are kept, and the most bytes of one.
    private static let limits = (count: 1_000, bytes: 2_000)
    private let known = Mutex<[Name: Target]>([:])

    /// What the address means, if it has been asked for.
    func find(_ target: String) -> Target? { known.withLock { $0[target] } }

    /// Keeps what an address means.
    func keep(_ target: String, _ route: Route, _ arguments: Arguments, _ version: APIVersion) {
        guard target.utf8.count <= Self.limits.bytes else { return }
        let list: ListArguments?
        let taken: Set<String>
        switch route {
        // A list that cannot be understood is understood again, by who tells the client.
        case .resources(let doctype):
            list = try? ListArguments(doctype, arguments, looksAhead: true)
            taken = Resources.listNames(in: version)
        case .resource:
            list = nil
            taken = Resources.readNames(in: version)
        default: return
        }
        known.withLock { known in
            if known.count >= Self.limits.count { known.removeAll(keepingCapacity: true) }
            known[target] = Target(
                route: route, arguments: arguments, list: list, stray: arguments.stray(besides: taken))
        }
    }
}
