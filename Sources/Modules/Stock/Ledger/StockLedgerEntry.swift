public import Documents

/// One movement of an item in a warehouse: a row of the append-only stock ledger.
///
/// `qty_after_transaction`, `valuation_rate` and `stock_value` are those after the movement in the order of posting,
/// which ``entry`` counts for each item and warehouse. A cancelled movement stays and is answered by one that
/// `reverses` it; both then show `is_cancelled`.
public struct StockLedgerEntry: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Stock Ledger Entry", module: "Stock", kind: .ledger, sort: ("posting_datetime", true),
        permissions: [
            .read("Stock User"), .read("Stock Manager"), .read("Item Manager"), .read("Accounts User"),
            .read("Accounts Manager"),
        ],
        indexes: [["item_code", "warehouse", "posting_date"], ["posting_date"]],
        summary: "One movement of an item in a warehouse.")

    public let itemCode = Link(Item.self, .required, .inListView, .inStandardFilter)
    public let warehouse = Link(Warehouse.self, .required, .inListView, .inStandardFilter, .indexed)
    public let postingDate = DateField(.required, .inListView)
    public let postingTime = TimeField()
    public let postingDatetime = DatetimeField()
    public let voucherType = Data(.required, .inStandardFilter)
    public let voucherNo = DynamicLink("voucher_type", .required, .indexed, .inStandardFilter)
    public let voucherDetailNo = Data()
    public let actualQty = FloatField(.inListView, .description("In stock unit; negative for what goes out."))
    public let qtyAfterTransaction = FloatField()
    public let incomingRate = FloatField(.description("Of what came in, in company currency, for one stock unit."))
    public let outgoingRate = FloatField(.description("Of what went out."))
    public let valuationRate = FloatField(.description("The moving average after the movement."))
    public let stockValue = CurrencyField()
    public let stockValueDifference = CurrencyField(.description("What the books take."))
    public let stockUom = Link(UOM.self)
    public let company = Link("Company", .required, .indexed)
    public let reverses = Link("Stock Ledger Entry", .indexed, .description("The movement this one takes back."))
    public let entry = IntField(.hidden, .description("Counts the movements of the item in the warehouse, from 1."))
    public let isCancelled = Check(
        .computed(
            """
            CASE WHEN stock_ledger_entry.reverses IS NOT NULL OR EXISTS (
            SELECT 1 FROM stock_ledger_entry later WHERE later.reverses = stock_ledger_entry.name) THEN 1 ELSE 0 END
            """))
    public init() {}
}
