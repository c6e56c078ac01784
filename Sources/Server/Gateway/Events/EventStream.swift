internal import Identity
internal import NIOCore
internal import Synchronization
internal import Values

/// One open stream: a cursor on the log, and a few pieces that wait for its client.
///
/// Most of the time it is *live*: the hub gives it what concerns it as it happens. Where its client does not take so much,
/// or it begins at an earlier event, it is *behind*: it has its number alone, and reads the log from there, a page at a time,
/// when the client has taken what there was. So a slow client holds some kilobytes, however much happens.
final class EventStream: Sendable {
    /// An event as the reader of the stream sees it.
    struct Frame: Sendable {
        let number: Int64
        let bytes: ByteBuffer
    }

    /// How many bytes wait for the client; the page that is read from the log where it is behind has as many.
    static let waitingBytes = 64 << 10

    /// Has the client go on.
    typealias Wake = @Sendable () -> Void

    private struct State {
        /// All events up to this one have been told, or do not concern the stream.
        var position: Int64
        var isLive = false
        /// Whether it is in the queue of those that read the log.
        var isQueued = false
        var pieces: [ByteBuffer]
        var bytes = 0
        /// How many beats ago the client was sent something that it has not taken yet; nil where it has taken all.
        var waitingBeats: Int?
        /// How many events are still told before it ends; nil for no end.
        var left: Int?
        var isOver = false
        var waiter: Wake?

        mutating func put(_ piece: ByteBuffer) {
            pieces.append(piece)
            bytes += piece.readableBytes
        }

        mutating func put(_ frames: some Sequence<Frame>) {
            for frame in frames where !isOver {
                put(frame.bytes)
                guard let left else { continue }
                self.left = left - 1
                isOver = left == 1
            }
        }

