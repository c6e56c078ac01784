internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// A version on the way back through what a document was.
struct KeptVersion {
    let name: String
    let docname: String
    let user: String
    let moment: Timestamp
    let entry: JSON
    /// Whether the actor may read the document as it was before it.
    let showsBefore: Bool
}

/// Goes back through the versions of one document, the newest first: also through those under names it had before, and
/// through those from before a deletion that was undone. What had one of the names besides is another document.
struct VersionWalk {
    private let session: Session
    private let type: DocType
    private var past: ReadablePast?
    /// The name the versions stand under now.
    private var name: String
    private var place = Place.newest
    /// What is passed over before the document's own versions come under this name.
    private var skips = Skip.nothing
    private var versions = 0

    /// Where the reading goes on.
    private enum Place {
        case newest
        /// Below so many of those that are not written yet.
        case pending(Int)
        case kept(number: Value, name: String)
    }

    private enum Skip {
        case nothing
        /// The renaming to this name, which stands under both names.
        case renaming(to: String)
        /// All down to the deletion of this name, and that.
        case deletion(String)
    }

    /// What comes after a version.
    private enum Step {
        case next, elsewhere, end
    }

    init(_ session: Session, _ document: Document) throws {
        self.session = session
        type = document.doctype
        name = document.storedName
        past = try ReadablePast(session, document)
    }

    /// Reads until `each` gives false, or no earlier version is the document's.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/rebuiltVersions`` or ``Limits/formerNames``.
    mutating func run(_ each: (KeptVersion) throws -> Bool) throws {
        for _ in 0..<Limits.formerNames {
            guard try read(each) == .elsewhere else { return }
        }
        throw Problem(.tooMany, "\(type.name) \(name) had more than \(Limits.formerNames) names")
    }

    /// Reads the versions of one name.
    private mutating func read(_ each: (KeptVersion) throws -> Bool) throws -> Step {
        let pending = session.state(Versions.self).rows
        var below = 0
        switch place {
        case .newest: below = pending.count
        case .pending(let index): below = index
        case .kept: break
        }
        for index in (0..<below).reversed() where pending[index].doctype == type.name && pending[index].docname == name
        {
            let version = pending[index]
            let step = try take(
                version.name, version.user, version.moment, version.entry, at: .pending(index), each)
            if step != .next { return step }
        }
        return try readKept(each)
    }

    /// Reads the versions of one name that are written, in runs that grow.
    private mutating func readKept(_ each: (KeptVersion) throws -> Bool) throws -> Step {
        var size = 64
        var after = place
        while true {
            var sql = "SELECT name, owner, creation, data, number FROM version WHERE ref_doctype = ? AND docname = ?"
            var arguments: [Value] = [.text(type.name), .text(name)]
            if case .kept(let number, let name) = after {
                sql += " AND (number < ? OR number = ? AND name < ?)"
                arguments += [number, number, .text(name)]
            }
            let rows = try session.transaction.query(
                sql + " ORDER BY number DESC, creation DESC, name DESC LIMIT ?", arguments + [.int(Int64(size))],
                [.text, .text, .timestamp, .text, .integer])
            for row in rows {
                let version = row[0].text ?? ""
                after = .kept(number: row[4], name: version)
                let step = try take(
                    version, row[1].text ?? "", row[2].timestamp ?? .earliest, Past.entry(row[3]), at: after, each)
                if step != .next { return step }
            }
            if rows.count < size { return .end }
            size = min(size * 4, Limits.filterValues)
        }
    }

    private mutating func take(
        _ version: String, _ user: String, _ moment: Timestamp, _ entry: JSON, at place: Place,
        _ each: (KeptVersion) throws -> Bool
    ) throws -> Step {
        versions += 1
        guard versions <= Limits.rebuiltVersions else {
            throw Problem(.tooMany, "\(type.name) \(name) has more than \(Limits.rebuiltVersions) versions")
        }
        let renamed = entry["renamed"]?.array?.compactMap(\.string)
        switch skips {
        case .nothing: break
        case .renaming(let new):
            skips = .nothing
            return renamed?.first == name && renamed?.last == new ? .next : .end
        case .deletion(let deletion):
            if version == deletion { skips = .nothing }
            return .next
        }
        // What ended here, or left under another name, is another document.
        if entry["deleted"] != nil { return .end }
        if let renamed, renamed.last != name { return .end }
        let showsBefore = try past?.goBack(over: entry) ?? true
        let kept = KeptVersion(
            name: version, docname: name, user: user, moment: moment, entry: entry, showsBefore: showsBefore)
        guard try each(kept), showsBefore else { return .end }
        if let old = renamed?.first {
            skips = .renaming(to: name)
            (name, self.place) = (old, place)
            return .elsewhere
        }
        guard let restored = entry["restored"] else { return .next }
        // Entries of earlier days do not say from which deletion.
        guard let old = restored["name"]?.string, let deletion = restored["version"]?.string else { return .end }
        skips = .deletion(deletion)
        if old == name { return .next }
        (name, self.place) = (old, .newest)
        return .elsewhere
    }
}

/// A document that is taken back version by version, to know how far back the actor may read it.
private struct ReadablePast {
    private let session: Session
    private let rewinding: Rewinding
    private let document: Document
    /// Set once it is clear that the values do not matter.
    private var readsAll = false
    /// What the document linked to when it was last asked for; nothing else in it can change the answer.
    private var links: [Value]

    /// Nil where the values of a document do not decide whether the actor may read it.
    init?(_ session: Session, _ document: Document) throws {
        guard session.readCondition(for: document.doctype, table: document.doctype.table, right: .read) != nil else {
            return nil
        }
        self.session = session
        rewinding = Rewinding(registry: session.registry)
        self.document = document.asRead()
        links = Self.links(of: self.document)
    }

    private static func links(of document: Document) -> [Value] {
        ([document] + document.allRows).flatMap { row in
            row.doctype.columns.indices.flatMap { slot -> [Value] in
                let field = row.doctype.columns[slot]
                switch field.type {
                case .link: return [row.values[slot]]
                case .dynamicLink: return [row.values[slot], row[field.options ?? ""]]
                default: return []
                }
            }
        }
    }

    /// Takes a version back.
    ///
    /// - Returns: whether the actor may read what was before.
    mutating func goBack(over entry: JSON) throws -> Bool {
        if readsAll { return true }
        do {
            try rewinding.undo(entry, of: document)
            rewinding.settle(document)
        } catch let problem as Problem where problem.kind == .inconsistent {
            // What cannot be told cannot be said to be the reader's.
            return false
        }
        let links = Self.links(of: document)
        if links == self.links { return true }
        self.links = links
        let decision = try session.decision(.read, document.doctype, document)
        switch decision.rule {
        // Both hold for the document whatever is in it.
        case .owner, .share: readsAll = decision.isAllowed
        default: break
        }
        return decision.isAllowed
    }
}
