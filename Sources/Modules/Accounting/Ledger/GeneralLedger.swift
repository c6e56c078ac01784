public import Documents
internal import Storage
public import Values

/// The one way to write the general ledger and the payment ledger, and to move the balances that are kept of them.
public enum GeneralLedger {
    /// Posts a voucher: appends its GL Entry rows and, for customers and suppliers, its Payment Ledger Entry rows, and moves
    /// the balances of the accounts and the outstanding amounts of the invoices it pays.
    ///
    /// Lines that differ only in the amount are merged, zeros left out. Debit and credit must be equal; a difference of at
    /// most 5 cents goes to the company's round-off account. Amounts keep at most 4 decimals.
    ///
    /// - Throws: ``Problem/Kind/unbalanced``, ``Problem/Kind/alreadyPosted``, ``Problem/Kind/invalidAccount``,
    ///   ``Problem/Kind/frozenAccount``, ``Problem/Kind/stockAccount``, ``Problem/Kind/wrongBalance``,
    ///   ``Problem/Kind/noFiscalYear``, ``Problem/Kind/closedPeriod``, ``Problem/Kind/frozenBooks``,
    ///   ``Problem/Kind/overAllocated``.
    public static func post(
        _ postings: [GLPosting], for voucher: Document, on day: Day, company: String, in session: Session
    ) throws {
        let read = try session.transaction.query([LedgerEntries.query(voucher: voucher), FiscalYears.query(of: day)])
        guard read[0].isEmpty else {
            throw Problem(.alreadyPosted, "\(voucher.doctype.name) \(voucher.name) has been posted already")
        }
        let year = read[1].first.flatMap(FiscalYears.Year.init)
        try append(postings, for: voucher, on: day, in: year, company: company, in: session)
    }

    /// Appends the reverse of all rows of the voucher, on the same posting date, moves balances and outstanding amounts
    /// back, and posts `adding` with it. Where nothing was posted, only the day is checked.
    ///
    /// - Throws: ``Problem/Kind/closedPeriod`` and what else ``post(_:for:on:company:in:)`` throws.
    public static func reverse(_ voucher: Document, adding: [GLPosting] = [], in session: Session) throws {
        let entries = try unreversed("GL Entry", "gl_entry", of: voucher, in: session).map(Doc<GLEntry>.init)
        let name = entries.first?.company ?? voucher.text("company")
        guard let day = entries.first?.postingDate ?? voucher.day("posting_date") else { return }
        try requireOpen(day, company: name, in: session)
        guard !entries.isEmpty else { return }
        let rules = PostingRules(company: try Companies.get(name, in: session), session: session)
        let sides = try rules.sides(of: Set(entries.map(\.account)))
        try append(reversing: entries, on: day, in: session)
        let payments = try unreversed("Payment Ledger Entry", "payment_ledger_entry", of: voucher, in: session)
        try appendPayments(reversing: payments.map(Doc<PaymentLedgerEntry>.init), for: voucher, in: session)
        if !adding.isEmpty {
            let year = try FiscalYears.find(day, in: session)
            try append(adding, for: voucher, on: day, in: year, company: name, in: session)
        }
        try rules.checkBalances(sides)
    }

    /// Refuses a day that is in no fiscal year or a closed one, or up to which the company's books are frozen: for every
    /// ledger, and for vouchers that post nothing.
    ///
    /// - Returns: the name of the fiscal year.
    /// - Throws: ``Problem/Kind/noFiscalYear``, ``Problem/Kind/closedPeriod``, ``Problem/Kind/frozenBooks``.
    @discardableResult
    public static func requireOpen(_ day: Day, company: String, in session: Session) throws -> String {
        try PostingRules(company: Companies.get(company, in: session), session: session)
            .fiscalYear(FiscalYears.find(day, in: session), of: day)
    }

    /// Refuses to delete a voucher that has ledger entries: called in `onTrash` of everything that posts.
    ///
    /// - Throws: ``Problem/Kind/linked``.
    public static func refuseDeletion(of voucher: Document, in session: Session) throws {
        guard try LedgerEntries.exist(voucher: voucher, in: session) else { return }
        throw Problem(
            .linked, "\(voucher.doctype.name) \(voucher.name) has ledger entries and cannot be deleted",
            fix: "A cancelled document stays as the reason of its entries.")
    }

    // MARK: - Posting

    private static func append(
        _ postings: [GLPosting], for voucher: Document, on day: Day, in year: FiscalYears.Year?, company name: String,
        in session: Session
    ) throws {
        let company = try Companies.get(name, in: session)
        let rules = PostingRules(company: company, session: session)
        let year = try rules.fiscalYear(year, of: day)
        let merged = PostingBalance.merged(postings)
        var postings = try PostingBalance.balanced(merged, for: company)
        if postings.count > merged.count { postings = PostingBalance.merged(postings) }
        guard !postings.isEmpty else { return }
        let facts = try rules.accounts(of: postings)
        postings = try rules.costCenters(of: postings, facts)

        let rows = try postings.map { posting in
            try entry(posting, voucher, day, year, name, facts[posting.account]?.currency ?? "", in: session)
        }
        guard rows.allSatisfy({ $0.debit.isInRange && $0.credit.isInRange }) else {
            throw Problem(.outOfRange, "The amounts are larger than the ledger can hold")
        }
        precondition(rows.sum(\.debit) == rows.sum(\.credit), "the ledger takes only what balances")
        try session.append(rows)

        let payments = try postings.compactMap { posting in
            try payment(posting, voucher, day, name, facts[posting.account], in: session)
        }
        try session.append(payments)
        var movements: [Name: AccountBalances.Movement] = [:]
        for row in rows {
            let movement = AccountBalances.Movement(debit: row.debit, credit: row.credit)
            movements[row.account] = movements[row.account, default: .init()] + movement
        }
        try AccountBalances.move(movements, on: day, in: session)
        try rules.checkBalances(facts.mapValues(\.balanceMustBe))
        try Outstanding.update(payments, after: voucher, in: session)
    }

