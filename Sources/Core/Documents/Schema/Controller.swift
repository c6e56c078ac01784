/// What a DocType does beyond keeping its values. Every hook runs inside the transaction of the write and may throw,
/// which undoes all of it.
///
/// Insert: `beforeInsert`, `autoname`, `validate`, rows written, `afterInsert`, `onUpdate`. Save: `validate`, rows
/// written, `onUpdate`. Submit: `validate`, `beforeSubmit`, rows written, `onUpdate`, `onSubmit`. Cancel:
/// `beforeCancel`, rows written, `onCancel`. Discard: `beforeDiscard`, rows written, `onDiscard`. Delete: `onTrash`, rows
/// removed, `afterDelete`. Undo of it: rows written, `onRestore`. Rename: `beforeRename`, names changed, `afterRename`.
public protocol Controller: DocTypeSchema {
    /// Before links are fetched and defaults checked, on insert only.
    static func beforeInsert(_ doc: Doc<Self>, in session: Session) throws
    /// The name of a new document, for DocTypes with `naming: .controller`.
    static func autoname(_ doc: Doc<Self>, in session: Session) throws -> String
    /// Computes what follows from the fields and refuses what is wrong; on every insert, save and submit.
    static func validate(_ doc: Doc<Self>, in session: Session) throws
    /// After the rows of a new document are written.
    static func afterInsert(_ doc: Doc<Self>, in session: Session) throws
    /// After the rows are written, on insert, save and submit.
    static func onUpdate(_ doc: Doc<Self>, in session: Session) throws
    /// Before a submitted document's rows are written.
    static func beforeSubmit(_ doc: Doc<Self>, in session: Session) throws
    /// After a submitted document's rows are written: posts to ledgers and moves what hangs on the document.
    static func onSubmit(_ doc: Doc<Self>, in session: Session) throws
    /// After a change to a submitted document.
    static func onUpdateAfterSubmit(_ doc: Doc<Self>, in session: Session) throws
    /// Before a cancelled document's rows are written.
    static func beforeCancel(_ doc: Doc<Self>, in session: Session) throws
    /// After a cancelled document's rows are written: reverses what the submit did.
    static func onCancel(_ doc: Doc<Self>, in session: Session) throws
    /// Before a draft is discarded, which makes it a cancelled document that never was submitted.
    static func beforeDiscard(_ doc: Doc<Self>, in session: Session) throws
    /// After a draft was discarded: takes back what hangs on it.
    static func onDiscard(_ doc: Doc<Self>, in session: Session) throws
    /// Before a document is deleted.
    static func onTrash(_ doc: Doc<Self>, in session: Session) throws
    /// After a document's rows are deleted; its values are still to be read from `doc`.
    static func afterDelete(_ doc: Doc<Self>, in session: Session) throws
    /// After a deleted document was brought back.
    static func onRestore(_ doc: Doc<Self>, in session: Session) throws
    /// Before a document is renamed, or merged into the one that has the new name. Gives the name it shall have.
    static func beforeRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws -> String
    /// After everything that named the document names it anew; `doc` is the one that has the name now.
    static func afterRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws
}

extension Controller {
    public static func beforeInsert(_ doc: Doc<Self>, in session: Session) throws {}
    public static func autoname(_ doc: Doc<Self>, in session: Session) throws -> String { "" }
    public static func validate(_ doc: Doc<Self>, in session: Session) throws {}
    public static func afterInsert(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onUpdate(_ doc: Doc<Self>, in session: Session) throws {}
    public static func beforeSubmit(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onSubmit(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onUpdateAfterSubmit(_ doc: Doc<Self>, in session: Session) throws {}
    public static func beforeCancel(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onCancel(_ doc: Doc<Self>, in session: Session) throws {}
    public static func beforeDiscard(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onDiscard(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onTrash(_ doc: Doc<Self>, in session: Session) throws {}
    public static func afterDelete(_ doc: Doc<Self>, in session: Session) throws {}
    public static func onRestore(_ doc: Doc<Self>, in session: Session) throws {}
    public static func beforeRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        rename.new
    }
    public static func afterRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws {}
}

/// The moments of a write at which a controller is called.
enum Hook: CaseIterable {
    case beforeInsert, validate, afterInsert, onUpdate, beforeSubmit, onSubmit, onUpdateAfterSubmit, beforeCancel
    case onCancel, beforeDiscard, onDiscard, onTrash, afterDelete, onRestore
}

/// A controller without its Swift type.
struct Hooks: Sendable {
    let run: @Sendable (Hook, Document, Session) throws -> Void
    let autoname: @Sendable (Document, Session) throws -> String
    let beforeRename: @Sendable (Document, Rename, Session) throws -> String
    let afterRename: @Sendable (Document, Rename, Session) throws -> Void

    init<C: Controller>(_ controller: C.Type) {
        run = { hook, document, session in
            let doc = Doc<C>(document)
            switch hook {
            case .beforeInsert: try C.beforeInsert(doc, in: session)
            case .validate: try C.validate(doc, in: session)
            case .afterInsert: try C.afterInsert(doc, in: session)
            case .onUpdate: try C.onUpdate(doc, in: session)
            case .beforeSubmit: try C.beforeSubmit(doc, in: session)
            case .onSubmit: try C.onSubmit(doc, in: session)
            case .onUpdateAfterSubmit: try C.onUpdateAfterSubmit(doc, in: session)
            case .beforeCancel: try C.beforeCancel(doc, in: session)
            case .onCancel: try C.onCancel(doc, in: session)
            case .beforeDiscard: try C.beforeDiscard(doc, in: session)
            case .onDiscard: try C.onDiscard(doc, in: session)
            case .onTrash: try C.onTrash(doc, in: session)
            case .afterDelete: try C.afterDelete(doc, in: session)
            case .onRestore: try C.onRestore(doc, in: session)
            }
        }
        autoname = { try C.autoname(Doc<C>($0), in: $1) }
        beforeRename = { try C.beforeRename(Doc<C>($0), $1, in: $2) }
        afterRename = { try C.afterRename(Doc<C>($0), $1, in: $2) }
    }
}
