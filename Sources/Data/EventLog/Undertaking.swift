public import Storage

/// What is done together, over transactions: a request, and whatever follows from it.
///
/// Its id is the ``Event/correlation`` of the events that are written for it. Who begins one says so around its work; who
/// hands work to the threads of a database carries it there.
public enum Undertaking {
    /// The id of the undertaking that runs; nil where each transaction stands alone.
    @TaskLocal public static var current: String?
}

extension Database {
    /// Runs `body` in a transaction, as ``Database/write(_:)`` does; its events are those of the undertaking of who calls.
    public func undertake<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        guard let id = Undertaking.current else { return try await write(body) }
        return try await write { transaction in
            try Undertaking.$current.withValue(id) { try body(transaction) }
        }
    }
}
