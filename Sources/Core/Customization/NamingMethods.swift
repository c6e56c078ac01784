internal import Audit
internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Methods about the counters that number documents. Who may change the rules for names may see and set them.
enum NamingMethods {
    static let all = [counters, set]

    private static let parameters: [Method.Parameter] = [
        .required("doctype", "The DocType."),
        .optional("doc", "Fields that its series name, as JSON."),
    ]

    private static let counters = Method(
        "cauldron.naming.counters", parameters: parameters,
        summary: "Each series and naming rule of a DocType, where its counter stands, and the name that comes next."
    ) { arguments, session in
        let numbered = try Numbered(arguments, .read, in: session)
        return .array(try numbered.json(of: numbered.counters))
    }

    private static let set = Method(
        "cauldron.naming.set_counter", writes: true,
        parameters: parameters + [
            .optional("series", "The series, or the Document Naming Rule, where there are several."),
            .required("current", "The number before the next."),
        ], summary: "Sets a counter. It goes on behind every number that a document has."
    ) { arguments, session in
        let numbered = try Numbered(arguments, .write, in: session)
        let counter = try numbered.counter(arguments.text("series"))
        guard let current = try arguments.int("current", in: 0...Int(Naming.highestStart)) else {
            throw Problem(.mandatory, "The argument current is missing", field: "current", fix: "Send current.")
        }
        try numbered.set(counter, to: Int64(current))
        return try numbered.json(of: [counter]).first ?? .null
    }
}

/// A DocType whose documents are counted, with a document that says which fields the series go by.
private struct Numbered {
    let counters: [Naming.Counter]
    private let document: Document
    private let words: NamingWords
    private let session: Session

    private var type: DocType { document.doctype }

    /// The counters of the DocType that the arguments name, for who has the right to rules for names.
    init(_ arguments: Arguments, _ right: Right, in session: Session) throws {
        try session.require(right, session.registry.doctype(DocumentNamingRule.doctype.name))
        let type = try session.registry.doctype(arguments.required("doctype"))
        self.session = session
        let fields = try arguments.json("doc") ?? .object([:])
        guard case .object(let object) = fields else {
            throw Problem(.wrongType, "doc must be an object", field: "doc", fix: "Send fields and their values.")
        }
        document = try session.document(type.name, from: object)
        session.prepare(document)
        counters = try Naming.counters(of: type, in: session.registry).filter(\.pattern.counts)
        words = try NamingWords([document], counters.map(\.pattern), in: session)
    }

    /// The counter of a series or rule; the only one where none is named.
    func counter(_ series: String?) throws -> Naming.Counter {
        guard let only = counters.first else {
            throw Problem(.notCounted, "Documents of \(type.name) are not counted", field: "doctype")
        }
        if series == nil, counters.count == 1 { return only }
        guard let found = counters.first(where: { $0.rule == series && series != nil || $0.text == series }) else {
            let texts = counters.map { $0.rule ?? $0.text }
            throw Problem(
                series == nil ? .mandatory : .notAnOption,
                series.map { "\(type.name) has no series \(FieldDefinition.short($0))" }
                    ?? "\(type.name) has several series", field: "series",
                fix: "Use one of: \(texts.joined(separator: ", ")).")
        }
        return found
    }

    /// What is told of counters.
    func json(of counters: [Naming.Counter]) throws -> [JSON] {
        let resolved = try counters.map { try $0.resolve(document, at: session.wallClock, words) }
        let standing = try Naming.current(of: Set(resolved.map(\.key)), in: session)
        let next = resolved.map { number in
            let current = min(standing[number.key] ?? number.start, Limits.counter)
            return (1...Int64(Self.looksAhead)).map { number.text(current + $0) }
        }
        let taken = type.isVirtual ? [:] : try session.values(of: type.name, next.flatMap(\.self), ["name"])
        return zip(zip(counters, resolved), next).map { counter, names in
            let (counter, number) = counter
            var object: JSONObject = [
                "series": .string(counter.text), "prefix": .string(number.before),
                "current": .int(standing[number.key] ?? number.start),
            ]
            // A name that somebody chose is stepped over.
            object["next"] = (names.first { taken[$0] == nil } ?? names.first).map(JSON.string)
            object["rule"] = counter.rule.map(JSON.string)
            return .object(object)
        }
    }

    /// How many taken names are stepped over to say which comes next.
    private static let looksAhead = 20

    /// Sets a counter, never behind a number that a document has.
    func set(_ counter: Naming.Counter, to current: Int64) throws {
        let number = try counter.resolve(document, at: session.wallClock, words)
        if let last = try last(counter, number.key), last.number > current {
            throw Problem(
                .duplicateName, "\(type.name) \(last.name) has the number \(last.number) already", field: "current",
                fix: "Set the counter to \(last.number) or more.")
        }
        let before = try Naming.current(of: [Name(number.key)], in: session)[number.key]
        guard before != current else { return }
        try session.changeCounters([number.key]) {
            try session.transaction.execute(
                """
                INSERT INTO _series (prefix, current) VALUES (?, ?)
                ON CONFLICT (prefix) DO UPDATE SET current = excluded.current
                """, [.text(number.key), .int(current)])
        }
        session.recordCounter(number.key, of: type, from: before ?? number.start, to: current)
    }

    /// The document with the highest number of a counter. Looks through all names of the DocType.
    private func last(_ counter: Naming.Counter, _ key: String) throws -> (name: String, number: Int64)? {
        guard !type.isVirtual else { return nil }
        var last: (name: String, number: Int64)?
        try session.transaction.forEach("SELECT name FROM \(quoted(type.table))", [], [.text]) { row in
            guard let name = row[0].text, let place = counter.place(of: name, document, words), place.key == key,
                place.number > last?.number ?? -1
            else { return }
            last = (name, place.number)
        }
        return last
    }
}

extension Session {
    /// Notes for the logs that somebody set a counter.
    fileprivate func recordCounter(_ key: String, of type: DocType, from old: Int64, to new: Int64) {
        // No DocType is called so: the counters are nobody's documents.
        noteForAudit("set_counter", Naming.table.name, key)
        emit(
            "series.set", subject: "\(Naming.table.name)/\(key)",
            ["doctype": .string(type.name), "prefix": .string(key), "old": .int(old), "new": .int(new)])
    }
}
