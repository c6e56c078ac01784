internal import Audit
internal import Storage
package import Values

extension Naming {
    /// How many numbers are looked through at once for free ones.
    private static let numbersAtOnce = 500

    /// Gives numbers without gaps: a counter moves in the transaction that uses the number. Where somebody else chose a
    /// name that the counter comes to, it steps over it.
    static func count(_ counted: [Counted], in session: Session) throws {
        guard let type = counted.first?.document.doctype else { return }
        var keys: [String] = []
        var byKey: [Name: [Counted]] = [:]
        for one in counted {
            if byKey[one.number.key] == nil { keys.append(one.number.key) }
            byKey[one.number.key, default: []].append(one)
        }
        var given: [Counted] = []
        for key in keys.sorted() {
            let waiting = byKey[key] ?? []
            let (last, isTaken) = try move(key, for: waiting, of: type, in: session)
            for (place, one) in waiting.enumerated() {
                one.document.name = one.number.text(last - Int64(waiting.count - 1 - place))
            }
            if waiting.count > 1 { given += waiting } else if isTaken { try stepOver(key, waiting, last, in: session) }
        }
        guard !given.isEmpty, !type.isVirtual else { return }
        let taken = try session.values(of: type.name, given.map(\.document.name), ["name"])
        if taken.isEmpty { return }
        for key in keys.sorted() {
            let waiting = byKey[key] ?? []
            guard waiting.contains(where: { taken[$0.document.name] != nil }) else { continue }
            try stepOver(key, waiting, nil, in: session)
        }
    }

    /// Moves a counter on. Where it is for one document, the same statement says whether another has the name.
    private static func move(
        _ key: String, for waiting: [Counted], of type: DocType, in session: Session
    ) throws -> (last: Int64, isTaken: Bool) {
        guard let number = waiting.first?.number else { return (0, false) }
        let count = Int64(waiting.count)
        // A counter at 0 is under the audit log as one that is not there; any other start is asked for.
        let isNew = try number.start != 0 && current(of: [Name(key)], in: session)[key] == nil
        var sql = """
            INSERT INTO _series (prefix, current) VALUES (?, ?)
            ON CONFLICT (prefix) DO UPDATE SET current = _series.current + ? WHERE _series.current <= ?
            RETURNING current
            """
        // A counter that nobody has used yet starts where its rule says.
        var arguments: [Value] = [
            .text(key), .int(number.start + count), .int(count), .int(Limits.counter - count),
        ]
        guard waiting.count == 1, !type.isVirtual else {
            guard let last = try session.transaction.first(sql, arguments, [.integer])?[0].int else {
                throw exhausted(key, type)
            }
            session.sealCounter(key, from: isNew ? 0 : last - count, to: last)
            return (last, false)
        }
        sql += """
            , EXISTS (SELECT 1 FROM \(quoted(type.table)) taken WHERE taken.name =
            CAST(? AS TEXT) || substr(CAST(? AS TEXT), length(CAST(_series.current AS TEXT)) + 1)
            || CAST(_series.current AS TEXT)
            || CAST(? AS TEXT))
            """
        arguments += [
            .text(number.before), .text(String(repeating: "0", count: number.digits)), .text(number.after),
        ]
        guard let row = try session.transaction.first(sql, arguments, [.integer, .integer]), let last = row[0].int
        else { throw exhausted(key, type) }
        session.sealCounter(key, from: isNew ? 0 : last - count, to: last)
        return (last, row[1].int == 1)
    }

    private static func exhausted(_ key: String, _ type: DocType) -> Problem {
        Problem(
            .outOfRange, "The counter \(FieldDefinition.short(key)) of \(type.name) has no number left", field: "name",
            fix: "Use another series.")
    }

