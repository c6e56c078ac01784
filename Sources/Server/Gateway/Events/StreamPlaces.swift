internal import Synchronization

/// The streams of events that a server has open, of all companies that it serves.
final class StreamPlaces: Sendable {
    private let streams = Mutex<[ObjectIdentifier: EventStream]>([:])

    /// Takes a place; false where `most` are taken.
    func take(_ stream: EventStream, most: Int) -> Bool {
        streams.withLock { streams in
            guard streams.count < most else { return false }
            streams[ObjectIdentifier(stream)] = stream
            return true
        }
    }

    /// Gives a place back.
    func leave(_ stream: EventStream) { streams.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(stream)) } }

    /// Ends all streams because the server stops, and waits a moment until their clients have taken it.
    func end() async {
        for stream in streams.withLock({ Array($0.values) }) { stream.notify(.serverStops, ends: true) }
        for _ in 0..<200 where streams.withLock({ !$0.isEmpty }) {
            // They end by themselves, and nothing tells when the last has; who does not in two seconds sees the connection end.
            try? await Task.sleep(for: .milliseconds(10))
        }
        for stream in streams.withLock({ Array($0.values) }) { stream.cut() }
    }
}
