public import Documents
internal import Metadata
internal import Storage
internal import Values

extension RenamedFields {
    /// The names of columns by table.
    func columns(_ registry: Registry) -> [String: [String: String]] {
        var columns: [String: [String: String]] = [:]
        for (doctype, fields) in names {
            guard let type = registry.find(doctype), !type.isVirtual else { continue }
            let stored = fields.filter { type.stores($0.key) }
            if !stored.isEmpty { columns[type.table] = stored }
        }
        return columns
    }

    /// Refuses what would mix up two fields, or change more of one than its name.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    func check(from before: Registry, to after: Registry) throws {
        for (doctype, fields) in names.sorted(by: { $0.key < $1.key }) {
            for (old, new) in fields.sorted(by: { $0.key < $1.key }) {
                func bad(_ text: ProblemText, _ fix: ProblemText) -> Problem {
                    var problem = Problem(
                        .badMetadata, "\(doctype): \(old): fieldname: \(text)", field: "fieldname", fix: fix)
                    problem.doctype = "DocType"
                    problem.name = doctype
                    return problem
                }
                guard let was = before.find(doctype)?.field(old), let now = after.find(doctype)?.field(new) else {
                    throw bad("it cannot become \(FieldDefinition.short(new))", "Rename a field that stays.")
                }
                guard before.find(doctype)?.field(new) == nil, after.find(doctype)?.field(old) == nil else {
                    throw bad(
                        "it cannot become \(new) while another field has or gets one of the names",
                        "Rename the fields one after the other.")
                }
                guard was.type == now.type, was.options == now.options || !was.type.isTable else {
                    throw bad("its type changes, too", "Rename it first, and then change its type.")
                }
                if let reader = Self.reader(of: old, in: doctype, after) {
                    throw bad("a condition of \(reader) reads it", "Send that condition with the new name.")
                }
            }
        }
    }

    /// A field whose condition reads one that is not there any more. What is CEL is checked with all else.
    private static func reader(of old: String, in doctype: String, _ registry: Registry) -> String? {
        guard let type = registry.find(doctype) else { return nil }
        let rows = type.tables.compactMap { registry.find($0.field.options ?? "") }
        for (type, variable) in [(type, "doc")] + rows.map({ ($0, "parent") }) {
            for field in type.fields {
                let conditions = [field.dependsOn, field.mandatoryDependsOn, field.readOnlyDependsOn].compactMap { $0 }
                if conditions.contains(where: { reads($0, "\(variable).\(old)") || variable == "doc" && $0 == old }) {
                    return field.name
                }
            }
        }
        return nil
    }

    private static func reads(_ text: String, _ name: String) -> Bool {
        text.ranges(of: name).contains { range in
            text[range.upperBound...].first.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
        }
    }
}

extension RenamedFields {
    /// Lets what describes the DocType and names a field alone follow to its new name: what the company set of it, where it
    /// stands on the form, and rules for names. Done before the descriptions are read again.
    ///
    /// - Throws: ``StorageError``.
    func renameDescriptions(in session: Session) throws {
        for (doctype, fields) in names.sorted(by: { $0.key < $1.key }) {
            for (old, new) in fields.sorted(by: { $0.key < $1.key }) {
                let renamed = RenamedField(old: old, new: new)
                try session.saveDerived(
                    try Self.stored("DocType", "name", doctype, session).map(renamed.follow(inType:)))
                try session.saveDerived(
                    try Self.stored("Custom Field", "dt", doctype, session).map(renamed.follow(inField:)))
                try session.saveDerived(
                    try Self.stored("Document Naming Rule", "document_type", doctype, session)
                        .map(renamed.follow(inRule:)))
                try Self.moveSetters(doctype, renamed, in: session)
            }
        }
    }

    /// Lets what modules keep of documents under the names of fields follow.
    func renameKept(_ before: Registry, in session: Session) throws {
        for body in session.registry.fieldRenamings { try body(self, before, session) }
    }

    private static func stored(
        _ doctype: String, _ field: String, _ value: String, _ session: Session
    ) throws -> [Document] {
        let type = try session.registry.doctype(doctype)
        let names = try session.transaction.query(
            "SELECT name FROM \(quoted(type.table)) WHERE \(quoted(field)) = ? ORDER BY name", [.text(value)], [.text])
        return try session.loadStored(type, names.compactMap { $0[0].text })
    }

    /// The name of a Property Setter has the field's in it, and another field may come to the old one: one of the field is
    /// made anew.
    private static func moveSetters(_ doctype: String, _ renamed: RenamedField, in session: Session) throws {
        for setter in try stored("Property Setter", "doc_type", doctype, session) {
            let value = renamed.following(
                setter.text("property"), setter.text("value"), of: setter.text("field_name"), fieldtype: "")
            guard setter.text("field_name") == renamed.old else {
                setter.set("value", value)
                try session.saveDerived([setter])
                continue
            }
            let type = setter.doctype
            try session.privileged {
                try session.delete(type.name, setter.name)
                let moved = try session.new(type.name)
                for slot in type.firstOwnSlot..<setter.values.count { moved.values[slot] = setter.values[slot] }
                moved.set("field_name", renamed.new)
                moved.set("value", value)
                try session.insert(moved)
            }
        }
    }
}

extension Session {
    /// Gives a field that was made in the company another name, with all that names it alone in its own DocType. What
    /// documents hold in it stays, and so does what they were. Expressions that read it are for whoever renames it to change.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for a shipped field and who may not change metadata;
    ///   ``Problem/Kind/unknownField``; ``Problem/Kind/badMetadata``.
    public func renameField(_ old: String, to new: String, of doctype: String) throws {
        let described = try registry.doctype(DocTypeDocument.doctype.name)
        try require(.write, described)
        let type = try registry.doctype(doctype)
        guard let field = type.field(old) else {
            throw Problem(.unknownField, "\(doctype) has no field \(FieldDefinition.short(old))", field: "rename")
        }
        if field.isCustom {
            try rename("Custom Field", "\(doctype)-\(old)", to: "\(doctype)-\(new)")
            return
        }
        guard type.isCustom else {
            throw Problem(.forbidden, "\(doctype): \(old) is shipped and keeps its name", field: "rename")
        }
        let document = try get(described.name, doctype)
        for row in document.table("fields") where row.text("fieldname") == old { row.set("fieldname", new) }
        try save(document)
    }
}
