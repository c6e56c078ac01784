internal import Documents
internal import EventLog
internal import History
internal import NIOCore
internal import Storage
internal import Values

/// Who may see which of some events and how much of each, as the rights are in the transaction of a session.
///
/// An event of a document is for who may read the document; its values are shown as far as fields may be seen. A document
/// that is gone is judged by the copy that was kept of it. What was posted is for who may read the rows, each by itself. What
/// is about no document is for System Managers.
///
/// Readers whose rights are the same condition on rows share its question to the database.
final class EventScreen {
    private let session: Session
    private let events: [LoggedEvent]
    private let source: String
    private var views: [StreamReader.Key: View] = [:]
    private var names: [Name: Set<Name>] = [:]
    private var found: [Question: Set<Name>] = [:]
    private var gone: [Name: [Document]] = [:]
    private var screens: [Shown: VersionScreen] = [:]
    private var frames: [Told: EventStream.Frame] = [:]

    /// A reader with what was found of its rights.
    private final class View {
        let session: Session
        var access: [Name: Access] = [:]
        init(_ session: Session) { self.session = session }
    }

    /// The documents of a DocType that a reader may read, among those that the events are about.
    private enum Access {
        case all
        case some(Set<Name>)

        func covers(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .some(let names): names.contains(name)
            }
        }
    }

    private struct Question: Hashable {
        let doctype: Name
        let condition: String
        let arguments: [Value]
    }

    /// What decides how much of a DocType's fields is seen.
    private struct Shown: Hashable {
        let doctype: Name
        let roles: Set<Name>
        let isAdministrator: Bool
        let isShared: Bool
        let scopes: [Scope]?
    }

    private struct Told: Hashable {
        let event: Int
        let shown: Shown
    }

    init(_ session: Session, _ events: [LoggedEvent], source: String) {
        self.session = session
        self.events = events
        self.source = source
        for event in events {
            switch Matter(event, session.registry) {
            case .document(let type, let name), .other(let type, let name): names[type.name, default: []].insert(name)
            case .posting(let type, let rows):
                names[type.name, default: []].formUnion(rows.compactMap { $0["name"]?.string })
            case .none: break
            }
        }
    }

    /// An event as a reader sees it; nil where it does not.
    ///
    /// - Throws: ``StorageError``, ``Problem``.
    func frame(_ place: Int, for actor: Actor) throws -> EventStream.Frame? {
        let event = events[place]
        let key = StreamReader.Key(user: Name(actor.user), scopes: actor.scopes)
        let view = views[key] ?? View(reading(as: actor))
        views[key] = view
        switch Matter(event, session.registry) {
        case .document(let type, let name):
            guard try access(to: type, view).covers(name) else { return nil }
            let shown = shown(type, actor)
            let told = Told(event: place, shown: shown)
            if let known = frames[told] { return known }
            let made = frame(event, documentData(event, type, name, shown, view))
            frames[told] = made
            return made
        case .posting(let type, let rows):
            let access = try access(to: type, view)
            let seen = rows.filter { $0["name"]?.string.map(access.covers) ?? false }
            return seen.isEmpty ? nil : frame(event, postingData(event, type, seen, view))
        case .other(let type, let name):
            guard try access(to: type, view).covers(name) else { return nil }
            return frame(event, fields(of: event.data, type, view))
        case .none:
            guard actor.scopes == nil, actor.isAdministrator || actor.roles.contains("System Manager") else {
                return nil
            }
            return frame(event, event.data)
        }
    }

    private func frame(_ event: LoggedEvent, _ data: JSON) -> EventStream.Frame {
        EventStream.Frame(
            number: event.event.number, bytes: StreamText.event(event.event, data, source: source))
    }

    // MARK: What an event tells

    /// The most bytes of an event's changes or rows; of larger ones it is told that they are left out.
    private static let dataBytes = 32 << 10

    private func documentData(
        _ event: LoggedEvent, _ type: DocType, _ name: String, _ shown: Shown, _ view: View
    ) -> JSON {
        let action = event.event.type.split(separator: ".").last.map(String.init) ?? ""
        var data: JSONObject = [
            "doctype": .string(type.name), "name": .string(name), "action": .string(action),
            "modified": JSON(.timestamp(event.event.time)),
        ]
        for key in ["renamed", "merged"] { data[key] = event.data[key] }
        guard let changes = event.data["changes"] else { return .object(data) }
        if event.event.data.utf8.count > Self.dataBytes {
            data["changes_left_out"] = true
        } else {
            // What cannot be told in part is not told: a DocType whose tables are gone holds nobody up.
            let screen = try? screens[shown] ?? VersionScreen(view.session, type)
            screens[shown] = screen
            data["changes"] = screen?.shown(changes)
            if screen == nil { data["changes_left_out"] = true }
        }
        return .object(data)
    }

    private func postingData(_ event: LoggedEvent, _ type: DocType, _ rows: [JSON], _ view: View) -> JSON {
        var data: JSONObject = ["doctype": .string(type.name), "action": "posted"]
        for key in ["voucher_type", "voucher_no"] { data[key] = event.data[key] }
        if event.event.data.utf8.count > Self.dataBytes {
            data["rows_left_out"] = true
        } else {
            data["rows"] = .array(rows.map { fields(of: $0, type, view) })
        }
        return .object(data)
    }

    /// An object without what is called like a field that the reader may not see.
    private func fields(of json: JSON, _ type: DocType, _ view: View) -> JSON {
        guard case .object(let object) = json else { return json }
        let hidden = view.session.hiddenFields(of: type)
        let masked = view.session.maskedFields(of: type)
        return .object(
            JSONObject(
                object.members.compactMap { key, value in
                    if hidden.contains(key) { return nil }
                    return (key, masked.contains(key) && !value.isNull ? .string(Session.maskedText) : value)
                }))
    }

    private func shown(_ type: DocType, _ actor: Actor) -> Shown {
        Shown(
            doctype: Name(type.name), roles: actor.roles, isAdministrator: actor.isAdministrator,
            isShared: actor.sharedTypes.contains(type.name), scopes: actor.scopes)
    }

    // MARK: Rights on documents

    private func reading(as actor: Actor) -> Session {
        Session(
            actor: actor, now: session.now, registry: session.registry, transaction: session.transaction,
            audit: session.auditKey
        ) { [session] in session.newIdentifier() }
    }

    private func access(to type: DocType, _ view: View) throws -> Access {
        if let known = view.access[type.name] { return known }
        let access = try findAccess(to: type, view)
        view.access[type.name] = access
        return access
    }

    private func findAccess(to type: DocType, _ view: View) throws -> Access {
        let alias = "_told"
        guard let condition = view.session.readCondition(for: type, table: alias, right: .read) else { return .all }
        let names = (names[type.name] ?? []).sorted()
        guard session.registry.isInTable(type) else {
            // What no table holds comes from its source.
            let documents = try view.session.load(type, names)
            let decisions = try view.session.decisions(.read, type, documents)
            return .some(Set(zip(documents, decisions).filter(\.1.isAllowed).map { Name($0.0.name) }))
        }
        // Of what may not be read at all there is nothing to ask.
        guard !condition.isNone else { return .some([]) }
        let question = Question(
            doctype: Name(type.name), condition: condition.sql, arguments: condition.arguments)
        let readable: Set<Name>
        if let known = found[question] {
            readable = known
        } else {
            readable = try ask(type, names, alias, " AND \(condition.sql)", condition.arguments)
            found[question] = readable
        }
        guard readable.count < names.count else { return .some(readable) }
        let copies = try copies(of: type, names)
        let decisions = try view.session.decisions(.read, type, copies)
        return .some(
            readable.union(zip(copies, decisions).filter(\.1.isAllowed).map { Name($0.0.storedName) }))
    }

    private func ask(
        _ type: DocType, _ names: [String], _ alias: String, _ condition: String = "", _ arguments: [Value] = []
    ) throws -> Set<Name> {
        var found: Set<Name> = []
        for chunk in names.chunks(of: Limits.filterValues) {
            let isOne = session.transaction.dialect.isOneOf("\(alias).name", count: chunk.count)
            try session.transaction.forEach(
                "SELECT \(alias).name FROM \(quoted(type.table)) \(alias) WHERE \(isOne)\(condition)",
                chunk.map(Value.text) + arguments, [.text]
            ) { if let name = $0[0].text { found.insert(name) } }
        }
        return found
    }

    /// The newest copies that were kept of documents that are gone.
    private func copies(of type: DocType, _ names: [String]) throws -> [Document] {
        if let known = gone[type.name] { return known }
        let present = try ask(type, names, "_told")
        let missing = names.filter { !present.contains($0) }
        var newest: [Name: String] = [:]
        for chunk in missing.chunks(of: Limits.filterValues) {
            let isOne = session.transaction.dialect.isOneOf("deleted_name", count: chunk.count)
            try session.transaction.forEach(
                """
                SELECT deleted_name, name FROM deleted_document WHERE deleted_doctype = ? AND \(isOne)
                ORDER BY creation, name
                """, [.text(type.name)] + chunk.map(Value.text), [.text, .text]
            ) { newest[$0[0].text ?? ""] = $0[1].text }
        }
        let kept = try session.loadStored(session.registry.doctype("Deleted Document"), newest.values.sorted())
        // A copy that fits the DocType no more tells nobody anything.
        let copies = kept.compactMap { try? KeptCopy($0, type, in: session).document }
        gone[type.name] = copies
        return copies
    }
}

/// What an event is about.
private enum Matter {
    /// A document that was written.
    case document(DocType, String)
    /// Rows of a ledger.
    case posting(DocType, [JSON])
    /// A document to which something else happened.
    case other(DocType, String)
    /// Nothing that has rights of its own.
    case none

    init(_ event: LoggedEvent, _ registry: Registry) {
        guard let type = event.data["doctype"]?.string.flatMap(registry.find) else {
            self = .none
            return
        }
        if event.event.type == "cauldron.\(type.table).posted", let rows = event.data["rows"]?.array {
            self = .posting(type, rows)
        } else if let name = event.data["name"]?.string, event.event.subject == "\(type.name)/\(name)" {
            self = event.event.type.hasPrefix("cauldron.\(type.table).") ? .document(type, name) : .other(type, name)
        } else {
            self = .none
        }
    }
}
