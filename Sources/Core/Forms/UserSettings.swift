internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// What a user has set of a list or a form, such as its columns and the last filters: JSON that clients write and read, for
/// each user and DocType. It is the client's, and nothing here looks into it.
enum UserSettings {
    static let table = TableSchema(
        "_user_settings",
        columns: [
            .init("user", .text, required: true), .init("doctype", .text, required: true),
            .init("data", .text, required: true),
        ], primaryKey: ["user", "doctype"])

    static let methods = [get, save]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")

    private static let get = Method(
        "frappe.model.utils.user_settings.get", parameters: [doctype],
        summary: "What the user has set of the lists and forms of a DocType, as JSON text."
    ) { arguments, session in
        .string(try stored(known(arguments, session), session) ?? "{}")
    }

    private static let save = Method(
        "frappe.model.utils.user_settings.save", writes: true,
        parameters: [
            doctype, .required("user_settings", "An object: its members take the place of those that are set."),
        ],
        summary: "Keeps what the user has set; gives all that is set then, as JSON text."
    ) { arguments, session in
        let doctype = try known(arguments, session)
        // What cannot be read, which only damage can make, begins anew.
        var settings = (try stored(doctype, session).flatMap { try? JSON.parse($0) })?.object ?? [:]
        for (key, value) in try arguments.object("user_settings").members {
            settings[key] = value.isNull ? nil : value
        }
        let text = JSON.object(settings).text
        guard text.utf8.count <= Limits.userSettingsBytes else {
            throw Problem(
                .tooLong, "The settings are more than \(Limits.userSettingsBytes) bytes", field: "user_settings",
                fix: "Keep less.")
        }
        let row: [Value] = [.text(session.actor.user), .text(doctype), .text(text)]
        let mine = "\"user\" = ? AND doctype = ?"
        try session.sealing(table, where: mine, Array(row.prefix(2))) {
            try session.transaction.execute("DELETE FROM _user_settings WHERE \(mine)", Array(row.prefix(2)))
            try session.transaction.insert(into: table.name, table.columns.map(\.name), [row])
        }
        return .string(text)
    }

    private static func known(_ arguments: Arguments, _ session: Session) throws -> String {
        try session.registry.doctype(arguments.required("doctype")).name
    }

    private static func stored(_ doctype: String, _ session: Session) throws -> String? {
        try session.transaction.first(
            "SELECT data FROM _user_settings WHERE \"user\" = ? AND doctype = ?",
            [.text(session.actor.user), .text(doctype)], [.text])?[0].text
    }
}

extension Limits {
    /// The most bytes of what one user has set of one DocType.
    static let userSettingsBytes = 64 << 10
}
