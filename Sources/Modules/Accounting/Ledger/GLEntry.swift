public import Documents
internal import Values

/// A row of the general ledger: one account's debit or credit of one voucher. Written only by ``GeneralLedger``.
///
/// `reverses` names the row that this one takes back. Both then count as cancelled: `is_cancelled` is computed when
/// read, so that no row ever changes.
public struct GLEntry: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "GL Entry", module: "Accounts", kind: .ledger, search: ["voucher_no", "account"],
        sort: ("posting_date", true),
        permissions: [.read("Accounts User"), .read("Accounts Manager"), .read("Auditor")],
        summary: "A row of the general ledger.")

    public let postingDate = DateField(.required, .indexed, .inListView)
    public let account = Link(Account.self, .required, .indexed, .inListView)
    public let partyType = Data()
    public let party = DynamicLink("party_type", .indexed)
    public let costCenter = Link(CostCenter.self, .indexed)
    public let debit = CurrencyField(.inListView)
    public let credit = CurrencyField(.inListView)
    public let accountCurrency = Link(Currency.self)
    public let debitInAccountCurrency = CurrencyField(.computed("debit"))
    public let creditInAccountCurrency = CurrencyField(.computed("credit"))
    public let against = SmallText()
    public let againstVoucherType = Data()
    public let againstVoucher = DynamicLink("against_voucher_type", .indexed)
    public let voucherType = Data(.required)
    public let voucherNo = DynamicLink("voucher_type", .required, .indexed, .inListView)
    public let voucherDetailNo = Data()
    public let isOpening = Select(["No", "Yes"])
    public let isCancelled = Check(
        .computed(
            """
            CASE WHEN gl_entry.reverses IS NOT NULL
            OR EXISTS (SELECT 1 FROM gl_entry later WHERE later.reverses = gl_entry.name) THEN 1 ELSE 0 END
            """))
    public let reverses = Data(.indexed, .description("The row that this one takes back."))
    public let fiscalYear = Link(FiscalYear.self)
    public let company = Link(Company.self, .required)
    public let dueDate = DateField()
    public let remarks = SmallText()
    public init() {}
}
