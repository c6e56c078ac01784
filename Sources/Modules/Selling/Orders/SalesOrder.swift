public import Accounting
public import Documents
internal import Values

/// What a customer has ordered. It reserves stock, and keeps how much of it is delivered and billed.
public struct SalesOrder: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Sales Order", module: "Selling", naming: .series(["SAL-ORD-.YYYY.-"]), .submittable, .repeatable,
        title: "customer_name",
        search: ["customer", "po_no", "status", "transaction_date"],
        permissions: [
            .work("Sales User"), .manage("Sales Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"),
        ],
        summary: "What a customer has ordered.")

    public let customer = Link(Customer.self, .required, .inStandardFilter, .indexed)
    public let customerName = Data(.readOnly, .fetch("customer", "customer_name"), .inListView)
    public let taxID = Data(.named("tax_id"), .readOnly, .fetch("customer", "tax_id"), .label("Tax ID"))
    public let orderType = Select(["Sales", "Maintenance", "Shopping Cart"], .required, .fallback("Sales"))
    public let transactionDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let deliveryDate = DateField(.inListView, .description("The last day of the rows when it is not given."))
    public let poNo = Data(.allowOnSubmit, .label("Customer's Purchase Order"))
    public let poDate = DateField(.allowOnSubmit, .label("Customer's Purchase Order Date"))
    public let head = TradeHead()
    public let setWarehouse = Link("Warehouse", .description("Where rows that do not say are delivered from."))

    public let itemsSection = Section("Items")
    public let items = Table(SalesOrderItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(SalesTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let contact = CustomerContact()
    public let contactPhone = Data()

    public let team = Section("Sales Team")
    public let salesTeam = Table(SalesTeam.self)

    public let more = Section("Terms and Status")
    public let customerGroup = Link(CustomerGroup.self, .readOnly, .fetch("customer", "customer_group"))
    public let territory = Link(Territory.self, .readOnly, .fetch("customer", "territory"), .inStandardFilter)
    public let terms = SmallText()
    public let perDelivered = Percent(.readOnly, .noCopy, .inListView, .label("% Delivered"))
    public let perBilled = Percent(.readOnly, .noCopy, .inListView, .label("% Billed"))
    public let status = Select(
        [
            "Draft", "On Hold", "To Pay", "To Deliver and Bill", "To Bill", "To Deliver", "Completed", "Cancelled",
            "Closed",
        ], .readOnly, .noCopy, .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}
}

/// One line of a sales order.
public struct SalesOrderItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Sales Order Item", module: "Selling", kind: .child)
    public let line = TradeLine()
    public let deliveryDate = DateField(.inListView, .description("The order's day when it is not given."))
    public let deliveredQty = FloatField(.readOnly, .noCopy)
    public let billedAmt = CurrencyField(.readOnly, .noCopy, .label("Billed Amount"))
    public let prevdocDocname = Link(Quotation.self, .indexed, .label("Quotation"))
    public let quotationItem = Data(.hidden, .indexed)
    public init() {}
}
