public import Documents
internal import Values

/// Money that comes in, goes out or moves between own accounts, with the invoices it settles.
public struct PaymentEntry: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Payment Entry", module: "Accounts", naming: .series(["ACC-PAY-.YYYY.-"]), .submittable, title: "title",
        search: ["party", "party_name", "reference_no"],
        permissions: [.manage("Accounts Manager"), .work("Accounts User"), .read("Auditor")],
        summary: "Money that comes in, goes out or moves between own accounts.")

    public let paymentType = Select(["Receive", "Pay", "Internal Transfer"], .required, .inStandardFilter)
    public let title = Data(.readOnly, .inListView)
    public let status = Select(
        ["", "Draft", "Submitted", "Cancelled"], .readOnly, .noCopy, .fallback("Draft"), .inListView)
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .noCopy)
    public let company = Link(Company.self, .required)
    public let modeOfPayment = Link(ModeOfPayment.self, .inListView)
    public let partyType = Select(["", "Customer", "Supplier", "Employee", "Shareholder"])
    public let party = DynamicLink("party_type", .indexed, .inStandardFilter)
    public let partyName = Data(.readOnly)
    public let contactPerson = Link("Contact")
    public let contactEmail = Data()
    public let accountsSection = Section("Accounts")
    public let paidFrom = Link(Account.self, .required)
    public let paidTo = Link(Account.self, .required)
    public let paidFromAccountCurrency = Link(Currency.self)
    public let paidToAccountCurrency = Link(Currency.self)
    public let amountsSection = Section("Amounts")
    public let paidAmount = CurrencyField(.required, .nonNegative, .inListView)
    public let sourceExchangeRate = FloatField()
    public let basePaidAmount = CurrencyField(.readOnly)
    public let receivedAmount = CurrencyField(.required, .nonNegative)
    public let targetExchangeRate = FloatField()
    public let baseReceivedAmount = CurrencyField(.readOnly)
    public let references = Table(PaymentEntryReference.self)
    public let totalAllocatedAmount = CurrencyField(.readOnly)
    public let baseTotalAllocatedAmount = CurrencyField(.readOnly)
    public let unallocatedAmount = CurrencyField(.readOnly)
    public let differenceAmount = CurrencyField(.readOnly)
    public let deductions = Table(PaymentEntryDeduction.self)
    public let referenceNo = Data(.label("Cheque/Reference No"))
    public let referenceDate = DateField(.label("Cheque/Reference Date"))
    public let costCenter = Link(CostCenter.self)
    public let remarks = SmallText(.allowOnSubmit)
    public init() {}
}

/// An invoice that a payment settles, and with how much.
public struct PaymentEntryReference: DocTypeSchema {
    public static let doctype = DocTypeInfo("Payment Entry Reference", module: "Accounts", kind: .child)

    public let referenceDoctype = Data(.required, .inListView)
    public let referenceName = DynamicLink("reference_doctype", .required, .inListView, .indexed)
    public let dueDate = DateField(.readOnly)
    public let totalAmount = CurrencyField(.readOnly)
    public let outstandingAmount = CurrencyField(.readOnly, .inListView)
    public let allocatedAmount = CurrencyField(.nonNegative, .inListView)
    public let exchangeRate = FloatField()
    public init() {}
}

/// A difference between what was paid and what was settled, such as a bank charge or a write-off.
public struct PaymentEntryDeduction: DocTypeSchema {
    public static let doctype = DocTypeInfo("Payment Entry Deduction", module: "Accounts", kind: .child)

    public let account = Link(Account.self, .required, .inListView)
    public let costCenter = Link(CostCenter.self)
    public let amount = CurrencyField(.required, .inListView)
    public let description = SmallText()
    public init() {}
}
