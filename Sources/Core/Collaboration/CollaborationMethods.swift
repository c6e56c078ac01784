internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Methods about what people add to documents, under the names Frappe's clients call them by.
enum CollaborationMethods {
    static let all =
        [addComment, updateComment, removeAttachment, toggleLike, attachments, marks]
        + [addTag, addTags, removeTag, getTags, taggedDocuments]
        + [assign, assignMany, unassign, unassignMany, close, assignments]
        + [follow, unfollow, updateFollow, followers]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))
    private static let docName = Method.Parameter.required("doc_name", "The document.", of: .argument("doctype"))

    // MARK: Comments, likes, files

    private static let addComment = Method(
        "frappe.desk.form.utils.add_comment", writes: true,
        parameters: [
            .required("reference_doctype", "The DocType."),
            .required("reference_name", "The document.", of: .argument("reference_doctype")),
            .required("content", "What is said."), .optional("comment_email"), .optional("comment_by"),
        ], summary: "Says something about a document."
    ) { arguments, session in
        try session.comment(
            arguments.required("reference_doctype"), arguments.required("reference_name"), arguments.required("content")
        ).json
    }

    private static let updateComment = Method(
        "frappe.desk.form.utils.update_comment", writes: true,
        parameters: [.required("name", "The comment."), .required("content", "What it says now.")],
        summary: "Changes a comment of one's own."
    ) { arguments, session in
        try session.changeComment(arguments.required("name"), to: arguments.required("content"))
        return .null
    }

    private static let removeAttachment = Method(
        "frappe.desk.form.utils.remove_attach", writes: true, parameters: [.required("fid", "The File.")],
        summary: "Takes a file away."
    ) { arguments, session in
        try session.removeFile(arguments.required("fid"))
        return .null
    }

    private static let attachments = Method(
        "cauldron.attachments", parameters: [doctype, name], summary: "The files of a document."
    ) { arguments, session in
        .array(try session.attachments(arguments.required("doctype"), arguments.required("name")))
    }

    private static let marks = Method(
        "cauldron.marks", parameters: [doctype, name],
        summary: "The tags, comments, assignments, likes and readers of a document."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        let name = try session.get(doctype, arguments.required("name")).name
        return try DocumentMarks.marks(doctype, name, in: session).json
    }

    private static let toggleLike = Method(
        "frappe.desk.like.toggle_like", writes: true,
        parameters: [doctype, name, .optional("add", "Yes or No.")], summary: "Likes a document, or no more."
    ) { arguments, session in
        try session.like(
            arguments.required("doctype"), arguments.required("name"),
            (arguments.text("add") ?? "Yes") != "No" && arguments.flag("add") != false)
        return .null
    }

    // MARK: Tags

    private static let addTag = Method(
        "frappe.desk.doctype.tag.tag.add_tag", writes: true,
        parameters: [
            .required("tag", "The tag."), .required("dt", "The DocType."),
            .required("dn", "The document.", of: .argument("dt")),
            .optional("color"),
        ], summary: "Marks a document with a tag."
    ) { arguments, session in
        .string(
            try session.tag(arguments.required("dt"), arguments.required("dn"), with: arguments.required("tag")))
    }

    private static let addTags = Method(
        "frappe.desk.doctype.tag.tag.add_tags", writes: true,
        parameters: [
            .required("tags", "A list of tags."), .required("dt", "The DocType."),
            .required("docs", "A list of names."),
            .optional("color"),
        ], summary: "Marks documents with tags."
    ) { arguments, session in
        let doctype = try arguments.required("dt")
        let tags = try arguments.names("tags")
        for name in try arguments.names("docs") {
            for tag in tags { try session.tag(doctype, name, with: tag) }
        }
        return .null
    }

    private static let removeTag = Method(
        "frappe.desk.doctype.tag.tag.remove_tag", writes: true,
        parameters: [
            .required("tag", "The tag."), .required("dt", "The DocType."),
            .required("dn", "The document.", of: .argument("dt")),
        ],
        summary: "Takes a tag from a document."
    ) { arguments, session in
        try session.untag(arguments.required("dt"), arguments.required("dn"), from: arguments.required("tag"))
        return .null
    }

    private static let getTags = Method(
        "frappe.desk.doctype.tag.tag.get_tags",
        parameters: [doctype, .optional("txt", "A part of the tag."), .optional("limit_start", "Tags to leave out.")],
        summary: "The tags of those documents of a DocType that the user may read."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        try session.require(.read, type)
        guard !type.isVirtual else { return [] }
        let rule = session.readCondition(for: type, table: "d", right: .read)
        let pattern = LikePattern(containing: arguments.text("txt") ?? "").portable
        let sql = """
            SELECT DISTINCT t.tag FROM tag_link t JOIN \(quoted(type.table)) d ON d.name = t.document_name
            WHERE t.document_type = ? AND \(session.transaction.dialect.like("t.tag"))\(rule.map { " AND \($0.sql)" } ?? "")
            ORDER BY t.tag
            """
        return try page(
            sql, [.text(type.name), .text(pattern)] + (rule?.arguments ?? []), arguments, session)
    }

    private static let taggedDocuments = Method(
        "frappe.desk.doctype.tag.tag.get_tagged_docs",
        parameters: [doctype, .required("tag", "The tag."), .optional("limit_start", "Documents to leave out.")],
        summary: "The documents of a DocType that have a tag."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        try session.require(.read, type)
        let rule = session.readCondition(for: type, table: "d")
        let sql = """
            SELECT DISTINCT d.name FROM tag_link t JOIN \(quoted(type.table)) d ON d.name = t.document_name
            WHERE t.document_type = ? AND t.tag = ?\(rule.map { " AND \($0.sql)" } ?? "") ORDER BY d.name
            """
        let values: [Value] = [.text(type.name), .text(try arguments.required("tag"))] + (rule?.arguments ?? [])
        return try page(sql, values, arguments, session)
    }

    /// The texts that a statement gives, from `limit_start` on; that there are more is told.
    private static func page(
        _ sql: String, _ values: [Value], _ arguments: Arguments, _ session: Session
    ) throws -> JSON {
        let start = try arguments.int("limit_start", in: 0...Int(Limits.listRows) * 1_000) ?? 0
        let most = Limits.filterValues
        let rows = try session.transaction.query(
            sql + " LIMIT ? OFFSET ?", values + [.int(Int64(most + 1)), .int(Int64(start))], [.text])
        if rows.count > most { session.noteMore("limit_start=\(start + most)") }
        return .array(rows.prefix(most).map { JSON($0[0]) })
    }

    // MARK: Assignments

    private static let assignTo = Method.Parameter.required(
        "assign_to", "The user, or a list of users.", of: .doctype("User"))
    private static let details: [Method.Parameter] = [
        .optional("description", "What is to be done."), .optional("date", "By when."),
        .optional("priority", "High, Medium or Low."),
    ]

    private static func assignment(_ arguments: Arguments) throws -> Assignment {
        Assignment(
            arguments.text("description") ?? "", priority: arguments.text("priority") ?? "Medium",
            date: try arguments.day("date"))
    }

    private static let assign = Method(
        "frappe.desk.form.assign_to.add", writes: true, parameters: [assignTo, doctype, name] + details,
        summary: "Gives a document to users to work on."
    ) { arguments, session in
        let (doctype, name) = (try arguments.required("doctype"), try arguments.required("name"))
        try session.assign(
            doctype, name, to: arguments.names("assign_to"), assignment(arguments))
        return .array(try session.assignments(doctype, name))
    }

    private static let assignMany = Method(
        "frappe.desk.form.assign_to.add_multiple", writes: true,
        parameters: [assignTo, doctype, .required("name", "A list of names.", of: .argument("doctype"))] + details,
        summary: "Gives documents to users to work on."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        let users = try arguments.names("assign_to")
        let names = try arguments.names("name")
        try session.requireFewAssignments(names.count * users.count)
        for name in names {
            try session.assign(doctype, name, to: users, assignment(arguments))
        }
        return .null
    }

    private static let unassign = Method(
        "frappe.desk.form.assign_to.remove", writes: true,
        parameters: [doctype, name, .required("assign_to", "The user.", of: .doctype("User"))],
        summary: "Takes a document from a user."
    ) { arguments, session in
        let (doctype, name) = (try arguments.required("doctype"), try arguments.required("name"))
        try session.endAssignment(doctype, name, of: arguments.required("assign_to"), isDone: false)
        return .array(try session.assignments(doctype, name))
    }

    private static let unassignMany = Method(
        "frappe.desk.form.assign_to.remove_multiple", writes: true,
        parameters: [doctype, .required("names", "A list of names.", of: .argument("doctype"))],
        summary: "Takes documents from all who have them."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        for name in try arguments.names("names") {
            for one in try session.assignments(doctype, name) {
                try session.endAssignment(doctype, name, of: one["owner"]?.string ?? "", isDone: false)
            }
        }
        return .null
    }

    private static let close = Method(
        "frappe.desk.form.assign_to.close", writes: true,
        parameters: [doctype, name, .required("assign_to", "The user.", of: .doctype("User"))],
        summary: "Says that an assignment is done."
    ) { arguments, session in
        let (doctype, name) = (try arguments.required("doctype"), try arguments.required("name"))
        let user = try arguments.required("assign_to")
        guard user == session.actor.user || session.actor.isAdministrator else {
            throw Problem(.forbidden, "Only \(user) closes what is assigned to \(user)", field: "assign_to")
        }
        try session.endAssignment(doctype, name, of: user, isDone: true)
        return .array(try session.assignments(doctype, name))
    }

    private static let assignments = Method(
        "frappe.desk.form.assign_to.get", parameters: [doctype, name], summary: "Who a document is assigned to."
    ) { arguments, session in
        .array(try session.assignments(arguments.required("doctype"), arguments.required("name")))
    }

    // MARK: Following

    private static let follow = Method(
        "frappe.desk.form.document_follow.follow_document", writes: true, parameters: [doctype, docName],
        summary: "Lets the user hear of a document's changes."
    ) { arguments, session in
        .bool(try session.follow(arguments.required("doctype"), arguments.required("doc_name")))
    }

    private static let unfollow = Method(
        "frappe.desk.form.document_follow.unfollow_document", writes: true, parameters: [doctype, docName],
        summary: "Lets the user hear no more of a document."
    ) { arguments, session in
        .bool(try session.follow(arguments.required("doctype"), arguments.required("doc_name"), false))
    }

    private static let updateFollow = Method(
        "frappe.desk.form.document_follow.update_follow", writes: true,
        parameters: [doctype, docName, .required("following", "1 or 0.")],
        summary: "Lets the user hear of a document's changes, or no more."
    ) { arguments, session in
        .bool(
            try session.follow(
                arguments.required("doctype"), arguments.required("doc_name"), arguments.flag("following") ?? true))
    }

    private static let followers = Method(
        "frappe.desk.form.document_follow.get_follow_users", parameters: [doctype, docName],
        summary: "Who follows a document."
    ) { arguments, session in
        let users = try session.followers(arguments.required("doctype"), arguments.required("doc_name"))
        return .array(users.map { ["user": .string($0)] })
    }
}
