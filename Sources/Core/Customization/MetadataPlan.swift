internal import Audit
internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// What a change of metadata does to the tables, found before it is done.
struct MetadataPlan {
    private let before: Registry
    private let after: Registry
    private let session: Session
    private let targets: [TableSchema]
    private let renamed: RenamedFields
    /// The names of all tables that are there, where any is to be made.
    private var present: Set<String> = []
    /// The steps in the order in which they are carried out.
    private(set) var steps: [Session.PlannedStep] = []

    /// Compares two registries, of which the second may call fields by other names, and counts the rows that each step
    /// touches.
    init(from before: Registry, to after: Registry, _ renamed: RenamedFields, in session: Session) throws {
        self.before = before
        self.after = after
        self.renamed = renamed
        self.session = session
        var old: [TableSchema] = []
        var new: [TableSchema] = []
        for type in before.doctypes where !type.isVirtual && after.find(type.name) !== type { old.append(type.schema) }
        for type in after.doctypes where !type.isVirtual && before.find(type.name) !== type { new.append(type.schema) }
        targets = new
        try Self.checkKinds(before, after, session)
        try renamed.check(from: before, to: after)
        try checkLengths()
        try planRows()
        let schema = SchemaPlan.steps(from: old, to: new, renaming: renamed.columns(before))
        if schema.contains(where: { if case .createTable = $0 { true } else { false } }) {
            let names = try session.transaction.query(session.transaction.dialect.tableNames, [], [.text])
            present = Set(names.compactMap { $0[0].text })
        }
        for step in schema { steps.append(try planned(step)) }
        for step in narrowedColumns(old, new) { steps.append(try planned(step)) }
    }

    /// The conversions of columns that keep their type and hold less than before: a number becomes a switch.
    private func narrowedColumns(_ old: [TableSchema], _ new: [TableSchema]) -> [SchemaStep] {
        let names = Set(old.map(\.name))
        return new.filter { names.contains($0.name) }.flatMap { table in
            table.columns.compactMap { column in
                guard let to = type(after, ofTable: table.name)?.field(column.name), to.type == .check,
                    let from = type(before, ofTable: table.name)?.field(column.name),
                    from.type != .check, from.type.column == to.type.column
                else { return nil }
                return .convertColumn(table: table.name, from: column, to: column)
            }
        }
    }

    private func type(_ registry: Registry, ofTable table: String) -> DocType? {
        registry.doctypes.first { $0.table == table && !$0.isVirtual }
    }

    private func planned(_ schema: SchemaStep) throws -> Session.PlannedStep {
        let step = MetadataStep.schema(schema)
        let table = quoted(schema.table)
        func count(_ condition: String = "") throws -> Int {
            Int(
                try session.transaction.first("SELECT count(*) FROM \(table)\(condition)", [], [.integer])?[0].int ?? 0)
        }
        switch schema {
        case .createTable(let shape):
            try refuseIfPresent(shape.name)
            return .init(step: step, rows: 0, losesData: false)
        case .dropTable:
            let rows = try count()
            return .init(step: step, rows: rows, losesData: rows > 0)
        case .dropColumn(let name, let column), .renameColumn(let name, let column, _):
            let field = type(before, ofTable: name)?.field(column)
            let rows = try count(" WHERE " + Self.isSet(column, field))
            if case .renameColumn = schema { return .init(step: step, rows: rows, losesData: false) }
            return .init(step: step, rows: rows, losesData: rows > 0)
        case .convertColumn(let name, let from, let to):
            let field = type(before, ofTable: name)?.field(from.name)
            let rows = try count(" WHERE " + Self.isSet(from.name, field))
            let lost = try conversion(name, to.name)?.lost(in: session.transaction) ?? 0
            return .init(step: step, rows: rows, losesData: lost > 0)
        default: return .init(step: step, rows: try count(), losesData: false)
        }
    }

    /// A condition that the column holds something.
    private static func isSet(_ column: String, _ field: FieldDefinition?) -> String {
        let name = quoted(column)
        if field?.type.isNumeric == true { return "\(name) <> 0" }
        return field?.type.column == .text ? "(\(name) IS NOT NULL AND \(name) <> '')" : "\(name) IS NOT NULL"
    }

    private func conversion(_ table: String, _ column: String) -> ColumnConversion? {
        guard let from = type(before, ofTable: table)?.field(column),
            let to = type(after, ofTable: table)?.field(column)
        else { return nil }
        return ColumnConversion(table: table, from: from, to: to)
    }

    /// A table of that name may be the system's, or left of something else.
    private func refuseIfPresent(_ table: String) throws {
        guard present.contains(table) else { return }
        // The documents of a DocType that came into no force wait for it.
        let name = type(after, ofTable: table)?.name
        if before.metadataProblems.contains(where: { $0.doctype == "DocType" && $0.name == name }) { return }
        throw Problem(
            .badMetadata, "The name is taken: there is a table \(table)", field: "name", fix: "Choose another name.")
    }

