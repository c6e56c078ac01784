internal import Storage
public import Values

/// Where each value of a document comes from: the version that set it last, who wrote it and when, and what it was before.
public struct Lineage: Sendable {
    /// By field; fields that nobody changed since the document was made are not in it.
    public let fields: [String: Origin]
    /// By the row's name, then by field. A row that was added later has its own origin under ``Origin/row``.
    public let rows: [String: [String: Origin]]
    /// Who made the document, and when: where all other values come from.
    public let creation: Origin

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
    public func origin(of field: String) -> Origin { fields[field] ?? creation }

    /// Where a field of a row comes from.
    public func origin(of field: String, row: String) -> Origin {
        rows[row]?[field] ?? rows[row]?[Origin.row] ?? creation
    }
}

extension Session {
    /// Where each value of a document that was read comes from: one statement, and one more for each name it had before.
    ///
    /// Fields that the actor may not read are left out, of masked ones it is not said what they were.
    ///
    /// - Throws: ``Problem/Kind/noHistory`` where no versions are kept; ``Problem/Kind/forbidden``.
    public func lineage(of document: Document) throws -> Lineage {
        let type = document.doctype
        try require(.read, type, document)
        try requireHistory(of: type)
        var builder = LineageBuilder(try VersionScreen(self, type))
        var names: [String] = [document.name]
        while let name = names.last {
            try readVersions(of: type, name) { row in
                let entry = try Past.entry(row[3])
                if let renamed = entry["renamed"]?.array?.compactMap(\.string), renamed.last == name,
                    let old = renamed.first, names.count < Limits.rebuiltDocuments
                {
                    names.append(old)
                    return false
                }
                // What had the name before is another document.
                guard entry["deleted"] == nil, entry["restored"] == nil, entry["renamed"] == nil else { return false }
                builder.add(entry, name: row[0].text ?? "", user: row[1].text ?? "", moment: row[2].timestamp)
                return true
            }
            if names.last == name { break }
        }
        return Lineage(
            fields: builder.fields, rows: builder.rows,
            creation: Lineage.Origin(
                version: nil, user: document.owner, moment: document.creation ?? .earliest, old: .null))
    }

    /// Reads the versions of a name, newest first, until `each` gives false.
    func readVersions(of type: DocType, _ name: String, each: ([Value]) throws -> Bool) throws {
        for version in pending.versions.reversed() where version.doctype == type.name && version.docname == name {
            let row: [Value] = [
                .text(version.name), .text(version.user), .timestamp(version.moment), .text(version.entry.text),
            ]
            guard try each(row) else { return }
        }
        struct Enough: Error {}
        var count = 0
        do {
            try transaction.forEach(
                """
                SELECT name, owner, creation, data FROM version WHERE ref_doctype = ? AND docname = ?
                ORDER BY number DESC, creation DESC, name DESC LIMIT ?
                """, [.text(type.name), .text(name), .int(Int64(Limits.rebuiltVersions + 1))],
                [.text, .text, .timestamp, .text]
            ) { row in
                count += 1
                guard count <= Limits.rebuiltVersions else {
                    throw Problem(.tooMany, "\(type.name) \(name) has more than \(Limits.rebuiltVersions) versions")
                }
                guard try each(row) else { throw Enough() }
            }
        } catch is Enough {}
    }
}

/// Notes for each field the newest version that set it.
private struct LineageBuilder {
    private let screen: VersionScreen
    var fields: [String: Lineage.Origin] = [:]
    var rows: [String: [String: Lineage.Origin]] = [:]

    init(_ screen: VersionScreen) { self.screen = screen }

    mutating func add(_ entry: JSON, name: String, user: String, moment: Timestamp?) {
        func origin(_ old: JSON) -> Lineage.Origin {
            Lineage.Origin(version: name, user: user, moment: moment ?? .earliest, old: old)
        }
        let entry = screen.shown(entry)
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
