public import Documents
internal import Metadata
public import Values

/// All DocTypes as documents: those made in the company as they are kept, the others as modules declare them.
enum DocTypeSource {
    static let source = VirtualSource(
        list: { _, session in
            let type = try session.registry.doctype(DocTypeDocument.doctype.name)
            let own = session.registry.doctypes.filter(\.isCustom).map(\.name)
            let kept = Dictionary(
                try session.loadStored(type, own).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            return try session.registry.doctypes.map { one in
                try kept[one.name] ?? MetadataReading.document(of: one.definition, in: session, rows: false)
            }
        },
        load: { names, session in
            try names.compactMap { session.registry.shipped($0) }.map {
                try MetadataReading.document(of: $0.definition, in: session)
            }
        }, has: { name, session in session.registry.find(name) != nil })
}

/// The methods that read and change metadata.
public enum MetadataMethods {
    /// A DocType as forms load it: as it is exported, with every switch said, on or off, and the kind of each row.
    public static func described(_ type: DocType) -> JSON {
        guard case .object(var object) = type.definition.json else { return .null }
        for key in ["istable", "issingle", "is_submittable", "is_tree", "is_virtual", "track_changes", "in_create"] {
            if object[key] == nil { object[key] = 0 }
        }
        object["custom"] = type.isCustom ? 1 : 0
        object["sort_field"] = .string(type.sort.field)
        object["sort_order"] = type.sort.descending ? "DESC" : "ASC"
        object["nsm_parent_field"] = type.treeField.map(JSON.string)
        object["fields"] = .array(
            type.fields.enumerated().map { index, field in
                var row = field.json
                row["doctype"] = "DocField"
                row["idx"] = .int(Int64(index + 1))
                row["parent"] = .string(type.name)
                if row["label"] == nil, !field.label.isEmpty { row["label"] = .string(field.label) }
                // A new document begins with the first option.
                if row["default"] == nil, field.type == .select, let slot = type.slot(of: field.name),
                    case .value(let first)? = type.fallbacks[slot]
                {
                    row["default"] = JSON(first)
                }
                for (key, flag) in FieldDefinition.switches where row[key] == nil {
                    row[key] = field.flags.contains(flag) ? 1 : 0
                }
                if field.isCustom { row["is_custom_field"] = 1 }
                return .object(row)
            })
        object["permissions"] = .array(
            type.permissions.map { permission in
                var row = permission.json
                row["doctype"] = "DocPerm"
                for right in Right.allCases where row[right.rawValue] == nil { row[right.rawValue] = 0 }
                return .object(row)
            })
        return .object(object)
    }

    /// A DocType as forms load it, on its own or with those of its tables.
    private static let get = Method(
        "cauldron.meta.get",
        parameters: [
            .required("doctype", "The DocType."),
            .optional("include", "children, for the DocTypes of its tables, too."),
        ], summary: "A DocType: its fields, permissions and switches.", form: .whole
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        try requireSeen(type, session)
        guard let include = arguments.text("include") else { return ["message": described(type)] }
        guard include == "children" else {
            throw Problem(.notAnOption, "There is nothing to include as \(include.prefix(40))", field: "include")
        }
        let children = type.tables.compactMap { session.registry.find($0.field.options ?? "") }
        return ["message": described(type), "children": .array(children.map(described))]
    }

    static func register(_ registry: inout Registry) {
        registry.add(get)
        registry.add(
            Method(
                "cauldron.meta.export", parameters: [.required("doctype", "The DocType.")],
                summary: "A DocType as Frappe's DocType JSON, with what the company changed of it."
            ) { arguments, session in
                let type = try session.registry.doctype(arguments.required("doctype"))
                try requireSeen(type, session)
                return type.definition.json
            })
        let parameters: [Method.Parameter] = [
            .optional("docs", "Documents of DocType, Custom Field, Property Setter or Custom DocPerm, as JSON."),
            .optional("allow", "Steps that may lose data, by their words."),
            .optional(
                "rename", "Fields that get another name, as {DocType: {old: new}}; before docs, which use the new."),
            .optional("delete", "Documents to be deleted, as [DocType, name]."),
        ]
        registry.add(
            Method(
                "cauldron.meta.plan", writes: true, parameters: parameters,
                summary: "What saving these documents would change in the tables, and how many rows each step touches."
            ) { arguments, session in
                .array(try plan(arguments, session).map(\.json))
            })
        registry.add(
            Method(
                "cauldron.meta.apply", writes: true, parameters: parameters,
                summary: "Saves documents that describe DocTypes, all or none, and changes the tables accordingly."
            ) { arguments, session in
                let before = session.metadata.planned.count
                try session.changeMetadata(allowing: allowed(arguments)) { try write(arguments, session) }
                return .array(session.metadata.planned.dropFirst(before).map(\.json))
            })
    }

    /// The steps that the documents would bring about; they are taken back.
    static func plan(_ arguments: Arguments, _ session: Session) throws -> [Session.PlannedStep] {
        struct TakenBack: Error {}
        var steps: [Session.PlannedStep] = []
        let before = session.metadata.planned.count
        do {
            try session.savepoint {
                session.metadata.isPlanning = true
                try session.changeMetadata(allowing: allowed(arguments)) { try write(arguments, session) }
                steps = Array(session.metadata.planned.dropFirst(before))
                throw TakenBack()
            }
        } catch is TakenBack {}
        return steps
    }

    private static func allowed(_ arguments: Arguments) throws -> Set<String> {
        Set(try arguments.json("allow")?.array?.compactMap(\.string) ?? [])
    }

