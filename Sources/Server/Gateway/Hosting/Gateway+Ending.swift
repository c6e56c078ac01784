internal import Synchronization

extension Gateway {
    /// Ends the open streams of events, as when the company is about to be closed; their clients are told.
    public func endStreams() {
        for stream in hub.state.withLock({ Array($0.streams.values) }) { stream.notify(.serverStops, ends: true) }
    }
}
