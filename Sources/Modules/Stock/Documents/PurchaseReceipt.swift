public import Accounting
public import Documents
internal import Values

/// Goods that arrive from a supplier. Submitting it takes them into stock and books what is not billed yet.
public struct PurchaseReceipt: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Purchase Receipt", module: "Stock", naming: .series(["MAT-PRE-.YYYY.-"]), .submittable, title: "supplier_name",
        search: ["supplier", "supplier_name", "status", "posting_date"],
        permissions: [
            .work("Stock User"), .manage("Stock Manager"), .work("Purchase User"), .read("Purchase Manager"),
            .read("Accounts User"), .read("Accounts Manager"),
        ], summary: "Goods that arrive from a supplier.")

    public let supplier = Link("Supplier", .required, .inStandardFilter, .indexed)
    public let supplierName = Data(.readOnly, .fetch("supplier", "supplier_name"), .inListView)
    public let supplierDeliveryNote = Data()
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .label("Date"))
    public let postingTime = TimeField()
    public let setPostingTime = Check(.hidden)
    public let head = TradeHead()
    public let setWarehouse = Link(Warehouse.self, .description("Where rows that do not say are put."))

    public let itemsSection = Section("Items")
    public let items = Table(PurchaseReceiptItem.self, .required)
    public let taxesSection = Section("Taxes and Charges")
    public let taxes = Table(PurchaseTaxesAndCharges.self)
    public let totals = TradeTotals()

    public let contact = SupplierContact()

    public let transport = Section("Transport")
    public let transporterName = Data()
    public let lrNo = Data(.label("Vehicle Number"))
    public let lrDate = DateField(.label("Vehicle Date"))

    public let more = Section("Terms and Status")
    public let instructions = SmallText()
    public let terms = SmallText()
    public let remarks = SmallText()
    public let perBilled = Percent(.readOnly, .noCopy, .inListView, .label("% Billed"))
    public let status = Select(
        ["Draft", "Partly Billed", "To Bill", "Completed", "Return", "Return Issued", "Cancelled", "Closed"], .readOnly,
        .noCopy, .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public init() {}
}

/// One line of a purchase receipt.
public struct PurchaseReceiptItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Purchase Receipt Item", module: "Stock", kind: .child)
    public let line = TradeLine()
    public let itemTaxAmount = CurrencyField(
        .readOnly, .description("Its share of the charges that count to the goods' value."))
    public let valuationRate = FloatField(
        .readOnly, .description("What one of the stock unit costs, charges included."))
    public let expenseAccount = Link(Account.self)
    public let purchaseOrder = Link("Purchase Order", .indexed)
    public let purchaseOrderItem = Data(.hidden, .indexed)
    public let billedAmt = CurrencyField(.readOnly, .noCopy, .label("Billed Amount"))
    public init() {}
}

extension PurchaseReceipt: Controller {
    /// What a receipt moves on the order it comes from.
    static let fulfilment = [
        Fulfilment(
            link: "purchase_order", row: "purchase_order_item", to: "Purchase Order", adds: "qty", into: "received_qty",
            of: "qty", percent: "per_received", exceeds: .overReceived)
    ]

    public static func validate(_ receipt: Doc<Self>, in session: Session) throws {
        let document = receipt.document
        StockVouchers.setMoment(document, in: session)
        try Trade.calculate(document, in: session)
        let rows = document.table("items")
        let stockItems = try ItemRows.stockItems(of: rows, in: session)
        try StockVouchers.checkRows(rows, stockItems: stockItems)
        try value(receipt, stockItems, in: session)
        Trade.setStatus(document, in: session)
    }

