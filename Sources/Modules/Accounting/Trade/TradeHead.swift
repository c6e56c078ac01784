public import Documents
internal import Values

/// What the head of every trade document says of company and currency.
public struct TradeHead: FieldGroup {
    /// The company whose books it concerns.
    public let company = Link(Company.self, .required, .inStandardFilter)
    /// The currency of its amounts.
    public let currency = Link(CurrencyUnit.self, .required)
    /// What one unit of the currency is in the company's.
    public let conversionRate = FloatField(.nonNegative, .about("What one unit of the currency is in the company's."))
    /// The fields of the group.
    public init() {}
}

/// The totals of every trade document; the server computes them with ``Trade/calculate(_:in:)``.
public struct TradeTotals: FieldGroup {
    /// The sum of the quantities.
    public let totalQty = FloatField(.readOnly)
    /// The sum of the amounts of the rows.
    public let total = Currency(.readOnly)
    /// That less included taxes and discount.
    public let netTotal = Currency(.readOnly)
    /// `total` in company currency.
    public let baseTotal = Currency(.readOnly)
    /// `net_total` in company currency.
    public let baseNetTotal = Currency(.readOnly)
    /// What taxes and charges add.
    public let totalTaxesAndCharges = Currency(.readOnly)
    /// The same in company currency.
    public let baseTotalTaxesAndCharges = Currency(.readOnly)
    /// What the additional discount is taken from.
    public let applyDiscountOn = Select(["", "Grand Total", "Net Total"], .fallback("Grand Total"))
    /// The additional discount in percent; zero when its amount is given.
    public let additionalDiscountPercentage = FloatField()
    /// The additional discount.
    public let discountAmount = Currency()
    /// The same in company currency.
    public let baseDiscountAmount = Currency(.readOnly)
    /// What it comes to before rounding to the smallest coin.
    public let grandTotal = Currency(.readOnly, .inListView)
    /// The same in company currency.
    public let baseGrandTotal = Currency(.readOnly)
    /// What the rounding adds.
    public let roundingAdjustment = Currency(.readOnly)
    /// The same in company currency.
    public let baseRoundingAdjustment = Currency(.readOnly)
    /// What is to be paid; zero where rounding is switched off.
    public let roundedTotal = Currency(.readOnly)
    /// The same in company currency.
    public let baseRoundedTotal = Currency(.readOnly)
    /// The grand total is to be paid as it is.
    public let disableRoundedTotal = Check()
    /// The fields of the group.
    public init() {}
}
