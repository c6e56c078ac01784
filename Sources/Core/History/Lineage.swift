public import Documents
internal import Metadata
internal import Storage
public import Values

/// Where each value of a document comes from: the version that set it last, who wrote it and when, and what it was before.
public struct Lineage: Sendable {
    /// By field; fields that nobody changed since the document was made are not in it.
    public let fields: [String: Origin]
    /// By the row's name, then by field. A row that was added later has its own origin under ``Origin/row``.
    public let rows: [String: [String: Origin]]
    /// Who made the document, and when.
    public let creation: Origin
    /// Where all other values come from: the creation, or what let the actor read the document when that came later.
    let earliest: Origin

    /// Who gave a value, and when.
    public struct Origin: Sendable, Equatable {
        /// The name of the version; nil for what came with the document.
        public let version: String?
        /// Who wrote it.
        public let user: String
        /// When.
        public let moment: Timestamp
        /// What the value was before, as versions keep it; null for what came with the document or the row.
        public let old: JSON

        /// The key of a row's own origin.
        public static let row = ""

        /// The origin for programs.
        public var json: JSON {
            [
                "version": version.map(JSON.string) ?? .null, "user": .string(user),
                "moment": .string(moment.description), "old": old,
            ]
        }
    }

    /// Where a field of the document comes from.
    public func origin(of field: String) -> Origin { fields[field] ?? earliest }

    /// Where a field of a row comes from.
    public func origin(of field: String, row: String) -> Origin {
        rows[row]?[field] ?? rows[row]?[Origin.row] ?? earliest
    }
}

extension Session {
    /// Where each value of a document that was read comes from, also from before a renaming and before a deletion that
    /// was undone: one statement, and one more for each name it had before.
    ///
    /// Fields that the actor may not read are left out, of masked ones it is not said what they were. Of the time before
    /// the actor could read the document nothing is told.
    ///
    /// - Throws: ``Problem/Kind/noHistory`` where no versions are kept; ``Problem/Kind/forbidden``.
    public func lineage(of document: Document) throws -> Lineage {
        let type = document.doctype
        try require(.read, type, document)
        try requireHistory(of: type)
        var builder = LineageBuilder(try VersionScreen(self, type))
        var walk = try VersionWalk(self, document)
        try walk.run { version in
            builder.add(version)
            return true
        }
        let creation = Lineage.Origin(
            version: nil, user: document.owner, moment: document.creation ?? .earliest, old: .null)
        return Lineage(
            fields: builder.fields, rows: builder.rows, creation: creation, earliest: builder.horizon ?? creation)
    }
}

/// Notes for each field the newest version that set it.
private struct LineageBuilder {
    private let screen: VersionScreen
    var fields: [String: Lineage.Origin] = [:]
    var rows: [String: [String: Lineage.Origin]] = [:]
    /// What let the actor read the document, where that came after its creation.
    var horizon: Lineage.Origin?

    init(_ screen: VersionScreen) { self.screen = screen }

    mutating func add(_ version: KeptVersion) {
        func origin(_ old: JSON) -> Lineage.Origin {
            Lineage.Origin(
                version: version.name, user: version.user, moment: version.moment,
                old: version.showsBefore ? old : .null)
        }
        if !version.showsBefore {
            horizon = Lineage.Origin(version: nil, user: version.user, moment: version.moment, old: .null)
        }
        let entry = screen.shown(version.entry)
        for change in entry["changed"]?.array ?? [] {
            guard let parts = change.array, parts.count == 3, let field = parts[0].string, fields[field] == nil
            else { continue }
            fields[field] = origin(parts[1])
        }
        for change in entry["row_changed"]?.array ?? [] {
            guard let parts = change.array, parts.count == 4, let row = parts[2].string else { continue }
            for change in parts[3].array ?? [] {
                guard let parts = change.array, parts.count == 3, let field = parts[0].string,
                    rows[row]?[field] == nil
                else { continue }
                rows[row, default: [:]][field] = origin(parts[1])
            }
        }
        for added in entry["added"]?.array ?? [] {
            guard let row = added.array?.last?["name"]?.string, rows[row]?[Lineage.Origin.row] == nil else { continue }
            rows[row, default: [:]][Lineage.Origin.row] = origin(.null)
        }
    }
}
