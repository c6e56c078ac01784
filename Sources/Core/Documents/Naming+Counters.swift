internal import Storage
internal import Values

extension Naming {
    /// How many numbers are looked through at once for free ones.
    private static let numbersAtOnce = 500

    /// Gives numbers without gaps: a counter moves in the transaction that uses the number. Where somebody else chose a
    /// name that the counter comes to, it steps over it.
    static func count(_ counted: [Counted], in session: Session) throws {
        guard let type = counted.first?.document.doctype else { return }
        var keys: [String] = []
        var byKey: [String: [Counted]] = [:]
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
        var sql = """
            INSERT INTO _series (prefix, current) VALUES (?, ?)
            ON CONFLICT (prefix) DO UPDATE SET current = _series.current + ? RETURNING current
            """
        // A counter that nobody has used yet starts where its rule says.
        var arguments: [Value] = [.text(key), .int(number.start + count), .int(count)]
        guard waiting.count == 1, !type.isVirtual else {
            return (try session.transaction.first(sql, arguments, [.integer])?[0].int ?? 0, false)
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
        let row = try session.transaction.first(sql, arguments, [.integer, .integer])
        return (row?[0].int ?? 0, row?[1].int == 1)
    }

    /// Gives documents the next free numbers of a counter, and moves it to the last of them.
    private static func stepOver(_ key: String, _ waiting: [Counted], _ last: Int64?, in session: Session) throws {
        guard let first = waiting.first else { return }
        let type = first.document.doctype
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
            let names = (0..<Int64(numbersAtOnce)).map { first.number.text(number + $0) }
            let taken = try session.values(of: type.name, names, ["name"])
            for name in names where !left.isEmpty {
                if taken[name] == nil, let one = left.popFirst() { one.document.name = one.number.text(number) }
                number += 1
            }
        }
        guard left.isEmpty else {
            throw Problem(
                .duplicateName, "The next \(Limits.takenNumbers * numbersAtOnce) numbers of \(type.name) are taken",
                field: "name", fix: "Set the counter \(key) to a free number.")
        }
        try session.transaction.execute(
            "UPDATE _series SET current = ? WHERE prefix = ?", [.int(number - 1), .text(key)])
    }

    /// Moves a counter back when the document that took its newest number is deleted, so that no gap stays.
    static func giveBack(_ document: Document, in session: Session) throws {
        let type = document.doctype
        let rules = session.registry.namingRules[type.name] ?? []
        switch type.naming {
        case .series, .expression, .format: break
        default: if rules.isEmpty { return }
        }
        let digits = document.name.reversed().prefix { $0.isASCII && $0.isNumber }.count
        if digits == 0 {
            for place in try places(of: document, in: session) {
                try session.transaction.execute(
                    "UPDATE _series SET current = current - 1 WHERE prefix = ? AND current = ?",
                    [.text(place.key), .int(place.number)])
            }
        }
        // The digits of the prefix may run into those of the number; only the counter's own prefix is found.
        for length in stride(from: min(digits, 18), to: 0, by: -1) {
            guard let number = Int64(document.name.suffix(length)) else { continue }
            let before = String(document.name.dropLast(length))
            var keys = [before]
            for rule in rules where rule.resolve(document, at: document.creation ?? session.now).before == before {
                keys.append(rule.key)
            }
            for key in keys.sorted() {
                try session.transaction.execute(
                    "UPDATE _series SET current = current - 1 WHERE prefix = ? AND current = ?",
                    [.text(key), .int(number)])
            }
        }
    }

    /// Moves the counters that would come to a document's name up to it, so that they do not give out its number again:
    /// for what comes back, and for what is called so by somebody.
    static func reserve(_ document: Document, in session: Session) throws {
        let places = try places(of: document, in: session)
        for place in places {
            try session.transaction.execute(
                """
                INSERT INTO _series (prefix, current) VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET current =
                CASE WHEN _series.current < excluded.current THEN excluded.current ELSE _series.current END
                """, [.text(place.key), .int(max(place.number, place.start))])
        }
        guard places.isEmpty, case .series = document.doctype.naming else { return }
        // Counted when its fields or the series were others: the longest prefix whose counter there is.
        let name = document.name
        let digits = name.utf8.reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        let numbers = (1...18).prefix(digits).compactMap { length in
            Int64(name.suffix(length)).map { (prefix: String(name.dropLast(length)), number: $0) }
        }
        guard !numbers.isEmpty else { return }
        let condition = session.transaction.dialect.isOneOf("prefix", count: numbers.count)
        let known = Set(
            try session.transaction.query(
                "SELECT prefix FROM _series WHERE \(condition)", numbers.map { .text($0.prefix) }, [.text]
            ).compactMap { $0[0].text })
        guard let found = numbers.first(where: { known.contains($0.prefix) }) else { return }
        try session.transaction.execute(
            "UPDATE _series SET current = ? WHERE prefix = ? AND current < ?",
            [.int(found.number), .text(found.prefix), .int(found.number)])
    }

    /// The counters that could have given a document its name, with its number in each.
    static func places(
        of document: Document, in session: Session
    ) throws -> [(key: String, number: Int64, start: Int64)] {
        let type = document.doctype
        var moments = [document.creation ?? session.now]
        if moments[0].day != session.now.day { moments.append(session.now) }
        var found: [String: (number: Int64, start: Int64)] = [:]
        for moment in moments {
            var patterns = (session.registry.namingRules[type.name] ?? []).map { $0.resolve(document, at: moment) }
            switch type.naming {
            case .series(let all): patterns += all.map { SeriesPattern($0).resolve(document, at: moment) }
            case .expression(let text): patterns.append(SeriesPattern(text).resolve(document, at: moment))
            case .format(let text):
                let format = try NameFormat(text)
                if format.counts { patterns.append(format.resolve(document, at: moment)) }
            case .autoincrement: patterns.append(.autoincrement(type))
            default: break
            }
            for pattern in patterns {
                if let number = pattern.number(in: document.name) { found[pattern.key] = (number, pattern.start) }
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.number, $0.value.start) }
    }
}

extension SeriesPattern.Resolved {
    /// The counter of a DocType whose documents are called by a number alone.
    static func autoincrement(_ type: DocType) -> Self {
        Self(key: "\(type.name)/autoincrement", before: "", after: "", digits: 1)
    }

    /// The number that a counter gave where it made this name; nil where it makes none such.
    func number(in name: String) -> Int64? {
        guard name.hasPrefix(before), name.hasSuffix(after), name.count > before.count + after.count else { return nil }
        let digits = name.dropFirst(before.count).dropLast(after.count)
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.utf8.count <= 18,
            let number = Int64(digits), text(number) == name
        else { return nil }
        return number
    }
}

extension Naming {
    /// A counter that has not reached the number of a document: the next document would get a name that is taken.
    ///
    /// Where several counters could have named it, one that is far enough is enough.
    static func behind(
        _ document: Document, _ counters: [String: Int64], in session: Session
    ) throws -> (key: String, current: Int64)? {
        let places = try places(of: document, in: session).filter { counters[$0.key] != nil }
        guard let first = places.first, places.allSatisfy({ $0.number > counters[$0.key] ?? 0 }) else { return nil }
        return (first.key, counters[first.key] ?? 0)
    }
}

extension Session {
    /// The counter of a document's name that stands before its number, where it is behind; see `cauldron doctor`.
    ///
    /// `counters` holds where each counter stands. Nothing is read.
    package func counterBehind(
        _ document: Document, _ counters: [String: Int64]
    ) throws -> (key: String, current: Int64)? {
        try Naming.behind(document, counters, in: self)
    }
}
