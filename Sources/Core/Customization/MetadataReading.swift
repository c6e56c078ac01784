internal import Documents
internal import Metadata
internal import Values

/// Reads what documents of `DocType`, `Custom Field`, `Property Setter` and `Custom DocPerm` describe.
enum MetadataReading {
    /// What a document of DocType `DocType` describes.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    static func definition(of document: Document) throws -> DocTypeDefinition {
        var object = plain(document, besides: ["custom"])
        object["name"] = .string(document.name)
        object["doctype"] = "DocType"
        for table in ["fields", "permissions", "links", "actions", "states"] {
            let rows = document.table(table).map { row in JSON.object(plain(row)) }
            // Without rows it is written as it came (`[]`, `""`, `null`).
            if !rows.isEmpty || object[table] == nil && table == "fields" {
                object[table] = .array(rows)
            }
        }
        return try DocTypeDefinition(json: .object(object))
    }

    /// What a document of DocType `Custom Field` describes.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    static func field(of document: Document) throws -> FieldDefinition {
        let own: Set<String> = ["dt", "insert_after", "module", "is_system_generated"]
        var object = plain(document, besides: own)
        for key in ["doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"] {
            object[key] = nil
        }
        var field = try FieldDefinition(json: .object(object))
        field.isCustom = true
        return field
    }

    /// What was set of a document's own fields, and what it keeps besides, as the row of JSON it was made from: what still
    /// means the same is written as it came.
    static func plain(_ document: Document, besides left: Set<String> = []) -> JSONObject {
        let type = document.doctype
        var object: JSONObject = [:]
        if let text = document["properties"].text, case .object(let kept)? = try? JSON.parse(text) { object = kept }
        for slot in type.firstOwnSlot..<document.values.count {
            let field = type.columns[slot]
            guard field.name != "properties", !left.contains(field.name) else { continue }
            let value = document.values[slot]
            if let given = object[field.name] {
                let means = try? field.value(of: given)
                if means == value || means?.isNothing == true && value.isNothing { continue }
            }
            object[field.name] = value.isNothing ? JSON?.none : JSON(value)
        }
        return object
    }

    /// The document of DocType `DocType` that shows a description, with its rows.
    static func document(of definition: DocTypeDefinition, in session: Session, rows: Bool = true) throws -> Document {
        let type = try session.registry.doctype(DocTypeDocument.doctype.name)
        guard case .object(let object) = definition.json else { throw Problem(.inconsistent, "No DocType") }
        var shown: JSONObject = [:]
        for (key, value) in object.members where type.field(key) != nil {
            if type.tableSlot(of: key) == nil { shown[key] = value }
        }
        let document = Document(type)
        for (key, value) in shown.members {
            guard let slot = type.slot(of: key), slot >= type.firstOwnSlot else { continue }
            document.values[slot] = try type.columns[slot].value(of: value)
        }
        document.set("custom", definition.info.switches.contains(.custom))
        document.name = definition.name
        document.values[Document.Slot.owner] = .text(Actor.administrator.user)
        document.values[Document.Slot.modifiedBy] = .text(Actor.administrator.user)
        let made = Timestamp(microseconds: 0)
        document.values[Document.Slot.creation] = .timestamp(made)
        document.values[Document.Slot.modified] = .timestamp(made)
        var rest = object
        for (key, _) in object.members where type.field(key) != nil || key == "name" || key == "doctype" {
            rest[key] = nil
        }
        rest["field_order"] = nil
        if !rest.isEmpty { document.set("properties", JSON.object(rest).text) }
        document.fillZeros()
        if rows { try addRows(of: object, to: document, in: session) }
        document.stored = document.values
        document.storedRows = document.rows
        for row in document.allRows { row.stored = row.values }
        return document
    }

    private static func addRows(of object: JSONObject, to document: Document, in session: Session) throws {
        for (field, slot) in document.doctype.tables {
            let child = try session.registry.doctype(field.options ?? "")
            for (index, element) in (object[field.name]?.array ?? []).enumerated() {
                guard case .object(let given) = element else { continue }
                let row = Document(child)
                var rest: JSONObject = [:]
                for (key, value) in given.members {
                    if let slot = child.slot(of: key) {
                        if slot >= child.firstOwnSlot { row.values[slot] = try child.columns[slot].value(of: value) }
                    } else if key != "doctype" {
                        rest[key] = value
                    }
                }
                if !rest.isEmpty { row.set("properties", JSON.object(rest).text) }
                let name = given["fieldname"]?.string ?? "\(field.name)-\(index + 1)"
                row.name = "\(document.name)-\(name)"
                row.values[Document.Slot.parent] = .text(document.name)
                row.values[Document.Slot.parenttype] = .text(document.doctype.name)
                row.values[Document.Slot.parentfield] = .text(field.name)
                row.values[Document.Slot.owner] = document.values[Document.Slot.owner]
                row.values[Document.Slot.modifiedBy] = document.values[Document.Slot.modifiedBy]
                row.values[Document.Slot.creation] = document.values[Document.Slot.creation]
                row.values[Document.Slot.modified] = document.values[Document.Slot.modified]
                row.fillZeros()
                document.rows[slot].append(row)
            }
            document.renumber(slot)
        }
    }
}
