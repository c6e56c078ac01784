internal import Customization
internal import Documents
import Lists
internal import Storage
internal import Values

/// What needs no document.
extension GenericDocTypes {
    func look(at type: DocType) throws {
        try lookAtJSON(of: type)
        try lookAtForm(of: type)
        try lookAtTargets(of: type)
        try lookAtTable(of: type)
        try lookAtList(of: type)
    }

    private func lookAtJSON(of type: DocType) throws {
        let exported = type.definition.json
        let again = try DocTypeDefinition(json: exported)
        try expect(again.json == exported, "its JSON is another one when it is read and written again")
        try expect(exported["fields"]?.array?.count == type.fields.count, "its JSON lacks fields")
        try expect(!type.permissions.isEmpty || type.kind == .child, "nobody may read it")
    }

    /// The switches that a form asks for, by the names it asks for them.
    private static let switches: [(key: String, flag: FieldFlags)] = [
        ("reqd", .required), ("read_only", .readOnly), ("hidden", .hidden), ("unique", .unique),
        ("in_list_view", .inListView), ("in_standard_filter", .inStandardFilter), ("no_copy", .noCopy),
        ("allow_on_submit", .allowOnSubmit), ("set_only_once", .setOnlyOnce), ("bold", .bold), ("mask", .masked),
    ]

    /// What a form gets: every field in its place, and who may do what.
    private func lookAtForm(of type: DocType) throws {
        let form = MetadataMethods.described(type)
        try expect(form["name"] == .string(type.name), "its form is called \(form["name"]?.text ?? "nothing")")
        try expect(form["istable"] == (type.kind == .child ? 1 : 0), "its form does not say whether it is a table")
        try expect(form["issingle"] == (type.isSingle ? 1 : 0), "its form does not say whether it is single")
        try expect(form["is_submittable"] == (type.isSubmittable ? 1 : 0), "its form cannot tell whether to submit")
        let rows = form["fields"]?.array ?? []
        try expect(rows.count == type.fields.count, "its form has \(rows.count) fields of \(type.fields.count)")
        for (index, (row, field)) in zip(rows, type.fields).enumerated() {
            let place = "the form's field \(index + 1)"
            try expect(
                row["doctype"] == "DocField" && row["parent"] == .string(type.name), "\(place) is no field of it")
            try expect(row["fieldname"] == .string(field.name), "\(place) is not \(field.name)")
            try expect(row["fieldtype"] == .string(field.type.rawValue), "\(place) is no \(field.type.rawValue)")
            try expect(row["idx"] == .int(Int64(index + 1)), "\(place) stands elsewhere")
            try expect(row["options"]?.string == field.options, "\(place) has other options")
            try expect(row["label"]?.string ?? "" == field.label, "\(place) has another label")
            for (key, flag) in Self.switches {
                try expect(row[key] == (field.flags.contains(flag) ? 1 : 0), "\(place) is wrong about \(key)")
            }
        }
        let permissions = form["permissions"]?.array ?? []
        try expect(permissions.count == type.permissions.count, "its form has other permissions")
        for (row, permission) in zip(permissions, type.permissions) {
            let place = "the form's permission of \(permission.role)"
            try expect(row["role"] == .string(permission.role), "\(place) is another one")
            try expect(row["permlevel"]?.int ?? 0 == Int64(permission.permlevel), "\(place) is of another level")
            try expect((row["if_owner"] == 1) == permission.ifOwner, "\(place) does not say whose documents")
            for right in Right.allCases {
                try expect(
                    row[right.rawValue] == (permission.rights.contains(right) ? 1 : 0),
                    "\(place) is wrong about \(right.rawValue)")
            }
        }
    }

    private func lookAtTargets(of type: DocType) throws {
        for field in type.fields where field.type == .link || field.type.isTable {
            let target = session.registry.find(field.options ?? "")
            try expect(target != nil, "\(field.name) names \(field.options ?? ""), which there is not")
            if field.type.isTable { try expect(target?.kind == .child, "\(field.name) has rows that are no rows") }
        }
        for field in type.fields {
            if let (link, source) = field.fetchFrom {
                let target = type.field(link).flatMap { session.registry.find($0.options ?? "") }
                try expect(target?.slot(of: source) != nil, "\(field.name) is fetched from nowhere: \(link).\(source)")
            }
        }
    }

    /// The table has a column for every field that is kept.
    private func lookAtTable(of type: DocType) throws {
        guard session.registry.isInTable(type) else { return }
        let stored = type.storedColumns
        let names = stored.map { "\"\($0.name)\"" }.joined(separator: ", ")
        _ = try session.transaction.query(
            "SELECT \(names) FROM \"\(type.table)\" WHERE 1 = 0", [], stored.map { $0.type.column ?? .text })
        let kept = type.fields.filter { $0.type.column != nil && $0.expression == nil && !$0.flags.contains(.virtual) }
        let missing = Set(kept.map(\.name)).subtracting(stored.map(\.name))
        try expect(missing.isSubset(of: ["lft", "rgt", "old_parent"]), "its table does not keep \(missing.sorted())")
    }

    private func lookAtList(of type: DocType) throws {
        var query = ListQuery(type.name, fields: ["*"], limit: 5)
        if type.kind == .child {
            guard let parent = session.registry.parents(of: type.name).first else { return }
            query.parent = parent.name
        }
        let list = try session.list(query)
        let shown = Set(list.columns.map(\.name))
        for field in type.storedColumns where field.type != .password {
            try expect(shown.contains(field.name), "the list does not show \(field.name)")
        }
        let count = try session.count(query)
        try expect(count >= list.rows.count, "the list has \(list.rows.count) rows, counted as \(count)")
    }
}
