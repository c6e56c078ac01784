internal import Foundation

/// Threads for work on files, which waits for the disk and must not hold up those that serve requests.
package final class FileWork: Sendable {
    private let queue = DispatchQueue(label: "cauldron.files", attributes: .concurrent)

    /// Threads that have nothing to do yet.
    package init() {}

    /// Runs `body` on one of the threads.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs what cannot fail.
    package func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
