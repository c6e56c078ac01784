package import Documents
package import Metadata
internal import Storage
package import Values

/// Tables as they were at a moment, for a statement to read from in place of those that are.
///
/// Each is a name given by WITH: the rows that have not changed since, read where they are, and those that have, brought
/// back in memory and handed over as an argument.
package struct PastTables {
    private let session: Session
    private let moment: Timestamp
    /// What was brought back, by DocType.
    private var past: [String: Past] = [:]
    private var parts: [String] = []
    /// The arguments of ``prefix``, in order.
    package private(set) var arguments: [Value] = []
    private var names: Set<String> = []

    /// No tables yet, of a moment.
    package init(_ session: Session, at moment: Timestamp) {
        self.session = session
        self.moment = moment
    }

    /// What a table is called in the statement.
    package static func name(of type: DocType) -> String { quoted("_past_" + type.table) }

    /// The beginning of the statement.
    package var prefix: String { parts.isEmpty ? "" : "WITH " + parts.joined(separator: ", ") + " " }

    /// Adds the table of a DocType.
    ///
    /// - Throws: ``Problem/Kind/noHistory``, ``Problem/Kind/tooMany``.
    package mutating func add(_ type: DocType) throws {
        try session.requireHistory(of: type)
        guard names.insert(type.table).inserted else { return }
        guard type.kind == .document else {
            return define(type, where: "creation <= ?", [.timestamp(moment)], adding: [])
        }
        let past = try bringBack(type)
        define(
            type, where: "creation <= ? AND \(not(in: "name"))", [.timestamp(moment), list(past.keys)],
            adding: past.documents)
    }

    /// Adds the table of the rows of a DocType's documents.
    ///
    /// - Throws: ``Problem/Kind/noHistory``, ``Problem/Kind/tooMany``.
    package mutating func add(_ child: DocType, of parent: DocType) throws {
        try session.requireHistory(of: parent)
        guard names.insert(child.table).inserted else { return }
        let past = try bringBack(parent)
        let slots = parent.tables.filter { $0.field.options == child.name }.map(\.slot)
        let condition = """
            parenttype = ? AND \(not(in: "parent")) \
            AND parent IN (SELECT name FROM \(quoted(parent.table)) WHERE creation <= ?)
            """
        define(
            child, where: condition, [.text(parent.name), list(past.keys), .timestamp(moment)],
            adding: past.documents.flatMap { document in slots.flatMap { document.rows[$0] } })
    }

    private mutating func bringBack(_ type: DocType) throws -> Past {
        if let known = past[type.name] { return known }
        var found = try Past(session, type, names: nil, at: moment)
        if session.readCondition(for: type, table: type.table) != nil {
            try found.keep { [session] state, document in
                try session.mayRead(document) && (try state.current.map(session.mayRead) ?? true)
            }
        }
        past[type.name] = found
        return found
    }

    private mutating func define(_ type: DocType, where condition: String, _ values: [Value], adding rows: [Document]) {
        let columns = type.storedNames.map(quoted).joined(separator: ",")
        var sql =
            "\(Self.name(of: type))(\(columns)) AS (SELECT \(columns) FROM \(quoted(type.table)) WHERE \(condition)"
        arguments += values
        if !rows.isEmpty {
            let dialect = session.transaction.dialect
            sql += " UNION ALL " + dialect.rows(type.storedSlots.map { type.columnTypes[$0] })
            let lists = rows.map { row in JSON.array(type.storedSlots.map { dialect.json(row.values[$0]) }) }
            arguments.append(.text(JSON.array(lists).text))
        }
        parts.append(sql + ")")
    }

    private func not(in column: String) -> String { "\(column) NOT IN (\(session.transaction.dialect.rows([.text])))" }

    private func list(_ names: [String]) -> Value { .text(JSON.array(names.map { [.string($0)] }).text) }
}

extension Past {
    /// The names that do not stand for what they are now, in order.
    var keys: [String] { states.keys.map(\.name).sorted() }

    /// The documents as they were, in the order of their names.
    var documents: [Document] { states.values.compactMap(\.document).sorted { $0.name < $1.name } }

    /// Leaves out the documents for which `condition` does not hold.
    mutating func keep(where condition: (State, Document) throws -> Bool) throws {
        for (key, state) in states {
            guard let document = state.document, try !condition(state, document) else { continue }
            states[key]?.document = nil
        }
    }
}

extension Session {
    /// Whether the actor may read a document; see ``require(_:_:_:)``.
    fileprivate func mayRead(_ document: Document) throws -> Bool {
        do {
            try require(.read, document.doctype, document)
            return true
        } catch let problem as Problem where problem.kind == .forbidden || problem.kind == .notFound {
            return false
        }
    }
}
