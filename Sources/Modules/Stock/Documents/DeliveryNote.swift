public import Accounting
public import Documents
internal import Values

/// Goods that leave for a customer. Submitting it takes them out of stock and books what they cost.
public struct DeliveryNote: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Delivery Note", module: "Stock", naming: .series(["MAT-DN-.YYYY.-"]), .submittable, title: "customer_name",
        search: ["customer", "customer_name", "status", "posting_date"],
        permissions: [
            .work("Stock User"), .manage("Stock Manager"), .work("Sales User"), .read("Sales Manager"),
            .read("Accounts User"), .read("Accounts Manager"),
        ], summary: "Goods that leave for a customer.")

    public let customer = Link("Customer", .required, .inStandardFilter, .indexed)
    public let customerName = Data(.readOnly, .fetch("customer", "customer_name"), .inListView)
    public let taxID = Data(.named("tax_id"), .readOnly, .fetch("customer", "tax_id"), .label("Tax ID"))
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let postingTime = TimeField()
    public let setPostingTime = Check(.hidden)
    public let poNo = Data(.allowOnSubmit, .label("Customer's Purchase Order"))
    public let poDate = DateField(.allowOnSubmit, .label("Customer's Purchase Order Date"))
    public let head = TradeHead()
    public let setWarehouse = Link(Warehouse.self, .description("Where rows that do not say are taken from."))

    public let itemsSection = Section("Items")
    public let items = Table(DeliveryNoteItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(SalesTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let contact = CustomerContact()

    public let transport = Section("Transport")
    public let transporterName = Data(.allowOnSubmit)
    public let driverName = Data(.allowOnSubmit)
    public let vehicleNo = Data(.allowOnSubmit)
    public let lrNo = Data(.allowOnSubmit, .label("Transport Receipt No"))
    public let lrDate = DateField(.allowOnSubmit, .label("Transport Receipt Date"))

    public let more = Section("Terms and Status")
    public let customerGroup = Link("Customer Group", .readOnly, .fetch("customer", "customer_group"))
    public let territory = Link("Territory", .readOnly, .fetch("customer", "territory"), .inStandardFilter)
    public let terms = SmallText()
    public let instructions = SmallText()
    public let perBilled = Percent(.readOnly, .noCopy, .inListView, .label("% Billed"))
    public let status = Select(
        ["Draft", "To Bill", "Completed", "Return", "Return Issued", "Cancelled", "Closed"], .readOnly, .noCopy,
        .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}
}

/// One line of a delivery note.
public struct DeliveryNoteItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Delivery Note Item", module: "Stock", kind: .child)
    public let line = TradeLine()
    public let expenseAccount = Link(Account.self, .description("Takes what the goods cost."))
    public let againstSalesOrder = Link("Sales Order", .indexed)
    public let soDetail = Data(.hidden, .indexed)
    public let billedAmt = CurrencyField(.readOnly, .noCopy, .label("Billed Amount"))
    public init() {}
}

extension DeliveryNote: Controller {
    /// What a delivery moves on the order it comes from.
    static let fulfilment = [
        Fulfilment(
            link: "against_sales_order", row: "so_detail", to: "Sales Order", adds: "qty", into: "delivered_qty",
            of: "qty", percent: "per_delivered", exceeds: .overDelivered)
    ]

    /// `make_sales_invoice`: what of a delivery note is not billed yet.
    static let toInvoice = Mapping(
        from: "Delivery Note", to: "Sales Invoice",
        fields: ["against_sales_order": "sales_order"], rowLink: "delivery_note", rowDetail: "dn_detail",
        quantity: StockVouchers.unbilledQty,
        after: { _, invoice, session in invoice.set("posting_date", session.today) })

    public static func validate(_ note: Doc<Self>, in session: Session) throws {
        let document = note.document
        StockVouchers.setMoment(document, in: session)
        try Trade.calculate(document, in: session)
        let rows = document.table("items")
        try StockVouchers.checkRows(rows, stockItems: ItemRows.stockItems(of: rows, in: session))
        try setExpenseAccounts(note, in: session)
        Trade.setStatus(document, in: session)
    }

    public static func onSubmit(_ note: Doc<Self>, in session: Session) throws {
        let document = note.document
        let company = note[\.head.company]
        let ordered = try ordered(of: document, negative: false, in: session)
        let moment = StockVouchers.moment(of: document, in: session)
        let stockItems = try ItemRows.stockItems(of: document.table("items"), in: session)
        let rows = note.items.filter { stockItems.contains($0[\.line.itemCode]) }
        let differences = try StockLedger.post(
            rows.map {
                StockLedger.Movement(
                    item: $0[\.line.itemCode], warehouse: $0[\.line.warehouse],
                    qty: -StockVouchers.stockQty($0.document),
                    incomingRate: nil, voucherDetail: $0.name)
            }, for: document, on: moment.day, time: moment.time, company: company, in: session)
        if try !rows.isEmpty && StockCompany.isPerpetual(company, in: session) {
            var books = try StockBooks(of: company, warehouses: Set(rows.map { $0[\.line.warehouse] }), in: session)
            for (row, difference) in zip(rows, differences) {
                books.stock(row[\.line.warehouse], difference, costCenter: row[\.line.costCenter])
                books.credit(row.expenseAccount, difference, costCenter: row[\.line.costCenter])
            }
            try books.post(for: document, on: moment.day)
        }
        try Fulfilment.apply(fulfilment, of: document, negative: false, in: session)
        try StockLedger.reserve(ordered, in: session)
    }

    public static func beforeCancel(_ note: Doc<Self>, in session: Session) throws {
        Trade.setStatus(note.document, in: session)
    }

    public static func onCancel(_ note: Doc<Self>, in session: Session) throws {
        let document = note.document
        let ordered = try ordered(of: document, negative: true, in: session)
        try StockBooks.reverse(
            document, on: StockVouchers.moment(of: document, in: session).day, company: note[\.head.company],
            in: session)
        try Fulfilment.apply(fulfilment, of: document, negative: true, in: session)
        try StockLedger.reserve(ordered, in: session)
    }

    public static func onTrash(_ note: Doc<Self>, in session: Session) throws {
        try StockVouchers.refuseDeletion(of: note.document, in: session)
    }

    private static func ordered(
        of document: Document, negative: Bool, in session: Session
    ) throws -> [StockLedger.Quantity] {
        try StockVouchers.ordered(
            of: document, order: "Sales Order", link: "against_sales_order", detail: "so_detail",
            done: "delivered_qty", negative: negative, in: session)
    }

    private static func setExpenseAccounts(_ note: Doc<Self>, in session: Session) throws {
        let company = note[\.head.company]
        let open = note.items.filter { $0.expenseAccount.isEmpty }
        guard !open.isEmpty else { return }
        let defaults = try ItemDefaults(of: Set(open.map { $0[\.line.itemCode] }), company: company, in: session)
        let fallback = try Companies.get(company, in: session).defaultExpenseAccount
        for row in open {
            let own = defaults[row[\.line.itemCode]].expenseAccount
            row.expenseAccount = own.isEmpty ? fallback : own
        }
    }
}
