public import Documents
internal import Values

/// A bill to a customer. Submitting it posts the receivable, the income and the taxes, and moves what of its orders and
/// deliveries is billed.
public struct SalesInvoice: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Sales Invoice", module: "Accounts", naming: .series(["ACC-SINV-.YYYY.-"]), .submittable, .repeatable,
        title: "customer_name",
        search: ["customer", "customer_name", "po_no"],
        permissions: [
            .manage("Accounts Manager"), .work("Accounts User"), .read("Auditor"), .read("Sales User"),
            .read("Sales Manager"),
        ], summary: "A bill to a customer.")

    public let customer = Link("Customer", .required, .inStandardFilter, .indexed)
    public let customerName = Data(.readOnly, .fetch("customer", "customer_name"), .inListView)
    public let taxID = Data(.named("tax_id"), .readOnly, .fetch("customer", "tax_id"), .label("Tax ID"))
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .noCopy)
    public let postingTime = TimeField(.noCopy)
    public let setPostingTime = Check(.noCopy)
    public let paymentTermsTemplate = Link(
        PaymentTermsTemplate.self, .fetch("customer", "payment_terms"), .fetchIfEmpty)
    public let dueDate = DateField(.noCopy, .description("By the payment terms when it is not given."))
    public let head = TradeHead()
    public let poNo = Data(.label("Customer's Purchase Order"))
    public let poDate = DateField()
    public let items = Table(SalesInvoiceItem.self, .required)
    public let taxes = Table(SalesTaxesAndCharges.self)
    public let totals = TradeTotals()
    public let outstandingAmount = CurrencyField(.readOnly, .noCopy, .inListView)
    public let status = Select(
        ["", "Draft", "Submitted", "Paid", "Partly Paid", "Unpaid", "Overdue", "Cancelled"], .readOnly, .noCopy,
        .fallback("Draft"), .inListView, .inStandardFilter, .indexed)
    public let debitTo = Link(Account.self, .required, .label("Debit To"))
    public let againstIncomeAccount = SmallText(.readOnly)
    public let costCenter = Link(CostCenter.self)
    public let contact = CustomerContact()
    public let more = Section("Terms and Remarks")
    public let territory = Link("Territory", .readOnly, .fetch("customer", "territory"), .inStandardFilter)
    public let terms = SmallText()
    public let remarks = SmallText(.allowOnSubmit)
    public init() {}

    /// How its rows move what is billed of sales orders and deliveries.
    static let fulfilment = [
        Fulfilment(
            link: "sales_order", row: "so_detail", to: "Sales Order", adds: "amount", into: "billed_amt", of: "amount",
            percent: "per_billed", exceeds: .overBilled),
        Fulfilment(
            link: "delivery_note", row: "dn_detail", to: "Delivery Note", adds: "amount", into: "billed_amt",
            of: "amount",
            percent: "per_billed", exceeds: .overBilled),
    ]

    public static func validate(_ invoice: Doc<Self>, in session: Session) throws {
        let document = invoice.document
        let company = try Trade.calculate(document, in: session)
        if invoice.debitTo.isEmpty { invoice.debitTo = company.defaultReceivableAccount }
        var accounts: [String] = []
        for item in invoice.items {
            if item.incomeAccount.isEmpty { item.incomeAccount = company.defaultIncomeAccount }
            if !accounts.contains(item.incomeAccount) { accounts.append(item.incomeAccount) }
        }
        invoice.againstIncomeAccount = accounts.joined(separator: ", ")
        try Invoices.prepare(document, in: session)
        try checkAccounts(invoice, in: session)
    }

    public static func onSubmit(_ invoice: Doc<Self>, in session: Session) throws {
        let company = try Companies.get(invoice[\.head.company], in: session)
        guard let day = invoice.postingDate else { return }
        try GeneralLedger.post(
            postings(of: invoice, company), for: invoice.document, on: day, company: company.name, in: session)
        try Fulfilment.apply(fulfilment, of: invoice.document, negative: false, in: session)
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

    /// The receivable, the income of each row, the taxes and the rounding.
    private static func postings(of invoice: Doc<Self>, _ company: Doc<Company>) -> [GLPosting] {
        let remarks = invoice.remarks
        let receivable = GLPosting(
            account: invoice.debitTo, debit: Trade.baseAmountDue(invoice.document),
            party: ("Customer", invoice.customer),
            against: invoice.againstIncomeAccount, costCenter: invoice.costCenter,
            againstVoucher: ("Sales Invoice", invoice.name), dueDate: invoice.dueDate, remarks: remarks)
        let income = invoice.items.map { item in
            GLPosting(
                account: item.incomeAccount, credit: item[\.line.baseNetAmount], against: invoice.customer,
                costCenter: item[\.line.costCenter].isEmpty ? invoice.costCenter : item[\.line.costCenter],
                remarks: remarks)
        }
        return [receivable] + income
            + Invoices.taxPostings(of: invoice.document, isSale: true, against: invoice.customer, company: company)
    }

    private static func checkAccounts(_ invoice: Doc<Self>, in session: Session) throws {
        let items = invoice.items
        var names: Set<Name> = [Name(invoice.debitTo)]
        for item in items { names.insert(item.incomeAccount) }
        let found = try session.facts(of: "Account", names, ["account_type", "root_type"])
        if let debit = found[invoice.debitTo], debit[0].text != AccountType.receivable {
            throw Problem(
                .invalidAccount, "\(invoice.debitTo) is no receivable account", field: "debit_to",
                fix: "Choose an account of type Receivable.")
        }
        for item in items {
            guard let values = found[item.incomeAccount] else { continue }
            if [AccountType.receivable, AccountType.payable].contains(values[0].text) {
                throw Problem(
                    .invalidAccount, "Row \(item.idx): \(item.incomeAccount) is no income account",
                    field: "income_account", row: item.idx)
            }
        }
    }
}

/// A row of a bill to a customer.
public struct SalesInvoiceItem: DocTypeSchema {
    public static let doctype = DocTypeInfo("Sales Invoice Item", module: "Accounts", kind: .child)

    public let line = TradeLine()
    public let incomeAccount = Link(Account.self)
    public let expenseAccount = Link(Account.self)
    public let salesOrder = Link("Sales Order", .indexed)
    public let soDetail = Data(.hidden)
    public let deliveryNote = Link("Delivery Note", .indexed)
    public let dnDetail = Data(.hidden)
    public init() {}
}
