internal import Documents
internal import Storage
internal import Values

/// An import while it runs: gathers records into documents, documents into lists, and writes these.
final class ImportWork {
    private let options: Import
    private let type: DocType
    private let columns: CSVColumns
    private let header: [String]
    private let session: Session
    /// The column that says which document is meant, for updates.
    private let identity: CSVColumns.Column?
    private let tables: [(name: String, ordinal: Int, columns: [CSVColumns.Column])]

    private var report = ImportReport()
    private var problems: [ImportProblem] = []
    private var isCutOff = false
    private var draft: ImportDraft?
    private var waiting: [ImportDraft] = []
    private var waitingRecords = 0

    init(
        _ options: Import, _ type: DocType, _ columns: CSVColumns, header: [String], _ session: Session
    ) throws {
        self.options = options
        self.type = type
        self.columns = columns
        self.header = header
        self.session = session
        tables = columns.rows.sorted { $0.key < $1.key }.map { (type.tables[$0.key].field.name, $0.key, $0.value) }
        var identity = columns.document.first { $0.field.name == "name" }
        if identity == nil, case .field(let field) = type.naming {
            identity = columns.document.first { $0.field.name == field }
        }
        self.identity = identity
        report.ignored = columns.ignored
        if options.updates, identity == nil {
            let problem = Problem(
                .mandatory, "To update documents the file needs their names", field: "name", fix: "Add the column name."
            )
            throw ImportRefused(
                problems: [ImportProblem(problem, row: 0, line: 1, column: "name", value: "")], isCutOff: false,
                header: header)
        }
    }

    // MARK: Records

    /// Takes the next record; false when so many problems were found that looking on makes no sense.
    func add(_ record: CSVRecord) throws -> Bool {
        let record = options.isRaw ? record : record.withFormulas
        if record.fields.allSatisfy(\.isEmpty) { return true }
        report.rows += 1
        guard report.rows <= Limits.importRows else {
            throw Problem(.tooMany, "The file has more than \(Limits.importRows) rows", fix: "Import it in parts.")
        }
        guard record.fields.count == columns.count else {
            note(
                Problem(
                    .malformed, "The row has \(record.fields.count) fields, the header \(columns.count)",
                    fix: "Check for a missing separator, or a text with a separator in it that is not in quotes."),
                ImportDraft.Source(row: report.rows, record: record), column: "")
            return !isCutOff
        }
        let source = ImportDraft.Source(row: report.rows, record: record)
        if columns.document.contains(where: { !record.fields[$0.index].isEmpty }) {
            try endDraft()
            draft = ImportDraft(source)
        } else if draft == nil {
            note(
                Problem(
                    .malformed, "The row belongs to no document: the columns of \(type.name) itself are empty",
                    fix: "Fill them in the first row of each document."), source, column: "")
        }
        if draft != nil { addRows(of: source) }
        return !isCutOff
    }

    /// Adds what the record holds of rows of child tables to the document.
    private func addRows(of source: ImportDraft.Source) {
        for table in tables where table.columns.contains(where: { !source.record.fields[$0.index].isEmpty }) {
            draft?.rows[table.ordinal, default: []].append(source)
        }
        draft?.records += 1
    }

    private func endDraft() throws {
        guard let draft else { return }
        self.draft = nil
        waiting.append(draft)
        waitingRecords += draft.records
        if waiting.count >= Import.documentsAtOnce || waitingRecords >= Import.recordsAtOnce { try writeWaiting() }
    }

    /// Ends the import.
    ///
    /// - Throws: ``ImportRefused`` when there were problems.
    func finish() throws -> ImportReport {
        if !isCutOff {
            try endDraft()
            try writeWaiting()
        }
        guard problems.isEmpty else {
            throw ImportRefused(problems: problems.sorted { $0.line < $1.line }, isCutOff: isCutOff, header: header)
        }
        return report
    }

    /// The file cannot be read any further.
    func cannotRead(_ error: CSVError) throws {
        let problem = Problem(.malformed, error.message, fix: error.fix)
        problems.append(ImportProblem(problem, row: report.rows + 1, line: error.line, column: "", value: ""))
        _ = try finish()
    }

    // MARK: Writing

    private func writeWaiting() throws {
        let drafts = waiting
        waiting = []
        waitingRecords = 0
        guard !drafts.isEmpty, !isCutOff else { return }
        if options.updates {
            try update(drafts)
        } else {
            try insert(drafts)
        }
        // The logs of a million documents are not kept in memory; they are in the same transaction all the same.
        try session.finish()
    }

    private func insert(_ drafts: [ImportDraft]) throws {
        do {
            let documents = try session.savepoint {
                let documents = try drafts.map(document)
                try session.insert(documents)
                return documents
            }
            report.created += documents.count
            report.submitted += documents.count { $0.docstatus == .submitted }
            return
        } catch is Problem {
        } catch let error as StorageError where error.isAboutData {
        }
        // One of them is refused. One by one they also tell which, and one may need another that stands before it.
        try session.reserveNames(of: drafts.compactMap(readable))
        for draft in drafts {
            guard !isCutOff else { return }
            let before = problems.count
            checkCells(of: draft)
            guard problems.count == before else { continue }
            try attempt(draft) {
                let document = try document(of: draft)
                try session.insert(document)
                report.created += 1
                return document.docstatus == .submitted
            }
        }
    }

