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
    /// Fills links of new documents that have no value: by the actor's User Permissions, else by its own defaults. What a
    /// User Permission limits takes no other default.
    func fillUserDefaults(_ document: Document) throws {
        let place = document.doctype
        try fillPermitted(document, in: place)
        guard !actor.defaults.isEmpty else { return }
        for one in [document] + document.allRows {
            for slot in one.doctype.linkSlots where one.values[slot].isEmpty {
                let field = one.doctype.columns[slot]
                guard field.type == .link, let target = field.options, let value = actor.defaults[field.name],
                    !actor.restrictions.hold(target, in: place.name)
                else { continue }
                one.values[slot] = .text(value)
            }
        }
    }

    /// Fills links of a new document that have no value with what the actor's User Permissions name as default.
    ///
    /// A default for one DocType goes before one for all.
    private func fillPermitted(_ document: Document, in place: DocType) throws {
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
