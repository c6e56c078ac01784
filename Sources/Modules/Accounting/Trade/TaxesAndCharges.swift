public import Documents
internal import Values

/// What a tax or charge of a sale and of a purchase have in common.
public struct TaxLine: FieldGroup {
    /// What it is computed from.
    public let chargeType = Select(
        ["", "Actual", "On Net Total", "On Previous Row Amount", "On Previous Row Total", "On Item Quantity"],
        .required, .inListView)
    /// The row that a charge on a previous row is on, from 1.
    public let rowID = Data(.description("The row that a charge on a previous row is on, from 1."))
    /// The account it is posted to.
    public let accountHead = Link(Account.self, .required, .inListView)
    /// What it is, for people.
    public let description = SmallText()
    /// The rates of the items include it.
    public let includedInPrintRate = Check(.description("The rates of the items include it."))
    /// Its cost center.
    public let costCenter = Link(CostCenter.self)
    /// Percent, or the charge for one unit.
    public let rate = FloatField(.inListView)
    /// The amount before the additional discount; given for an actual charge.
    public let taxAmount = CurrencyField(.inListView)
    /// The amount that counts.
    public let taxAmountAfterDiscountAmount = CurrencyField(.readOnly)
    /// The total up to and with it.
    public let total = CurrencyField(.readOnly, .inListView)
    /// `tax_amount` in company currency.
    public let baseTaxAmount = CurrencyField(.readOnly)
    /// The amount that counts, in company currency.
    public let baseTaxAmountAfterDiscountAmount = CurrencyField(.readOnly)
    /// `total` in company currency.
    public let baseTotal = CurrencyField(.readOnly)
    /// The fields of the group.
    public init() {}
}

/// A tax or charge of a sale.
public struct SalesTaxesAndCharges: DocTypeSchema {
    public static let doctype = DocTypeInfo("Sales Taxes and Charges", module: "Accounts", kind: .child)
    public let line = TaxLine()
    public init() {}
}

/// A tax or charge of a purchase: it may count to the total, to the value of the goods, or to both, and may be deducted.
public struct PurchaseTaxesAndCharges: DocTypeSchema {
    public static let doctype = DocTypeInfo("Purchase Taxes and Charges", module: "Accounts", kind: .child)
    public let category = Select(["Total", "Valuation", "Valuation and Total"], .required, .fallback("Total"))
    public let addDeductTax = Select(["Add", "Deduct"], .required, .fallback("Add"))
    public let line = TaxLine()
    public init() {}
}