    private func update(_ drafts: [ImportDraft]) throws {
        guard let identity else { return }
        let names = drafts.map { $0.source.record.fields[identity.index] }
        let unique = Set(names)
        let documents = Dictionary(
            try session.getMany(type.name, unique.sorted()).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for (draft, name) in zip(drafts, names) {
            guard !isCutOff else { return }
            guard let document = documents[name] else {
                let problem =
                    name.isEmpty
                    ? Problem(.mandatory, "The name is missing", field: "name", fix: "Say which \(type.name) is meant.")
                    : Problem(
                        .notFound, "\(type.name) \(name) does not exist", field: "name",
                        fix: "Correct the name, or import it without --update.")
                note(problem, draft.source, column: identity.header, index: identity.index)
                continue
            }
            let known = problems.count
            checkCells(of: draft)
            guard problems.count == known else { continue }
            try attempt(draft) {
                let before = document.docstatus
                try session.apply(object(of: draft), to: document)
                try session.save(document)
                report.updated += 1
                return before == .draft && document.docstatus == .submitted
            }
        }
    }

    /// Runs `body`, which says whether it submitted; what it did is undone when it throws, and the problem noted.
    private func attempt(_ draft: ImportDraft, _ body: () throws -> Bool) throws {
        do {
            if try session.savepoint(body) { report.submitted += 1 }
        } catch let problem as Problem {
            note(problem, of: draft)
        } catch let error as StorageError where error.isAboutData {
            note(Problem(error), of: draft)
        }
    }

    /// The new document, which keeps the name that the file gives it.
    private func document(of draft: ImportDraft) throws -> Document {
        let object = object(of: draft)
        let document = try session.document(type.name, from: object)
        document.importedName = object["name"]?.string
        return document
    }

    /// The new document; nil where a cell is wrong, which is told as its turn comes.
    private func readable(_ draft: ImportDraft) throws -> Document? {
        do { return try document(of: draft) } catch is Problem { return nil }
    }

    /// The document as a client would send it.
    private func object(of draft: ImportDraft) -> JSONObject {
        var object: JSONObject = [:]
        for column in columns.document {
            let cell = draft.source.record.fields[column.index]
            let isStandard = ["name", "modified", "docstatus"].contains(column.field.name)
            if cell.isEmpty, !options.updates || isStandard { continue }
            object[column.field.name] = .string(cell)
        }
        for table in tables {
            guard let sources = draft.rows[table.ordinal] else { continue }
            object[table.name] = .array(
                sources.map { source in
                    var row: JSONObject = [:]
                    for column in table.columns {
                        let cell = source.record.fields[column.index]
                        if cell.isEmpty, !options.updates || column.field.name == "name" { continue }
                        row[column.field.name] = .string(cell)
                    }
                    return .object(row)
                })
        }
        if options.submits { object["docstatus"] = 1 }
        return object
    }

    // MARK: Problems

    /// Notes every cell of a document that is not of its field's type.
    private func checkCells(of draft: ImportDraft) {
        func check(_ columns: [CSVColumns.Column], _ source: ImportDraft.Source) {
            for column in columns {
                do {
                    _ = try column.field.value(of: .string(source.record.fields[column.index]))
                } catch let problem as Problem {
                    note(problem, source, column: column.header, index: column.index)
                } catch {
                    preconditionFailure("a value throws only problems")
                }
            }
        }
        check(columns.document, draft.source)
        for table in tables {
            for source in draft.rows[table.ordinal] ?? [] { check(table.columns, source) }
        }
    }

    /// Notes what was said about a document at the cell it is about.
    private func note(_ problem: Problem, of draft: ImportDraft) {
        let field = problem.field ?? ""
        if let row = problem.row, row > 0 {
            let fitting = tables.filter { (draft.rows[$0.ordinal]?.count ?? 0) >= row }
            let table = fitting.first { $0.columns.contains { $0.field.name == field } } ?? fitting.first
            if let table, let source = draft.rows[table.ordinal]?[row - 1] {
                let column = table.columns.first { $0.field.name == field }
                note(problem, source, column: column?.header ?? "\(table.name).\(field)", index: column?.index)
                return
            }
        }
        var column = columns.document.first { $0.field.name == field }
        if field == "name", column == nil { column = identity }
        note(problem, draft.source, column: column?.header ?? field, index: column?.index)
    }

    private func note(_ problem: Problem, _ source: ImportDraft.Source, column: String, index: Int? = nil) {
        let fields = source.record.fields
        problems.append(
            ImportProblem(
                problem, row: source.row, line: source.record.line, column: column,
                value: index.map { fields[$0] } ?? ""))
        if problems.count >= Import.mostProblems { isCutOff = true }
    }
}

/// One document of the file, not yet made.
struct ImportDraft {
    /// A record with the number of its row.
    struct Source {
        let row: Int
        let record: CSVRecord
    }

    /// The record that holds the document's own fields.
    let source: Source
    /// The records that hold rows of each child table, by its ordinal.
    var rows: [Int: [Source]] = [:]
    /// How many records it takes.
    var records = 0

    init(_ source: Source) { self.source = source }
}
