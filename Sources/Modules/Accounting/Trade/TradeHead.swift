public import Documents
internal import Values

/// What the head of every trade document says of company and currency.
public struct TradeHead: FieldGroup {
    public let company = Link(Company.self, .required, .inStandardFilter)
    public let currency = Link(CurrencyUnit.self, .required)
    public let conversionRate = FloatField(.nonNegative, .about("What one unit of the currency is in the company's."))
    /// The fields of the group.
    public init() {}
}

/// The totals of every trade document; the server computes them with ``Trade/calculate(_:in:)``.
public struct TradeTotals: FieldGroup {
    public let totalQty = FloatField(.readOnly)
    public let total = Currency(.readOnly)
    public let netTotal = Currency(.readOnly)
    public let baseTotal = Currency(.readOnly)
    public let baseNetTotal = Currency(.readOnly)
    public let totalTaxesAndCharges = Currency(.readOnly)
    public let baseTotalTaxesAndCharges = Currency(.readOnly)
    public let applyDiscountOn = Select(["", "Grand Total", "Net Total"], .fallback("Grand Total"))
    public let additionalDiscountPercentage = FloatField()
    public let discountAmount = Currency()
    public let baseDiscountAmount = Currency(.readOnly)
    public let grandTotal = Currency(.readOnly, .inListView)
    public let baseGrandTotal = Currency(.readOnly)
    public let roundingAdjustment = Currency(.readOnly)
    public let baseRoundingAdjustment = Currency(.readOnly)
    public let roundedTotal = Currency(.readOnly)
    public let baseRoundedTotal = Currency(.readOnly)
    public let disableRoundedTotal = Check()
    /// The fields of the group.
    public init() {}
}
