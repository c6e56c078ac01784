internal import Documents
internal import Values

/// Gathers the records of a file into documents, a part at a time.
struct DraftReader {
    private var reader: CSVReader
    private let type: DocType
    private let columns: CSVColumns
    /// Whether texts are taken as they are.
    private let isRaw: Bool
    private var open: ImportDraft?
    private var isAtEnd = false
    private var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    /// How many rows were read, without empty ones.
    private(set) var rows = 0
    /// What is wrong with the records themselves.
    var problems: [ImportProblem] = []

    /// A reader of what stands behind the header.
    init(_ reader: CSVReader, _ type: DocType, _ columns: CSVColumns, isRaw: Bool) {
        self.reader = reader
        self.isRaw = isRaw
        self.type = type
        self.columns = columns
    }

    /// The next documents, until there are `documents` of them or they take `records`; none at the end of the file.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` for a file that is too long; what reading throws.
    mutating func next(documents: Int, records: Int) throws -> [ImportDraft] {
        var drafts: [ImportDraft] = []
        var count = 0
        while !isAtEnd, drafts.count < documents, count < records, problems.count < Import.mostProblems {
            guard let record = try read() else {
                isAtEnd = true
                if let last = open { drafts.append(last) }
                open = nil
                break
            }
            guard let finished = add(record) else { continue }
            drafts.append(finished)
            count += finished.records
        }
        return drafts
    }

    private mutating func read() throws -> CSVRecord? {
        do {
            let record = try reader.next()
            return isRaw ? record : record?.withFormulas
        } catch let error as CSVError {
            let problem = Problem(.malformed, error.message, fix: error.fix)
            problems.append(ImportProblem(problem, row: rows + 1, line: error.line, column: "", value: ""))
            return nil
        }
    }

    /// Takes a record; gives the document before it when it begins another.
    private mutating func add(_ record: CSVRecord) -> ImportDraft? {
        if record.fields.allSatisfy(\.isEmpty) { return nil }
        rows += 1
        for field in record.fields {
            for byte in field.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
            digest = (digest ^ 0x1F) &* 0x100_0000_01b3
        }
        func note(_ message: ProblemText, _ fix: ProblemText) {
            problems.append(
                ImportProblem(
                    Problem(.malformed, message, fix: fix), row: rows, line: record.line, column: "", value: ""))
        }
        guard rows <= Limits.importRows else {
            note("The file has more than \(Limits.importRows) rows", "Import it in parts.")
            isAtEnd = true
            return nil
        }
        guard record.fields.count == columns.count else {
            note(
                "The row has \(record.fields.count) fields, the header \(columns.count)",
                "Check for a missing separator, or a text with a separator in it that is not in quotes.")
            return nil
        }
        let source = ImportDraft.Source(row: rows, record: record)
        var finished: ImportDraft?
        if columns.document.contains(where: { !record.fields[$0.index].isEmpty }) {
            finished = open
            open = ImportDraft(source)
        } else if open == nil {
            note(
                "The row belongs to no document: the columns of \(type.name) itself are empty",
                "Fill them in the first row of each document.")
        }
        guard open != nil else { return finished }
        for (ordinal, columns) in columns.rows
        where columns.contains(where: { !record.fields[$0.index].isEmpty }) {
            open?.rows[ordinal, default: []].append(source)
        }
        open?.records += 1
        open?.lastRow = rows
        open?.digest = digest
        return finished
    }
}

/// One document of the file, not yet made.
struct ImportDraft: Sendable {
    /// A record with the number of its row.
    struct Source: Sendable {
        let row: Int
        let record: CSVRecord
    }

    /// The record that holds the document's own fields.
    let source: Source
    /// The records that hold rows of each child table, by its ordinal.
    var rows: [Int: [Source]] = [:]
    /// How many records it takes.
    var records = 0
    /// The number of its last row.
    var lastRow = 0
    /// What the file holds up to that row, as a number that tells another file.
    var digest: UInt64 = 0

    init(_ source: Source) { self.source = source }
}
