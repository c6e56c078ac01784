internal import Storage
internal import Values

/// A value that a User Permission gives links of new documents.
struct PermittedDefault {
    let allow: String
    let value: String
    /// The DocType in whose documents it holds; nil for all.
    let place: String?
}

extension Session {
    /// Fills links of a new document that have no value with what the actor's User Permissions name as default.
    ///
    /// A default for one DocType goes before one for all.
    func fillPermitted(_ document: Document, in place: DocType) throws {
        guard !actor.restrictions.isEmpty, !asksNoRoles else { return }
        let defaults = try knownPermittedDefaults().filter { $0.place == nil || $0.place == place.name }
        guard !defaults.isEmpty else { return }
        for link in limits(of: document.doctype, in: place) where document.values[link.slot].isEmpty {
            guard let target = link.target else { continue }
            let fitting = defaults.filter { $0.allow == target }
            guard let chosen = fitting.first(where: { $0.place != nil }) ?? fitting.first else { continue }
            document.values[link.slot] = .text(chosen.value)
        }
        for row in document.allRows { try fillPermitted(row, in: place) }
    }

    private func knownPermittedDefaults() throws -> [PermittedDefault] {
        if let permittedDefaults { return permittedDefaults }
        var defaults: [PermittedDefault] = []
        try transaction.forEach(
            """
            SELECT allow, for_value, applicable_for, apply_to_all_doctypes FROM user_permission
            WHERE "user" = ? AND is_default = 1 ORDER BY allow, for_value
            """, [.text(actor.user)], [.text, .text, .text, .integer]
        ) { row in
            let place = row[3].int == 1 ? nil : row[2].text
            defaults.append(PermittedDefault(allow: row[0].text ?? "", value: row[1].text ?? "", place: place))
        }
        permittedDefaults = defaults
        return defaults
    }
}
