internal import Storage
internal import Values

/// Fields that get another name with the next change of metadata; what documents hold in them stays.
struct RenamedFields {
    /// The new names by DocType and old name.
    private(set) var names: [String: [String: String]] = [:]

    var isEmpty: Bool { names.isEmpty }

    /// The name that a field has afterwards.
    func name(of field: String, in doctype: String) -> String { names[doctype]?[field] ?? field }

    /// Notes what is renamed at once. A field that was renamed before goes straight to its last name.
    mutating func note(_ renamed: [String: String], in doctype: String) {
        var known = names[doctype] ?? [:]
        let first = Dictionary(known.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (old, new) in renamed { known[first[old] ?? old] = new }
        known = known.filter { $0.key != $0.value }
        names[doctype] = known.isEmpty ? nil : known
    }

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
                func bad(_ text: String, _ fix: String) -> Problem {
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
            }
        }
    }
}

extension RenamedFields {
    /// Lets what a company set of a field, and what stands behind it on the form, follow to its new name. Done before the
    /// descriptions are read again.
    ///
    /// - Throws: ``StorageError``.
    func renameDescriptions(in session: Session) throws {
        for (doctype, fields) in names.sorted(by: { $0.key < $1.key }) {
            for (old, new) in fields.sorted(by: { $0.key < $1.key }) {
                try repoint("Custom Field", "insert_after", old, new, where: "dt = ?", doctype, in: session)
                try moveSetters(doctype, old, new, in: session)
                try repointRules(doctype, old, new, in: session)
            }
        }
    }

    /// Lets what is kept of documents under the name of a field follow: attached files and what the documents were.
    func renameKept(_ before: Registry, in session: Session) throws {
        for (doctype, fields) in names.sorted(by: { $0.key < $1.key }) {
            for (old, new) in fields.sorted(by: { $0.key < $1.key }) {
                try repoint(
                    "File", "attached_to_field", old, new, where: "attached_to_doctype = ?", doctype, in: session)
            }
        }
        try RenamedHistory(self, before, session).run()
    }

    /// Names a field anew in all documents of a DocType that name it, whose audit log is brought along.
    private func repoint(
        _ doctype: String, _ field: String, _ old: String, _ new: String, where condition: String, _ argument: String,
        in session: Session
    ) throws {
        let type = try session.registry.doctype(doctype)
        let holders = try session.transaction.query(
            "SELECT name FROM \(quoted(type.table)) WHERE \(condition) AND \(quoted(field)) = ? ORDER BY name",
            [.text(argument), .text(old)], [.text]
        ).compactMap { $0[0].text }
        guard !holders.isEmpty else { return }
        try session.transaction.execute(
            "UPDATE \(quoted(type.table)) SET \(quoted(field)) = ? WHERE \(condition) AND \(quoted(field)) = ?",
            [.text(new), .text(argument), .text(old)])
        for chunk in holders.chunks(of: Limits.filterValues) {
            for document in try session.loadStored(type, Array(chunk)) { session.record(.derive, document) }
        }
    }

    /// The name of a Property Setter has the field's in it, and another field may come to the old one.
    private func moveSetters(_ doctype: String, _ old: String, _ new: String, in session: Session) throws {
        let setters = try session.transaction.query(
            "SELECT name FROM property_setter WHERE doc_type = ? AND field_name = ? ORDER BY name",
            [.text(doctype), .text(old)], [.text]
        ).compactMap { $0[0].text }
        let type = try session.registry.doctype("Property Setter")
        try session.privileged {
            for setter in try session.loadStored(type, setters) {
                try session.delete(type.name, setter.name)
                let moved = try session.new(type.name)
                for slot in type.firstOwnSlot..<setter.values.count { moved.values[slot] = setter.values[slot] }
                moved.set("field_name", new)
                try session.insert(moved)
            }
        }
    }

    private func repointRules(_ doctype: String, _ old: String, _ new: String, in session: Session) throws {
        let holders = try session.transaction.query(
            """
            SELECT DISTINCT r.name FROM document_naming_rule r JOIN document_naming_rule_condition c ON c.parent = r.name
            WHERE r.document_type = ? AND c.field = ? ORDER BY 1
            """, [.text(doctype), .text(old)], [.text]
        ).compactMap { $0[0].text }
        guard !holders.isEmpty else { return }
        try session.transaction.execute(
            """
            UPDATE document_naming_rule_condition SET field = ? WHERE field = ?
            AND parent IN (SELECT name FROM document_naming_rule WHERE document_type = ?)
            """, [.text(new), .text(old), .text(doctype)])
        let type = try session.registry.doctype("Document Naming Rule")
        for chunk in holders.chunks(of: Limits.filterValues) {
            for document in try session.loadStored(type, Array(chunk)) { session.record(.derive, document) }
        }
    }
}

extension Session {
    /// Gives a field that was made in the company another name, with all that names it in its own DocType. What documents
    /// hold in it stays, and so does what they were. Expressions that read it are for whoever renames it to change.
    ///
    /// - Throws: ``Problem/Kind/unknownField``; ``Problem/Kind/forbidden`` for a shipped field and who may not change
    ///   metadata; ``Problem/Kind/badMetadata``.
    public func renameField(_ old: String, to new: String, of doctype: String) throws {
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
        let document = try get(DocTypeDocument.doctype.name, doctype)
        for key in ["title_field", "image_field", "sort_field", "nsm_parent_field"] where document.text(key) == old {
            document.set(key, new)
        }
        if document.text("autoname") == "field:\(old)" { document.set("autoname", "field:\(new)") }
        let searched = document.text("search_fields").split(separator: ",").map { Substring($0).trimmed }
        if searched.contains(old) {
            document.set("search_fields", searched.map { $0 == old ? new : $0 }.joined(separator: ","))
        }
        func follow(_ document: Document, _ keys: String...) {
            for key in keys where document.text(key).contains("{\(old)}") {
                document.set(key, document.text(key).replacing("{\(old)}", with: "{\(new)}"))
            }
        }
        follow(document, "autoname")
        for row in document.table("fields") {
            follow(row, "options", "default")
            if row.text("fieldname") == old { row.set("fieldname", new) }
            for key in ["options", "depends_on", "mandatory_depends_on", "read_only_depends_on"]
            where row.text(key) == old
                && (key != "options" || ["Dynamic Link", "Image"].contains(row.text("fieldtype")))
            {
                row.set(key, new)
            }
            if row.text("fetch_from").hasPrefix("\(old).") {
                row.set("fetch_from", new + row.text("fetch_from").dropFirst(old.count))
            }
        }
        try save(document)
    }
}
