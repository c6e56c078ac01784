internal import Documents
internal import EventLog
internal import Synchronization
internal import Tenancy
internal import Values

/// What comes to the log is told to those who are live.
extension EventHub {
    /// The most events that are told at once.
    private static let eventsAtOnce = 500

    /// What is to be told of some events.
    private struct Round: Sendable {
        let end: Int64
        let isFull: Bool
        var told: [(stream: EventStream, frames: [EventStream.Frame])] = []
    }

    /// Tells all that has come to the log. What cannot be told now is told at the next tick.
    func tell(_ epoch: Int) async {
        guard !tenant.commits.isOver else {
            // Who comes again finds the company open, or the server gone.
            for stream in state.withLock({ Array($0.streams.values) }) { stream.notify(.serverStops, ends: true) }
            return
        }
        do {
            while try await tellSome(epoch) {}
            note(nil)
        } catch {
            note(error)
        }
    }

    /// Tells some of what has come, and says whether there may be more.
    private func tellSome(_ epoch: Int) async throws -> Bool {
        let start = state.withLock { $0.epoch == epoch && $0.run != nil ? $0.told : nil }
        guard let start else { return false }
        let round = try await tenant.read(as: .administrator) { [self] session in
            try look(session, after: start, epoch)
        }
        guard let round else { return false }
        for (stream, frames) in round.told where stream.offer(frames, from: start, through: round.end) {
            readLog(for: stream)
        }
        state.withLock { state in
            if state.epoch == epoch { state.told = max(state.told, round.end) }
        }
        return round.isFull
    }

    private func look(_ session: Session, after start: Int64, _ epoch: Int) throws -> Round? {
        let heads = try EventLog.heads(after: start, limit: Self.eventsAtOnce, in: session.transaction)
        guard let last = heads.last?.number else { return nil }
        try expireReaders(heads, in: session)
        // Who comes from now on and gets to the last of these by itself needs none of them.
        let numbers = state.withLock { state -> [Int64]? in
            guard state.epoch == epoch else { return nil }
            state.head = max(state.head, last)
            return heads.filter(state.index.mayConcern).map(\.number)
        }
        guard let numbers else { return nil }
        var round = Round(end: last, isFull: heads.count == Self.eventsAtOnce)
        guard !numbers.isEmpty else { return round }
        let events = try EventLog.read(numbers, in: session.transaction).map(LoggedEvent.init)
        let places = state.withLock { state in
            var places: [Int: [Int]] = [:]
            for (place, event) in events.enumerated() {
                for id in state.index.streams(of: event) { places[id, default: []].append(place) }
            }
            return places.compactMap { id, places in state.streams[id].map { (stream: $0, places: places) } }
        }
        let screen = EventScreen(session, events, source: source)
        var actors: [StreamReader.Key: Actor?] = [:]
        for (stream, places) in places where stream.isLive {
            let reader = stream.reader
            let known = actors[reader.key]
            let actor = if let known { known } else { try self.actor(of: reader, in: session) }
            actors[reader.key] = .some(actor)
            guard let actor else { continue }
            round.told.append((stream, try places.compactMap { try screen.frame($0, for: actor) }))
        }
        return round
    }

    /// Has the rights of readers found anew where one of the events may have changed them.
    func expireReaders(_ heads: [EventHead], in session: Session) throws {
        let deciding = heads.filter { User.decidingTypes.contains($0.doctype) }
        guard let newest = deciding.last?.number else { return }
        let users = try Self.users(of: deciding, in: session)
        let readers = state.withLock { $0.readers.values.map(\.reader) }
        for reader in readers where users?.contains(reader.key.user) ?? true { reader.expire(by: newest) }
    }

    /// Whose rights events may have changed; nil for everybody's.
    private static func users(of heads: [EventHead], in session: Session) throws -> Set<Name>? {
        var users: Set<Name> = []
        var given: [Name: Set<Name>] = [:]
        for head in heads {
            let name = String(head.subject.dropFirst(head.doctype.utf8.count + 1))
            switch head.doctype {
            case "User": users.insert(name)
            case "DocShare", "User Permission":
                // Who had it before, where it was changed or is gone, is not known.
                guard head.type.hasSuffix(".created") else { return nil }
                given[head.doctype, default: []].insert(name)
            default: return nil
            }
        }
        for (doctype, names) in given {
            let rows = try session.values(of: doctype.text, names, ["user"])
            guard rows.count == names.count else { return nil }
            for row in rows.values {
                guard let user = row[0].text, !user.isEmpty else { return nil }
                users.insert(user)
            }
        }
        return users
    }

    /// Who reads, with its rights as they are now; nil where the user is gone. Its streams are told what has become of them.
    @discardableResult
    func actor(of reader: StreamReader, in session: Session) throws -> Actor? {
        switch try reader.standing(in: session) {
        case .same(let actor): return actor
        case .changed(let actor):
            for stream in streams(of: reader) { stream.notify(.rightsChanged) }
            return actor
        case .gone:
            for stream in streams(of: reader) { stream.notify(.signedOut, ends: true) }
            return nil
        }
    }
}
