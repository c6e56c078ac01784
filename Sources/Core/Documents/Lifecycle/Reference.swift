internal import Values

/// A document by its DocType and name.
package struct Reference: Hashable {
    /// The DocType.
    package let doctype: String
    /// The name.
    package let name: String

    /// The document `name` of the DocType.
    package init(_ doctype: String, _ name: String) {
        self.doctype = doctype
        self.name = name
    }

    /// What the two fields of a companion name; nil when one of them is empty.
    package init?(_ document: Document, _ typeField: String, _ nameField: String) {
        let (doctype, name) = (document.text(typeField), document.text(nameField))
        guard !doctype.isEmpty, !name.isEmpty else { return nil }
        self.doctype = doctype
        self.name = name
    }

    /// Whether both are the same document.
    package static func == (l: Self, r: Self) -> Bool { l.doctype == r.doctype && l.name == r.name }

    /// The subject of its events.
    package var subject: String { "\(doctype)/\(name)" }
}

extension Session {
    /// Refuses what the actor may not do to the document that something hangs on; reading it is always asked first.
    ///
    /// - Throws: ``Problem/Kind/forbidden``; ``Problem/Kind/notFound``.
    package func requireReference(_ right: Right, _ reference: Reference?) throws {
        guard let reference else { return }
        guard actor.user != Actor.guest.user else {
            throw Problem(.forbidden, "Nobody is signed in", fix: "Sign in first.")
        }
        let document = try get(reference.doctype, reference.name)
        if right != .read { try require(right, document.doctype, document) }
    }

    /// A companion stays with the document it was made for: it moves only when that is renamed.
    package func keepReference(of document: Document, _ typeField: String, _ nameField: String) throws {
        guard !document.isNew else { return }
        for field in [typeField, nameField] where document.storedValue(field) != document[field] {
            throw Problem(
                .frozen, "\(document.doctype.field(field)?.label ?? field) cannot change once it is set", field: field)
        }
    }
}
