internal import Documents
internal import EventLog
internal import Values

/// What a stream tells of: the whole log, or lists and documents.
struct Watch: Sendable, Equatable {
    /// Whether it is the whole log.
    let isAll: Bool
    /// The DocTypes of which every document is watched.
    private(set) var lists: Set<Name> = []
    /// The single documents, as the subjects of their events.
    private(set) var documents: Set<Name> = []
    /// The types of the events by which ledgers of watched DocTypes tell of what was posted: their subjects are vouchers.
    private(set) var postings: Set<Name> = []

    /// The whole log.
    static let all = Watch(isAll: true)

    private init(isAll: Bool) { self.isAll = isAll }

    /// Lists of DocTypes, and documents of some.
    init(_ subjects: [(type: DocType, name: String?)]) {
        isAll = false
        for (type, name) in subjects {
            if let name {
                documents.insert("\(type.name)/\(name)")
            } else {
                lists.insert(type.name)
                if type.kind == .ledger { postings.insert("cauldron.\(type.table).posted") }
            }
        }
    }

    /// Whether an event may be about what is watched, as far as its head tells.
    func mayConcern(_ head: EventHead) -> Bool {
        if isAll || documents.contains(head.subject) || postings.contains(Name(head.type)) { return true }
        let doctype = Name(head.doctype)
        if lists.contains(doctype) { return true }
        // It may be about a name that was: the event tells which.
        return head.tellsOldName && documents.contains { $0.text.hasPrefix(head.doctype + "/") }
    }

    /// Whether an event is about what is watched.
    func concerns(_ event: LoggedEvent) -> Bool {
        if isAll || postings.contains(Name(event.event.type)) { return true }
        return event.subjects.contains { documents.contains($0) } || lists.contains(Name(event.doctype))
    }
}

extension EventHead {
    /// The DocType of its subject; no name of one holds a slash.
    var doctype: String { Route.cut(subject[...]).0.description }
    /// Whether it also tells of the name that a document had before.
    var tellsOldName: Bool { type.hasSuffix(".renamed") || type.hasSuffix(".merged") }
}

/// An event with what it tells taken apart, once for all who watch it.
struct LoggedEvent: Sendable {
    let event: Event
    /// The DocType of its subject.
    let doctype: String
    /// The document it is about, and the one that had another name before it.
    let subjects: [String]
    /// What it tells.
    let data: JSON

    init(_ event: Event) {
        self.event = event
        data = (try? JSON.parse(event.data, limits: JSONLimits(values: .max))) ?? .string(event.data)
        let doctype = event.head.doctype
        self.doctype = doctype
        let old = (data["renamed"] ?? data["merged"])?.string
        subjects = [event.subject] + (old.map { ["\(doctype)/\($0)"] } ?? [])
    }
}

/// Streams by what they watch: finds those that an event concerns without looking at the others.
struct WatchIndex {
    private var all: Set<Int> = []
    private var lists: [Name: Set<Int>] = [:]
    private var documents: [Name: Set<Int>] = [:]
    private var postings: [Name: Set<Int>] = [:]
    /// How many documents of a DocType are watched, for events that tell of another name.
    private var documentTypes: [Name: Int] = [:]

    mutating func add(_ stream: Int, _ watch: Watch) {
        if watch.isAll { all.insert(stream) }
        for name in watch.lists { lists[name, default: []].insert(stream) }
        for name in watch.documents {
            documents[name, default: []].insert(stream)
            documentTypes[Name(Route.cut(name.text[...]).0.description), default: 0] += 1
        }
        for name in watch.postings { postings[name, default: []].insert(stream) }
    }

    mutating func remove(_ stream: Int, _ watch: Watch) {
        func take(_ stream: Int, from index: inout [Name: Set<Int>], _ name: Name) {
            index[name]?.remove(stream)
            if index[name]?.isEmpty == true { index[name] = nil }
        }
        all.remove(stream)
        for name in watch.lists { take(stream, from: &lists, name) }
        for name in watch.documents {
            take(stream, from: &documents, name)
            let doctype = Name(Route.cut(name.text[...]).0.description)
            documentTypes[doctype, default: 0] -= 1
            if documentTypes[doctype] == 0 { documentTypes[doctype] = nil }
        }
        for name in watch.postings { take(stream, from: &postings, name) }
    }

    /// Whether an event may concern a stream, as far as its head tells.
    func mayConcern(_ head: EventHead) -> Bool {
        if !all.isEmpty || documents[head.subject] != nil || postings[head.type] != nil { return true }
        let doctype = head.doctype
        return lists[doctype] != nil || head.tellsOldName && documentTypes[doctype] != nil
    }

    /// The streams that an event concerns.
    func streams(of event: LoggedEvent) -> Set<Int> {
        var found = all
        if let streams = lists[event.doctype] { found.formUnion(streams) }
        for subject in event.subjects { if let streams = documents[subject] { found.formUnion(streams) } }
        if let streams = postings[event.event.type] { found.formUnion(streams) }
        return found
    }
}
