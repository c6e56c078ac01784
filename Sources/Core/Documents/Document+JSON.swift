public import Values

extension Document {
    /// The document with its rows as JSON, nulls included.
    public var json: JSON {
        var object: JSONObject = ["doctype": .string(doctype.name)]
        for slot in values.indices {
            let value = values[slot]
            object[doctype.keys[slot].name] = JSON(doctype.columns[slot].type == .password ? value.masked : value)
        }
        for (field, slot) in doctype.tables { object[field.name] = .array(rows[slot].map(\.json)) }
        return .object(object)
    }

    /// The document with its rows as the database holds them, as JSON; of a password only whether there is one.
    package var storedJSON: JSON {
        var object: JSONObject = ["doctype": .string(doctype.name)]
        let values = stored ?? values
        for (slot, field) in doctype.columns.enumerated() where field.expression == nil {
            object[field.name] = JSON(field.type == .password ? values[slot].masked : values[slot])
        }
        for (field, slot) in doctype.tables where slot < storedRows.count {
            object[field.name] = .array(storedRows[slot].map(\.storedJSON))
        }
        return .object(object)
    }

    /// Writes a row without tables as ``storedJSON`` gives it.
    func writeStored(to writer: inout JSONWriter) {
        let values = stored ?? values
        writer.beginObject()
        writer.key("doctype")
        writer.string(doctype.name)
        for slot in doctype.writtenSlots {
            writer.key(doctype.keys[slot])
            writer.value(doctype.columns[slot].type == .password ? values[slot].masked : values[slot])
        }
        writer.endObject()
    }

