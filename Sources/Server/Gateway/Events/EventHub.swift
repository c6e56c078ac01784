internal import Documents
internal import EventLog
internal import Identity
internal import Logging
internal import NIOCore
internal import Synchronization
internal import Tenancy
internal import Values

/// The open streams of a tenant's events.
///
/// While there are any, one task tells them what comes to the log: it is woken by each commit of this process, and once a tick
/// for what others write. It reads the log once for all, finds by an index the streams that an event concerns, and asks for the
/// rights of all their readers in the same transaction. A second task reads the log for those that are behind, one page
/// after the other. A third is the clock of all streams. Where there is no stream, nothing runs.
final class EventHub: Sendable {
    struct State {
        var streams: [Int: EventStream] = [:]
        var index = WatchIndex()
        var readers: [StreamReader.Key: (reader: StreamReader, streams: Set<Int>)] = [:]
        var ofUser: [Name: Int] = [:]
        var ofCredential: [Credential: Set<Int>] = [:]
        /// The stream that was opened last.
        var last = 0
        /// Who gets to this event by itself is live: what comes behind it is told to all it concerns.
        var head: Int64 = 0
        /// All events up to this one have been told to those who are live.
        var told: Int64 = 0
        /// Those that are behind and whose clients wait.
        var behind: [Int] = []
        /// Those for which the log could not be read; they are tried again at the next tick.
        var failed: [Int] = []
        var isReading = false
        /// What runs while there are streams.
        var run: Run?
        /// How often something began to run.
        var epoch = 0
        /// What the identity store's generation was when credentials were looked at.
        var generation = -1
        /// Whether the log of the server knows that events cannot be told.
        var isTroubled = false
    }

    /// What runs while there are streams.
    struct Run {
        let listener: Int
        let wake: AsyncStream<Void>.Continuation
    }

    let tenant: Tenant
    let state = Mutex(State())
    let configuration: GatewayConfiguration
    /// What events name as their source.
    let source: String
    let logger = Logger(label: "cauldron.events")

    init(_ tenant: Tenant, _ configuration: GatewayConfiguration) {
        self.tenant = tenant
        self.configuration = configuration
        source = "/" + PercentCoding.encode(tenant.name)
    }

    // MARK: Streams come and go

    /// Where a new stream begins.
    struct Beginning: Sendable {
        /// The newest event there is.
        let head: Int64
        let position: Int64
        let notice: StreamNotice?

        /// Behind an event that a client names, or now where it names none or one that is not there.
        init(after number: Int64?, in session: Session) throws {
            let transaction = session.transaction
            head = try EventLog.head(in: transaction)
            guard let number else {
                (position, notice) = (head, nil)
                return
            }
            let tail = try number < head ? EventLog.tail(in: transaction) : 0
            notice = number > head ? .logEndsEarlier : number + 1 < tail ? .logBeginsLater : nil
            position = notice == nil ? number : head
        }

        var pieces: [ByteBuffer] {
            [StreamText.beginning(after: position)] + (notice.map { [StreamText.notice($0, after: position)] } ?? [])
        }
    }

