public import Documents
internal import Values

/// What the head of every trade document says of company and currency.
public struct TradeHead: FieldGroup {
    /// The company whose books it concerns.
    public let company = Link(Company.self, .required, .inStandardFilter)
    /// The currency of its amounts.
    public let currency = Link(Currency.self, .required)
    /// What one unit of the currency is in the company's.
    public let conversionRate = FloatField(
        .nonNegative, .description("What one unit of the currency is in the company's."))
    /// The fields of the group.
    public init() {}
}

/// The totals of every trade document; the server computes them with ``Trade/calculate(_:in:)``.
public struct TradeTotals: FieldGroup {
    /// The sum of the quantities.
    public let totalQty = FloatField(.readOnly)
    /// The sum of the amounts of the rows.
    public let total = CurrencyField(.readOnly)
    /// That less included taxes and discount.
    public let netTotal = CurrencyField(.readOnly)
    /// `total` in company currency.
    public let baseTotal = CurrencyField(.readOnly)
    /// `net_total` in company currency.
    public let baseNetTotal = CurrencyField(.readOnly)
    /// What taxes and charges add.
    public let totalTaxesAndCharges = CurrencyField(.readOnly)
    /// The same in company currency.
    public let baseTotalTaxesAndCharges = CurrencyField(.readOnly)
    /// What the additional discount is taken from.
    public let applyDiscountOn = Select(["", "Grand Total", "Net Total"], .fallback("Grand Total"))
    /// The additional discount in percent; zero when its amount is given.
    public let additionalDiscountPercentage = FloatField()
    /// The additional discount.
    public let discountAmount = CurrencyField()
    /// The same in company currency.
    public let baseDiscountAmount = CurrencyField(.readOnly)
    /// What it comes to before rounding to the smallest coin.
    public let grandTotal = CurrencyField(.readOnly, .inListView)
    /// The same in company currency.
    public let baseGrandTotal = CurrencyField(.readOnly)
    /// What the rounding adds.
    public let roundingAdjustment = CurrencyField(.readOnly)
    /// The same in company currency.
    public let baseRoundingAdjustment = CurrencyField(.readOnly)
    /// What is to be paid; zero where rounding is switched off.
    public let roundedTotal = CurrencyField(.readOnly)
    /// The same in company currency.
    public let baseRoundedTotal = CurrencyField(.readOnly)
    /// The grand total is to be paid as it is.
    public let disableRoundedTotal = Check()
    /// The fields of the group.
    public init() {}
}
