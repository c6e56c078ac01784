public import Accounting
public import Documents
internal import Values

/// An offer to a customer. What of it is ordered follows from the orders made from it.
public struct Quotation: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Quotation", module: "Selling", naming: .series(["SAL-QTN-.YYYY.-"]), .submittable, .repeatable,
        title: "customer_name",
        search: ["party_name", "status", "transaction_date"],
        permissions: [
            .work("Sales User"), .manage("Sales Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"),
        ],
        summary: "An offer to a customer.")

    public let quotationTo = Select(["Customer"], .required, .fallback("Customer"), .inStandardFilter)
    public let partyName = DynamicLink("quotation_to", .required, .inStandardFilter, .indexed, .label("Customer"))
    public let customerName = Data(.readOnly, .inListView)
    public let transactionDate = DateField(.required, .today, .inListView, .label("Date"))
    public let validTill = DateField()
    public let orderType = Select(["Sales", "Maintenance", "Shopping Cart"], .required, .fallback("Sales"))
    public let head = TradeHead()

    public let itemsSection = Section("Items")
    public let items = Table(QuotationItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(SalesTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let contact = CustomerContact()

    public let more = Section("Terms and Status")
    public let terms = SmallText()
    public let orderLostReason = SmallText(.readOnly, .noCopy)
    public let perOrdered = Percent(.readOnly, .noCopy, .label("% Ordered"))
    public let status = Select(
        ["Draft", "Open", "Replied", "Partially Ordered", "Ordered", "Lost", "Cancelled", "Expired"], .readOnly,
        .noCopy, .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}

    public static func validate(_ quotation: Doc<Self>, in session: Session) throws {
        let document = quotation.document
        quotation.customerName = try session.value(of: "Customer", quotation.partyName, "customer_name").text ?? ""
        if let until = quotation.validTill, let date = quotation.transactionDate, until < date {
            throw Problem(
                .datesOutOfOrder, "Valid till \(until) is before the quotation's date \(date)", field: "valid_till")
        }
        try Trade.calculate(document, in: session)
        Trade.setStatus(document, in: session)
    }

    /// A quotation that was lost was answered; it can be cancelled like any other.
    public static func beforeCancel(_ quotation: Doc<Self>, in session: Session) throws {
        Trade.setStatus(quotation.document, in: session)
    }
}

/// One line of a quotation.
public struct QuotationItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Quotation Item", module: "Selling", kind: .child)
    public let line = TradeLine()
    public let orderedQty = FloatField(.readOnly, .noCopy)
    public init() {}
}
