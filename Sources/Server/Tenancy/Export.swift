public import Documents
internal import Lists
internal import Storage
public import Values

/// Documents as comma-separated values, in the form that ``Import`` reads back.
///
/// The first record names the fields; those of a child table have its name and a point before theirs. Each document has
/// one record, and one more for each further row of its child tables, with the columns of the document left empty.
public struct Export: Sendable {
    /// The DocType of the documents.
    public var doctype: String
    /// The fields in order; nil for the name and all that a client may set.
    public var fields: [String]?
    /// Leaves texts that a spreadsheet would take for formulas as they are; ``Import/isRaw`` reads that.
    public var isRaw = false
    /// Which documents, in the form of the list API; nil for all.
    public var filters: JSON?
    /// The most documents; nil for all.
    public var limit: Int?

    /// An export of all documents.
    public init(_ doctype: String) { self.doctype = doctype }

    /// What was exported.
    public struct Count: Sendable, Equatable {
        /// How many documents.
        public var documents = 0
        /// How many records, without the first.
        public var rows = 0
    }

    private static let documentsAtOnce = 500

    /// Hands the file to `write`, piece by piece, in the order in which the documents were made.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/unknownField``; what `write` throws.
    public func run(in session: Session, write: ([UInt8]) throws -> Void) throws -> Count {
        let type = try exported(in: session)
        let columns = try columns(of: type, session)
        var writer = CSVWriter()
        writer.append(columns.map(\.header))
        try write(writer.take())
        var count = Count()
        try eachPart(of: type, in: session) { documents in
            for document in documents {
                let records = records(of: session.screened(document), columns)
                for record in records { writer.append(record) }
                count.documents += 1
                count.rows += records.count
            }
            try write(writer.take())
        }
        return count
    }

    /// Hands the documents to `write` as JSON, one in each line, in the order in which they were made: as reading one answers
    /// it, without its empty fields.
    ///
    /// - Throws: ``Problem/Kind/forbidden``; what `write` throws.
    public func runLines(in session: Session, write: ([UInt8]) throws -> Void) throws -> Count {
        let type = try exported(in: session)
        var count = Count()
        try eachPart(of: type, in: session) { documents in
            var lines: [UInt8] = []
            for document in documents {
                var writer = JSONWriter(capacity: 1024)
                session.write(document, to: &writer, nulls: false)
                lines += writer.bytes
                lines.append(UInt8(ascii: "\n"))
            }
            count.documents += documents.count
            count.rows += documents.count
            try write(lines)
        }
        return count
    }

    /// The DocType, where it can be exported.
    private func exported(in session: Session) throws -> DocType {
        let type = try session.registry.doctype(doctype)
        guard type.kind != .child else {
            throw Problem(
                .forbidden, "\(type.name) is exported with the documents its rows belong to",
                fix: "Export \(session.registry.parents(of: type.name).map(\.name).joined(separator: " or ")).")
        }
        try session.require(.export, type)
        return type
    }

    /// Some documents at a time, in the order in which they were made; all from one snapshot.
    private func eachPart(of type: DocType, in session: Session, _ each: ([Document]) throws -> Void) throws {
        guard limit != 0 else { return }
        let query = ListQuery(doctype, filters: filters, orderBy: "creation asc, name asc", limit: limit ?? 0)
        try session.listParts(query) { part in
            for names in part.rows.compactMap({ $0[0].text }).chunks(of: Self.documentsAtOnce) {
                let documents = try session.getMany(type.name, Array(names))
                try session.require(.export, type, all: documents)
                try each(documents)
            }
        }
    }

    // MARK: Columns

    private struct Column {
        let header: String
        let field: String
        /// The child table it is a field of.
        let table: String?
    }

    /// Fields and tables that are hidden from the actor have no columns.
    private func columns(of type: DocType, _ session: Session) throws -> [Column] {
        let registry = session.registry
        let hidden = session.hiddenFields(of: type)
        if let fields { return try fields.map { try column($0, type, session) } }
        var columns = [Column(header: "name", field: "name", table: nil)]
        if type.isSubmittable { columns.append(Column(header: "docstatus", field: "docstatus", table: nil)) }
        for field in type.fields where Self.isSetByClients(field, of: type) && !hidden.contains(field.name) {
            columns.append(Column(header: field.name, field: field.name, table: nil))
        }
        for (table, _) in type.tables where !type.setsItself(table) && !hidden.contains(table.name) {
            let child = try registry.doctype(table.options ?? "")
            let hidden = session.hiddenFields(of: child, through: type)
            let fields = child.fields.filter { Self.isSetByClients($0, of: child) }.map(\.name).filter {
                !hidden.contains($0)
            }
            columns += (["name"] + fields).map { Column(header: "\(table.name).\($0)", field: $0, table: table.name) }
        }
        return columns
    }

    private static func isSetByClients(_ field: FieldDefinition, of type: DocType) -> Bool {
        field.type.column != nil && field.type != .password && !type.setsItself(field)
    }

    private func column(_ name: String, _ type: DocType, _ session: Session) throws -> Column {
        let registry = session.registry
        let hidden = session.hiddenFields(of: type)
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 1, let field = type.field(name), !field.type.isTable, field.type != .password,
            !hidden.contains(name)
        {
            return Column(header: name, field: name, table: nil)
        }
        if parts.count == 2, let table = type.tables.first(where: { $0.field.name == parts[0] })?.field,
            let child = registry.find(table.options ?? ""), let field = child.field(parts[1]), field.type != .password,
            !hidden.contains(parts[0]), !session.hiddenFields(of: child, through: type).contains(parts[1])
        {
            return Column(header: name, field: parts[1], table: parts[0])
        }
        throw Problem(
            .unknownField, "\(type.name) has no field \(name) to export", field: name,
            fix: "Give names of fields, and of rows as \(type.tables.first?.field.name ?? "table").field.")
    }

    private func cell(_ value: Value) -> String { CSVWriter.text(value, isRaw: isRaw) }

    private func records(of document: Document, _ columns: [Column]) -> [[String]] {
        var tables: [String: [Document]] = [:]
        for column in columns {
            if let table = column.table, tables[table] == nil { tables[table] = document.table(table) }
        }
        let count = max(1, tables.values.map(\.count).max() ?? 0)
        return (0..<count).map { index in
            columns.map { column in
                guard let table = column.table else {
                    return index == 0 ? cell(document[column.field]) : ""
                }
                guard let rows = tables[table], index < rows.count else { return "" }
                return cell(rows[index][column.field])
            }
        }
    }
}
