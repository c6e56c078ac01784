internal import Crypto
internal import EventLog
public import Values

/// Everything that some work would do, found by doing it and taking it back.
public struct Changeset: Sendable {
    /// Documents that would be created, changed, submitted, cancelled or deleted, in order.
    public let documents: [DocumentEffect]
    /// Rows that would be posted to ledgers, in order.
    public let postings: [Posting]
    /// Kept figures that would move, such as balances and bins, in order.
    public let figures: [FigureChange]
    /// The events that would be logged: their types and subjects.
    public let events: [(type: String, subject: String)]
    /// A keyed digest of the effect, in hexadecimal; see ``CompanySecret``. Two rehearsals of a company have the same hash when they have the same effect: moments
    /// and the names that are made for new documents and rows do not count, all else does: names that somebody chose, too.
    public let hash: String
    /// The changeset as whoever acts may see it: hidden fields are left out; of documents and rows that may not be read
    /// only the DocType is told, and how many rows there are.
    public let shown: JSON
    /// The documents of it that whoever acts may read, without the changes of hidden fields.
    public let shownDocuments: [DocumentEffect]
    /// The postings with those rows alone that whoever acts may read.
    public let shownPostings: [Posting]
    /// What would change in the tables, when metadata would change.
    public let schema: [Session.PlannedStep]

    /// Rows of one ledger.
    public struct Posting: Sendable {
        /// The ledger.
        public let doctype: String
        /// The rows, each an object of its fields, computed ones included.
        public let rows: [JSON]
        /// Rows that were there before and that the new ones take back: `{name, changed: [[field, old, new]]}`.
        public let changed: [JSON]
        /// The rows that name a renamed document anew.
        public let relinked: RelinkedRows?

        init(doctype: String, rows: [JSON] = [], changed: [JSON] = [], relinked: RelinkedRows? = nil) {
            self.doctype = doctype
            self.rows = rows
            self.changed = changed
            self.relinked = relinked
        }

        /// The posting as JSON.
        var json: JSON {
            var object: JSONObject = ["doctype": .string(doctype), "rows": .array(rows)]
            if !changed.isEmpty { object["changed"] = .array(changed) }
            if let relinked { object["relinked"] = relinked.json }
            return .object(object)
        }
    }

    /// The changeset as JSON.
    public var json: JSON {
        var object: JSONObject = [
            "hash": .string(hash), "documents": .array(documents.map(\.json)),
            "postings": .array(postings.map(\.json)), "figures": .array(figures.map(\.json)),
            "events": .array(events.map { ["type": .string($0.type), "subject": .string($0.subject)] }),
        ]
        if !schema.isEmpty { object["schema"] = .array(schema.map(\.json)) }
        return .object(object)
    }
}

/// What would happen to one document.
public struct DocumentEffect: Sendable {
    /// `insert`, `save`, `submit`, `cancel`, `delete`, … as in the audit log.
    public let action: String
    /// The DocType.
    public let doctype: String
    /// The name it would have.
    public let name: String
    /// The changed fields; none for a new document.
    public let changed: [FieldChange]
    /// The whole change, with rows; for a new document all of it.
    public let detail: JSON

    /// The same effect with nothing of fields that are not to be seen.
    init(_ effect: DocumentEffect, detail: JSON, changed: [FieldChange]) {
        action = effect.action
        doctype = effect.doctype
        name = effect.name
        self.changed = changed
        self.detail = detail
    }

    init(_ action: Action, _ document: Document, _ changes: Changes?) {
        self.action = action.rawValue
        doctype = document.doctype.name
        name = document.name
        changed = changes?.fields ?? []
        detail = changes?.json ?? document.json
    }

    /// The effect as JSON.
    public var json: JSON {
        ["action": .string(action), "doctype": .string(doctype), "name": .string(name), "detail": detail]
    }
}