        /// Who is to be woken: whoever waits, when there is something.
        mutating func woken() -> Wake? {
            guard isOver || !pieces.isEmpty else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    let id: Int
    let watch: Watch
    let reader: StreamReader
    let credential: Credential
    /// Whether it waits for events that are still to come.
    private let follows: Bool
    private let close: @Sendable () -> Void
    private let state: Mutex<State>

    /// A stream that tells what comes after an event, and is live where that is what comes from now on; `limit` is after how
    /// many events it ends, `close` cuts its connection.
    init(
        _ id: Int, _ watch: Watch, _ reader: StreamReader, _ credential: Credential, after number: Int64,
        isLive: Bool, beginning: [ByteBuffer], limit: Int?, follows: Bool, close: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.watch = watch
        self.reader = reader
        self.credential = credential
        self.follows = follows
        self.close = close
        state = Mutex(
            State(
                position: number, isLive: isLive, pieces: beginning,
                bytes: beginning.reduce(0) { $0 + $1.readableBytes }, left: limit))
    }

    /// All events up to this one have been told, or do not concern the stream.
    var position: Int64 { state.withLock(\.position) }
    /// Whether it gets what happens as it happens.
    var isLive: Bool { state.withLock(\.isLive) }
    /// How many bytes wait for its client.
    var bytes: Int { state.withLock(\.bytes) }

    // MARK: The side of the log

    /// Gives a live stream what concerns it of the events after `start` up to `end`. Where that is more than may wait, it
    /// falls behind.
    ///
    /// - Returns: whether it has to read the log now.
    func offer(_ frames: [Frame], from start: Int64, through end: Int64) -> Bool {
        let (waiter, isDue) = state.withLock { state -> (Wake?, Bool) in
            guard state.isLive, !state.isOver, end > state.position else { return (nil, false) }
            let new = frames.drop { $0.number <= state.position }
            let size = new.reduce(state.bytes) { $0 + $1.bytes.readableBytes }
            guard size <= Self.waitingBytes || state.pieces.isEmpty && new.count <= 1 else {
                state.isLive = false
                state.position = max(state.position, start)
                return (nil, Self.isDue(&state))
            }
            state.put(new)
            state.position = end
            return (state.woken(), false)
        }
        waiter?()
        return isDue
    }

    /// Gives a stream that is behind a page of the log, which was looked through up to `end`; `isAtEnd` says that there was no
    /// more. `becomesLive` is asked whether the hub has got no further.
    ///
    /// - Returns: whether it has to read the log again at once.
    func take(_ frames: [Frame], through end: Int64, isAtEnd: Bool, becomesLive: (Int64) -> Bool) -> Bool {
        let (waiter, isDue) = state.withLock { state -> (Wake?, Bool) in
            state.isQueued = false
            guard !state.isOver else { return (state.woken(), false) }
            state.put(frames)
            state.position = max(state.position, end)
            if !follows, isAtEnd, !state.isOver {
                state.put(StreamText.beat(after: state.position))
                state.isOver = true
            }
            if becomesLive(end) { state.isLive = true }
            let woken = state.woken()
            return (woken, woken == nil && Self.isDue(&state))
        }
        waiter?()
        return isDue
    }

    /// Whether a stream that is behind, and whose client waits, is to be put in the queue; it is then.
    private static func isDue(_ state: inout State) -> Bool {
        guard !state.isLive, !state.isQueued, !state.isOver, state.pieces.isEmpty, state.waiter != nil else {
            return false
        }
        state.isQueued = true
        return true
    }

    /// Says something of the stream itself; with an end after which nothing follows.
    func notify(_ notice: StreamNotice, ends: Bool = false) {
        let waiter = state.withLock { state -> Wake? in
            guard !state.isOver else { return nil }
            state.put(StreamText.notice(notice))
            state.isOver = ends
            return state.woken()
        }
        waiter?()
    }

    /// Says that it is there, where it has nothing else to say, and that all events up to `number` were told to those who are
    /// live.
    ///
    /// - Returns: whether the client has taken nothing for `patience` beats.
    func beat(_ number: Int64, patience: Int) -> Bool {
        let (waiter, isStuck) = state.withLock { state -> (Wake?, Bool) in
            guard !state.isOver else { return (nil, false) }
            if let beats = state.waitingBeats {
                state.waitingBeats = beats + 1
                return (nil, beats + 1 >= patience)
            }
            guard state.waiter != nil, state.pieces.isEmpty else { return (nil, false) }
            if state.isLive { state.position = max(state.position, number) }
            state.put(StreamText.beat(after: state.position))
            return (state.woken(), false)
        }
        waiter?()
        return isStuck
    }

    /// Ends without another word: what waits is not sent.
    func stop() {
        let waiter = state.withLock { state -> Wake? in
            state.isOver = true
            state.pieces = []
            state.bytes = 0
            return state.woken()
        }
        waiter?()
    }

    /// Ends a stream whose client takes nothing any more: it comes again with the number of the last event it got.
    func cut() {
        stop()
        close()
    }

    // MARK: The side of the client

    /// What there is for the client.
    enum Taken {
        case pieces([ByteBuffer])
        case nothing
        case end
    }

    /// Takes what there is for the client, which has taken what there was before.
    func take() -> Taken {
        state.withLock { state in
            let pieces = state.pieces
            state.pieces = []
            state.bytes = 0
            state.waitingBeats = pieces.isEmpty ? nil : 0
            return pieces.isEmpty ? state.isOver ? .end : .nothing : .pieces(pieces)
        }
    }

    /// Calls `wake` once, when there is something for the client; false, without keeping it, where there is something already.
    /// `readLog` puts the stream in the queue of those that read the log.
    func wait(_ wake: @escaping Wake, _ readLog: (EventStream) -> Void) -> Bool {
        let (waits, isDue) = state.withLock { state -> (Bool, Bool) in
            if state.isOver || !state.pieces.isEmpty { return (false, false) }
            state.waiter = wake
            return (true, Self.isDue(&state))
        }
        if isDue { readLog(self) }
        return waits
    }
}
