internal import Documents
internal import History
internal import Metadata
internal import Storage
internal import Values

/// The rows of a child table that are wanted with each document of a list.
struct NestedTable: Sendable {
    let name: String
    private let types: [ColumnType]
    private let columns: [ListResult.Column]
    private let keys: [JSONKey]
    private let masked: [Int]
    private let selection: String
    private let type: DocType
    private let child: DocType

    init(_ name: String, of type: DocType, _ child: DocType, _ selected: [Selected]) {
        self.name = name
        self.type = type
        self.child = child
        types = [.text] + selected.map(\.type)
        columns = selected.map { ListResult.Column(name: $0.name, type: $0.field) }
        keys = selected.map { JSONKey($0.name) }
        masked = selected.indices.filter { selected[$0].isMasked }
        selection = (["\(quoted(child.table)).parent"] + selected.map(\.sql)).joined(separator: ",")
    }

    /// The rows of these documents, in the order of the names: one statement for each thousand documents.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` when they are more than ``Limits/listRows``.
    func rows(of names: [String], in session: Session, asOf moment: Timestamp?) throws -> ListResult.RowsOfTable {
        var reading = "SELECT \(selection) FROM \(quoted(child.table))"
        var before: [Value] = []
        if let moment {
            var past = PastTables(session, at: moment)
            try past.add(child, of: type)
            reading = "\(past.prefix)SELECT \(selection) FROM \(PastTables.name(of: child)) AS \(quoted(child.table))"
            before = past.arguments
        }
        var found: [Name: [[Value]]] = [:]
        var count = 0
        for chunk in Set<Name>(names).sorted().chunks(of: Limits.filterValues) {
            let parents = session.transaction.dialect.isOneOf("parent", count: chunk.count)
            let arguments: [Value] = before + [.text(type.name), .text(name)]
            try session.transaction.forEach(
                "\(reading) WHERE parenttype = ? AND parentfield = ? AND \(parents) ORDER BY parent, idx",
                arguments + chunk.map(Value.text), types
            ) { row in
                count += 1
                guard count <= Limits.listRows else {
                    throw Problem(
                        .tooMany, "More than \(Limits.listRows) rows of \(name)", field: name,
                        fix: "Ask for a smaller page.")
                }
                var values = Array(row.dropFirst())
                for index in masked where !values[index].isNull { values[index] = .text(Session.maskedText) }
                found[row[0].text ?? "", default: []].append(values)
            }
        }
        return ListResult.RowsOfTable(name: name, columns: columns, rows: names.map { found[$0] ?? [] }, keys: keys)
    }
}
