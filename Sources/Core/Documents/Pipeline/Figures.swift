public import Storage
public import Values

/// A table of figures that are kept of what is posted, such as balances. They are moved through the session, in the
/// transaction that posts, and so are part of its effect.
public struct Figures: Sendable {
    /// The DocType that shows them, or whose rows they are of: who may read all of it may see them.
    public let doctype: String
    /// The table.
    public let table: TableSchema
    let keys: [String]

    /// The figures of a table by its primary key.
    public init(of doctype: String, _ table: TableSchema) {
        self.doctype = doctype
        self.table = table
        keys = table.primaryKey
    }

    /// The figures of a DocType that is kept.
    ///
    /// - Throws: ``Problem/Kind/notFound``.
    public init(of doctype: String, in session: Session) throws {
        self.init(of: doctype, try session.registry.doctype(doctype).schema)
    }

    /// The columns that hold figures.
    fileprivate var figures: [TableSchema.Column] {
        table.columns.filter { !keys.contains($0.name) && !Self.standard.contains($0.name) }
    }

    fileprivate static let standard = ["owner", "creation", "modified", "modified_by", "docstatus", "idx"]
}

/// What changes in one row of kept figures.
public struct FigureChange: Sendable {
    /// The DocType that shows it, or whose rows it is of.
    public let doctype: String
    /// The table.
    public let table: String
    /// The columns of its key with their values.
    public let key: [(column: String, value: Value)]
    /// The figures that change; what was not there before was null.
    public let changed: [FieldChange]

    /// The change as JSON.
    public var json: JSON {
        [
            "doctype": .string(doctype), "table": .string(table),
            "key": .object(JSONObject(key.map { ($0.column, JSON($0.value)) })),
            "changed": .array(changed.map(\.json)),
        ]
    }

    /// What counts of it for the effect: how far sums move, not where they stood.
    var effect: JSON {
        let moves = changed.compactMap { change -> JSON? in
            guard let new = change.new.exact else { return nil }
            return [.string(change.field), .string((new - (change.old.exact ?? 0)).description)]
        }
        return [
            "table": .string(table), "key": .object(JSONObject(key.map { ($0.column, JSON($0.value)) })),
            "moves": .array(moves),
        ]
    }
}

/// The rows of kept figures that a rehearsal touched, as they were before it.
struct TouchedFigures {
    struct Row {
        let figures: Figures
        let key: [Value]
        let before: [Value]?
    }

    private(set) var rows: [Row] = []
    private var known: Set<[Value]> = []

    mutating func add(_ figures: Figures, _ key: [Value], _ before: [Value]?) {
        guard known.insert([.text(figures.table.name)] + key).inserted else { return }
        rows.append(Row(figures: figures, key: key, before: before))
    }

    /// These, and of the later ones those that are not among them.
    func merging(_ later: TouchedFigures) -> TouchedFigures {
        var all = self
        for row in later.rows { all.add(row.figures, row.key, row.before) }
        return all
    }
}

extension Session {
    /// Moves kept figures, one statement for a hundred rows: those of `adding` are added to, those of `setting` set; a row
    /// that is not there begins with them and with what `initially` gives. Each of `rows` has the values of the key, then of
    /// `adding`, `setting` and `initially`, and stands once.
    ///
    /// - Throws: ``Problem/Kind/outOfRange``.
    public func move(
        _ figures: Figures, adding: [String] = [], setting: [String] = [], initially: [String] = [], _ rows: [[Value]]
    ) throws {
        let hasStandard = figures.table.columns.contains { $0.name == "modified_by" }
        let columns = figures.keys + adding + setting + initially
        let standard: [Value] = [
            .text(actor.user), .timestamp(now), .timestamp(now), .text(actor.user), .int(0), .int(0),
        ]
        let all = (columns + (hasStandard ? Figures.standard : [])).map(quoted).joined(separator: ",")
        let table = quoted(figures.table.name)
        var changes = adding.map { "\(quoted($0)) = \(table).\(quoted($0)) + excluded.\(quoted($0))" }
        changes += (setting + (hasStandard ? ["modified", "modified_by"] : [])).map {
            "\(quoted($0)) = excluded.\(quoted($0))"
        }
        let row = "(\(placeholders(columns.count + (hasStandard ? standard.count : 0))))"
        for chunk in rows.chunks(of: 100) where !chunk.isEmpty {
            for values in chunk {
                precondition(values.count == columns.count, "a row of figures has a value for each column")
                guard let place = values.firstIndex(of: .outOfRange) else { continue }
                throw Problem(
                    .outOfRange, "\(columns[place]) is larger than can be held", field: columns[place],
                    fix: "Check the quantities and amounts.")
            }
            let keys = chunk.map { Array($0.prefix(figures.keys.count)) }
            let (condition, arguments) = Self.condition(figures, keys)
            try observing(figures, condition, arguments) {
                try transaction.issue(
                    """
                    INSERT INTO \(table) (\(all)) VALUES \(Array(repeating: row, count: chunk.count).joined(separator: ","))
                    ON CONFLICT (\(figures.keys.map(quoted).joined(separator: ","))) DO UPDATE SET
                    \(changes.joined(separator: ", "))
                    """, chunk.flatMap { hasStandard ? $0 + standard : Array($0) })
            }
        }
    }