/// Rows of a ledger in which a link to a renamed document names it anew: all that held the old name.
public struct RelinkedRows: Sendable {
    /// The ledger.
    public let doctype: String
    /// The link.
    public let field: String
    /// The field that says which DocType a dynamic link names, and that DocType.
    public let kind: (field: String, doctype: String)?
    /// The old name.
    public let old: String
    /// The new name.
    public let new: String
    /// How many rows there are.
    public let count: Int

    init(_ column: LinkColumn, _ rename: Rename, _ count: Int) {
        doctype = column.type.name
        field = column.field.name
        kind = column.selector.map { ($0.name, rename.doctype) }
        (old, new) = (rename.old, rename.new)
        self.count = count
    }

    /// The change as JSON.
    public var json: JSON {
        var object: JSONObject = [
            "field": .string(field), "old": .string(old), "new": .string(new), "rows": .int(Int64(count)),
        ]
        if let kind { object[kind.field] = .string(kind.doctype) }
        return .object(object)
    }
}

/// One thing that was done, kept while a rehearsal runs.
enum Effect: Sendable {
    case document(DocumentEffect)
    /// Rows of a ledger by their names, and rows that they take back as those stood before.
    case posting(DocType, rows: [String], reversed: [[Value]], names: [String])
    case schema(Session.PlannedStep)
    case event(Event)
    case relinked(RelinkedRows)
}

extension Session {
    /// Runs `body`, takes back everything it did, and returns what it would have done.
    ///
    /// Documents that `body` changed in memory stay changed there and are not to be used afterwards.
    ///
    /// - Throws: what `body` throws: what cannot be done cannot be rehearsed.
    public func rehearse(_ body: (Session) throws -> Void) throws -> Changeset {
        let before = pending
        pending = Pending()
        defer { pending = before }
        var changeset: Changeset?
        do {
            try savepoint {
                changeset = try recording { try body(self) }
                throw TakenBack()
            }
        } catch is TakenBack {}
        guard let changeset else { throw Problem(.inconsistent, "The rehearsal left no changeset") }
        return changeset
    }

    /// Runs `body` in earnest and returns what it did, in the form in which ``rehearse(_:)`` foretells it.
    ///
    /// - Throws: what `body` throws.
    public func recording(_ body: () throws -> Void) throws -> Changeset {
        let keptEffects = keepsEffects
        keepsEffects = true
        defer { keepsEffects = keptEffects }
        let first = pending.effects.count
        let figures = pending.figures
        pending.figures = TouchedFigures()
        try body()
        let changeset = try makeChangeset(pending.effects[first...])
        // What was touched before stood otherwise before.
        pending.figures = figures.merging(pending.figures)
        if !keptEffects { (pending.effects, pending.figures) = ([], TouchedFigures()) }
        return changeset
    }

    private struct TakenBack: Error {}

    private func makeChangeset(_ effects: ArraySlice<Effect>) throws -> Changeset {
        var documents: [DocumentEffect] = []
        var postings: [Changeset.Posting] = []
        var schema: [PlannedStep] = []
        var logged: [Event] = []
        var canonical = Canonical()
        var posted: Set<String> = []
        for case .posting(_, let rows, _, _) in effects { posted.formUnion(rows) }
        for effect in effects {
            switch effect {
            case .document(let document):
                documents.append(document)
                if document.action == Action.insert.rawValue, hasMadeNames(document.doctype) {
                    canonical.created(document.doctype, document.name)
                }
                canonical.createdRows(of: document)
                canonical.add(document.json)
            case .posting(let type, let rows, let reversed, let names):
                let posting = try posting(type, rows, reversed, names, isPosted: { posted.contains($0) })
                postings.append(posting)
                canonical.add(posting.json)
            case .relinked(let rows):
                postings.append(Changeset.Posting(doctype: rows.doctype, relinked: rows))
                canonical.add(rows.json)
            case .event(let event): logged.append(event)
            case .schema(let step):
                schema.append(step)
                canonical.add(step.json)
            }
        }
        let figures = try figureChanges()
        for figure in figures { canonical.add(figure.effect) }
        let events = logged.map { ($0.type, $0.subject) }
        for event in logged { try canonical.add(event) }
        // Who does not know the secret cannot find out by trying what is hidden in the effect.
        let hash = try CompanySecret.digest(canonical.hash, in: transaction)
        var shown = try unprivileged { try showing(documents, postings, figures, events, hash) }
        if !schema.isEmpty, case .object(var object) = shown.json {
            object["schema"] = .array(schema.map(\.json))
            shown.json = .object(object)
        }
        return Changeset(
            documents: documents, postings: postings, figures: figures, events: events, hash: hash, shown: shown.json,
            shownDocuments: shown.documents, shownPostings: shown.postings, schema: schema)
    }
}

