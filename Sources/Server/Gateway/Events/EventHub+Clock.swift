internal import Documents
internal import Identity
internal import Synchronization
internal import Tenancy
internal import Values

/// The one clock of all streams.
extension EventHub {
    /// Every how many ticks credentials are looked at where this process has ended none.
    private static let ticksOfCredentials = 5
    /// How many readers' rights are found anew in a tick where nothing has to be told to them.
    private static let readersOfTick = 200

    /// Does what is due at a tick; says whether there will be another.
    func tick(_ ticks: Int) async -> Bool {
        if endIfEmpty() { return false }
        let (wake, told, streams) = state.withLock { ($0.run?.wake, $0.told, Array($0.streams.values)) }
        // Others may have written.
        wake?.yield()
        let beats = max(configuration.streamBeats, 1)
        for stream in streams where (stream.id &+ ticks).isMultiple(of: beats) {
            if stream.beat(told, patience: configuration.streamPatience) { stream.cut() }
        }
        retryReading()
        do {
            try await endSignedOut(isDue: ticks.isMultiple(of: Self.ticksOfCredentials))
            try await refreshReaders()
        } catch {
            note(error)
        }
        return true
    }

    /// Ends the streams whose session or key has ended.
    private func endSignedOut(isDue: Bool) async throws {
        let generation = tenant.identity.generation
        guard isDue || state.withLock({ $0.generation }) != generation else { return }
        let credentials = state.withLock { Set($0.ofCredential.keys) }
        let ended = try await tenant.identity.ended(among: credentials, at: tenant.now())
        let streams = state.withLock { state in
            ended.flatMap { state.ofCredential[$0] ?? [] }.compactMap { state.streams[$0] }
        }
        for stream in streams { stream.notify(.signedOut, ends: true) }
        state.withLock { $0.generation = generation }
    }

    /// Finds the rights of readers that may have changed, though nothing has to be told to them, so that they hear of it.
    private func refreshReaders() async throws {
        let stale = state.withLock { $0.readers.values.map(\.reader) }.filter(\.isStale).prefix(Self.readersOfTick)
        guard !stale.isEmpty else { return }
        try await tenant.read(as: .administrator) { [self] session in
            for reader in stale { try actor(of: reader, in: session) }
        }
    }
}
