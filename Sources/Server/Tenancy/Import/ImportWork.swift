internal import Documents
internal import Storage
internal import Values

/// An import in one transaction: writes lists of documents, or only checks what can be checked without writing.
final class ImportWork {
    private let options: Import
    private let type: DocType
    private let columns: CSVColumns
    private let header: [String]
    private let session: Session
    /// The column that says which document is meant.
    private let identity: CSVColumns.Column?
    private let tables: [(name: String, ordinal: Int, columns: [CSVColumns.Column])]

    private(set) var report = ImportReport()
    private(set) var problems: [ImportProblem] = []
    /// Whether so many problems were found that looking on makes no sense.
    private(set) var isCutOff = false

    init(_ options: Import, _ plan: ImportPlan, _ session: Session) throws {
        self.options = options
        self.session = session
        let type = try session.registry.doctype(options.doctype)
        self.type = type
        columns = plan.columns
        header = plan.header
        tables = columns.rows.sorted { $0.key < $1.key }.map { (type.tables[$0.key].field.name, $0.key, $0.value) }
        var identity = columns.document.first { $0.field.name == "name" }
        if identity == nil, case .field(let field) = type.naming {
            identity = columns.document.first { $0.field.name == field }
        }
        self.identity = identity
        report.ignored = columns.ignored
        report.findings = plan.findings
        if options.updates, identity == nil {
            let problem = Problem(
                .mandatory, "To update documents the file needs their names", field: "name", fix: "Add the column name."
            )
            throw ImportRefused(
                problems: [ImportProblem(problem, row: 0, line: 1, column: "name", value: "")], isCutOff: false,
                header: header)
        }
    }

    /// Ends the import.
    ///
    /// - Throws: ``ImportRefused`` when there were problems.
    func finish(rows: Int) throws -> ImportReport {
        guard problems.isEmpty else {
            throw ImportRefused(problems: problems.sorted { $0.line < $1.line }, isCutOff: isCutOff, header: header)
        }
        report.rows = rows
        return report
    }

    /// Notes what is wrong with records.
    func note(_ more: [ImportProblem]) {
        problems += more
        if problems.count >= Import.mostProblems { isCutOff = true }
    }

    // MARK: Writing

