public import Documents
internal import Values

/// What every row of goods or services of a trade document holds.
///
/// Rates keep 9 decimals, so that a rate after discount is not rounded; amounts are rounded to the currency's cents.
public struct TradeLine: FieldGroup {
    /// What is traded.
    public let itemCode = Link("Item", .required, .inListView, .indexed)
    /// The item's name.
    public let itemName = Data(.fetch("item_code", "item_name"), .fetchIfEmpty)
    /// What it is, for people.
    public let description = SmallText(.fetch("item_code", "description"), .fetchIfEmpty)
    /// How much, in `uom`; above zero.
    public let qty = FloatField(.required, .inListView)
    /// The unit it is counted in.
    public let uom = Link("UOM")
    /// How many of the stock unit one of the unit is.
    public let conversionFactor = FloatField(.description("How many of the stock unit one of the unit is."))
    /// The item's unit of stock.
    public let stockUOM = Link("UOM", .readOnly, .fetch("item_code", "stock_uom"))
    /// `qty` in the unit of stock.
    public let stockQty = FloatField(.readOnly)
    /// What a unit costs before discount.
    public let priceListRate = FloatField()
    /// What a unit costs less than its list price, in percent.
    public let discountPercentage = Percent()
    /// What a unit costs less than its list price.
    public let discountAmount = FloatField(.description("What one unit costs less than its list price."))
    /// What a unit costs; up to 9 decimals.
    public let rate = FloatField(.inListView)
    /// `rate` × `qty`, rounded once.
    public let amount = CurrencyField(.readOnly, .inListView)
    /// `rate` in company currency.
    public let baseRate = FloatField(.readOnly)
    /// `amount` in company currency.
    public let baseAmount = CurrencyField(.readOnly)
    /// What a unit costs without included taxes and after the additional discount.
    public let netRate = FloatField(.readOnly)
    /// The same for the row.
    public let netAmount = CurrencyField(.readOnly)
    /// `net_rate` in company currency.
    public let baseNetRate = FloatField(.readOnly)
    /// `net_amount` in company currency.
    public let baseNetAmount = CurrencyField(.readOnly)
    /// Where it comes from or goes to.
    public let warehouse = Link("Warehouse")
    /// The cost center of its income or expense.
    public let costCenter = Link(CostCenter.self)
    /// The fields of the group.
    public init() {}
}
