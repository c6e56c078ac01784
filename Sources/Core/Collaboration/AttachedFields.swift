internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Files name the field that they are attached to.
enum AttachedFields {
    /// Lets files follow the fields that get other names.
    static func follow(_ renamed: RenamedFields, in session: Session) throws {
        for (doctype, fields) in renamed.names.sorted(by: { $0.key < $1.key }) {
            for (old, new) in fields.sorted(by: { $0.key < $1.key }) { try rename(doctype, old, new, in: session) }
        }
    }

    /// Lets the files that are attached to a field follow it to its new name.
    static func rename(_ doctype: String, _ old: String, _ new: String, in session: Session) throws {
        let condition = "attached_to_doctype = ? AND attached_to_field = ?"
        let type = try session.registry.doctype("File")
        let files = try session.transaction.query(
            "SELECT name FROM file WHERE \(condition) ORDER BY name", [.text(doctype), .text(old)], [.text]
        ).compactMap { $0[0].text }
        guard !files.isEmpty else { return }
        try session.transaction.execute(
            "UPDATE file SET attached_to_field = ? WHERE \(condition)", [.text(new), .text(doctype), .text(old)])
        for chunk in files.chunks(of: Limits.filterValues) {
            try session.run(Write(.derive, session.loadStored(type, Array(chunk)), .noted))
            try session.writeLogsIfMany()
        }
    }
}