extension Session {
    /// Rows of a ledger as they stand now, and what has changed in those that they take back.
    private func posting(
        _ type: DocType, _ rows: [String], _ reversed: [[Value]], _ names: [String], isPosted: (String) -> Bool
    ) throws -> Changeset.Posting {
        let now = try load(type, names)
        let changed = zip(now, reversed).compactMap { row, before -> JSON? in
            guard !isPosted(row.name) else { return nil }
            let fields = type.columns.indices.filter { row.values[$0] != before[$0] }.map {
                FieldChange(field: type.columns[$0].name, old: before[$0], new: row.values[$0])
            }
            return fields.isEmpty ? nil : ["name": .string(row.name), "changed": .array(fields.map(\.json))]
        }
        return Changeset.Posting(doctype: type.name, rows: try load(type, rows).map(\.json), changed: changed)
    }

    /// Whether documents of the DocType are called as nobody chose.
    private func hasMadeNames(_ doctype: String) -> Bool {
        switch registry.find(doctype)?.naming {
        case .series, .hash, .expression, .format, .autoincrement, .uuid: true
        default: false
        }
    }
}

/// Brings effects into a form in which only what they mean is left, and hashes it.
private struct Canonical {
    private var sha = SHA256()
    private var names: [Name: String] = [:]

    /// A document that would be created: wherever its name stands, its place among the new ones stands instead.
    mutating func created(_ doctype: String, _ name: String) { names[name] = "new \(doctype) \(names.count + 1)" }

    /// The rows that an effect adds to tables: their names stand for their places, too.
    mutating func createdRows(of effect: DocumentEffect) {
        var rows: [JSON] = []
        if effect.action == Action.insert.rawValue {
            rows = effect.detail.object?.members.flatMap { $0.value.array ?? [] } ?? []
        } else {
            rows = effect.detail["added"]?.array?.compactMap { $0.array?.last } ?? []
        }
        for row in rows {
            if row["parenttype"] != nil, let name = row["name"]?.string { created("row", name) }
        }
    }

    /// An event that would be logged, with what it says.
    mutating func add(_ event: Event) throws {
        let parts = event.subject.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let subject = JSON.array(parts.map { .string(String($0)) })
        let data = try JSON.parse(event.data, limits: JSONLimits(values: .max))
        add(["type": .string(event.type), "subject": subject, "data": data])
    }

    mutating func add(_ effect: JSON) { sha.update(data: cleaned(effect).encoded) }

    var hash: String { sha.finalize().hexText }

    private func cleaned(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): return .string(names[text] ?? text)
        case .array(let elements): return .array(elements.map(cleaned))
        case .object(let object):
            // A row of a table or ledger is known by what it holds, not by the name it happens to get.
            let isRow = object["parenttype"] != nil || object["doctype"] != nil && object["name"] != nil
            var kept: JSONObject = [:]
            for (key, value) in object.members {
                if ["creation", "modified"].contains(key) { continue }
                if isRow, key == "name", let name = value.string, names[name] == nil, object["action"] == nil {
                    continue
                }
                kept[key] = cleaned(value)
            }
            return .object(kept)
        default: return json
        }
    }
}
