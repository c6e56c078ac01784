internal import Foundation
internal import Synchronization
internal import Values

/// Carries rows from the thread that reads one database to the thread that writes another, a few batches at a time, so
/// that neither holds more than that in memory.
///
/// One thread puts and one takes. Each side can be started once: a body that an engine runs again finds the pipe used.
final class RowPipe: Sendable {
    /// Some rows of one table.
    struct Batch: Sendable {
        let table: Int
        let rows: [[Value]]
    }

    /// The other side gave up.
    struct Stopped: Error {}

    private struct State {
        var waiting: [Batch] = []
        var proofs: [TableProof]?
        var failure: (any Error)?
        var isStopped = false
        var hasReader = false
        var hasWriter = false
    }

    /// Batches that may wait at once.
    private static let capacity = 4

    private let state = Mutex(State())
    // Both begin at zero: a semaphore that ends below what it began with stops the process.
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init() { for _ in 0..<Self.capacity { free.signal() } }

    /// Says that the reading begins.
    ///
    /// - Throws: ``Stopped`` when it has begun before.
    func beginReading() throws {
        try state.withLock { state in
            guard !state.hasReader, !state.isStopped else { throw Stopped() }
            state.hasReader = true
        }
    }

    /// Says that the writing begins.
    ///
    /// - Throws: ``Stopped`` when it has begun before.
    func beginWriting() throws {
        try state.withLock { state in
            guard !state.hasWriter else { throw Stopped() }
            state.hasWriter = true
        }
    }

    /// Hands over some rows, and waits while too many wait.
    ///
    /// - Throws: ``Stopped`` when nobody takes any more.
    func put(_ batch: Batch) throws {
        free.wait()
        try state.withLock { state in
            guard !state.isStopped else { throw Stopped() }
            state.waiting.append(batch)
        }
        filled.signal()
    }

    /// Says that all rows were put, and what was counted of them.
    func end(_ proofs: [TableProof]) {
        state.withLock { $0.proofs = proofs }
        filled.signal()
    }

    /// Says that no more rows come because of `error`.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = error }
        filled.signal()
    }

    /// Says that nobody takes any more.
    func stop() {
        state.withLock { $0.isStopped = true }
        free.signal()
    }

    /// The next rows; nil when all were taken.
    ///
    /// - Throws: what the reading failed with.
    func take() throws -> Batch? {
        filled.wait()
        return try state.withLock { state in
            if !state.waiting.isEmpty {
                let batch = state.waiting.removeFirst()
                free.signal()
                return batch
            }
            if let failure = state.failure { throw failure }
            return nil
        }
    }

    /// What was counted of all rows that were put.
    var proofs: [TableProof] { state.withLock { $0.proofs ?? [] } }
}
