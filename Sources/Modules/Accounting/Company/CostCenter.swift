public import Documents
internal import Values

/// A part of a company that income and expense are told apart by, or a group of such parts.
public struct CostCenter: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Cost Center", module: "Accounts", naming: .controller, .renamable, title: "cost_center_name",
        search: ["cost_center_name"], tree: "parent_cost_center", sort: ("name", false),
        permissions: [
            .manage("Accounts Manager"), .read("Accounts User"), .read("Auditor"), .read("Sales User"),
            .read("Purchase User"), .read("Stock User"), .select("Sales Manager"), .select("Purchase Manager"),
            .select("Stock Manager"), .select("Item Manager"), .select("System Manager"),
        ], summary: "A part of a company that income and expense are told apart by.")

    public let costCenterName = Data(.required, .inListView)
    public let costCenterNumber = Data()
    public let parentCostCenter = Link(CostCenter.self, .indexed)
    public let company = Link(Company.self, .required, .setOnlyOnce, .inStandardFilter, .indexed)
    public let isGroup = Check()
    public let disabled = Check()
    public init() {}

    public static func autoname(_ center: Doc<Self>, in session: Session) throws -> String {
        let abbr = try Companies.get(center.company, in: session).abbr
        let number = center.costCenterNumber.isEmpty ? "" : "\(center.costCenterNumber) - "
        return "\(number)\(center.costCenterName) - \(abbr)"
    }

    public static func validate(_ center: Doc<Self>, in session: Session) throws {
        let document = center.document
        if try TreeRules.costCenters.checkParent(of: document, in: session) == nil, !center.isGroup {
            throw Problem(
                .mandatory, "A cost center without a parent is a group", field: "parent_cost_center",
                fix: "Give parent_cost_center.")
        }
        try TreeRules.costCenters.checkKind(
            of: document, hasEntries: { try LedgerEntries.exist(costCenter: center.name, in: session) }, in: session)
    }

    public static func onTrash(_ center: Doc<Self>, in session: Session) throws {
        if try LedgerEntries.exist(costCenter: center.name, in: session) {
            throw Problem(
                .treeInUse, "\(center.name) has ledger entries and cannot be deleted", fix: "Disable it instead.")
        }
    }
}
