public import Documents

/// A tree of the kinds of customers.
public struct CustomerGroup: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Customer Group", module: "Selling", naming: .field("customer_group_name"), .renamable,
        tree: "parent_customer_group",
        permissions: Groups.sellingPermissions, summary: "A kind of customers; groups stand in a tree.")

    public let customerGroupName = Data(.required, .setOnlyOnce, .inListView)
    public let parentCustomerGroup = Link("Customer Group", .inListView)
    public let isGroup = Check(.inListView, .description("It gathers other groups and takes no customers itself."))
    public init() {}

    public static func validate(_ group: Doc<Self>, in session: Session) throws {
        try Groups.checkPlace(of: group.document, under: "parent_customer_group", members: "Customer", in: session)
    }
}

/// A tree of the regions the company sells in.
public struct Territory: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Territory", module: "Selling", naming: .field("territory_name"), .renamable, tree: "parent_territory",
        permissions: Groups.sellingPermissions, summary: "A region the company sells in; regions stand in a tree.")

    public let territoryName = Data(.required, .setOnlyOnce, .inListView)
    public let parentTerritory = Link("Territory", .inListView)
    public let isGroup = Check(.inListView, .description("It gathers other territories."))
    public let territoryManager = Link("Sales Person")
    public init() {}

    public static func validate(_ territory: Doc<Self>, in session: Session) throws {
        try Groups.checkPlace(of: territory.document, under: "parent_territory", in: session)
    }
}