    /// Refuses to change what a DocType is while documents of it are there.
    private static func checkKinds(_ before: Registry, _ after: Registry, _ session: Session) throws {
        for type in before.doctypes where after.find(type.name) !== type {
            guard let now = after.find(type.name) else { continue }
            for field in now.fields where field.type != .password {
                if type.field(field.name)?.type == .password {
                    throw Problem(
                        .badMetadata, "\(type.name): \(field.name): fieldtype: a Password stays one", field: "fieldtype"
                    )
                }
            }
            let changes: [(Bool, String)] = [
                ((type.naming == .autoincrement) != (now.naming == .autoincrement), "autoname"),
                (type.kind != now.kind, "istable"), (type.isSingle != now.isSingle, "issingle"),
                (type.isVirtual != now.isVirtual, "is_virtual"),
                (type.isSubmittable && !now.isSubmittable, "is_submittable"),
            ]
            guard let change = changes.first(where: \.0), !type.isVirtual else { continue }
            if try session.transaction.first("SELECT name FROM \(quoted(type.table)) LIMIT 1", [], [.text]) != nil {
                throw Problem(
                    .badMetadata, "\(type.name): \(change.1): it cannot change while there are documents",
                    field: change.1,
                    fix: "Delete the documents first, or make another DocType.")
            }
        }
    }

    /// Refuses to make a text shorter than what documents hold: they could not be saved any more.
    private func checkLengths() throws {
        for type in before.doctypes where !type.isVirtual {
            guard let now = after.find(type.name), now !== type, !now.isVirtual else { continue }
            for field in type.fields where field.type.column == .text && type.stores(field.name) {
                guard let other = now.field(renamed.name(of: field.name, in: type.name)), other.type.column == .text,
                    other.longest < field.longest
                else { continue }
                let row = try session.transaction.first(
                    "SELECT count(*) FROM \(quoted(type.table)) WHERE length(\(quoted(field.name))) > ?",
                    [.int(Int64(other.longest))], [.integer])
                guard let rows = row?[0].int, rows > 0 else { continue }
                throw Problem(
                    .badMetadata,
                    "\(type.name): \(other.name): length: \(rows) rows hold more than \(other.longest) characters",
                    field: "length", fix: "Shorten what they hold first, or allow more.")
            }
        }
    }

    /// Finds the rows of table fields that go, or get another name.
    private mutating func planRows() throws {
        for type in before.doctypes {
            guard let now = after.find(type.name), now !== type else { continue }
            for (field, _) in type.tables {
                let name = renamed.name(of: field.name, in: type.name)
                let stays = now.tables.contains { $0.field.name == name && $0.field.options == field.options }
                guard !stays || name != field.name, let child = before.find(field.options ?? ""), !child.isVirtual
                else { continue }
                let row = try session.transaction.first(
                    "SELECT count(*) FROM \(quoted(child.table)) WHERE parenttype = ? AND parentfield = ?",
                    [.text(type.name), .text(field.name)], [.integer])
                let rows = Int(row?[0].int ?? 0)
                guard rows > 0 else { continue }
                let place = RowsOfField(doctype: type.name, table: type.table, field: field.name, child: child.name)
                steps.append(
                    .init(
                        step: stays ? .renameRows(place, to: name) : .dropRows(place), rows: rows, losesData: !stays))
            }
        }
    }

    /// Refuses what would lose what documents hold, unless it was allowed by its words.
    ///
    /// - Throws: ``Problem/Kind/losesData`` that names every such step.
    func refuseLoss(allowing allowed: Set<String>) throws {
        let lost = steps.filter { $0.losesData && !allowed.contains($0.step.words) }.map {
            "\($0.step.words) (\($0.rows) rows)"
        }
        guard !lost.isEmpty else { return }
        throw Problem(
            .losesData, "This would lose what documents hold: \(lost.joined(separator: ", "))",
            fix: """
                To agree, send what stands before the brackets as allow to cauldron.meta.apply. A field that only gets \
                another name is renamed there.
                """)
    }

    /// Removes the documents of DocTypes that go, with all that hangs on them, while their DocTypes are still known.
    ///
    /// - Throws: ``Problem/Kind/transition``, ``Problem/Kind/linked``, ``Problem/Kind/tooMany``.
    func removeDocuments() throws {
        for planned in steps where planned.rows > 0 {
            guard case .schema(.dropTable(let table)) = planned.step, let type = type(before, ofTable: table),
                type.kind == .document
            else { continue }
            try session.removeAll(of: type, rows: planned.rows, linkedBy: LinkColumn.all(to: type, in: after))
        }
    }

