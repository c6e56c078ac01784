internal import Storage
internal import Values

/// Gives a user, or everyone who has signed in, rights on one document that its roles do not give.
public struct DocShare: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "DocShare", module: "Core", search: ["share_doctype", "share_name"],
        permissions: [.manage("System Manager")],
        indexes: [["share_doctype", "share_name"], ["user", "share_doctype"]],
        summary: "Rights on one document for one user, or for everyone.")

    public let user = Link(User.self, .inListView)
    public let shareDoctype = Data(.required, .inListView)
    public let shareName = DynamicLink("share_doctype", .required, .inListView)
    public let read = Check(.fallback(1))
    public let write = Check()
    public let submit = Check()
    public let share = Check()
    public let everyone = Check()
    public let notifyByEmail = Check()
    public init() {}

    /// The rights a share can give, by their columns.
    package static let rights: [Right] = [.read, .write, .submit, .share]

    public static func validate(_ share: Doc<Self>, in session: Session) throws {
        guard let type = session.registry.find(share.shareDoctype), type.kind == .document else {
            throw Problem(
                .brokenLink, "\(share.shareDoctype) is no DocType whose documents are shared", field: "share_doctype")
        }
        if share.everyone {
            share.user = ""
        } else if share.user.isEmpty {
            throw Problem(
                .mandatory, "It must be said with whom the document is shared", field: "user", fix: "Give user.")
        }
        if share.submit, !type.isSubmittable {
            throw Problem(.notSubmittable, "A \(type.name) is not submitted", field: "submit")
        }
        if share.write || share.submit || share.share { share.read = true }
        if share.submit { share.write = true }
        let twin = try session.transaction.first(
            """
            SELECT name FROM docshare WHERE share_doctype = ? AND share_name = ? AND COALESCE("user", '') = ?
            AND everyone = ? AND name <> ?
            """,
            [
                .text(share.shareDoctype), .text(share.shareName), .text(share.user), .int(share.everyone ? 1 : 0),
                .text(share.name),
            ], [.text])
        if twin != nil {
            throw Problem(.duplicate, "The document is shared with \(share.user) already", field: "user")
        }
    }
}