    /// Renames fields, and inserts the documents, or changes those that are there.
    private static func write(_ arguments: Arguments, _ session: Session) throws {
        let malformed = Problem(.malformed, "rename holds {DocType: {old: new}}", field: "rename")
        if let renamed = try arguments.json("rename") {
            guard case .object(let renamed) = renamed else { throw malformed }
            for (doctype, names) in renamed.members {
                guard case .object(let names) = names else { throw malformed }
                for (old, new) in names.members {
                    guard let new = new.string else { throw malformed }
                    try session.renameField(old, to: new, of: doctype)
                }
            }
        }
        let given = try arguments.json("docs") ?? []
        let documents = given.array ?? [given]
        guard documents.count <= Limits.metadataDocuments else {
            throw Problem(.tooMany, "There are more than \(Limits.metadataDocuments) documents", field: "docs")
        }
        try save(documents, session)
        for pair in try arguments.json("delete")?.array ?? [] {
            guard let doctype = pair.array?.first?.string, let name = pair.array?.last?.string,
                session.registry.isMetadata(doctype)
            else { throw Problem(.malformed, "delete holds [DocType, name]", field: "delete") }
            try session.delete(doctype, name)
        }
    }

    /// Saves all documents, and tells all that is wrong with them at once.
    private static func save(_ documents: [JSON], _ session: Session) throws {
        var problems: [Problem] = []
        var failed: [String] = []
        for (index, document) in documents.enumerated() {
            do {
                try session.savepoint { try save(document, session) }
            } catch let problem as Problem {
                problems += all(of: document, problem, at: index)
                if let name = document["name"]?.string { failed.append(name) }
            }
        }
        guard !problems.isEmpty else { return }
        // What is wrong with the others is told, too, unless it is that these are not there.
        let others = session.registry.with(try CustomMetadata(in: session)).newProblems(since: session.registry)
        throw Problem(
            problems
                + others.filter { other in
                    !problems.contains(other)
                        && !failed.contains { other.message.hasSuffix(FieldCheck.isMissing($0).text) }
                })
    }

    /// All that is wrong with a document of which saving found one problem.
    private static func all(of document: JSON, _ problem: Problem, at index: Int) -> [Problem] {
        let doctype = document["doctype"]?.string ?? DocTypeDocument.doctype.name
        if doctype == DocTypeDocument.doctype.name {
            do {
                _ = try DocTypeDefinition(json: document)
            } catch {
                if let unread = error as? Problem { return unread.single }
            }
        }
        return problem.single.map { one in
            var one = one
            if one.doctype == nil {
                one.doctype = doctype
                one.name = document["name"]?.string.map(FieldDefinition.short)
            }
            if one.fieldname == nil, let row = one.row, let rows = document["fields"]?.array,
                rows.indices.contains(row - 1)
            {
                one.fieldname = rows[row - 1]["fieldname"]?.string.map(FieldDefinition.short)
            }
            if one.name == nil, one.row == nil { one.row = index + 1 }
            return one
        }
    }

    private static func save(_ document: JSON, _ session: Session) throws {
        guard case .object(let object) = document else {
            throw Problem(.malformed, "docs holds objects", field: "docs")
        }
        let doctype = object["doctype"]?.string ?? DocTypeDocument.doctype.name
        guard session.registry.isMetadata(doctype) else {
            throw Problem(.malformed, "\(doctype) describes no DocType", field: "docs")
        }
        try session.saveMetadata(doctype, object)
    }

    /// Refuses to tell how a DocType is made to who may not know it.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    public static func requireSeen(_ type: DocType, _ session: Session) throws {
        if session.mayKnow(type) { return }
        let meta = try session.registry.doctype(DocTypeDocument.doctype.name)
        throw session.forbidden(.read, meta, type.name, .noRole)
    }
}

extension Session {
    /// Inserts a document that describes a DocType, or changes the one that is there to what is given.
    @discardableResult
    public func saveMetadata(_ doctype: String, _ object: JSONObject) throws -> Document {
        let type = try registry.doctype(doctype)
        if let name = object["name"]?.string, let present = try loadStored(type, [name]).first {
            try require(.read, type, present)
            // What is given is all there is: what it leaves out goes, too.
            for slot in type.firstOwnSlot..<present.values.count { present.values[slot] = .null }
            for (_, slot) in type.tables { present.rows[slot] = [] }
            var given = object
            given["modified"] = nil
            try applyAll(given, to: present)
            // What a file says of itself is written again, also where the document says the same of itself.
            for column in DocType.standard where column.name != "name" {
                if let said = object[column.name] { present.keepProperty(column.name, said) }
            }
            for row in present.allRows { prepare(row) }
            for slot in type.firstOwnSlot..<present.values.count where present.values[slot].isNull {
                if let value = fallback(of: type, slot) { present.values[slot] = value }
            }
            try save(present)
            return present
        }
        let document = try document(doctype, from: object)
        try insert(document)
        return document
    }

    /// As ``apply(_:to:)``, keeping rows of the same field where there were some.
    private func applyAll(_ object: JSONObject, to document: Document) throws {
        let before = document.storedRows
        try apply(object, to: document)
        for (_, slot) in document.doctype.tables {
            let known = Dictionary(
                before[slot].map { ($0.text("fieldname"), $0.name) }, uniquingKeysWith: { first, _ in first })
            for row in document.rows[slot] where row.name.isEmpty && !row.text("fieldname").isEmpty {
                if let name = known[row.text("fieldname")] { row.name = name }
            }
        }
    }
}
