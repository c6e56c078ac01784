internal import Documents
internal import Values

/// Which field each column of a file holds, read from the names in its first record.
struct CSVColumns: Sendable {
    /// A column that is read.
    struct Column: Sendable {
        /// Its place in a record.
        let index: Int
        /// What stands above it in the file.
        let header: String
        /// The field.
        let field: FieldDefinition
        /// The ordinal of the child table it is a field of; nil for one of the document itself.
        let table: Int?
        /// The field as it may be written above a column.
        let path: String
        /// How its cells are read.
        var format = CellFormat.text(isLine: false)

        /// What a record holds in it, in the form in which fields take it.
        func sent(_ source: ImportDraft.Source) throws -> String {
            try format.sent(source.record.fields[index], field)
        }
    }

    /// The columns of the document itself.
    private(set) var document: [Column] = []
    /// The columns of the rows of each child table, by its ordinal.
    private(set) var rows: [Int: [Column]] = [:]
    /// Headers of columns that are not read, because the server sets what they hold.
    private(set) var ignored: [String] = []
    /// Headers of columns that are left out because somebody said so.
    private(set) var leftOut: [String] = []
    /// How many fields a record has.
    let count: Int

    /// Reads the first record of a file of documents of `type`.
    ///
    /// A header is a field's name or label; for a child table's field, the table's name or label, a point, and the
    /// field's, or `Field (Table)`. `ID` is the name.
    ///
    /// What a company made read-only is taken with new documents, and not where documents are updated.
    ///
    /// - Throws: ``ImportRefused`` with everything that is wrong with the headers.
    init(_ header: CSVRecord, of type: DocType, for work: Import, in registry: Registry) throws {
        let updates = work.updates
        let said = Said(work.reading)
        count = header.fields.count
        var problems: [ImportProblem] = []
        var taken: [String: String] = [:]
        for (index, text) in header.fields.enumerated() {
            let name = String(Cell.trimmed(text))
            if said.leftOut.contains(LetterFolding.folded(name)) {
                leftOut.append(name)
                continue
            }
            do {
                guard !name.isEmpty else {
                    throw Problem(.malformed, "Column \(index + 1) has no name", fix: "Name it, or remove it.")
                }
                let (table, field) = try Self.find(said.field(of: name), type, registry)
                let key = "\(table.map(String.init) ?? "").\(field.name)"
                if let other = taken[key] {
                    throw Problem(.malformed, "The columns \(other) and \(name) are the same field", fix: "Remove one.")
                }
                taken[key] = name
                let holder = table.flatMap { registry.find(type.tables[$0].field.options ?? "") } ?? type
                if Self.isSetByServer(field, of: holder, isRow: table != nil)
                    || updates && field.flags.contains(.readOnly)
                {
                    ignored.append(name)
                    continue
                }
                let path = (table.map { "\(type.tables[$0].field.name)." } ?? "") + field.name
                let column = Column(index: index, header: name, field: field, table: table, path: path)
                if let table { rows[table, default: []].append(column) } else { document.append(column) }
            } catch let problem as Problem {
                problems.append(ImportProblem(problem, row: 0, line: header.line, column: name, value: ""))
            }
        }
        let present = Set(header.fields.map { LetterFolding.folded(String(Cell.trimmed($0))) })
        for name in (Array(work.reading.columns.keys) + Array(work.reading.leftOut)).sorted()
        where !present.contains(LetterFolding.folded(name)) {
            let problem = Problem(
                .unknownField, "The file has no column \(Self.short(name))", fix: "Correct what was said of it.")
            problems.append(ImportProblem(problem, row: 0, line: header.line, column: name, value: ""))
        }
        if problems.isEmpty, document.isEmpty {
            let problem = Problem(
                .malformed, "No column is a field of \(type.name) itself",
                fix: "Add one, such as \(Self.example(type)).")
            problems.append(ImportProblem(problem, row: 0, line: header.line, column: "", value: ""))
        }
        guard problems.isEmpty else { throw ImportRefused(problems: problems, isCutOff: false, header: header.fields) }
    }

    /// The columns of all child tables.
    var allRows: [Column] { rows.values.flatMap { $0 } }

    /// Lets a column be read in a format.
    mutating func set(_ format: CellFormat, at index: Int) {
        if let place = document.firstIndex(where: { $0.index == index }) { document[place].format = format }
        for (table, columns) in rows {
            if let place = columns.firstIndex(where: { $0.index == index }) { rows[table]?[place].format = format }
        }
    }