    /// Carries the steps out and notes which documents are others now.
    func carryOut() throws {
        let transaction = session.transaction
        var touched = TouchedDocuments(before, session)
        try sealed(before) { try session.unsealAll(of: $0) }
        for planned in steps {
            switch planned.step {
            case .schema(let step): try carryOut(step, rows: planned.rows, &touched)
            case .dropRows(let rows):
                guard let child = before.find(rows.child) else { continue }
                try touched.add(rows, child)
                try transaction.execute(
                    "DELETE FROM \(quoted(child.table)) WHERE parenttype = ? AND parentfield = ?", rows.arguments)
            case .renameRows(let rows, let name):
                guard let child = before.find(rows.child) else { continue }
                try touched.add(rows, child)
                try transaction.execute(
                    "UPDATE \(quoted(child.table)) SET parentfield = ? WHERE parenttype = ? AND parentfield = ?",
                    [.text(name)] + rows.arguments)
            }
        }
        var changes: [SchemaChange] = []
        do {
            changes = try transaction.migrate(to: targets)
        } catch StorageError.duplicate(let columns) {
            let field = columns.first?.split(separator: ".").last.map(String.init) ?? ""
            throw Problem(
                .duplicate, "\(field) cannot be unique: documents hold the same value", field: "unique",
                fix: "Change those documents first.")
        }
        try sealed(after) { try session.sealAll(of: $0) }
        session.note(steps)
        try renamed.renameKept(before, in: session)
        try touched.record(in: after)
        try session.fillAdded(changes)
    }

    /// Calls `body` with the tables of a registry that are under the audit log row by row and whose rows the steps change.
    private func sealed(_ registry: Registry, _ body: (TableSchema) throws -> Void) rethrows {
        var tables: Set<String> = []
        for case .schema(let step) in steps.map(\.step) {
            switch step {
            case .dropColumn, .renameColumn, .convertColumn: tables.insert(step.table)
            case .addColumn(_, let column) where ![.null, .int(0)].contains(column.fallback): tables.insert(step.table)
            default: break
            }
        }
        for type in registry.doctypes where type.sealed != nil && tables.contains(type.table) { try body(type.schema) }
    }

    private func carryOut(_ step: SchemaStep, rows: Int, _ touched: inout TouchedDocuments) throws {
        let transaction = session.transaction
        switch step {
        case .dropIndex(let table, let index):
            try transaction.execute(
                "DROP INDEX IF EXISTS \(quoted(transaction.dialect.indexName(index, of: table)))")
        case .dropTable(let table): try transaction.execute("DROP TABLE \(quoted(table))")
        case .dropColumn(let table, let column):
            let field = type(before, ofTable: table)?.field(column)
            if rows > 0 { try touched.add(table, Self.isSet(column, field)) }
            try transaction.execute("ALTER TABLE \(quoted(table)) DROP COLUMN \(quoted(column))")
        case .renameColumn(let table, let column, let name):
            if rows > 0 { try touched.add(table, Self.isSet(column, type(before, ofTable: table)?.field(column))) }
            try transaction.execute(
                "ALTER TABLE \(quoted(table)) RENAME COLUMN \(quoted(column)) TO \(quoted(name))")
        case .convertColumn(let table, let from, let column):
            let field = type(before, ofTable: table)?.field(column.name)
            if rows > 0 { try touched.add(table, Self.isSet(from.name, field)) }
            try conversion(table, column.name)?.run(in: transaction)
        case .createTable, .addColumn, .createIndex: break
        }
    }
}

/// Documents that hold other values because their table changed: their digests in the audit log are brought along.
struct TouchedDocuments {
    private let registry: Registry
    private let session: Session
    private var names: [String: Set<String>] = [:]

    init(_ registry: Registry, _ session: Session) {
        self.registry = registry
        self.session = session
    }

    /// The documents of a table, or those that its rows belong to, for which the condition holds.
    mutating func add(_ table: String, _ condition: String) throws {
        guard let type = registry.doctypes.first(where: { $0.table == table }) else { return }
        let isRow = type.kind == .child
        let columns = isRow ? "parenttype, parent" : "name, name"
        try session.transaction.forEach(
            "SELECT \(columns) FROM \(quoted(table)) WHERE \(condition)", [], [.text, .text]
        ) { row in
            names[isRow ? row[0].text ?? "" : type.name, default: []].insert(row[1].text ?? "")
        }
    }

    /// The documents that rows of a table field belong to.
    mutating func add(_ rows: RowsOfField, _ child: DocType) throws {
        try session.transaction.forEach(
            "SELECT parent FROM \(quoted(child.table)) WHERE parenttype = ? AND parentfield = ?", rows.arguments,
            [.text]
        ) { names[rows.doctype, default: []].insert($0[0].text ?? "") }
    }

    func record(in after: Registry) throws {
        for (doctype, names) in names.sorted(by: { $0.key < $1.key }) {
            guard let type = after.find(doctype), type.kind == .document, !type.isVirtual else { continue }
            for chunk in names.sorted().chunks(of: Limits.filterValues) {
                try session.run(Write(.derive, session.load(type, Array(chunk)), .noted))
                try session.writeLogsIfMany()
            }
        }
    }
}
