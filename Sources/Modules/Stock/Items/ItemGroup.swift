public import Documents

/// A node of the tree that items are grouped in.
public struct ItemGroup: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Item Group", module: "Stock", naming: .field("item_group_name"), .renamable, tree: "parent_item_group",
        permissions: [.manage("Item Manager"), .manage("Stock Manager"), .read("All")],
        summary: "A node of the tree that items are grouped in.")

    public let itemGroupName = Data(.required, .setOnlyOnce, .inListView)
    public let parentItemGroup = Link("Item Group", .inListView, .indexed)
    public let isGroup = Check(.inListView)
    public let image = AttachImage()
    public init() {}
}

extension ItemGroup: Controller {
    public static func validate(_ group: Doc<Self>, in session: Session) throws {
        try Tree.check(group.document, parent: "parent_item_group", in: session)
    }
}