    /// Opens a stream.
    ///
    /// - Throws: ``Problem/Kind/tooManyStreams``, ``Problem/Kind/tooManyStreamsOfUser``.
    func open(
        _ watch: Watch, as actor: Actor, _ caller: Caller, from beginning: Beginning, limit: Int?, follows: Bool,
        close: @escaping @Sendable () -> Void
    ) throws -> OpenStream {
        guard let credential = caller.credential else { preconditionFailure("a guest opens no stream") }
        let key = StreamReader.Key(user: Name(actor.user), scopes: actor.scopes)
        let stream = try state.withLock { state -> EventStream in
            guard state.ofUser[actor.user, default: 0] < configuration.streamsPerUser else {
                throw Problem(
                    .tooManyStreamsOfUser,
                    "\(actor.user) has \(configuration.streamsPerUser) streams of events open and gets no more",
                    fix: "Close streams that are not used, or watch several things with one.")
            }
            state.last += 1
            if state.run == nil {
                (state.head, state.told) = (beginning.head, beginning.head)
                begin(&state)
            }
            let reader = state.readers[key]?.reader ?? StreamReader(actor, readAt: beginning.head)
            let stream = EventStream(
                state.last, watch, reader, credential, after: beginning.position,
                isLive: follows && beginning.position >= state.head, beginning: beginning.pieces, limit: limit,
                follows: follows, close: close)
            let places = configuration.streamPlaces
            guard places.take(stream, of: Name(configuration.company), most: configuration.streams) else {
                throw Problem(
                    .tooManyStreams, "The server has \(configuration.streams) streams of events open and takes no more",
                    fix: "Try again in a moment, or close streams that are not used.")
            }
            state.readers[key, default: (reader, [])].streams.insert(stream.id)
            state.streams[stream.id] = stream
            state.index.add(stream.id, watch)
            state.ofUser[actor.user, default: 0] += 1
            state.ofCredential[credential, default: []].insert(stream.id)
            return stream
        }
        return OpenStream(stream, self)
    }

    /// Forgets a stream.
    func remove(_ stream: EventStream) {
        stream.stop()
        state.withLock { state in
            guard state.streams.removeValue(forKey: stream.id) != nil else { return }
            configuration.streamPlaces.leave(stream, of: Name(configuration.company))
            state.index.remove(stream.id, stream.watch)
            let user = stream.reader.key.user
            state.ofUser[user, default: 1] -= 1
            if state.ofUser[user] == 0 { state.ofUser[user] = nil }
            state.ofCredential[stream.credential]?.remove(stream.id)
            if state.ofCredential[stream.credential]?.isEmpty == true { state.ofCredential[stream.credential] = nil }
            let key = stream.reader.key
            state.readers[key]?.streams.remove(stream.id)
            if state.readers[key]?.streams.isEmpty == true { state.readers[key] = nil }
        }
    }

    /// How many streams are open.
    var count: Int { state.withLock(\.streams.count) }
    /// Whether anything runs for streams.
    var isRunning: Bool { state.withLock { $0.run != nil } }

    /// All streams of a reader.
    func streams(of reader: StreamReader) -> [EventStream] {
        state.withLock { state in (state.readers[reader.key]?.streams ?? []).compactMap { state.streams[$0] } }
    }

    // MARK: What runs

    private func begin(_ state: inout State) {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.epoch += 1
        state.run = Run(listener: tenant.commits.listen { wake.yield() }, wake: wake)
        let epoch = state.epoch
        Task {
            for await _ in wakes { await tell(epoch) }
        }
        Task {
            var ticks = 0
            repeat {
                ticks += 1
                // One clock for all streams: what other processes write, heartbeats and ended sessions are looked for then. It
                // ends early only when the process does.
                try? await Task.sleep(for: configuration.streamTick)
            } while await tick(ticks)
        }
        wake.yield()
    }

    /// Ends what runs, where there is no stream any more; says whether it did.
    func endIfEmpty() -> Bool {
        state.withLock { state in
            guard state.streams.isEmpty else { return false }
            if let run = state.run {
                run.wake.finish()
                tenant.commits.leave(run.listener)
            }
            state.run = nil
            (state.behind, state.failed) = ([], [])
            return true
        }
    }

    /// Notes in the server's log that events cannot be told, and that they can again, once each.
    func note(_ trouble: (any Error)?) {
        let isNew = state.withLock { state in
            defer { state.isTroubled = trouble != nil }
            return state.isTroubled != (trouble != nil)
        }
        // What ails the company as a whole was said once already.
        guard isNew, tenant.health.trouble == nil else { return }
        if let trouble {
            logger.error("events cannot be told", metadata: ["error": "\(trouble)"])
        } else {
            logger.notice("events are told again")
        }
    }
}
