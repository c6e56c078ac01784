internal import Crypto
internal import EventLog
public import Values

/// Everything that some work would do, found by doing it and taking it back.
public struct Changeset: Sendable {
    /// Documents that would be created, changed, submitted, cancelled or deleted, in order.
    public let documents: [DocumentEffect]
    /// Rows that would be posted to ledgers, in order.
    public let postings: [Posting]
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
        /// The rows, each an object of its fields.
        public let rows: [JSON]
    }

    /// The changeset as JSON.
    public var json: JSON {
        var object: JSONObject = [
            "hash": .string(hash), "documents": .array(documents.map(\.json)),
            "postings": .array(postings.map { ["doctype": .string($0.doctype), "rows": .array($0.rows)] }),
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

/// One thing that was done, kept while a rehearsal runs.
enum Effect: Sendable {
    case document(DocumentEffect)
    case posting(doctype: String, rows: [JSON])
    case schema(Session.PlannedStep)
}

extension Session {
    /// Runs `body`, takes back everything it did, and returns what it would have done.
    ///
    /// Documents that `body` changed in memory stay changed there and are not to be used afterwards.
    ///
    /// - Throws: what `body` throws: what cannot be done cannot be rehearsed.
    public func rehearse(_ body: (Session) throws -> Void) throws -> Changeset {
        let before = pending
        let wasRehearsing = isRehearsing
        isRehearsing = true
        pending = Pending()
        defer {
            pending = before
            isRehearsing = wasRehearsing
        }
        var changeset: Changeset?
        do {
            try savepoint {
                try body(self)
                changeset = try makeChangeset()
                throw TakenBack()
            }
        } catch is TakenBack {}
        guard let changeset else { throw Problem(.inconsistent, "The rehearsal left no changeset") }
        return changeset
    }

    private struct TakenBack: Error {}

    private func makeChangeset() throws -> Changeset {
        var documents: [DocumentEffect] = []
        var postings: [Changeset.Posting] = []
        var schema: [PlannedStep] = []
        var canonical = Canonical()
        for effect in pending.effects {
            switch effect {
            case .document(let document):
                documents.append(document)
                if document.action == Action.insert.rawValue, hasMadeNames(document.doctype) {
                    canonical.created(document.doctype, document.name)
                }
                canonical.createdRows(of: document)
                canonical.add(document.json)
            case .posting(let doctype, let rows):
                postings.append(Changeset.Posting(doctype: doctype, rows: rows))
                canonical.add(["doctype": .string(doctype), "rows": .array(rows)])
            case .schema(let step):
                schema.append(step)
                canonical.add(step.json)
            }
        }
        let events = pending.events.map { ($0.type, $0.subject) }
        for event in pending.events { try canonical.add(event) }
        // Who does not know the secret cannot find out by trying what is hidden in the effect.
        let hash = try CompanySecret.digest(canonical.hash, in: transaction)
        var shown = try unprivileged { try showing(documents, postings, events, hash) }
        if !schema.isEmpty, case .object(var object) = shown.json {
            object["schema"] = .array(schema.map(\.json))
            shown.json = .object(object)
        }
        return Changeset(
            documents: documents, postings: postings, events: events, hash: hash, shown: shown.json,
            shownDocuments: shown.documents, shownPostings: shown.postings, schema: schema)
    }
}

extension Session {
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
    private var names: [String: String] = [:]

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

    var hash: String {
        sha.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }

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
