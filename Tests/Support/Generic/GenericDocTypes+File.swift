internal import Documents
internal import Storage
internal import Tenancy
internal import Values

/// Documents as files.
extension GenericDocTypes {
    /// Exports a document, deletes it and imports the file: the same document is back.
    func takeThroughFile(_ type: DocType, _ name: String) throws {
        let before = try session.get(type.name, name)
        let file = try exported(type, name)
        try remove(type, name)
        try expectSameFromFile(before, try imported(type, file))
    }

    /// Expects all that is kept of a document in what came back from its file, and of each row.
    ///
    /// Left out are only passwords, which no file holds, the names of rows, and the number of a voucher that stays.
    func expectSameFromFile(_ before: Document, _ back: Document) throws {
        let type = before.doctype
        var besides = Set(type.fields.filter { $0.type == .password }.map(\.name))
        var rows: Set<String> = ["name"]
        for (field, _) in type.tables {
            let child = try session.registry.doctype(field.options ?? "")
            rows.formUnion(child.fields.filter { $0.type == .password }.map(\.name))
        }
        if !hasLastingName(before) {
            besides.insert("name")
            rows.insert("parent")
        }
        try expectSame(before, back, "from its file", besides: besides, rowsBesides: rows)
    }

    /// Whether a document that comes back gets the name it had: none stays that has it.
    private func hasLastingName(_ document: Document) -> Bool {
        document.docstatus == .draft || examples[document.doctype.name]?.afterCancel != .stays
    }

    /// The file of one document, as `cauldron export` writes it.
    func exported(_ type: DocType, _ name: String) throws -> String {
        var export = Export(type.name)
        export.filters = ["name": .string(name)]
        let text = try text(of: export)
        var makes = examples[type.name]?.makes ?? []
        // The cancelled voucher still has its number.
        if try session.find(type.name, name)?.docstatus == .submitted, examples[type.name]?.afterCancel == .stays {
            makes.insert("name")
        }
        guard !makes.isEmpty else { return text }
        var reader = CSVReader(text)
        export.fields = try reader.next()?.fields.filter { !makes.contains($0) }
        return try self.text(of: export)
    }

    private func text(of export: Export) throws -> String {
        var bytes: [UInt8] = []
        let count = try export.run(in: session) { bytes += $0 }
        try expect(count.documents == 1, "\(count.documents) documents are exported")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The one document of a file, as `cauldron import` makes it.
    func imported(_ type: DocType, _ file: String) throws -> Document {
        let before = try names(of: type)
        do {
            var reader = CSVReader(file)
            let report = try Import(type.name).run(&reader, in: session)
            try expect(report.created == 1, "\(report.created) documents are imported")
            try expect(report.ignored.isEmpty, "its own file has columns that are ignored: \(report.ignored)")
        } catch let refused as ImportRefused {
            let problem = refused.problems.first
            throw Failure(text: "its file is refused at \(problem?.column ?? ""): \(problem?.problem.message ?? "")")
        }
        let added = try names(of: type).subtracting(before)
        guard let name = added.first, added.count == 1 else {
            throw Failure(text: "its file made \(added.sorted())")
        }
        return try session.get(type.name, name)
    }

    func names(of type: DocType) throws -> Set<String> {
        let rows = try session.transaction.query("SELECT name FROM \"\(type.table)\"", [], [.text])
        return Set(rows.compactMap { $0[0].text })
    }
}
