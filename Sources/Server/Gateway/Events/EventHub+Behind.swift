internal import Documents
internal import EventLog
internal import NIOCore
internal import Synchronization
internal import Tenancy
internal import Values

/// Streams that are behind get the log in pages, one stream after the other: however many come at once, they take one
/// connection of the database that reads.
extension EventHub {
    /// How many events are looked through for a page, and how many may be in it.
    private static let (lookedThrough, inPage) = (2_000, 200)

    /// A part of the log as the reader of a stream sees it.
    private struct Page: Sendable {
        var frames: [EventStream.Frame] = []
        /// The event up to which it goes.
        var end: Int64
        var isAtEnd = false
    }

    /// Has the log read for a stream that is behind, and whose client waits.
    func readLog(for stream: EventStream) {
        let begins = state.withLock { state in
            state.behind.append(stream.id)
            defer { state.isReading = true }
            return !state.isReading
        }
        if begins { Task { await readLogs() } }
    }

    /// Tries again to read the log where that failed.
    func retryReading() {
        let begins = state.withLock { state in
            state.behind += state.failed
            state.failed = []
            guard !state.behind.isEmpty, !state.isReading else { return false }
            state.isReading = true
            return true
        }
        if begins { Task { await readLogs() } }
    }

    private func readLogs() async {
        while let streams = takeThoseBehind() {
            for stream in streams {
                do {
                    let page = try await tenant.read(as: .administrator) { [self] session in
                        try self.page(for: stream, session)
                    }
                    give(page, to: stream)
                } catch {
                    note(error)
                    state.withLock { $0.failed.append(stream.id) }
                }
            }
        }
    }

    /// Those in the queue; nil where there are none, and then nobody reads any more.
    private func takeThoseBehind() -> [EventStream]? {
        state.withLock { state in
            let streams = state.behind.compactMap { state.streams[$0] }
            state.behind = []
            state.isReading = !streams.isEmpty
            return streams.isEmpty ? nil : streams
        }
    }

    private func give(_ page: Page, to stream: EventStream) {
        let isDue = stream.take(page.frames, through: page.end, isAtEnd: page.isAtEnd) { end in
            state.withLock { end >= $0.head }
        }
        if isDue {
            state.withLock { $0.behind.append(stream.id) }
        }
    }

    private func page(for stream: EventStream, _ session: Session) throws -> Page {
        let watch = stream.watch
        let limit = watch.isAll ? Self.inPage : Self.lookedThrough
        let heads = try EventLog.heads(after: stream.position, limit: limit, in: session.transaction)
        try expireReaders(heads, in: session)
        var page = Page(end: stream.position)
        guard let actor = try self.actor(of: stream.reader, in: session) else { return page }
        let wanted = heads.filter(watch.mayConcern)
        let numbers = wanted.prefix(Self.inPage).map(\.number)
        page.end = wanted.count > numbers.count ? numbers.last ?? page.end : heads.last?.number ?? page.end
        page.isAtEnd = heads.count < limit && wanted.count == numbers.count
        let events = try EventLog.read(numbers, in: session.transaction).map(LoggedEvent.init).filter(watch.concerns)
        let screen = EventScreen(session, events, source: source)
        var bytes = 0
        for (place, event) in events.enumerated() {
            guard let frame = try screen.frame(place, for: actor) else { continue }
            bytes += frame.bytes.readableBytes
            if bytes > EventStream.waitingBytes, !page.frames.isEmpty {
                // The rest is for the next page.
                page.end = event.event.number - 1
                page.isAtEnd = false
                break
            }
            page.frames.append(frame)
        }
        return page
    }
}
