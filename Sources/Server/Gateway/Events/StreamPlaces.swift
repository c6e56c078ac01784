internal import Synchronization

/// How many streams of events a server has open, of all companies that it serves.
final class StreamPlaces: Sendable {
    private let count = Atomic<Int>(0)

    /// Takes a place; false where `most` are taken.
    func take(most: Int) -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= most else {
            leave()
            return false
        }
        return true
    }

    /// Gives a place back.
    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}
