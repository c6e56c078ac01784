public import Documents
internal import Values

/// What every row of goods or services of a trade document holds.
///
/// Rates keep 9 decimals, so that a rate after discount is not rounded; amounts are rounded to the currency's cents.
public struct TradeLine: FieldGroup {
    public let itemCode = Link("Item", .required, .inListView, .indexed)
    public let itemName = Data(.fetch("item_code", "item_name"), .fetchIfEmpty)
    public let description = SmallText(.fetch("item_code", "description"), .fetchIfEmpty)
    public let qty = FloatField(.required, .inListView)
    public let uom = Link("UOM")
    public let conversionFactor = FloatField(.about("How many of the stock unit one of the unit is."))
    public let stockUOM = Link("UOM", .readOnly, .fetch("item_code", "stock_uom"))
    public let stockQty = FloatField(.readOnly)
    public let priceListRate = FloatField()
    public let discountPercentage = FloatField()
    public let discountAmount = FloatField(.about("What one unit costs less than its list price."))
    public let rate = FloatField(.inListView)
    public let amount = Currency(.readOnly, .inListView)
    public let baseRate = FloatField(.readOnly)
    public let baseAmount = Currency(.readOnly)
    public let netRate = FloatField(.readOnly)
    public let netAmount = Currency(.readOnly)
    public let baseNetRate = FloatField(.readOnly)
    public let baseNetAmount = Currency(.readOnly)
    public let warehouse = Link("Warehouse")
    public let costCenter = Link(CostCenter.self)
    /// The fields of the group.
    public init() {}
}
