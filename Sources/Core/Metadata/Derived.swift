internal import Synchronization

/// What modules work out of a DocType once and keep with it, such as the statements of its lists: one thing of each type.
package final class Derived: Sendable {
    private let kept = Mutex<[ObjectIdentifier: any Sendable]>([:])

    /// What was worked out; made by `make` when it is asked for first.
    package func value<T: Sendable>(_ make: () -> T) -> T {
        kept.withLock { kept in
            if let known = kept[ObjectIdentifier(T.self)] as? T { return known }
            let made = make()
            kept[ObjectIdentifier(T.self)] = made
            return made
        }
    }
}
