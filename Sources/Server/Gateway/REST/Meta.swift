internal import Documents
internal import Values

/// DocTypes as documents of the DocType "DocType", the way clients of Frappe read metadata.
enum Meta {
    static let doctype = "DocType"

    /// The DocType with its fields and permissions.
    static func json(of type: DocType) -> JSON {
        var object: JSONObject = ["doctype": "DocType", "name": .string(type.name), "module": .string(type.module)]
        object["istable"] = flag(type.kind == .child)
        object["is_submittable"] = flag(type.isSubmittable)
        object["is_tree"] = flag(type.treeField != nil)
        object["in_create"] = flag(type.kind == .ledger)
        object["custom"] = 0
        object["track_changes"] = flag(type.tracksChanges)
        object["autoname"] = autoname(type.naming).map(JSON.string)
        object["title_field"] = type.titleField.map(JSON.string)
        if !type.searchFields.isEmpty { object["search_fields"] = .string(type.searchFields.joined(separator: ", ")) }
        object["nsm_parent_field"] = type.treeField.map(JSON.string)
        object["sort_field"] = .string(type.sort.field)
        object["sort_order"] = type.sort.descending ? "DESC" : "ASC"
        object["description"] = .string(type.summary)
        object["fields"] = .array(type.fields.enumerated().map { json(of: $1, at: $0 + 1) })
        object["permissions"] = .array(type.permissions.map(json))
        return .object(object)
    }

    private static func autoname(_ naming: DocType.Naming) -> String? {
        switch naming {
        case .series: "naming_series:"
        case .field(let name): "field:\(name)"
        case .prompt: "prompt"
        case .hash: "hash"
        case .controller: nil
        }
    }

    private static func json(of field: FieldDefinition, at idx: Int) -> JSON {
        var object: JSONObject = [
            "doctype": "DocField", "idx": .int(Int64(idx)), "fieldname": .string(field.name),
            "label": .string(field.label), "fieldtype": .string(field.type.rawValue),
        ]
        object["options"] = field.options.map(JSON.string)
        object["description"] = field.description.map(JSON.string)
        object["default"] = fallback(field).map(JSON.string)
        object["fetch_from"] = field.fetchFrom.map { .string("\($0.link).\($0.field)") }
        object["length"] = field.length.map { .int(Int64($0)) }
        let flags: [(String, FieldFlags)] = [
            ("reqd", .required), ("read_only", .readOnly), ("hidden", .hidden), ("unique", .unique),
            ("in_list_view", .inListView), ("in_standard_filter", .inStandardFilter), ("search_index", .indexed),
            ("no_copy", .noCopy), ("allow_on_submit", .allowOnSubmit), ("set_only_once", .setOnlyOnce),
            ("non_negative", .nonNegative), ("fetch_if_empty", .fetchIfEmpty), ("bold", .bold),
        ]
        for (name, option) in flags { object[name] = flag(field.flags.contains(option)) }
        return .object(object)
    }

    private static func fallback(_ field: FieldDefinition) -> String? {
        switch field.fallback {
        case .value(let value): value.description
        case .today: "Today"
        case .now: "Now"
        case .user: "__user"
        case nil: nil
        }
    }

    private static func json(of permission: Permission) -> JSON {
        var object: JSONObject = ["doctype": "DocPerm", "role": .string(permission.role)]
        object["if_owner"] = flag(permission.ifOwner)
        for right in Right.allCases { object[right.rawValue] = flag(permission.rights.contains(right)) }
        return .object(object)
    }

    private static func flag(_ flag: Bool) -> JSON { .int(flag ? 1 : 0) }
}
