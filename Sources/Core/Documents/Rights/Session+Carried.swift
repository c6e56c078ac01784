internal import Values

/// A DocType whose documents hold what others are or were, as JSON: who reads them sees of it what it may see of those.
struct Carrier {
    let doctypeField: String
    let nameField: String
    let dataField: String
    /// Fields with what hung on the document, which are for bringing it back and shown to nobody but Administrator.
    var innerFields: Set<String> = []

    /// The carriers by DocType.
    static let all = [
        "Version": Carrier(doctypeField: "ref_doctype", nameField: "docname", dataField: "data"),
        "Deleted Document": Carrier(
            doctypeField: "deleted_doctype", nameField: "deleted_name", dataField: "data",
            innerFields: ["companions", "marks", "taken_out"]),
    ]

    /// The fields that lists do not show.
    var hiddenFields: Set<String> { innerFields.union([dataField]) }

    /// What is shown of a field of a carrier; nil where it is the value itself.
    func shown(_ field: String, of document: Document, in session: Session) -> Value? {
        if field == dataField { return session.carried(document, self).map { .text($0.text) } ?? .null }
        return innerFields.contains(field) ? .null : nil
    }
}

extension Session {
    /// What the actor may see of what a carrier holds; nil where it may not read the document it is about.
    ///
    /// Of a document that is gone only who may read all of its DocType sees something.
    func carried(_ document: Document, _ carrier: Carrier) -> JSON? {
        guard let type = registry.find(document.text(carrier.doctypeField)) else { return nil }
        do {
            let about = try load(type, [document.text(carrier.nameField)]).first
            if let about {
                guard try decision(.read, type, about).isAllowed else { return nil }
            } else if !mayOnAll(.read, type) || !actor.restrictions.isEmpty {
                return nil
            }
            let isOwn = about.map { $0.storedOwner == actor.user } ?? false
            return presentChanges(try JSON.parse(document.text(carrier.dataField)), of: type, isOwn: isOwn)
        } catch {
            return nil
        }
    }
}
