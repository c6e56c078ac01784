public import Documents

extension Problem.Kind {
    /// Debit and credit of a voucher differ.
    public static let unbalanced = Self("unbalanced_entry", exception: "DebitCreditNotEqualError")
    /// The voucher has been posted before.
    public static let alreadyPosted = Self("already_posted")
    /// An account that cannot be posted to: a group, disabled, of another company.
    public static let invalidAccount = Self("invalid_account", exception: "InvalidAccountError")
    /// An account that is frozen.
    public static let frozenAccount = Self("frozen_account", exception: "InvalidAccountError")
    /// The account of stock, which only movements of stock are posted to.
    public static let stockAccount = Self("stock_account", exception: "StockAccountInvalidTransaction")
    /// The balance of an account would be on the side it must not be on.
    public static let wrongBalance = Self("wrong_balance_side", exception: "InvalidAccountError")
    /// A day in no fiscal year.
    public static let noFiscalYear = Self("no_fiscal_year", exception: "FiscalYearError")
    /// A day in a closed fiscal year.
    public static let closedPeriod = Self("closed_period", exception: "ClosedAccountingPeriod")
    /// A fiscal year with entries that would be in no year any more.
    public static let yearInUse = Self("fiscal_year_in_use", exception: "FiscalYearError")
    /// A day up to which the books are frozen.
    public static let frozenBooks = Self("frozen_books", exception: "ClosedAccountingPeriod")
    /// More is paid on an invoice than is outstanding.
    public static let overAllocated = Self("over_allocated", exception: "OverAllocationError")
    /// More is billed than was ordered or delivered.
    public static let overBilled = Self("over_billed", exception: "OverAllowanceError")
    /// Nothing is left of the source document to make another from.
    public static let nothingLeft = Self("nothing_left")
    /// An account or cost center that has entries or children and cannot change that way.
    public static let treeInUse = Self("tree_in_use")
}

extension Problem.Kind {
    /// A cost center that cannot take the posting.
    public static let invalidCostCenter = Self("invalid_cost_center")
    /// A row of taxes that cannot be computed.
    public static let invalidTaxRow = Self("invalid_tax_row")
    /// An abbreviation that would not stand out in names.
    public static let invalidAbbreviation = Self("invalid_abbreviation")
    /// A currency other than the one that has to be.
    public static let otherCurrency = Self("other_currency")
    /// Two periods share days.
    public static let overlaps = Self("overlapping_period")
    /// An entry without amounts.
    public static let noAmounts = Self("no_amounts")
    /// A row that both debits and credits.
    public static let debitAndCredit = Self("debit_and_credit")
    /// Money that would stay where it is.
    public static let sameAccount = Self("same_account")
    /// A DocType that no payment settles.
    public static let notPayable = Self("not_payable")
    /// Two amounts that have to be equal.
    public static let amountsDiffer = Self("amounts_differ")
    /// A document that takes no more because it is closed, held or not submitted.
    public static let notOpen = Self("not_open")
    /// A document that differs from the one it was made of.
    public static let differsFromSource = Self("differs_from_source")
}