    /// Gives documents the next free numbers of a counter, and moves it to the last of them.
    private static func stepOver(_ key: String, _ waiting: [Counted], _ last: Int64?, in session: Session) throws {
        guard let type = waiting.first?.document.doctype else { return }
        var number: Int64
        if let last {
            number = last
        } else {
            let row = try session.transaction.first(
                "SELECT current FROM _series WHERE prefix = ?", [.text(key)], [.integer])
            number = row?[0].int ?? 0
        }
        number -= Int64(waiting.count - 1)
        var left = waiting[...]
        // Each round reads one run of numbers; as many are taken as somebody gave by hand.
        for _ in 0..<Limits.takenNumbers where !left.isEmpty {
            // One counter may call documents of one batch by several beginnings.
            let shapes = Dictionary(grouping: left) { "\($0.number.before)\u{0}\($0.number.after)" }
                .values.compactMap(\.first)
            let numbers = number..<(number + Int64(numbersAtOnce))
            let names: Set<Name> = Set(numbers.flatMap { number in shapes.map { $0.number.text(number) } })
            let taken = try session.values(of: type.name, names, ["name"])
            for next in numbers {
                guard let one = left.first else { break }
                let name = one.number.text(next)
                if taken[name] == nil { left.removeFirst().document.name = name }
                number = next + 1
            }
        }
        guard left.isEmpty else {
            throw Problem(
                .duplicateName, "The next \(Limits.takenNumbers * numbersAtOnce) numbers of \(type.name) are taken",
                field: "name", fix: "Set the counter \(key) to a free number.")
        }
        try session.changeCounters([key]) {
            try session.transaction.execute(
                "UPDATE _series SET current = ? WHERE prefix = ?", [.int(number - 1), .text(key)])
        }
    }

    /// Moves counters back when documents of one DocType that took their newest numbers are deleted, so that no gap stays.
    static func giveBack(_ documents: [Document], in session: Session) throws {
        guard let type = documents.first?.doctype, type.naming != .autoincrement else { return }
        var free: [Name: Set<Int64>] = [:]
        for place in try places(of: documents, in: session).joined() {
            free[place.key, default: []].insert(place.number)
        }
        for (key, newest) in try current(of: Set(free.keys), in: session).sorted(by: { $0.key < $1.key }) {
            var last = newest
            while free[key]?.contains(last) == true { last -= 1 }
            guard last < newest else { continue }
            try session.changeCounters([key.text]) {
                try session.transaction.execute(
                    "UPDATE _series SET current = ? WHERE prefix = ? AND current = ?",
                    [.int(last), .text(key.text), .int(newest)])
            }
        }
    }

    /// Moves the counters that would come to the names of documents of one DocType up to them, so that they do not give out
    /// their numbers again: for what comes back, and for what is called so by somebody.
    static func reserve(_ documents: [Document], in session: Session) throws {
        var highest: [Name: Int64] = [:]
        for place in try places(of: documents, in: session).joined() {
            highest[place.key] = max(highest[place.key] ?? place.start, place.number)
        }
        for keys in highest.names.sorted().chunks(of: Limits.filterValues) where !keys.isEmpty {
            try session.changeCounters(keys) {
                try session.transaction.execute(
                    """
                    INSERT INTO _series (prefix, current) VALUES \(keys.map { _ in "(?, ?)" }.joined(separator: ", "))
                    ON CONFLICT (prefix) DO UPDATE SET current =
                    CASE WHEN _series.current < excluded.current THEN excluded.current ELSE _series.current END
                    """, keys.flatMap { [.text($0), .int(highest[$0] ?? 0)] })
            }
        }
    }

    /// The counters that could have given each document its name, with its number in each.
    ///
    /// What no pattern gave was counted when its fields or the series were others: the longest prefix of which there is a
    /// counter is taken then, where the number is at the end.
    private static func places(of documents: [Document], in session: Session) throws -> [[Place]] {
        guard let type = documents.first?.doctype else { return [] }
        let counters = try counters(of: type, in: session.registry).filter(\.pattern.counts)
        guard !counters.isEmpty else { return [] }
        var places = try places(of: documents, counters, in: session)
        let others = places.indices.filter { places[$0].isEmpty }
        let candidates = others.map { ending(of: documents[$0].name) }
        let known = try current(of: Set(candidates.joined().map(\.key)), in: session)
        for (index, candidates) in zip(others, candidates) {
            places[index] = candidates.first { known[$0.key] != nil }.map { [$0] } ?? []
        }
        return places
    }

