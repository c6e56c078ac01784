public import Accounting
public import Documents
internal import Values

/// A bill from a supplier. Submitting it posts what is owed, what it is for, and the taxes.
public struct PurchaseInvoice: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Purchase Invoice", module: "Buying", naming: .series(["ACC-PINV-.YYYY.-"]), .submittable, .repeatable,
        title: "supplier_name", search: ["supplier", "bill_no", "status", "posting_date"],
        permissions: [
            .work("Accounts User"), .manage("Accounts Manager"), .work("Purchase User"), .manage("Purchase Manager"),
            .read("Stock User"), .read("Stock Manager"), .read("Auditor"),
        ],
        summary: "A bill from a supplier.")

    public let supplier = Link(Supplier.self, .required, .inStandardFilter, .indexed)
    public let supplierName = Data(.readOnly, .fetch("supplier", "supplier_name"), .inListView)
    public let taxID = Data(.named("tax_id"), .readOnly, .fetch("supplier", "tax_id"), .label("Tax ID"))
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let postingTime = TimeField(.noCopy)
    public let setPostingTime = Check(.noCopy, .hidden)
    public let paymentTermsTemplate = Link(
        PaymentTermsTemplate.self, .fetch("supplier", "payment_terms"), .fetchIfEmpty)
    public let dueDate = DateField(
        .description("By the payment terms when it is not given; the posting date without them."))
    public let billNo = Data(.indexed, .noCopy, .label("Supplier Invoice No"))
    public let billDate = DateField(.noCopy, .label("Supplier Invoice Date"))
    public let head = TradeHead()

    public let itemsSection = Section("Items")
    public let items = Table(PurchaseInvoiceItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(PurchaseTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let payment = Section("Payment")
    public let outstandingAmount = CurrencyField(.readOnly, .noCopy, .inListView)
    public let creditTo = Link(
        Account.self, .description("The account of what is owed; the company's default when empty."))
    public let costCenter = Link(CostCenter.self)

    public let contact = SupplierContact()

    public let more = Section("Terms and Status")
    public let remarks = SmallText(.noCopy)
    public let terms = SmallText()
    public let status = Select(
        [
            "Draft", "Return", "Debit Note Issued", "Submitted", "Paid", "Partly Paid", "Unpaid", "Overdue",
            "Cancelled",
            "Internal Transfer",
        ], .readOnly, .noCopy, .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}
}

/// One line of a bill from a supplier.
public struct PurchaseInvoiceItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Purchase Invoice Item", module: "Buying", kind: .child)
    public let line = TradeLine()
    public let expenseAccount = Link(
        Account.self,
        .description("Set by the server to Stock Received But Not Billed where the line bills goods of the stock."))
    public let purchaseOrder = Link(PurchaseOrder.self, .indexed)
    public let poDetail = Data(.hidden, .indexed)
    public let purchaseReceipt = Link("Purchase Receipt", .indexed)
    public let prDetail = Data(.hidden, .indexed)
    public let orderShare = CurrencyField(
        .readOnly, .hidden, .noCopy, .description("What of the order's amount the line bills: at the order's rate."))
    public let receiptShare = CurrencyField(
        .readOnly, .hidden, .noCopy, .description("What of the receipt's amount the line bills: at the receipt's rate.")
    )
    public let bookedAmount = CurrencyField(
        .readOnly, .hidden, .noCopy,
        .description(
            "What the line debits to its account, in company currency: of goods of the stock what they stand there with."
        ))
    public init() {}
}
