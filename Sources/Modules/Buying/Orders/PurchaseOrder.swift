public import Accounting
public import Documents
internal import Selling
internal import Values

/// What the company has ordered from a supplier. It keeps how much of it is received and billed.
public struct PurchaseOrder: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Purchase Order", module: "Buying", naming: .series(["PUR-ORD-.YYYY.-"]), .submittable, .repeatable,
        title: "supplier_name",
        search: ["supplier", "status", "transaction_date"],
        permissions: [
            .work("Purchase User"), .manage("Purchase Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"),
        ],
        summary: "What the company has ordered from a supplier.")

    public let supplier = Link(Supplier.self, .required, .inStandardFilter, .indexed)
    public let supplierName = Data(.readOnly, .fetch("supplier", "supplier_name"), .inListView)
    public let transactionDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let scheduleDate = DateField(.inListView, .label("Required By"))
    public let orderConfirmationNo = Data(.allowOnSubmit)
    public let orderConfirmationDate = DateField(.allowOnSubmit)
    public let head = TradeHead()
    public let setWarehouse = Link("Warehouse", .description("Where rows that do not say are received."))

    public let itemsSection = Section("Items")
    public let items = Table(PurchaseOrderItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(PurchaseTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let contact = SupplierContact()
    public let shippingAddress = Link(Address.self, .label("Shipping Address"))
    public let shippingAddressDisplay = SmallText()
    public let billingAddress = Link(Address.self, .label("Billing Address"))
    public let billingAddressDisplay = SmallText()

    public let more = Section("Terms and Status")
    public let terms = SmallText()
    public let perReceived = Percent(.readOnly, .noCopy, .inListView, .label("% Received"))
    public let perBilled = Percent(.readOnly, .noCopy, .inListView, .label("% Billed"))
    public let status = Select(
        [
            "Draft", "On Hold", "To Receive and Bill", "To Bill", "To Receive", "To Pay", "Completed", "Delivered",
            "Cancelled", "Closed",
        ], .readOnly, .noCopy, .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}
}

/// One line of a purchase order.
public struct PurchaseOrderItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Purchase Order Item", module: "Buying", kind: .child)
    public let line = TradeLine()
    public let scheduleDate = DateField(.inListView, .label("Required By"))
    public let supplierPartNo = Data()
    public let receivedQty = FloatField(.readOnly, .noCopy)
    public let billedAmt = CurrencyField(.readOnly, .noCopy, .label("Billed Amount"))
    public init() {}
}