    /// Writes documents; what is wrong with them is noted.
    func write(_ drafts: [ImportDraft]) throws {
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
        let names = drafts.map { name(of: $0, identity) }
        // A name that was typed in another form is meant where nothing is called exactly so.
        let unique = Set<Name>(names + names.map(\.normalized))
        let documents = Dictionary(
            try session.getMany(type.name, unique.sorted()).map { (Name($0.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for (draft, name) in zip(drafts, names) {
            guard !isCutOff else { return }
            guard let document = documents[name] ?? documents[name.normalized] else {
                noteMissing(name, draft, identity)
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
        let object = try object(of: draft)
        let document = try session.document(type.name, from: object)
        document.importedName = object["name"]?.string
        return document
    }

    /// The new document; nil where a cell is wrong, which is told as its turn comes.
    private func readable(_ draft: ImportDraft) throws -> Document? {
        do { return try document(of: draft) } catch is Problem { return nil }
    }

    /// The document as a client would send it.
    private func object(of draft: ImportDraft) throws -> JSONObject {
        var object: JSONObject = [:]
        for column in columns.document {
            let cell = try column.sent(draft.source)
            let isStandard = ["name", "modified", "docstatus"].contains(column.field.name)
            if cell.isEmpty, !options.updates || isStandard { continue }
            object[column.field.name] = .string(cell)
        }
        for table in tables {
            guard let sources = draft.rows[table.ordinal] else { continue }
            object[table.name] = .array(
                try sources.map { source in
                    var row: JSONObject = [:]
                    for column in table.columns {
                        let cell = try column.sent(source)
                        if cell.isEmpty, !options.updates || column.field.name == "name" { continue }
                        row[column.field.name] = .string(cell)
                    }
                    return .object(row)
                })
        }
        if options.submits { object["docstatus"] = 1 }
        return object
    }

    // MARK: Checking

    /// Names that were found to be there, by DocType, and those that the file brings.
    private var known: [String: Set<Name>] = [:]
    private var brought: Set<Name> = []

    /// Checks what can be said of documents without writing them: their cells, the names they bring and the documents they
    /// link to. It costs one statement for each DocType that is linked to.
    func check(_ drafts: [ImportDraft]) throws {
        for draft in drafts where !isCutOff { checkCells(of: draft) }
        try checkNames(of: drafts)
        var wanted: [String: Set<Name>] = [:]
        forEachLink(of: drafts) { column, name, _ in wanted[column.field.options ?? "", default: []].insert(name) }
        for (target, names) in wanted.sorted(by: { $0.key < $1.key }) {
            let unknown = names.subtracting(known[target] ?? [])
            guard !unknown.isEmpty else { continue }
            if known[target, default: []].count > 50_000 { known[target] = [] }
            known[target, default: []].formUnion(try session.values(of: target, unknown, ["name"]).keys)
            let missing = unknown.subtracting(known[target] ?? [])
            forEachLink(of: drafts) { column, name, source in
                guard column.field.options == target, missing.contains(name) else { return }
                note(
                    Problem(
                        .brokenLink, "\(column.field.label): \(target) \(name) does not exist",
                        field: column.field.name, fix: "Create the \(target) first, or correct the name."), source,
                    column: column.header, index: column.index)
            }
        }
    }

    private func checkNames(of drafts: [ImportDraft]) throws {
        guard let identity else { return }
        let named = drafts.map { ($0, name(of: $0, identity)) }.filter { !$0.1.isEmpty || options.updates }
        let found = try session.values(of: type.name, Set(named.map(\.1)), ["name"])
        for (draft, name) in named where !isCutOff {
            if options.updates {
                if found[name] == nil { noteMissing(name, draft, identity) }
            } else if found[name] != nil || !brought.insert(name).inserted {
                note(
                    Problem(
                        .duplicateName, "\(type.name) \(name) already exists", field: "name",
                        fix: "Choose another name."), draft.source, column: identity.header, index: identity.index)
            }
        }
    }

    /// The links to documents of other DocTypes: those of its own may be brought by the file.
    private func forEachLink(
        of drafts: [ImportDraft], _ body: (CSVColumns.Column, String, ImportDraft.Source) -> Void
    ) {
        func each(_ columns: [CSVColumns.Column], _ source: ImportDraft.Source) {
            for column in columns where column.field.type == .link && column.field.options != type.name {
                guard let target = column.field.options, session.registry.find(target) != nil,
                    let name = try? column.sent(source), !name.isEmpty
                else { continue }
                body(column, name, source)
            }
        }
        for draft in drafts where !isCutOff {
            each(columns.document, draft.source)
            for table in tables { for source in draft.rows[table.ordinal] ?? [] { each(table.columns, source) } }
        }
    }

    /// Notes every cell of a document that is not of its field's type.
    private func checkCells(of draft: ImportDraft) {
        func check(_ columns: [CSVColumns.Column], _ source: ImportDraft.Source) {
            for column in columns {
                do {
                    _ = try column.field.value(of: .string(column.sent(source)))
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

    // MARK: Problems

    private func name(of draft: ImportDraft, _ identity: CSVColumns.Column) -> String {
        (try? identity.sent(draft.source)) ?? draft.source.record.fields[identity.index]
    }

    private func noteMissing(_ name: String, _ draft: ImportDraft, _ identity: CSVColumns.Column) {
        let problem =
            name.isEmpty
            ? Problem(.mandatory, "The name is missing", field: "name", fix: "Say which \(type.name) is meant.")
            : Problem(
                .notFound, "\(type.name) \(name) does not exist", field: "name",
                fix: "Correct the name, or import it without --update.")
        note(problem, draft.source, column: identity.header, index: identity.index)
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
        note([
            ImportProblem(
                problem, row: source.row, line: source.record.line, column: column,
                value: index.map { fields[$0] } ?? "")
        ])
    }
}
