internal import Documents
internal import Metadata
internal import Values

/// Something somebody wrote down: for oneself, or for everybody.
struct Note: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Note", module: "Desk", naming: .hash, title: "title", search: ["title"], sort: ("modified", true),
        permissions: [
            .manage("System Manager"),
            Permission("Desk User", [.read, .select, .report, .create, .write, .delete, .share], ifOwner: true),
        ], summary: "Something somebody wrote down: for oneself, or for everybody.")

    let title = Data(.required, .inListView)
    let `public` = Check(.inListView, .inStandardFilter, .description("Everybody may read it."))
    let content = SmallText(.kind(.textEditor))
    init() {}

    /// A public note is one that is shared with everybody.
    static func onUpdate(_ note: Doc<Self>, in session: Session) throws {
        let isShared = try Sharing.find(doctype.name, note.name, nil, in: session)?.read ?? false
        guard note.public != isShared else { return }
        _ = try Sharing.set(doctype.name, note.name, nil, [.read: note.public], in: session)
    }
}
