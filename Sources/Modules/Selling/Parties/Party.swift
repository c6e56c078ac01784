package import Documents
internal import Storage
internal import Values

/// What customers and suppliers have in common.
package enum Party {
    /// Refuses to delete a party that ledgers name.
    ///
    /// - Throws: ``Problem/Kind/linked``.
    package static func refuseIfBooked(_ type: String, _ name: String, in session: Session) throws {
        let ledger = try session.registry.doctype("GL Entry")
        let sql =
            "SELECT voucher_type, voucher_no FROM \(quoted(ledger.table)) WHERE party_type = ? AND party = ? LIMIT 1"
        guard let row = try session.transaction.first(sql, [.text(type), .text(name)], [.text, .text]) else { return }
        throw Problem(
            .linked,
            "\(type) \(name) stands in the books: \(try session.named(row[0].description, row[1].description))",
            fix: "Disable it instead.")
    }

    /// Removes the links of addresses and contacts to a party that is being deleted. They come back with it.
    package static func unlink(_ type: String, _ name: String, in session: Session) throws {
        let rows = try session.transaction.query(
            "SELECT parenttype, parent FROM dynamic_link WHERE link_doctype = ? AND link_name = ?",
            [.text(type), .text(name)], [.text, .text])
        for holder in ["Address", "Contact"] {
            let names = rows.filter { $0[0].text == holder }.compactMap(\.[1].text)
            guard !names.isEmpty else { continue }
            try session.detach("links", of: holder, Set<Name>(names).sorted(), with: (type, name)) { row in
                row.text("link_doctype") == type && row.text("link_name") == name
            }
        }
    }
}
