internal import Documents
internal import Values

/// How a file is read: found out of all of it before anything is written.
struct ImportPlan: Sendable {
    /// Which field each column holds, and how its cells are read.
    var columns: CSVColumns
    /// The header of the file.
    let header: [String]
    /// What was found.
    var findings = ImportFindings()
    /// Whether texts are taken as they are.
    private var isRaw = false
    /// The first record says what separates the fields.
    private var namesSeparator = false

    init(_ columns: CSVColumns, _ header: [String]) {
        self.columns = columns
        self.header = header
    }

    /// Finds out how a file is written.
    ///
    /// - Throws: ``ImportRefused`` with everything that is wrong with its header or may mean different things; ``Problem``.
    init(_ work: Import, _ file: ImportFile, in session: Session) throws {
        let type = try work.checkedType(in: session)
        var findings = ImportFindings()
        (findings.encoding, findings.encodingReason) = try Self.encoding(of: file, work.reading)
        let (separator, namesSeparator) = try Self.separator(of: file, findings.encoding, work, type, session.registry)
        findings.separator = separator
        var reader = try Self.reader(of: file, findings.encoding, separator, skipsFirst: namesSeparator)
        let header = try work.header(&reader)
        columns = try CSVColumns(header, of: type, for: work, in: session.registry)
        self.header = header.fields
        self.findings = findings
        isRaw = work.isRaw
        self.namesSeparator = namesSeparator
        try findFormats(work, &reader, line: header.line)
    }

    /// The documents of the file.
    func drafts(of file: ImportFile, _ type: DocType) throws -> DraftReader {
        var reader = try Self.reader(of: file, findings.encoding, findings.separator, skipsFirst: namesSeparator)
        _ = try reader.next()
        return DraftReader(reader, type, columns, isRaw: isRaw)
    }

    private static func reader(
        of file: ImportFile, _ encoding: TextEncoding, _ separator: Character, skipsFirst: Bool,
        limits: CSVLimits = CSVLimits()
    ) throws -> CSVReader {
        var decoder = TextDecoder(encoding, try file.open())
        var reader = CSVReader(separator: separator, limits: limits) { try decoder.next() }
        if skipsFirst { _ = try reader.next() }
        return reader
    }

    // MARK: Encoding and separator

    private static func encoding(
        of file: ImportFile, _ said: Import.Reading
    ) throws -> (TextEncoding, String) {
        if let encoding = said.encoding { return (encoding, "as was said") }
        var finder = EncodingFinder()
        let read = try file.open()
        while true {
            let bytes = try read()
            finder.note(bytes)
            if bytes.isEmpty { break }
        }
        if let found = finder.found { return found }
        throw Problem(
            .malformed, "The encoding of the file is not known",
            fix: "Say it with --encoding, or save the file with the encoding UTF-8.")
    }

    /// What separates the fields, and whether the first line is there to say so.
    private static func separator(
        of file: ImportFile, _ encoding: TextEncoding, _ work: Import, _ type: DocType, _ registry: Registry
    ) throws -> (Character, Bool) {
        var decoder = TextDecoder(encoding, try file.open())
        var head: [UInt8] = []
        while head.count < 8 {
            let bytes = try decoder.next()
            if bytes.isEmpty { break }
            head += bytes
        }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { head.removeFirst(3) }
        // What spreadsheets write, and take away again.
        let named = String(decoding: head.prefix(5), as: UTF8.self)
        let names = named.lowercased().hasPrefix("sep=") && head.count > 5 && (head[5] == 0x0A || head[5] == 0x0D)
        if let separator = work.reading.separator { return (separator, names) }
        if names, let separator = named.last { return (separator, true) }
        var best: (separator: Character, score: (Int, Int)) = (",", (0, 0))
        for separator in [",", ";", "\t", "|"] as [Character] {
            var reader = try Self.reader(of: file, encoding, separator, skipsFirst: false)
            guard let header = try? reader.next(), header.fields.count > 1 else { continue }
            let known = header.fields.count { CSVColumns.isKnown($0, type, work.reading, registry) }
            var alike = 0
            for _ in 0..<20 {
                guard let record = try? reader.next() else { break }
                if record.fields.count == header.fields.count { alike += 1 }
            }
            if (known, alike) > best.score { best = (separator, (known, alike)) }
        }
        return (best.separator, false)
    }

    // MARK: Formats

    private mutating func findFormats(_ work: Import, _ reader: inout CSVReader, line: Int) throws {
        let all = columns.document + columns.allRows
        var finders = all.map { ColumnFinder($0.field) }
        do {
            while let record = try reader.next() {
                if record.fields.allSatisfy(\.isEmpty) { continue }
                findings.rows += 1
                // What is no record is told when it is to be written.
                guard record.fields.count == columns.count else { continue }
                for (place, column) in all.enumerated() { finders[place].note(record.fields[column.index]) }
            }
        } catch is CSVError {}
        let styles = zip(all, finders).compactMap { column, finder in
            finder.style.map { (style: $0, column: column.header) }
        }
        let orders = zip(all, finders).compactMap { column, finder in
            finder.order.map { (order: $0, column: column.header) }
        }
        let style = Set(styles.map(\.style)).count == 1 ? styles.first : nil
        let order = Set(orders.map(\.order)).count == 1 ? orders.first : nil
        var problems: [ImportProblem] = []
        for (column, finder) in zip(all, finders) {
            do {
                let (format, reason) = try finder.format(said: work.reading, style: style, order: order)
                columns.set(format, at: column.index)
                findings.columns.append(
                    .init(header: column.header, field: column.path, format: format.words, reason: reason))
            } catch let problem as Problem {
                problems.append(ImportProblem(problem, row: 0, line: line, column: column.header, value: ""))
            }
        }
        findings.columns += columns.leftOut.map { .init(header: $0, field: nil, format: "", reason: "as was said") }
        guard problems.isEmpty else { throw ImportRefused(problems: problems, isCutOff: false, header: header) }
    }
}