    private static func entry(
        _ posting: GLPosting, _ voucher: Document, _ day: Day, _ year: String, _ company: String, _ currency: String,
        in session: Session
    ) throws -> Doc<GLEntry> {
        let row = try session.new(GLEntry.self)
        row.postingDate = day
        row.account = posting.account
        row.partyType = posting.party?.type ?? ""
        row.party = posting.party?.name ?? ""
        row.costCenter = posting.costCenter
        row.debit = posting.debit
        row.credit = posting.credit
        row.accountCurrency = currency
        row.against = posting.against
        row.againstVoucherType = posting.againstVoucher?.type ?? ""
        row.againstVoucher = posting.againstVoucher?.name ?? ""
        row.voucherType = voucher.doctype.name
        row.voucherNo = voucher.name
        row.voucherDetailNo = posting.voucherDetail
        row.isOpening = voucher.text("is_opening") == "Yes" ? "Yes" : "No"
        row.fiscalYear = year
        row.company = company
        row.dueDate = posting.dueDate
        row.remarks = posting.remarks
        return row
    }

    /// The row of the payment ledger for a line on an account of customers or suppliers; nil for another.
    private static func payment(
        _ posting: GLPosting, _ voucher: Document, _ day: Day, _ company: String, _ facts: PostingRules.AccountFacts?,
        in session: Session
    ) throws -> Doc<PaymentLedgerEntry>? {
        guard let facts, [AccountType.receivable, AccountType.payable].contains(facts.type) else { return nil }
        let row = try session.new(PaymentLedgerEntry.self)
        let balance = posting.debit - posting.credit
        row.postingDate = day
        row.company = company
        row.accountType = facts.type
        row.account = posting.account
        row.partyType = posting.party?.type ?? ""
        row.party = posting.party?.name ?? ""
        row.dueDate = posting.dueDate
        row.costCenter = posting.costCenter
        row.voucherType = voucher.doctype.name
        row.voucherNo = voucher.name
        row.voucherDetailNo = posting.voucherDetail
        row.againstVoucherType = posting.againstVoucher?.type ?? voucher.doctype.name
        row.againstVoucherNo = posting.againstVoucher?.name ?? voucher.name
        row.amount = facts.type == AccountType.receivable ? balance : -balance
        row.accountCurrency = facts.currency
        row.remarks = posting.remarks
        return row
    }

    // MARK: - Reversal

    /// The rows of a voucher that nothing takes back yet.
    private static func unreversed(
        _ doctype: String, _ table: String, of voucher: Document, in session: Session
    ) throws -> [Document] {
        let names = try session.transaction.query(
            """
            SELECT name FROM \(table) WHERE voucher_no = ? AND voucher_type = ? AND COALESCE(reverses, '') = ''
            AND NOT EXISTS (SELECT 1 FROM \(table) later WHERE later.reverses = \(table).name) ORDER BY name
            """, [.text(voucher.name), .text(voucher.doctype.name)], [.text]
        ).compactMap { $0[0].text }
        return try session.privileged { try session.getMany(doctype, names) }
    }

    private static func append(reversing entries: [Doc<GLEntry>], on day: Day, in session: Session) throws {
        var movements: [Name: AccountBalances.Movement] = [:]
        let rows = try entries.map { entry in
            let row = try session.new(GLEntry.self)
            row.document.take(entry.document)
            row.debit = entry.credit
            row.credit = entry.debit
            row.reverses = entry.name
            let movement = AccountBalances.Movement(debit: entry.debit, credit: entry.credit)
            movements[entry.account] = movements[entry.account, default: .init()] - movement
            return row
        }
        try session.append(rows)
        try AccountBalances.move(movements, on: day, in: session)
    }

    private static func appendPayments(
        reversing entries: [Doc<PaymentLedgerEntry>], for voucher: Document, in session: Session
    ) throws {
        let rows = try entries.map { entry in
            let row = try session.new(PaymentLedgerEntry.self)
            row.document.take(entry.document)
            row.amount = -entry.amount
            row.reverses = entry.name
            return row
        }
        try session.append(rows)
        try Outstanding.update(rows, after: voucher, in: session)
    }
}

extension Document {
    /// Takes over all fields of another document of the same DocType, without the standard ones.
    fileprivate func take(_ other: Document) {
        for field in doctype.fields where field.expression == nil && field.type.column != nil {
            self[field.name] = other[field.name]
        }
    }
}