    /// Removes the rows of kept figures that hold a value.
    public func remove(_ figures: Figures, where column: String, is value: Value) throws {
        try change(figures, where: column, isOneOf: [value]) {
            try transaction.execute(
                "DELETE FROM \(quoted(figures.table.name)) WHERE \(quoted(column)) = ?", [value])
        }
    }

    /// Runs statements that change the rows of kept figures in which a column holds, before or afterwards, one of these
    /// values: when what they are kept of is renamed.
    public func change(
        _ figures: Figures, where column: String, isOneOf values: [Value], _ body: () throws -> Void
    ) throws {
        let condition = values.map { _ in "\(quoted(column)) = ?" }.joined(separator: " OR ")
        try observing(figures, condition, values, body)
    }

    /// Runs statements on rows of figures; a rehearsal notes how the rows stood before.
    private func observing(
        _ figures: Figures, _ condition: String, _ arguments: [Value], _ body: () throws -> Void
    ) throws {
        guard keepsEffects else { return try body() }
        try forEachFigure(figures, condition, arguments) { pending.figures.add(figures, $0, $1) }
        try body()
        try forEachFigure(figures, condition, arguments) { key, _ in pending.figures.add(figures, key, nil) }
    }

    private func forEachFigure(
        _ figures: Figures, _ condition: String, _ arguments: [Value], _ body: ([Value], [Value]) -> Void
    ) throws {
        let columns =
            figures.keys.compactMap { key in figures.table.columns.first { $0.name == key } } + figures.figures
        try transaction.forEach(
            """
            SELECT \(columns.map { quoted($0.name) }.joined(separator: ",")) FROM \(quoted(figures.table.name))
            WHERE \(condition) ORDER BY \(figures.keys.map(quoted).joined(separator: ","))
            """, arguments, columns.map(\.type)
        ) { row in body(Array(row[..<figures.keys.count]), Array(row[figures.keys.count...])) }
    }

    private static func condition(_ figures: Figures, _ keys: [[Value]]) -> (String, [Value]) {
        let one = "(" + figures.keys.map { "\(quoted($0)) = ?" }.joined(separator: " AND ") + ")"
        return (Array(repeating: one, count: keys.count).joined(separator: " OR "), keys.flatMap { $0 })
    }

    /// What has changed in the figures that the rehearsal touched, in the order in which it did.
    func figureChanges() throws -> [FigureChange] {
        var found: [FigureChange] = []
        var rest = pending.figures.rows[...]
        while let figures = rest.first?.figures {
            let some = rest.prefix { $0.figures.table.name == figures.table.name }.prefix(100)
            rest = rest.dropFirst(some.count)
            let (condition, arguments) = Self.condition(figures, some.map(\.key))
            var present: [[Value]: [Value]] = [:]
            try forEachFigure(figures, condition, arguments) { present[$0] = $1 }
            for row in some {
                let after = present[row.key]
                let changed = figures.figures.enumerated().compactMap { place, column -> FieldChange? in
                    let (old, new) = (row.before?[place] ?? .null, after?[place] ?? .null)
                    return old == new ? nil : FieldChange(field: column.name, old: old, new: new)
                }
                guard !changed.isEmpty else { continue }
                found.append(
                    FigureChange(
                        doctype: figures.doctype, table: figures.table.name,
                        key: Array(zip(figures.keys, row.key)).map { (column: $0.0, value: $0.1) }, changed: changed))
            }
        }
        return found
    }
}
