public import Documents
internal import Values

/// Somebody of the company who sells; sales people stand in a tree.
public struct SalesPerson: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Sales Person", module: "Selling", naming: .field("sales_person_name"), .renamable,
        search: ["employee", "designation"],
        tree: "parent_sales_person", permissions: Groups.sellingPermissions,
        summary: "Somebody of the company who sells; sales people stand in a tree.")

    public let salesPersonName = Data(.required, .setOnlyOnce, .inListView)
    public let parentSalesPerson = Link("Sales Person", .inListView)
    public let isGroup = Check(.inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let employee = Data(.description("The number of the employee."))
    public let designation = Data(.inListView)
    public let department = Data()
    public let mobileNo = Data()
    public let emailID = Data(.named("email_id"))
    public let dateOfJoining = DateField()
    public let commissionRate = Percent(.nonNegative)
    public init() {}

    public static func validate(_ person: Doc<Self>, in session: Session) throws {
        try Groups.checkPlace(of: person.document, under: "parent_sales_person", in: session)
    }
}

/// The part one sales person has in a sale.
public struct SalesTeam: DocTypeSchema {
    public static let doctype = DocTypeInfo("Sales Team", module: "Selling", kind: .child)
    public let salesPerson = Link(SalesPerson.self, .required, .inListView, .inStandardFilter)
    public let contactNo = Data()
    public let allocatedPercentage = FloatField(.nonNegative, .inListView, .label("Contribution (%)"))
    public let allocatedAmount = CurrencyField(.readOnly, .inListView, .label("Contribution to Net Total"))
    public let commissionRate = Percent(.readOnly, .fetch("sales_person", "commission_rate"))
    public let incentives = CurrencyField(.readOnly)
    public init() {}

    /// Shares `amount` among the sales people of `document`, a row each in its table `sales_team`.
    ///
    /// - Throws: ``Problem`` unless their parts come to 100 %.
    static func share(_ amount: Exact, in document: Document) throws {
        let rows = document.table("sales_team")
        guard !rows.isEmpty else { return }
        let parts = rows.sum { $0.exact("allocated_percentage") }
        guard parts == 100 else {
            throw Problem(
                .partsNotWhole, "The parts of the sales team come to \(parts) %, not to 100 %", field: "sales_team",
                fix: "Set allocated_percentage so that the rows come to 100.")
        }
        for row in rows {
            let part = (amount * row.exact("allocated_percentage")).divided(by: 100, decimals: 2)
            row.set("allocated_amount", part)
            row.set("incentives", (part * row.exact("commission_rate")).divided(by: 100, decimals: 2))
        }
    }
}
