internal import Values

/// One action on documents, on its way through the phases of ``Session/run(_:)``: what is asked for, and what has been
/// found of it so far.
package final class Write {
    /// What is done.
    let action: Action
    /// Why it is done.
    let cause: Cause
    /// The documents, of one DocType; only a deletion that cascades has several. Those in which nothing changes leave.
    var documents: [Document]
    /// What changes in each of the documents, in their order; empty where the whole documents are the change.
    var changes: [Changes] = []
    /// The events of the documents, as ``Event/cause`` names them, once they are noted.
    var events: [Int64] = []
    /// What an action is told besides its documents.
    var detail: Detail

    /// Why it is written.
    package enum Cause {
        /// Somebody asks for it: rights are asked, fields and links checked, controllers called.
        case asked
        /// It follows from another write, which was allowed: neither rights nor controllers are asked.
        case follows
        /// A statement for many rows writes it: here it is only observed and noted.
        case noted
    }

    /// What is peculiar to an action, such as the names of a renaming.
    package enum Detail {
        case none
        /// A deletion that takes along what links to the document.
        case cascade
        /// What goes with another document, whose copy keeps what is to be kept of it.
        case partOfOther
        /// A change of name, and the document as it was before.
        case rename(Rename, of: Document)
        /// What comes back, and the ``DeletedDocument`` it comes from.
        case restore(KeptCopy, from: Document)
        /// Companions that come back with what they hang on, and the ``DeletedDocument`` of that.
        case restoreWith(Document)
    }

    /// A write of documents of one action.
    package init(_ action: Action, _ documents: [Document], _ cause: Cause = .asked, detail: Detail = .none) {
        self.action = action
        self.documents = documents
        self.cause = cause
        self.detail = detail
    }

    /// The documents with what changes in each.
    var noted: [DocumentChange] {
        documents.enumerated().map { place, document in
            DocumentChange(
                action: action, document: document, changes: changes.isEmpty ? nil : changes[place], detail: detail)
        }
    }
}

/// What is done to one document, as observers see it.
public struct DocumentChange {
    /// What is done.
    public let action: Action
    /// The document: as it shall be before it is written, as it is afterwards; one that was deleted as it was.
    public let document: Document
    /// What changes in it; nil where that is the whole document, or nothing but its place.
    package let changes: Changes?
    /// What is peculiar to the action.
    package let detail: Write.Detail

    /// The fields that change; none for a document that comes or goes.
    public var fields: [FieldChange] { changes?.fields ?? [] }
    /// The name the document had before it was renamed, or that was merged into it.
    public var oldName: String? {
        if case .rename(let rename, _) = detail { rename.old } else { nil }
    }
}