    /// The same by patterns alone.
    private static func places(
        of documents: [Document], _ counters: [Counter], in session: Session
    ) throws -> [[Place]] {
        let words = try NamingWords(documents, counters.map(\.pattern), in: session)
        return documents.map { document in
            Set(counters.compactMap { $0.place(of: document.name, document, words) }).sorted { $0.key < $1.key }
        }
    }

    /// Every way to take the digits at the end of a name for a number, the longest prefix first.
    private static func ending(of name: String) -> [Place] {
        let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
        return (1...SeriesPattern.mostDigits).prefix(digits).compactMap { length in
            Int64(name.suffix(length)).map { Place(key: String(name.dropLast(length)), number: $0, start: 0) }
        }
    }

    /// Where counters stand; those that nobody has used yet are missing.
    package static func current(of keys: Set<Name>, in session: Session) throws -> [Name: Int64] {
        var found: [Name: Int64] = [:]
        for chunk in keys.sorted().chunks(of: Limits.filterValues) where !chunk.isEmpty {
            let condition = session.transaction.dialect.isOneOf("prefix", count: chunk.count)
            try session.transaction.forEach(
                "SELECT prefix, current FROM _series WHERE \(condition)", chunk.map(Value.text), [.text, .integer]
            ) { found[$0[0].text ?? ""] = $0[1].int }
        }
        return found
    }

    /// For each document of one DocType the counter that has not reached its number: the next document would get a name that
    /// is taken.
    ///
    /// Where several counters could have named it, one that is far enough is enough.
    static func behind(
        _ documents: [Document], _ counters: [Name: Int64], in session: Session
    ) throws -> [(key: String, current: Int64)?] {
        guard let type = documents.first?.doctype else { return [] }
        let patterns = try self.counters(of: type, in: session.registry)
        return try places(of: documents, patterns, in: session).map { places in
            let places = places.filter { counters[$0.key] != nil }
            guard let first = places.first, places.allSatisfy({ $0.number > counters[$0.key] ?? 0 }) else { return nil }
            return (first.key, counters[first.key] ?? 0)
        }
    }
}

extension Session {
    /// Notes for the audit log that a counter moved.
    func sealCounter(_ key: String, from old: Int64, to new: Int64) {
        pending.sealed.remove([[.text(key), .int(old)]], from: Naming.sealed, under: auditKey)
        pending.sealed.add([[.text(key), .int(new)]], to: Naming.sealed, under: auditKey)
    }

    /// Runs what moves these counters, at most ``Limits/filterValues``, and notes it for the audit log.
    package func changeCounters(_ keys: some Collection<String>, _ body: () throws -> Void) throws {
        try sealing(
            Naming.table, where: transaction.dialect.isOneOf("prefix", count: keys.count), keys.map(Value.text), body)
    }

    /// Moves counters behind the numbers that an import brings for these documents, before any of them is written: they are
    /// not given to those that bring none.
    package func reserveNames(of documents: [Document]) throws {
        let named = documents.filter { $0.importedName?.isEmpty == false }
        for document in named { document.name = document.importedName ?? "" }
        try Naming.reserve(named, in: self)
    }

    /// For each document of one DocType the counter of its name, where that is behind its number; see `cauldron doctor`.
    ///
    /// `counters` holds where each counter stands.
    package func countersBehind(
        _ documents: [Document], _ counters: [Name: Int64]
    ) throws -> [(key: String, current: Int64)?] {
        try Naming.behind(documents, counters, in: self)
    }
}
