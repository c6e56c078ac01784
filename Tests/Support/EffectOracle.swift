public import Documents
public import Storage
internal import Values

/// Holds changesets against what happens to every table: what a changeset says is applied to the company as it was, and
/// must give the company as it is.
public struct EffectOracle {
    /// Every row by what it is of and what it is called, each as the values of its fields.
    private typealias Rows = [String: [String: JSONObject]]

    private let registry: Registry
    private let transaction: any Transaction

    /// An oracle for a company.
    public init(_ registry: Registry, _ transaction: any Transaction) {
        self.registry = registry
        self.transaction = transaction
    }

    /// Runs `body` and says where what it did to the tables differs from what the changeset of it says.
    public func differences(in session: Session, _ body: () throws -> Void) throws -> [String] {
        let before = try rows()
        let changeset = try session.recording(body)
        return Self.differences(try predicted(changeset, from: before), try rows())
    }

    /// Rehearses `body` in one session and does it in another, which gives the same names, and says where the rehearsal
    /// changed something, foretold something else, or had another hash.
    public func differences(
        rehearsing rehearsal: Session, doing session: Session, _ body: (Session) throws -> Void
    ) throws -> [String] {
        let before = try rows()
        let foretold = try rehearsal.rehearse(body)
        var found = Self.differences(before, try rows()).map { "the rehearsal left: \($0)" }
        let done = try session.recording { try body(session) }
        if foretold.hash != done.hash { found.append("the hashes differ") }
        if foretold.json.text != done.json.text {
            found.append("foretold \(foretold.json.text), done \(done.json.text)")
        }
        return found + Self.differences(try predicted(foretold, from: before), try rows())
    }

    // MARK: - What is there

    /// Logs and what can be made anew are no effect; who wrote last and when is that of the session.
    private static let besides: Set<String> = ["Version", "Deleted Document"]
    private static let unsaid: Set<String> = ["modified", "modified_by", "creation", "owner", "idx", "doctype"]

    private func rows() throws -> Rows {
        var rows: Rows = [:]
        for type in registry.doctypes where registry.isInTable(type) && !Self.besides.contains(type.name) {
            switch type.kind {
            case .document, .ledger:
                let session = Session(
                    actor: .administrator, now: Timestamp(microseconds: 0), registry: registry, transaction: transaction
                ) { "" }
                let names = try transaction.query("SELECT name FROM \"\(type.table)\"", [], [.text])
                for document in try session.getMany(type.name, names.compactMap { $0[0].text }) {
                    rows[type.name, default: [:]][document.name] = document.json.object ?? [:]
                }
            case .kept:
                if let table = registry.allTables.first(where: { $0.name == type.table }) {
                    try read(table, into: &rows)
                }
            default: break
            }
        }
        for table in registry.tables where table.name.hasSuffix("_balance") { try read(table, into: &rows) }
        return rows
    }

    private func read(_ table: TableSchema, into rows: inout Rows) throws {
        let columns = table.columns.map { "\"\($0.name)\"" }.joined(separator: ",")
        for row in try transaction.query("SELECT \(columns) FROM \"\(table.name)\"", [], table.columns.map(\.type)) {
            let object = JSONObject(zip(table.columns, row).map { ($0.0.name, JSON($0.1)) })
            let key = table.primaryKey.map { object[$0]?.text ?? "" }.joined(separator: "/")
            rows[table.name, default: [:]][key] = object
        }
    }

    // MARK: - What was said

    private func predicted(_ changeset: Changeset, from before: Rows) throws -> Rows {
        var rows = before
        for effect in changeset.documents where !Self.besides.contains(effect.doctype) {
            guard registry.find(effect.doctype).map(registry.isInTable) == true else { continue }
            apply(effect, to: &rows)
        }
        for posting in changeset.postings {
            for row in posting.rows {
                rows[posting.doctype, default: [:]][row["name"]?.string ?? ""] = row.object ?? [:]
            }
            if let moved = posting.relinked {
                for (name, row) in rows[posting.doctype] ?? [:] where row[moved.field]?.string == moved.old {
                    if let kind = moved.kind, row[kind.field]?.string != kind.doctype { continue }
                    rows[posting.doctype]?[name]?[moved.field] = .string(moved.new)
                }
            }
            for change in posting.changed {
                let name = change["name"]?.string ?? ""
                for field in change["changed"]?.array ?? [] {
                    set(field, in: &rows[posting.doctype, default: [:]][name, default: [:]])
                }
            }
        }
        for figure in changeset.figures {
            let key = figure.key.map { JSON($0.value).text }.joined(separator: "/")
            var row = rows[figure.table]?[key] ?? JSONObject(figure.key.map { ($0.column, JSON($0.value)) })
            for change in figure.changed { row[change.field] = JSON(change.new) }
            let isGone = figure.changed.allSatisfy(\.new.isNull)
            rows[figure.table, default: [:]][key] = isGone ? nil : row
        }
        return rows
    }

