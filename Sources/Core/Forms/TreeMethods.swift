internal import Documents
internal import Lists
internal import Metadata
internal import Values

/// The methods by which trees of Frappe's clients are drawn: accounts, groups, warehouses and what else is a tree.
enum TreeMethods {
    static let all = [children, nodes, add]

    private static let doctype = Method.Parameter.required("doctype", "The DocType of a tree.")

    private static let children = Method(
        "frappe.desk.treeview.get_children",
        parameters: [
            doctype, .optional("parent", "The node; the roots unless given."),
            .optional("filters", "Conditions that all hold."),
            .optional("include_disabled", "1 for the disabled, too."),
            .optional("is_root", "1 for the roots."), .optional("company", "Only those of this company."),
        ], summary: "The nodes below one of a tree."
    ) { arguments, session in
        let (type, parentField) = try tree(arguments, session)
        let isRoot = arguments.flag("is_root") ?? false
        let found = try rows(type, parentField, isRoot ? nil : arguments.text("parent"), arguments, session)
        return .array(found.map { .object($0) })
    }

    private static let nodes = Method(
        "frappe.desk.treeview.get_all_nodes",
        parameters: [
            doctype, .optional("label", "What stands for the root."), .optional("parent", "The node to begin with."),
            .optional("filters", "Conditions that all hold."),
            .optional("include_disabled", "1 for the disabled, too."),
            .optional("tree_method", "Left out: the nodes come from the tree itself."),
            .optional("company", "Only those of this company."),
        ], summary: "All nodes below one of a tree, by the node above them; up to \(Limits.documentsPerCall) groups."
    ) { arguments, session in
        let (type, parentField) = try tree(arguments, session)
        let start = arguments.text("parent") ?? arguments.text("label")
        let isNode = try start.map { try session.exists(type.name, $0) } ?? false
        let first = try rows(type, parentField, isNode ? start : nil, arguments, session)
        var answer: [JSON] = [["parent": start.map(JSON.string) ?? .null, "data": .array(first.map { .object($0) })]]
        var waiting = first.filter { $0["expandable"] == 1 }.compactMap { $0["value"]?.string }
        while !waiting.isEmpty {
            // One statement for a whole level of the tree.
            let level = try rows(type, parentField, under: waiting, arguments, session)
            answer += waiting.map { node in
                ["parent": .string(node), "data": .array((level[node] ?? []).map { .object($0) })]
            }
            guard answer.count <= Limits.documentsPerCall else {
                session.noteMore("parent")
                break
            }
            waiting = waiting.flatMap { level[$0] ?? [] }.filter { $0["expandable"] == 1 }
                .compactMap { $0["value"]?.string }
        }
        return .array(answer)
    }

    private static let add = Method(
        "frappe.desk.treeview.add_node", writes: true,
        parameters: [
            doctype, .optional("parent", "The node above it."), .optional("is_root", "1 for a root."),
            .optional("doc", "Its fields; else they stand among the arguments."),
        ], summary: "Adds a node to a tree."
    ) { arguments, session in
        let (type, parentField) = try tree(arguments, session)
        var object = try arguments.object("doc")
        if object.isEmpty {
            // As there, the fields of the node are arguments of the call.
            for (key, _) in arguments.values.members where type.field(key) != nil && key != "parent" {
                object[key] = arguments[key]
            }
        }
        let isRoot = arguments.flag("is_root") ?? false
        if !isRoot, let parent = arguments.text("parent"), parent != type.name { object[parentField] = .string(parent) }
        object["doctype"] = .string(type.name)
        let command = Command(.insert, type.name, nil, object)
        return try session.perform(command).document.map { session.present($0) } ?? .null
    }

    private static func tree(_ arguments: Arguments, _ session: Session) throws -> (DocType, String) {
        let type = try session.registry.doctype(arguments.required("doctype"))
        guard let field = type.treeField else {
            throw Problem(.wrongType, "\(type.name) is no tree", field: "doctype", fix: "Use the list instead.")
        }
        return (type, field)
    }

    private static func rows(
        _ type: DocType, _ parentField: String, _ parent: String?, _ arguments: Arguments, _ session: Session
    ) throws -> [JSONObject] {
        let above: JSON =
            parent.map { [.string(parentField), "=", .string($0)] } ?? [.string(parentField), "is", "not set"]
        return try rows(type, parentField, above, arguments, session).map(\.row)
    }

    private static func rows(
        _ type: DocType, _ parentField: String, under parents: [String], _ arguments: Arguments, _ session: Session
    ) throws -> [Name: [JSONObject]] {
        let above: JSON = [.string(parentField), "in", .array(parents.map(JSON.string))]
        let found = try rows(type, parentField, above, arguments, session)
        return Dictionary(grouping: found, by: \.parent).mapValues { $0.map(\.row) }
    }

    /// The nodes under some, by name, as trees draw them.
    private static func rows(
        _ type: DocType, _ parentField: String, _ above: JSON, _ arguments: Arguments, _ session: Session
    ) throws -> [(parent: Name, row: JSONObject)] {
        var filters: [JSON] = [above]
        for (key, value) in try arguments.object("filters").members { filters.append([.string(key), "=", value]) }
        if let company = arguments.text("company"), type.field("company") != nil {
            filters.append(["company", "=", .string(company)])
        }
        if !(arguments.flag("include_disabled") ?? false), type.field("disabled") != nil {
            filters.append(["disabled", "=", 0])
        }
        let title = type.titleField ?? "name"
        let query = ListQuery(
            type.name,
            fields: [
                "name", .string(title), .string(parentField), type.field("is_group") == nil ? "name" : "is_group",
            ],
            filters: .array(filters), orderBy: "name asc", limit: 0)
        return try session.list(query).rows.map { row in
            var node: JSONObject = [
                "value": JSON(row[0]), "title": JSON(row[1]), "parent": JSON(row[2]),
                "expandable": type.field("is_group") == nil ? 1 : .int(row[3].int ?? 0),
            ]
            if row[1].isNothing { node["title"] = node["value"] }
            return (Name(row[2].text ?? ""), node)
        }
    }
}