    /// Writes the document with its rows. The wire leaves nulls out where Frappe's does.
    public func write(to writer: inout JSONWriter, nulls: Bool) {
        writer.beginObject()
        writer.key("doctype")
        writer.string(doctype.name)
        for slot in values.indices {
            let value = values[slot]
            if !nulls, value.isNull { continue }
            writer.key(doctype.keys[slot])
            writer.value(doctype.columns[slot].type == .password ? value.masked : value)
        }
        for (field, slot) in doctype.tables {
            writer.key(field.name)
            writer.beginArray()
            for row in rows[slot] { row.write(to: &writer, nulls: nulls) }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension Session {
    /// A new document from what a client sent.
    ///
    /// - Throws: ``Problem/Kind/unknownField``, ``Problem/Kind/wrongType``.
    public func document(_ doctype: String, from object: JSONObject) throws -> Document {
        let document = try new(doctype)
        try apply(object, to: document)
        return document
    }

    /// Puts what a client sent into a document. Fields that are not sent stay; a table that is sent replaces the rows;
    /// what the server sets itself is ignored; see ``DocType/setsItself(_:)``. What is no field is passed over and told, or
    /// refused; see ``passesOverUnknown``.
    ///
    /// - Throws: ``Problem/Kind/unknownField``, ``Problem/Kind/wrongType``.
    public func apply(_ object: JSONObject, to document: Document) throws {
        try namingDocument(document) { try apply(object, to: document, in: nil, row: nil, isNew: document.isNew) }
    }

    /// `table` and `row` are the place of a row; `isNew` is whether the document is new, or the one that the row belongs to.
    private func apply(
        _ object: JSONObject, to document: Document, in table: String?, row: Int?, isNew: Bool
    ) throws {
        let type = document.doctype
        let keepsUnknown = type.switches.contains(.keepsUnknown)
        for (key, json) in object.members {
            if let slot = type.slot(of: key) {
                if noted == nil {
                    try set(slot, json, of: document, row: row, isNew: isNew)
                } else {
                    try checking(in: table) { try set(slot, json, of: document, row: row, isNew: isNew) }
                }
                // What was said without saying anything (`0`) is kept, too, so that it is written the same again.
                if keepsUnknown, slot != Document.Slot.name,
                    JSON(document.values[slot]) != json || document.values[slot].isNothing
                {
                    document.keepProperty(key, json)
                }
            } else if let table = type.tableSlot(of: key) {
                try setRows(table, json, of: document)
                if keepsUnknown, document.rows[table].isEmpty { document.keepProperty(key, json) }
            } else if keepsUnknown, !key.hasPrefix("_"), key != "doctype" {
                document.keepProperty(key, json)
            } else if !key.hasPrefix("_"), key != "doctype" {
                let layout = type.fields.first { $0.name == key }?.type.rawValue
                try passOver(
                    table.map { "\($0).\(key)" } ?? key,
                    or: Problem(
                        .unknownField,
                        layout.map { "\(key) of \(type.name) is a \($0) and holds no value" }
                            ?? "\(type.name) has no field \(key)", field: key, row: row,
                        fix: "Leave it out, or correct its name."))
            } else if key == "__newname", case .string(let name) = json, type.takesNames {
                document.name = name
            }
        }
    }

    private func set(_ slot: Int, _ json: JSON, of document: Document, row: Int?, isNew: Bool) throws {
        let field = document.doctype.columns[slot]
        switch slot {
        case Document.Slot.name:
            guard document.isNew, row != nil || document.doctype.takesNames, case .string(let name) = json
            else { return }
            document.name = name
        case Document.Slot.docstatus:
            let status = try field.value(of: json, row: row)
            guard Docstatus(rawValue: status.int ?? -1) != nil else {
                throw Problem(
                    .transition, "docstatus is 0, 1 or 2", field: field.name, row: row,
                    fix: "0 is a draft, 1 submitted, 2 cancelled.")
            }
            document.values[slot] = status
        case Document.Slot.modified:
            document.claimedModified = document.isNew || json.isNull ? nil : try field.value(of: json, row: row)
        case Document.Slot.idx: return
        default:
            guard slot >= document.doctype.firstOwnSlot else { return }
            let isGiven = isNew && (!document.doctype.setsItself(field) || field.name == "amended_from" && row == nil)
            // What would be missing is taken: nobody is told to give what was given.
            let isMissing = field.flags.contains(.required) && document.values[slot].isEmpty
            guard !field.flags.contains(.readOnly) || isGiven || isMissing && !document.doctype.setsItself(field)
            else { return }
            // A password that comes back as it was shown stays.
            if field.type == .password, case .string(let text) = json, Value.text(text).masked == .text(text) { return }
            document.values[slot] = try field.value(of: json, row: row)
            document.sent.insert(slot)
        }
    }

    private func setRows(_ table: Int, _ json: JSON, of document: Document) throws {
        let field = document.doctype.tables[table].field
        let isGiven = document.isNew && !document.doctype.setsItself(field)
        guard !field.flags.contains(.readOnly) || isGiven else { return }
        document.sentTables.insert(table)
        // Empty text stands for no rows, as it stands for no value elsewhere.
        if json.isNull || json == "" {
            document.rows[table] = []
            return
        }
        guard case .array(let elements) = json else {
            throw Problem(.wrongType, "\(field.label) must be a list of rows", field: field.name)
        }
        guard elements.count <= Limits.childRows else {
            throw Problem(
                .tooMany, "\(field.label) has \(elements.count) rows, more than \(Limits.childRows)", field: field.name)
        }
        let child = try registry.doctype(field.options ?? "")
        document.rows[table] = try elements.enumerated().map { index, element in
            var element = element
            // The rows of a Table MultiSelect may come as names only.
            if case .string = element, field.type == .tableMultiSelect,
                let link = child.fields.first(where: { $0.type == .link })
            {
                element = .object([link.name: element])
            }
            guard case .object(let object) = element else {
                throw Problem(
                    .wrongType, "Row \(index + 1) of \(field.label) must be an object", field: field.name,
                    row: index + 1)
            }
            let row = Document(child)
            try apply(object, to: row, in: field.name, row: index + 1, isNew: document.isNew)
            row.values[Document.Slot.docstatus] = .int(0)
            return row
        }
        document.renumber(table)
    }
}
