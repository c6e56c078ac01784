internal import Synchronization
internal import Values

/// The streams of events that a server has open, of all companies that it serves.
final class StreamPlaces: Sendable {
    private struct State {
        var count = 0
        var streams: [Name: [ObjectIdentifier: EventStream]] = [:]

        mutating func remove(_ stream: EventStream, of company: Name) {
            guard streams[company]?.removeValue(forKey: ObjectIdentifier(stream)) != nil else { return }
            count -= 1
            if streams[company]?.isEmpty == true { streams[company] = nil }
        }
    }

    private let state = Mutex(State())

    /// Takes a place; false where `most` are taken. Where the company has fewer than another, the newest stream of the one that
    /// has the most ends for it, and its client comes again with the number of the last event it got.
    func take(_ stream: EventStream, of company: Name, most: Int) -> Bool {
        let (isTaken, ended) = state.withLock { state -> (Bool, EventStream?) in
            var ended: EventStream?
            if state.count >= most {
                // Looked for among companies only where all places are taken.
                let own = state.streams[company]?.count ?? 0
                guard let other = state.streams.max(by: { $0.value.count < $1.value.count }),
                    other.value.count > own + 1, let newest = other.value.values.max(by: { $0.id < $1.id })
                else { return (false, nil) }
                state.remove(newest, of: other.key)
                ended = newest
            }
            state.streams[company, default: [:]][ObjectIdentifier(stream)] = stream
            state.count += 1
            return (true, ended)
        }
        ended?.notify(.placeNeeded, ends: true)
        return isTaken
    }

    /// Gives a place back.
    func leave(_ stream: EventStream, of company: Name) { state.withLock { $0.remove(stream, of: company) } }

    private var all: [EventStream] { state.withLock { $0.streams.values.flatMap(\.values) } }

    /// Ends all streams because the server stops, and waits a moment until their clients have taken it.
    func end() async {
        for stream in all { stream.notify(.serverStops, ends: true) }
        for _ in 0..<200 where state.withLock({ $0.count > 0 }) {
            // They end by themselves, and nothing tells when the last has; who does not in two seconds sees the connection end.
            try? await Task.sleep(for: .milliseconds(10))
        }
        for stream in all { stream.cut() }
    }
}
