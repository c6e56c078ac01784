internal import Accounting
public import Documents
internal import Selling
internal import Stock
internal import Storage
internal import Values

extension PurchaseInvoice: Controller {
    /// What a bill moves on the orders and receipts it is for.
    static let fulfilment = [
        Fulfilment(
            link: "purchase_order", row: "po_detail", to: "Purchase Order", adds: "order_share", into: "billed_amt",
            of: "amount", percent: "per_billed", exceeds: .overBilled),
        Fulfilment(
            link: "purchase_receipt", row: "pr_detail", to: "Purchase Receipt", adds: "receipt_share",
            into: "billed_amt", of: "amount", percent: "per_billed", exceeds: .overBilled),
    ]

    public static func validate(_ invoice: Doc<Self>, in session: Session) throws {
        let document = invoice.document
        let company = try Trade.calculate(document, in: session)
        if invoice.creditTo.isEmpty { invoice.creditTo = company.defaultPayableAccount }
        try checkCreditTo(invoice, in: session)
        try refuseDuplicateBill(invoice, in: session)
        try setShares(invoice, company, in: session)
        try Invoices.prepare(document, in: session)
    }

    public static func onSubmit(_ invoice: Doc<Self>, in session: Session) throws {
        try Fulfilment.apply(fulfilment, of: invoice.document, negative: false, in: session)
        try PurchaseInvoicePostings.post(invoice, in: session)
    }

    public static func beforeCancel(_ invoice: Doc<Self>, in session: Session) throws {
        try Invoices.prepareCancel(invoice.document, in: session)
    }

    public static func onCancel(_ invoice: Doc<Self>, in session: Session) throws {
        try GeneralLedger.reverse(invoice.document, in: session)
        try Fulfilment.apply(fulfilment, of: invoice.document, negative: true, in: session)
    }

    /// What is discarded was never due.
    public static func beforeDiscard(_ invoice: Doc<Self>, in session: Session) throws {
        invoice.document.set("outstanding_amount", Exact.zero)
    }

    public static func onTrash(_ invoice: Doc<Self>, in session: Session) throws {
        try GeneralLedger.refuseDeletion(of: invoice.document, in: session)
    }

    private static func checkCreditTo(_ invoice: Doc<Self>, in session: Session) throws {
        guard !invoice.creditTo.isEmpty else {
            throw Problem(
                .mandatory, "Credit To is missing", field: "credit_to",
                fix: "Give credit_to, or set default_payable_account of the Company.")
        }
        let type = try session.value(of: "Account", invoice.creditTo, "account_type").text
        guard type == nil || type == "Payable" else {
            throw Problem(
                .invalidAccount, "\(invoice.creditTo) is not a payable account", field: "credit_to",
                fix: "Choose an account of the type Payable.")
        }
    }

    /// Refuses a second bill with a number the supplier has used in the same fiscal year, unless the settings allow it.
    ///
    /// - Throws: ``Problem/Kind/duplicateBill``.
    private static func refuseDuplicateBill(_ invoice: Doc<Self>, in session: Session) throws {
        guard !invoice.billNo.isEmpty, let day = invoice.postingDate,
            try AccountsSettings.current(in: session).checkSupplierInvoiceUniqueness
        else { return }
        let year = try FiscalYears.year(of: day, in: session)
        let sql = """
            SELECT name FROM purchase_invoice WHERE bill_no = ? AND supplier = ? AND company = ? AND docstatus < 2
            AND name <> ? AND posting_date >= ? AND posting_date <= ? LIMIT 1
            """
        let same = try session.transaction.first(
            sql,
            [
                .text(invoice.billNo), .text(invoice.supplier), .text(invoice[\.head.company]), .text(invoice.name),
                .day(year.start), .day(year.end),
            ], [.text])
        guard let same else { return }
        throw Problem(
            .duplicateBill,
            "Bill \(invoice.billNo) of \(invoice.supplier) was entered as \(try session.named("Purchase Invoice", same[0].description))",
            field: "bill_no",
            fix: "Correct bill_no, or cancel the other one.")
    }

    /// Sets what each row takes of orders and receipts, and the account it is booked on.
    private static func setShares(_ invoice: Doc<Self>, _ company: Doc<Company>, in session: Session) throws {
        let ordered = try BilledShare.order.parts(of: invoice.document, in: session)
        let received = try BilledShare.receipt.parts(of: invoice.document, in: session)
        let rows = invoice.document.table("items")
        let stocked = company.enablePerpetualInventory ? try ItemRows.stockItems(of: rows, in: session) : []
        let defaults = try ItemDefaults(
            of: Set(rows.map { $0.text("item_code") }), company: company.name, in: session)
        for row in invoice.items {
            let order = ordered[row.idx]
            let receipt = received[row.idx]
            row.orderShare = order?.amount ?? .zero
            row.receiptShare = receipt?.amount ?? .zero
            if stocked.contains(row[\.line.itemCode]), let part = receipt ?? order {
                row.expenseAccount = company.stockReceivedButNotBilled
                row.bookedAmount = part.base
            } else {
                row.bookedAmount = row[\.line.baseNetAmount]
                if row.expenseAccount.isEmpty { row.expenseAccount = defaults[row[\.line.itemCode]].expenseAccount }
                if row.expenseAccount.isEmpty { row.expenseAccount = company.defaultExpenseAccount }
            }
            guard !row.expenseAccount.isEmpty else {
                throw Problem(
                    .mandatory, "Row \(row.idx): Expense Account is missing", field: "expense_account", row: row.idx,
                    fix: "Give expense_account, or set the default accounts of the Company.")
            }
        }
    }
}

extension Problem.Kind {
    /// A supplier's bill is entered twice.
    public static let duplicateBill = Self("duplicate_bill", exception: "DuplicateEntryError", status: 409)
}