    public static func onSubmit(_ receipt: Doc<Self>, in session: Session) throws {
        let document = receipt.document
        let company = receipt[\.head.company]
        let ordered = try ordered(of: document, negative: false, in: session)
        let moment = StockVouchers.moment(of: document, in: session)
        let stockItems = try ItemRows.stockItems(of: document.table("items"), in: session)
        let rows = receipt.items.filter { stockItems.contains($0[\.line.itemCode]) }
        let differences = try StockLedger.post(
            rows.map {
                StockLedger.Movement(
                    item: $0[\.line.itemCode], warehouse: $0[\.line.warehouse],
                    qty: StockVouchers.stockQty($0.document),
                    incomingRate: $0.valuationRate, voucherDetail: $0.name,
                    incomingValue: $0[\.line.baseNetAmount] + $0.itemTaxAmount)
            }, for: document, on: moment.day, time: moment.time, company: company, in: session)
        if try !rows.isEmpty && StockCompany.isPerpetual(company, in: session) {
            var books = try StockBooks(of: company, warehouses: Set(rows.map { $0[\.line.warehouse] }), in: session)
            let notBilled = try StockCompany.account("stock_received_but_not_billed", of: company, in: session)
            for (row, difference) in zip(rows, differences) {
                books.stock(row[\.line.warehouse], difference, costCenter: row[\.line.costCenter])
                books.credit(notBilled, row[\.line.baseNetAmount], costCenter: row[\.line.costCenter])
            }
            for (tax, amount) in charges(receipt) {
                books.credit(tax[\.line.accountHead], amount, costCenter: tax[\.line.costCenter])
            }
            try books.post(for: document, on: moment.day)
        }
        try Fulfilment.apply(fulfilment, of: document, negative: false, in: session)
        try StockLedger.order(ordered, in: session)
    }

    public static func beforeCancel(_ receipt: Doc<Self>, in session: Session) throws {
        Trade.setStatus(receipt.document, in: session)
    }

    public static func onCancel(_ receipt: Doc<Self>, in session: Session) throws {
        let document = receipt.document
        let ordered = try ordered(of: document, negative: true, in: session)
        try StockBooks.reverse(
            document, on: StockVouchers.moment(of: document, in: session).day, company: receipt[\.head.company],
            in: session)
        try Fulfilment.apply(fulfilment, of: document, negative: true, in: session)
        try StockLedger.order(ordered, in: session)
    }

    public static func onTrash(_ receipt: Doc<Self>, in session: Session) throws {
        try StockVouchers.refuseDeletion(of: receipt.document, in: session)
    }

    private static func ordered(
        of document: Document, negative: Bool, in session: Session
    ) throws -> [StockLedger.Quantity] {
        try StockVouchers.ordered(
            of: document, order: "Purchase Order", link: "purchase_order", detail: "purchase_order_item",
            done: "received_qty", negative: negative, in: session)
    }

    /// The charges that count to the value of the goods, in company currency; those that are deducted are negative.
    private static func charges(_ receipt: Doc<Self>) -> [(tax: Doc<PurchaseTaxesAndCharges>, amount: Exact)] {
        receipt.taxes.filter { $0.category != "Total" }.map { tax in
            let amount = tax[\.line.baseTaxAmount]
            return (tax, tax.addDeductTax == "Deduct" ? -amount : amount)
        }
    }

    /// Shares the charges among the rows of stock items by their net amounts, the rest of rounding to the last one, and
    /// sets what one of each costs.
    private static func value(_ receipt: Doc<Self>, _ stockItems: Set<Name>, in session: Session) throws {
        let money = try StockCompany.money(of: receipt[\.head.company], in: session)
        let total = charges(receipt).sum { $0.amount }
        let rows = receipt.items.filter { stockItems.contains($0[\.line.itemCode]) }
        guard total.isZero || !rows.isEmpty else {
            throw Problem(
                .noStockItem, "There is no stock item that the charges could count to", field: "taxes",
                fix: "Set their category to Total.")
        }
        let net = rows.sum { $0[\.line.baseNetAmount] }
        var left = total
        for (index, row) in rows.enumerated() {
            let isLast = index == rows.count - 1
            let weight = net.isZero ? Exact.zero : row[\.line.baseNetAmount]
            let share = isLast ? left : net.isZero ? 0 : money.quotient(total * weight, by: net)
            left -= share
            row.itemTaxAmount = share
            let qty = StockVouchers.stockQty(row.document)
            row.valuationRate = (row[\.line.baseNetAmount] + share).divided(by: qty, decimals: StockState.rateDecimals)
        }
    }
}
