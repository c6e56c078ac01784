public import Values

/// A document, or a row of one, in memory: its values beside the metadata that names them.
///
/// It belongs to the session that made or read it and never leaves its transaction. Values are reached by name here,
/// and by Swift property through ``Doc``.
public final class Document {
    /// What it is.
    public let doctype: DocType
    /// One value for each column of the DocType.
    package var values: [Value]
    /// The rows of each child table.
    package var rows: [[Document]]
    /// The values as the database holds them; nil for a document that is not there yet.
    package var stored: [Value]?
    /// The rows of each table as the database holds them.
    package var storedRows: [[Document]] = []
    /// What a client said of `modified`, when it said anything.
    var claimedModified: Value?
    /// The slots a client gave a value for.
    var sent: Set<Int> = []
    /// The tables a client gave rows for.
    var sentTables: Set<Int> = []
    /// The name that an import brings for a new document, which it is to keep.
    public var importedName: String?
    /// It is what the document was at an earlier moment, and is never written.
    package var isPast = false

    /// An empty document; its defaults come when it is inserted.
    package init(_ doctype: DocType) {
        self.doctype = doctype
        values = Array(repeating: .null, count: doctype.columns.count)
        rows = Array(repeating: [], count: doctype.tables.count)
        values[Slot.docstatus] = .int(0)
        values[Slot.idx] = .int(0)
    }

    /// A document as the database holds it.
    package init(_ doctype: DocType, stored: [Value]) {
        self.doctype = doctype
        self.stored = stored
        values = stored
        rows = Array(repeating: [], count: doctype.tables.count)
        storedRows = rows
    }

    /// Whether the database does not hold it yet.
    public var isNew: Bool { stored == nil }

    // MARK: Standard columns

    /// Its name, or "" before it has one.
    public var name: String {
        get { values[Slot.name].text ?? "" }
        set { values[Slot.name] = newValue.isEmpty ? .null : .text(newValue) }
    }
    /// Who made it.
    public var owner: String { values[Slot.owner].text ?? "" }
    /// When it was last changed.
    public var modified: Timestamp? { values[Slot.modified].timestamp }
    /// When it was made.
    public var creation: Timestamp? { values[Slot.creation].timestamp }
    /// Draft, submitted or cancelled.
    public var docstatus: Docstatus { Docstatus(rawValue: values[Slot.docstatus].int ?? 0) ?? .draft }
    /// The place of a row in its table, from 1.
    public var idx: Int { Int(values[Slot.idx].int ?? 0) }
    /// The document a row belongs to.
    public var parent: String { doctype.kind == .child ? values[Slot.parent].text ?? "" : "" }

    // MARK: Values by name

    /// The value of a column; null where the DocType has none of that name. Setting such a one is a mistake of the
    /// program and stops it.
    public subscript(name: String) -> Value {
        get { doctype.slot(of: name).map { values[$0] } ?? .null }
        set {
            guard let slot = doctype.slot(of: name) else {
                preconditionFailure("\(doctype.name) has no field \(name)")
            }
            values[slot] = newValue
        }
    }

    /// Whether the DocType has such a column.
    public func has(_ name: String) -> Bool { doctype.slot(of: name) != nil }

    /// The text of a field, or "".
    public func text(_ name: String) -> String { self[name].text ?? "" }
    /// The number of a field, or zero.
    public func exact(_ name: String) -> Exact { self[name].exact ?? .zero }
    /// The whole number of a field, or zero.
    public func int(_ name: String) -> Int { Int(self[name].int ?? 0) }
    /// Whether a Check is set.
    public func isSet(_ name: String) -> Bool { (self[name].int ?? 0) != 0 }
    /// The day of a field.
    public func day(_ name: String) -> Day? { self[name].day }

    /// Sets text; "" counts as no value.
    public func set(_ name: String, _ text: String) { self[name] = text.isEmpty ? .null : .text(text) }
    /// Sets a number, rounded to the decimals of the field.
    public func set(_ name: String, _ number: Exact) {
        guard let slot = doctype.slot(of: name), case .decimal(let scale) = doctype.columnTypes[slot] else {
            self[name] = number.wholeNumber.map(Value.int) ?? .outOfRange
            return
        }
        values[slot] = Value(number, scale: Int(scale))
    }
    /// Sets a whole number, in the type of the field.
    public func set(_ name: String, _ number: Int) { set(name, Exact(number)) }
    /// Sets a Check.
    public func set(_ name: String, _ flag: Bool) { self[name] = .int(flag ? 1 : 0) }
    /// Sets a day.
    public func set(_ name: String, _ day: Day?) { self[name] = day.map(Value.day) ?? .null }

    /// The value a field had when the document was read; null for a new one.
    public func storedValue(_ name: String) -> Value {
        guard let slot = doctype.slot(of: name), let stored else { return .null }
        return stored[slot]
    }

    // MARK: Child tables

    /// The rows of a child table, in order; none where the DocType has no such table.
    public func table(_ name: String) -> [Document] {
        doctype.tableSlot(of: name).map { rows[$0] } ?? []
    }

    /// Replaces the rows of a child table; rows keep their names if they are among those the database holds.
    public func setTable(_ name: String, _ documents: [Document]) {
        guard let slot = doctype.tableSlot(of: name) else {
            preconditionFailure("\(doctype.name) has no table \(name)")
        }
        rows[slot] = documents
        renumber(slot)
    }

    /// Numbers the rows of a table from 1.
    package func renumber(_ slot: Int) {
        for (index, row) in rows[slot].enumerated() { row.values[Slot.idx] = .int(Int64(index + 1)) }
    }

    /// Calls `body` for all rows of all tables.
    func forEachRow(_ body: (Document) throws -> Void) rethrows {
        for table in rows { for row in table { try body(row) } }
    }

    /// All rows of all tables.
    package var allRows: [Document] { rows.count == 1 ? rows[0] : rows.flatMap { $0 } }

    /// Where the standard columns are.
    package enum Slot {
        /// Its name.
        package static let name = 0
        /// Who made it.
        package static let owner = 1
        /// When it was made.
        package static let creation = 2
        /// When it was last changed.
        package static let modified = 3
        /// Who changed it last.
        package static let modifiedBy = 4
        /// Draft, submitted or cancelled.
        package static let docstatus = 5
        static let idx = 6
        /// The document a row belongs to.
        package static let parent = 7
        /// The table it stands in.
        package static let parentfield = 8
        /// The DocType of the document a row belongs to.
        package static let parenttype = 9
    }
}

/// Where a document stands.
public enum Docstatus: Int64, Sendable, Comparable {
    case draft = 0
    case submitted = 1
    case cancelled = 2

    /// A document goes on and never back.
    public static func < (l: Docstatus, r: Docstatus) -> Bool { l.rawValue < r.rawValue }
}