    private func apply(_ effect: DocumentEffect, to rows: inout Rows) {
        if effect.action == "delete" {
            rows[effect.doctype]?[effect.name] = nil
            return
        }
        guard let detail = effect.detail.object, detail["doctype"] == nil else {
            rows[effect.doctype, default: [:]][effect.name] = effect.detail.object ?? [:]
            return
        }
        if effect.action == "rename", let old = effect.changed.first(where: { $0.field == "name" })?.old.text {
            let moved = rows[effect.doctype]?.removeValue(forKey: old)
            rows[effect.doctype]?[effect.name] = moved
        }
        var row = rows[effect.doctype]?[effect.name] ?? [:]
        for field in detail["changed"]?.array ?? [] { set(field, in: &row) }
        for one in detail["removed"]?.array ?? [] {
            let table = one.array?[0].string ?? ""
            let name = one.array?[1]["name"]?.string
            row[table] = .array((row[table]?.array ?? []).filter { $0["name"]?.string != name })
        }
        for one in detail["added"]?.array ?? [] {
            let table = one.array?[0].string ?? ""
            row[table] = .array((row[table]?.array ?? []) + [one.array?[1] ?? .null])
        }
        for one in detail["row_changed"]?.array ?? [] {
            guard let parts = one.array, parts.count == 4, let table = parts[0].string else { continue }
            row[table] = .array(
                (row[table]?.array ?? []).map { child in
                    guard child["name"] == parts[2], var object = child.object else { return child }
                    for field in parts[3].array ?? [] { set(field, in: &object) }
                    return .object(object)
                })
        }
        rows[effect.doctype, default: [:]][effect.name] = row
    }

    /// Sets a field to what `[field, old, new]` says.
    private func set(_ change: JSON, in row: inout JSONObject) {
        guard let parts = change.array, parts.count == 3, let field = parts[0].string else { return }
        row[field] = parts[2]
    }

    // MARK: - Comparing

    private static func differences(_ predicted: Rows, _ actual: Rows) -> [String] {
        var found: [String] = []
        for kind in Set(predicted.keys).union(actual.keys).sorted() {
            let (wanted, there) = (predicted[kind] ?? [:], actual[kind] ?? [:])
            for name in Set(wanted.keys).union(there.keys).sorted() {
                switch (wanted[name], there[name]) {
                case (let one?, let other?):
                    for field in Set(one.map(\.key)).union(other.map(\.key)).sorted() where !unsaid.contains(field) {
                        let (said, stands) = (cleaned(one[field]), cleaned(other[field]))
                        if said != stands {
                            found.append("\(kind) \(name): \(field) is said to be \(said.text) and is \(stands.text)")
                        }
                    }
                case (_?, nil): found.append("\(kind) \(name) is said to be there and is not")
                case (nil, _?): found.append("\(kind) \(name) is there and nothing says so")
                default: break
                }
            }
        }
        return found
    }

    /// Without what is not said; no value of a number is zero.
    private static func cleaned(_ json: JSON?) -> JSON {
        switch json {
        case .array(let elements)?:
            let rows = elements.map { cleaned($0) }
            return .array(rows.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") })
        case .object(let object)?:
            return .object(
                JSONObject(
                    object.members.filter { !unsaid.contains($0.key) && !["docstatus", "parent"].contains($0.key) }.map
                    {
                        ($0.key, cleaned($0.value))
                    }))
        case .int(0)?, nil: return .null
        case .string("")?: return .null
        default: return json ?? .null
        }
    }
}