    /// Whether a header names a column that is read or left out.
    static func isKnown(_ header: String, _ type: DocType, _ reading: Import.Reading, _ registry: Registry) -> Bool {
        let name = String(Cell.trimmed(header))
        let said = Said(reading)
        if name.isEmpty { return false }
        return said.leftOut.contains(LetterFolding.folded(name))
            || (try? find(said.field(of: name), type, registry)) != nil
    }

    /// What was said of columns, without regard to case and marks.
    private struct Said {
        let leftOut: Set<String>
        private let fields: [String: String]

        init(_ reading: Import.Reading) {
            leftOut = Set(reading.leftOut.map(LetterFolding.folded))
            fields = Dictionary(
                reading.columns.map { (LetterFolding.folded($0), $1) }, uniquingKeysWith: { first, _ in first })
        }

        func field(of header: String) -> String { fields[LetterFolding.folded(header)] ?? header }
    }

    // MARK: Names

    private static func find(
        _ name: String, _ type: DocType, _ registry: Registry
    ) throws -> (table: Int?, field: FieldDefinition) {
        if let field = try field(name, of: type) { return (nil, field) }
        for (table, slot) in type.tables {
            guard let child = registry.find(table.options ?? "") else { continue }
            for prefix in [table.name, table.label] where name.lowercased().hasPrefix(prefix.lowercased() + ".") {
                if let field = try field(String(Cell.trimmed(name.dropFirst(prefix.count + 1))), of: child) {
                    return (slot, field)
                }
            }
            let suffix = " (\(table.label.lowercased()))"
            if name.lowercased().hasSuffix(suffix),
                let field = try field(String(Cell.trimmed(name.dropLast(suffix.count))), of: child)
            {
                return (slot, field)
            }
        }
        throw Problem(.unknownField, "\(type.name) has no field \(short(name))", fix: hint(name, type, registry))
    }

    private static func field(_ name: String, of type: DocType) throws -> FieldDefinition? {
        if name.lowercased() == "id" || name.lowercased() == "name", type.field(name) == nil {
            return type.field("name")
        }
        if let field = type.field(name), !field.type.isTable { return field }
        let labelled = type.allColumns.filter {
            LetterFolding.folded($0.label) == LetterFolding.folded(name)
        }
        guard labelled.count > 1 else { return labelled.first }
        // A field of the DocType's own before a standard column of the same label.
        let own = labelled.filter { field in type.fields.contains { $0.name == field.name } }
        guard own.count == 1 else {
            throw Problem(
                .malformed, "\(short(name)) may be any of \(labelled.map(\.name).joined(separator: ", "))",
                fix: "Write the name of the field.")
        }
        return own[0]
    }

    private static func isSetByServer(_ field: FieldDefinition, of type: DocType, isRow: Bool) -> Bool {
        switch field.name {
        case "name": false
        case "modified", "docstatus": isRow
        case "parent", "parentfield",
            "parenttype" where isRow:
            true
        case "owner", "creation", "modified_by", "idx": true
        case "amended_from": false
        default: type.setsItself(field) || field.type == .password
        }
    }

    // MARK: Words

    private static func example(_ type: DocType) -> String {
        type.fields.first { $0.flags.contains(.required) && $0.type.column != nil }?.name ?? "name"
    }

    private static func hint(_ name: String, _ type: DocType, _ registry: Registry) -> ProblemText {
        for (separator, word) in [(";", "semicolon"), ("\t", "tab")] where name.contains(separator) {
            return "If a \(word) separates the fields, say so with --separator."
        }
        var names = type.fields.filter { $0.type.column != nil }.map(\.name)
        for (table, _) in type.tables {
            guard let child = registry.find(table.options ?? "") else { continue }
            names += child.fields.filter { $0.type.column != nil }.map { "\(table.name).\($0.name)" }
        }
        let wanted = name.lowercased().map { $0 == " " ? "_" : $0 }
        let near = names.map { (name: $0, steps: distance(wanted, Array($0))) }.min { $0.steps < $1.steps }
        if let near, near.steps <= max(2, wanted.count / 3) { return "Did you mean \(near.name)?" }
        return "Its fields are: \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")."
    }

    /// How many letters have to be added, removed or changed to make one name the other.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        guard a.count <= 80, b.count <= 80 else { return .max }
        var before = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var now = [i + 1]
            for (j, other) in b.enumerated() {
                now.append(min(before[j] + (letter == other ? 0 : 1), before[j + 1] + 1, now[j] + 1))
            }
            before = now
        }
        return before[b.count]
    }

    private static func short(_ text: String) -> String { text.count > 60 ? String(text.prefix(60)) + "…" : text }
}
