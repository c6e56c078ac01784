internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Sharing one document with users its roles do not give rights to.
enum Sharing {
    /// Refuses to share unless the actor has the right `share` on the document and every right it gives away.
    ///
    /// - Returns: what the document is called.
    /// - Throws: ``Problem/Kind/forbidden``; ``Problem/Kind/notFound`` as for reading the document.
    @discardableResult
    static func require(_ given: [Right], _ doctype: String, _ name: String, in session: Session) throws -> String {
        let document = try session.get(doctype, name)
        for right in [.share] + given { try session.require(right, document.doctype, document) }
        return document.name
    }

    /// The share of a document with a user, or with everyone where `user` is nil; nil when there is none.
    static func find(_ doctype: String, _ name: String, _ user: String?, in session: Session) throws -> Doc<DocShare>? {
        let row = try session.transaction.first(
            """
            SELECT name FROM docshare WHERE share_doctype = ? AND share_name = ? AND COALESCE("user", '') = ?
            AND everyone = ?
            """, [.text(doctype), .text(name), .text(user ?? ""), .int(user == nil ? 1 : 0)], [.text])
        guard let found = row?[0].text else { return nil }
        return try session.privileged { try session.get(DocShare.self, found) }
    }

    /// Gives rights, keeping those that are there, and takes others away; a share that gives nothing any more is removed.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for who may not share, or gives more than it has.
    static func set(
        _ doctype: String, _ name: String, _ user: String?, _ changes: [Right: Bool], notify: Bool = false,
        in session: Session
    ) throws -> Doc<DocShare>? {
        let name = try require(DocShare.rights.filter { changes[$0] == true }, doctype, name, in: session)
        let user = try user.map { try session.name($0, of: "User") }
        let known = try find(doctype, name, user, in: session)
        let share = try known ?? session.new(DocShare.self)
        if known == nil {
            share.shareDoctype = doctype
            share.shareName = name
            share.user = user ?? ""
            share.everyone = user == nil
            share.read = false
            share.notifyByEmail = notify
        }
        for right in DocShare.rights { if let value = changes[right] { share.document.set(right.rawValue, value) } }
        if changes[.read] == false { for right in DocShare.rights { share.document.set(right.rawValue, false) } }
        return try session.privileged {
            guard DocShare.rights.contains(where: { share.document.isSet($0.rawValue) }) else {
                if known != nil { try session.delete("DocShare", share.name) }
                return nil
            }
            try session.save(share)
            return share
        }
    }

    /// The shares of a document, as clients of Frappe read them.
    static func list(_ doctype: String, _ name: String, in session: Session) throws -> [JSON] {
        let type = try session.registry.doctype(DocShare.doctype.name)
        let columns = ["name", "user", "read", "write", "submit", "share", "everyone", "owner", "creation"]
        let slots = columns.compactMap(type.slot)
        let rows = try session.transaction.query(
            """
            SELECT \(columns.map(quoted).joined(separator: ",")) FROM docshare WHERE share_doctype = ? AND share_name = ?
            ORDER BY creation, name
            """, [.text(doctype), .text(name)], slots.map { type.columnTypes[$0] })
        return rows.map { .object(JSONObject(zip(columns, $0.map { JSON($0) }))) }
    }
}
