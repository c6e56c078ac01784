internal import Documents
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ObjectStorage
internal import Synchronization
internal import Tenancy
internal import Values

/// An answer that is sent while the database is read for it.
///
/// The thread that reads puts pieces and never waits for the client: pieces that it has not taken yet wait in memory, and
/// beyond some megabytes in a file. So a client that reads slowly holds neither the snapshot nor the thread, and the memory
/// of an answer does not grow with it. An answer of one piece is sent whole, with its length.
///
/// What fails after the first piece was sent breaks the connection off, so that no client takes a part for the whole.
final class AnswerStream: Sendable {
    /// About how many bytes are sent at once.
    private static let pieceBytes = 64 << 10
    /// How many bytes may wait in memory.
    private static let memoryBytes = 4 << 20
    private static let files = FileWork()
    private static let logger = Logger(label: "cauldron.gateway")

    /// What an answer tells in its headers.
    private struct Head: Sendable {
        let remarks: Remarks
        let more: String?

        init(_ session: Session) {
            remarks = session.remarks
            more = session.more
        }
    }

    private enum Piece: Sendable {
        case bytes([UInt8])
        case kept(Range<Int>)
        case taken
    }

    private struct State {
        var head: Head?
        var pieces: [Piece] = []
        var taken = 0
        var bytesInMemory = 0
        /// How the reading ended; the bytes are what was not put.
        var ending: Result<[UInt8], any Error>?
        var isStopped = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// Nobody takes the pieces any more.
    private struct Stopped: Error {}

    private let tenant: Tenant
    private let version: APIVersion
    private let state = Mutex(State())
    private let spool = Mutex<AnswerSpool?>(nil)

    init(_ tenant: Tenant, _ version: APIVersion) { (self.tenant, self.version) = (tenant, version) }

    /// Reads as `actor` what `body` writes, and answers once it is there or its first piece is.
    ///
    /// - Throws: ``Problem``, and what `body` throws before the first piece.
    func answer(
        as actor: Actor, strict: Bool,
        _ body: @escaping @Sendable (Session, inout JSONWriter) throws -> Void
    ) async throws -> Reply {
        try await answer(as: actor, strict: strict) { session, put in
            var writer = JSONWriter(pieceBytes: Self.pieceBytes, handingOn: put)
            try body(session, &writer)
            return writer.bytes
        }
    }

    /// The same for bytes of any kind, which `body` hands to its argument.
    func file(
        as actor: Actor, strict: Bool,
        _ body: @escaping @Sendable (Session, (_ bytes: [UInt8]) throws -> Void) throws -> Void
    ) async throws -> Reply {
        try await answer(as: actor, strict: strict) { session, put in
            var waiting: [UInt8] = []
            try body(session) { bytes in
                waiting += bytes
                guard waiting.count >= Self.pieceBytes else { return }
                try put(waiting)
                waiting.removeAll(keepingCapacity: true)
            }
            return waiting
        }
    }

    /// `read` puts pieces, and gives what is left at the end.
    private func answer(
        as actor: Actor, strict: Bool,
        _ read: @escaping @Sendable (Session, _ put: @escaping ([UInt8]) throws -> Void) throws -> [UInt8]
    ) async throws -> Reply {
        let pieces = Pieces(self)
        Task {
            do {
                let (rest, head) = try await tenant.read(as: actor) { [self] session in
                    try begin()
                    session.passesOverUnknown = !strict
                    let rest = try read(session) { try self.put($0, Head(session)) }
                    return (rest, Head(session))
                }
                end(.success(rest), head)
            } catch {
                end(.failure(error), nil)
            }
        }
        await wait()
        let (head, ending, isPart) = state.withLock { ($0.head, $0.ending, !$0.pieces.isEmpty) }
        var reply = Reply()
        if isPart { reply.stream = pieces.body } else { reply.body = try ending?.get() ?? [] }
        guard let head else { return reply }
        return reply.telling(head.remarks, in: version).telling(more: head.more)
    }

    // MARK: The side that reads the database

    /// Says that the reading begins; also once more, where a connection was lost.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when a part of it was put already.
    private func begin() throws {
        guard state.withLock({ $0.pieces.isEmpty }) else {
            throw Problem(.unavailable, "The database was lost while an answer was sent", fix: "Ask again.")
        }
    }

    private func put(_ bytes: [UInt8], _ head: Head) throws {
        let isFull = try state.withLock { state in
            guard !state.isStopped else { throw Stopped() }
            return state.bytesInMemory >= Self.memoryBytes
        }
        let piece = isFull ? Piece.kept(try keep(bytes)) : .bytes(bytes)
        let waiter = state.withLock { state in
            state.pieces.append(piece)
            if !isFull { state.bytesInMemory += bytes.count }
            state.head = state.head ?? head
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    private func keep(_ bytes: [UInt8]) throws -> Range<Int> {
        try spool.withLock { spool in
            let file = try spool ?? .make(for: tenant)
            spool = file
            return try file.append(bytes)
        }
    }

    private func end(_ ending: Result<[UInt8], any Error>, _ head: Head?) {
        let waiter = state.withLock { state in
            state.ending = ending
            if !state.pieces.isEmpty, let head {
                // What has no effect is told at the end of the body.
                state.ending = ending.map { version.adding(head.remarks.warnings, to: $0) }
            }
            state.head = state.head ?? head
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    // MARK: The side that sends

    /// Waits until there is a piece or the end.
    private func wait() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.taken < state.pieces.count || state.ending != nil { return true }
                state.waiter = continuation
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// The next bytes; nil behind the last.
    ///
    /// - Throws: what the reading failed with.
    private func next() async throws -> [UInt8]? {
        while true {
            let (piece, ending) = state.withLock { state -> (Piece?, Result<[UInt8], any Error>?) in
                guard state.taken < state.pieces.count else {
                    defer { if state.ending != nil { state.ending = .success([]) } }
                    return (nil, state.ending)
                }
                let piece = state.pieces[state.taken]
                state.pieces[state.taken] = .taken
                state.taken += 1
                if case .bytes(let bytes) = piece { state.bytesInMemory -= bytes.count }
                return (piece, nil)
            }
            switch piece {
            case .bytes(let bytes)?: return bytes
            case .kept(let range)?:
                guard let file = spool.withLock({ $0 }) else { return nil }
                return try await Self.files.run { try file.read(range) }
            case .taken?: continue
            case nil: break
            }
            if let rest = try ending?.get() { return rest.isEmpty ? nil : rest }
            await wait()
        }
    }

    private func stop() { state.withLock { $0.isStopped = true } }

    /// The pieces for who sends them. When nobody holds them any more, the reading stops.
    final class Pieces: Sendable {
        private let stream: AnswerStream

        fileprivate init(_ stream: AnswerStream) { self.stream = stream }

        deinit { stream.stop() }

        /// The body of a response.
        var body: ResponseBody {
            ResponseBody { [self] writer in
                while let bytes = try await next() { try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
            }
        }

        private func next() async throws -> [UInt8]? {
            do {
                return try await stream.next()
            } catch {
                // Its status is sent already: the log alone can tell why.
                AnswerStream.logger.warning("an answer broke off", metadata: ["problem": "\(error)"])
                throw error
            }
        }
    }
}
