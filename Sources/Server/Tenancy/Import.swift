public import Documents
internal import Storage
internal import Values

/// Documents from a file of comma-separated values: all of them or none.
///
/// The first record names the fields. Each further one is a document; a record whose columns of the document are all
/// empty is one more row of the child tables of the document above it. Documents go through the write path like any
/// other, in lists, so that links are checked and rows written for many at once. A new document keeps the name that the file
/// gives it, where its DocType could have given it or lets documents be renamed; the counter goes on behind it.
public struct Import: Sendable {
    /// The DocType of the documents.
    public var doctype: String
    /// Changes documents that exist, by name, instead of adding new ones. Then an empty cell empties the field, and a
    /// child table of which the document has any row in the file is replaced.
    public var updates = false
    /// Takes every text as it is, also one that an export has made harmless for spreadsheets; see ``Export/isRaw``.
    public var isRaw = false
    /// Submits each document.
    public var submits = false

    /// An import of new documents.
    public init(_ doctype: String) { self.doctype = doctype }

    /// The most problems that are looked for before an import ends.
    public static let mostProblems = 100
    /// The most documents, and records, that are written at once.
    static let documentsAtOnce = 200
    static let recordsAtOnce = 2_000

    /// Reads the file and writes its documents. To be called in a transaction that an error undoes.
    ///
    /// - Throws: ``ImportRefused`` with the problems of every row, up to ``mostProblems``; ``Problem`` when the DocType
    ///   cannot be imported at all.
    public func run(_ reader: inout CSVReader, in session: Session) throws -> ImportReport {
        let type = try session.registry.doctype(doctype)
        try check(type, session)
        guard let header = try first(&reader) else {
            throw Problem(.malformed, "The file is empty", fix: "Begin it with a line of field names.")
        }
        let columns = try CSVColumns(header, of: type, updates: updates, in: session.registry)
        let work = try ImportWork(self, type, columns, header: header.fields, session)
        do {
            while let record = try reader.next() {
                guard try work.add(record) else { break }
            }
        } catch let error as CSVError {
            try work.cannotRead(error)
        }
        return try work.finish()
    }

    private func first(_ reader: inout CSVReader) throws -> CSVRecord? {
        do {
            return try reader.next()
        } catch let error as CSVError {
            let problem = Problem(.malformed, error.message, fix: error.fix)
            throw ImportRefused(
                problems: [ImportProblem(problem, row: 0, line: error.line, column: "", value: "")], isCutOff: false,
                header: [])
        }
    }

    private func check(_ type: DocType, _ session: Session) throws {
        guard type.kind == .document else {
            let parents = session.registry.parents(of: type.name).map(\.name)
            throw Problem(
                .forbidden, "\(type.name) is not imported by itself",
                fix: parents.isEmpty
                    ? "Import the documents that post to it."
                    : "Import \(parents.joined(separator: " or ")) with columns such as \(table(type, session)).")
        }
        guard !submits || type.isSubmittable else {
            throw Problem(.transition, "\(type.name) is not submitted", fix: "Leave --submit away.")
        }
        try session.require(.import, type)
    }

    private func table(_ child: DocType, _ session: Session) -> String {
        let field = session.registry.parents(of: child.name).first?.tables.first { $0.field.options == child.name }
        return "\(field?.field.name ?? "items").\(child.fields.first { $0.type.column != nil }?.name ?? "name")"
    }
}
