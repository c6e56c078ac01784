public import Documents
internal import Values

/// A row of the payment ledger: what one voucher adds to or takes from what is outstanding of an invoice, an advance or
/// itself. Written only by ``GeneralLedger``, for the accounts of customers and suppliers.
///
/// The outstanding amount of a voucher is the sum of the rows against it: positive is what the party owes, for
/// receivable accounts, or is owed, for payable ones.
public struct PaymentLedgerEntry: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Payment Ledger Entry", module: "Accounts", kind: .ledger, search: ["voucher_no", "party"],
        sort: ("posting_date", true),
        permissions: [.read("Accounts User"), .read("Accounts Manager"), .read("Auditor")],
        summary: "A row of the payment ledger.")

    public let postingDate = DateField(.required, .indexed, .inListView)
    public let company = Link(Company.self, .required)
    public let accountType = Select(["Receivable", "Payable"])
    public let account = Link(Account.self, .required)
    public let partyType = Data()
    public let party = DynamicLink("party_type", .indexed, .inListView)
    public let dueDate = DateField()
    public let costCenter = Link(CostCenter.self)
    public let voucherType = Data(.required)
    public let voucherNo = DynamicLink("voucher_type", .required, .indexed, .inListView)
    public let voucherDetailNo = Data()
    public let againstVoucherType = Data()
    public let againstVoucherNo = DynamicLink("against_voucher_type", .indexed)
    public let amount = CurrencyField(.inListView)
    public let accountCurrency = Link(Currency.self)
    public let amountInAccountCurrency = CurrencyField(.computed("amount"))
    public let delinked = Check(
        .computed(
            """
            CASE WHEN payment_ledger_entry.reverses IS NOT NULL OR EXISTS (SELECT 1 FROM payment_ledger_entry later
            WHERE later.reverses = payment_ledger_entry.name) THEN 1 ELSE 0 END
            """))
    public let reverses = Data(.indexed, .description("The row that this one takes back."))
    public let remarks = SmallText()
    public init() {}
}
