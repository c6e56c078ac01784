public import Documents
internal import Values

/// Postings written by hand: any accounts, as long as debit equals credit.
public struct JournalEntry: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Journal Entry", module: "Accounts", naming: .series(["ACC-JV-.YYYY.-"]), .submittable, .repeatable,
        title: "title",
        search: ["cheque_no", "user_remark"],
        permissions: [.manage("Accounts Manager"), .work("Accounts User"), .read("Auditor")],
        summary: "Postings written by hand.")

    public let title = Data(.inListView)
    public let voucherType = Select(
        [
            "Journal Entry", "Inter Company Journal Entry", "Bank Entry", "Cash Entry", "Credit Card Entry",
            "Debit Note",
            "Credit Note", "Contra Entry", "Excise Entry", "Write Off Entry", "Opening Entry", "Depreciation Entry",
            "Asset Disposal", "Periodic Accounting Entry", "Exchange Rate Revaluation", "Exchange Gain Or Loss",
            "Deferred Revenue", "Deferred Expense",
        ], .required, .fallback("Journal Entry"), .inListView, .inStandardFilter)
    public let company = Link(Company.self, .required)
    public let postingDate = DateField(.required, .today, .inListView, .indexed, .noCopy)
    public let accounts = Table(JournalEntryAccount.self, .required)
    public let chequeNo = Data(.label("Reference Number"))
    public let chequeDate = DateField(.label("Reference Date"))
    public let billNo = Data()
    public let billDate = DateField()
    public let modeOfPayment = Link(ModeOfPayment.self)
    public let payToRecdFrom = Data(.label("Pay To / Recd From"), .noCopy)
    public let userRemark = SmallText()
    public let remark = SmallText(.readOnly)
    public let totalDebit = CurrencyField(.readOnly, .inListView)
    public let totalCredit = CurrencyField(.readOnly)
    public let difference = CurrencyField(.readOnly)
    public let multiCurrency = Check()
    public let isOpening = Select(["No", "Yes"], .fallback("No"))
    public init() {}

    public static func validate(_ entry: Doc<Self>, in session: Session) throws {
        try Trade.prepare(entry.document, in: session)
        for row in entry.accounts { try fill(row) }
        entry.totalDebit = entry.accounts.sum(\.debit)
        entry.totalCredit = entry.accounts.sum(\.credit)
        entry.difference = entry.totalDebit - entry.totalCredit
        entry.remark = entry.userRemark
        if entry.title.isEmpty {
            entry.title = entry.accounts.first.map { $0.party.isEmpty ? $0.account : $0.party } ?? ""
        }
        if entry.voucherType == "Opening Entry" { entry.isOpening = "Yes" }
        guard entry.difference.isZero else {
            throw Problem(
                .unbalanced,
                "Total debit \(entry.totalDebit) and total credit \(entry.totalCredit) differ by \(entry.difference.magnitude)",
                field: "difference", fix: "Make both sides equal.")
        }
    }

    public static func beforeSubmit(_ entry: Doc<Self>, in session: Session) throws {
        guard entry.totalDebit.isPositive else {
            throw Problem(.noAmounts, "The entry has no amounts", field: "total_debit")
        }
    }

    public static func onSubmit(_ entry: Doc<Self>, in session: Session) throws {
        guard let day = entry.postingDate else { return }
        let rows = entry.accounts
        let debited = joined(rows.filter { $0.debit.isPositive })
        let credited = joined(rows.filter { $0.credit.isPositive })
        let postings = rows.map { row in
            GLPosting(
                account: row.account, debit: row.debit, credit: row.credit,
                party: row.party.isEmpty ? nil : (row.partyType, row.party),
                against: row.debit.isPositive ? credited : debited, costCenter: row.costCenter,
                againstVoucher: row.referenceName.isEmpty || Outstanding.invoices[row.referenceType] == nil
                    ? nil : (row.referenceType, row.referenceName),
                dueDate: row.referenceDueDate, remarks: row.userRemark.isEmpty ? entry.userRemark : row.userRemark)
        }
        try GeneralLedger.post(postings, for: entry.document, on: day, company: entry.company, in: session)
    }

    public static func beforeCancel(_ entry: Doc<Self>, in session: Session) throws {
        if let payer = try Outstanding.payers(of: entry.document, in: session).first {
            throw Problem(
                .linked, "Journal Entry \(entry.name) is linked to by \(payer.type) \(payer.name)",
                fix: "Cancel \(payer.type) \(payer.name) first.")
        }
    }

    public static func onCancel(_ entry: Doc<Self>, in session: Session) throws {
        try GeneralLedger.reverse(entry.document, in: session)
    }

    public static func onTrash(_ entry: Doc<Self>, in session: Session) throws {
        try GeneralLedger.refuseDeletion(of: entry.document, in: session)
    }

    /// Clients give the amounts in the currency of the account, which is the company's.
    private static func fill(_ row: Doc<JournalEntryAccount>) throws {
        if !row.debitInAccountCurrency.isZero || !row.creditInAccountCurrency.isZero {
            row.debit = row.debitInAccountCurrency
            row.credit = row.creditInAccountCurrency
        } else {
            row.debitInAccountCurrency = row.debit
            row.creditInAccountCurrency = row.credit
        }
        row.exchangeRate = .one
        guard row.debit.isZero || row.credit.isZero else {
            throw Problem(
                .debitAndCredit, "Row \(row.idx): an account is debited or credited, not both", field: "credit",
                row: row.idx)
        }
        if !row.referenceName.isEmpty, Outstanding.invoices[row.referenceType] != nil, row.party.isEmpty {
            throw Problem(
                .mandatory, "Row \(row.idx): a row for \(row.referenceType) \(row.referenceName) needs its party",
                field: "party", row: row.idx, fix: "Give party_type and party.")
        }
    }

    private static func joined(_ rows: [Doc<JournalEntryAccount>]) -> String {
        var names: [String] = []
        for row in rows {
            let name = row.party.isEmpty ? row.account : row.party
            if !names.contains(name) { names.append(name) }
        }
        return names.prefix(20).joined(separator: ", ")
    }
}

/// A row of a journal entry: one account.
public struct JournalEntryAccount: DocTypeSchema {
    public static let doctype = DocTypeInfo("Journal Entry Account", module: "Accounts", kind: .child)

    public let account = Link(Account.self, .required, .inListView, .indexed)
    public let accountType = Data(.readOnly, .fetch("account", "account_type"))
    public let partyType = Select(["", "Customer", "Supplier", "Employee", "Shareholder"])
    public let party = DynamicLink("party_type", .inListView)
    public let costCenter = Link(CostCenter.self)
    public let accountCurrency = Link(Currency.self, .readOnly, .fetch("account", "account_currency"))
    public let exchangeRate = FloatField()
    public let debitInAccountCurrency = CurrencyField(.nonNegative, .inListView)
    public let debit = CurrencyField(.nonNegative)
    public let creditInAccountCurrency = CurrencyField(.nonNegative, .inListView)
    public let credit = CurrencyField(.nonNegative)
    public let referenceType = Data()
    public let referenceName = DynamicLink("reference_type", .indexed)
    public let referenceDueDate = DateField()
    public let isAdvance = Select(["No", "Yes"])
    public let userRemark = SmallText()
    public let againstAccount = SmallText()
    public init() {}
}
