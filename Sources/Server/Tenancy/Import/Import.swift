public import Documents
internal import Storage
internal import Values

/// Documents from a file of comma-separated values, in whichever form another system wrote it.
///
/// The first record names the fields. Each further one is a document; a record whose columns of the document are all
/// empty is one more row of the child tables of the document above it. Documents go through the write path like any
/// other, in lists, so that links are checked and rows written for many at once. A new document keeps the name that the file
/// gives it, where its DocType could have given it or lets documents be renamed; the counter goes on behind it.
///
/// See `docs/decisions/0021-files-of-others.md`.
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
    /// What is known of how the file is written.
    public var reading = Reading()

    /// What is known of how a file is written; what is not said is found out.
    public struct Reading: Sendable {
        /// The encoding.
        public var encoding: TextEncoding?
        /// What separates the fields.
        public var separator: Character?
        /// The sign before decimals.
        public var decimal: NumberStyle?
        /// The order of days.
        public var dates: DateOrder?
        /// The fields that columns hold which are called otherwise, by their headers.
        public var columns: [String: String] = [:]
        /// The headers of columns that are left out.
        public var leftOut: Set<String> = []

        /// Nothing is known.
        public init() {}
    }

    /// An import of new documents.
    public init(_ doctype: String) { self.doctype = doctype }

    /// The most problems that are looked for before an import ends.
    public static let mostProblems = 100
    /// The most rows that are written in one transaction unless somebody asks for it: all of them or none.
    public static let rowsTogether = 2_000
    /// The most documents, and records, that are written at once.
    static let documentsAtOnce = 200
    static let recordsAtOnce = 2_000

    /// Reads a file in the form that an export has, and writes its documents. To be called in a transaction that an error
    /// undoes.
    ///
    /// - Throws: ``ImportRefused`` with the problems of every row, up to ``mostProblems``; ``Problem`` when the DocType
    ///   cannot be imported at all.
    public func run(_ reader: inout CSVReader, in session: Session) throws -> ImportReport {
        let type = try checkedType(in: session)
        let header = try self.header(&reader)
        let columns = try CSVColumns(header, of: type, for: self, in: session.registry)
        return try run(
            DraftReader(reader, type, columns, isRaw: isRaw), ImportPlan(columns, header.fields), in: session)
    }

    /// Writes the documents of a planned file in the transaction of the session.
    ///
    /// - Throws: ``ImportRefused``.
    func run(_ drafts: DraftReader, _ plan: ImportPlan, in session: Session) throws -> ImportReport {
        var drafts = drafts
        let work = try ImportWork(self, plan, session)
        while !work.isCutOff {
            let next = try drafts.next(documents: Self.documentsAtOnce, records: Self.recordsAtOnce)
            work.note(drafts.problems)
            drafts.problems = []
            if next.isEmpty { break }
            try work.write(next)
        }
        return try work.finish(rows: drafts.rows)
    }

    func header(_ reader: inout CSVReader) throws -> CSVRecord {
        do {
            if let header = try reader.next() { return header }
        } catch let error as CSVError {
            let problem = Problem(.malformed, error.message, fix: error.fix)
            throw ImportRefused(
                problems: [ImportProblem(problem, row: 0, line: error.line, column: "", value: "")], isCutOff: false,
                header: [])
        }
        throw Problem(.malformed, "The file is empty", fix: "Begin it with a line of field names.")
    }

    /// The DocType, where it can be imported.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/transition``, ``Problem/Kind/notFound``.
    func checkedType(in session: Session) throws -> DocType {
        let type = try session.registry.doctype(doctype)
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
        return type
    }

    private func table(_ child: DocType, _ session: Session) -> String {
        let field = session.registry.parents(of: child.name).first?.tables.first { $0.field.options == child.name }
        return "\(field?.field.name ?? "items").\(child.fields.first { $0.type.column != nil }?.name ?? "name")"
    }
}
