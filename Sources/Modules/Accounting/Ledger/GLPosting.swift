public import Values

/// One line of a voucher that is about to be posted.
public struct GLPosting: Sendable {
    /// The account.
    public var account: String
    /// In company currency.
    public var debit: Exact
    /// In company currency.
    public var credit: Exact
    /// The customer or supplier; needed by receivable and payable accounts.
    public var party: (type: String, name: String)?
    /// The accounts or party on the other side, for people.
    public var against: String
    /// The cost center; the company's own when empty.
    public var costCenter: String
    /// The invoice that the line pays; nil for the voucher itself.
    public var againstVoucher: (type: String, name: String)?
    /// The row of the voucher it comes from; lines of different rows are not merged.
    public var voucherDetail: String
    /// When it is due.
    public var dueDate: Day?
    /// A remark.
    public var remarks: String
    /// Whether it is what a movement of stock changed in the value of stock; only such lines go to accounts of stock.
    public var isOfStock: Bool

    /// A line of a voucher. Negative amounts count on the other side.
    public init(
        account: String, debit: Exact = .zero, credit: Exact = .zero, party: (type: String, name: String)? = nil,
        against: String = "", costCenter: String = "", againstVoucher: (type: String, name: String)? = nil,
        voucherDetail: String = "", dueDate: Day? = nil, remarks: String = "", isOfStock: Bool = false
    ) {
        self.account = account
        self.debit = debit
        self.credit = credit
        self.party = party
        self.against = against
        self.costCenter = costCenter
        self.againstVoucher = againstVoucher
        self.voucherDetail = voucherDetail
        self.dueDate = dueDate
        self.remarks = remarks
        self.isOfStock = isOfStock
    }
}
