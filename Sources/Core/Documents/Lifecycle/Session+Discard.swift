internal import Values

extension Session {
    /// Ends a draft that will never be submitted: it is then cancelled, without having posted anything. Its `status`
    /// becomes Cancelled where it can. Refused while submitted documents link to it.
    ///
    /// - Throws: ``Problem/Kind/transition`` unless it is a draft of a DocType that is submitted.
    public func discard(_ document: Document) throws { try run(Write(.discard, [document])) }

    func permitDiscard(_ document: Document) throws {
        let type = document.doctype
        guard document.stored != nil, document.docstatus == .draft, type.isSubmittable else {
            throw Problem(
                .transition, "\(type.name) \(document.name) cannot be discarded", field: "docstatus",
                fix: type.isSubmittable ? "Only drafts are discarded." : "Delete it instead.")
        }
        try require(.write, type, document)
        try refuseIfLocked([document])
    }

    func setDiscarded(_ document: Document) {
        document.values[Document.Slot.docstatus] = .int(Docstatus.cancelled.rawValue)
        if let status = document.doctype.field("status"), status.choices.contains(where: { $0 == "Cancelled" }) {
            document.set("status", "Cancelled")
        }
    }

    /// A draft like this document: the same values and rows, without names and what `no_copy` leaves out. It is inserted
    /// by ``insert(_:)-(Document)``.
    public func copy(_ document: Document) throws -> Document {
        try require(.read, document.doctype, document)
        try require(.create, document.doctype)
        return document.copied()
    }
}
