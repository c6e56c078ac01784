internal import Accounting
internal import Documents
public import Reports
internal import Values

/// Items, warehouses, the stock ledger and what moves it.
public let stockModule = Module(
    "Stock", roles: ["Stock User", "Stock Manager", "Item Manager"], reports: StockReports.all
) { registry in
    registry.add(
        UOM.self, UOMConversionDetail.self, ItemGroup.self, Item.self, ItemDefault.self, ItemBarcode.self,
        PriceList.self, ItemPrice.self,
        Warehouse.self, StockLedgerEntry.self, Bin.self, StockEntry.self, StockEntryDetail.self, DeliveryNote.self,
        DeliveryNoteItem.self, PurchaseReceipt.self, PurchaseReceiptItem.self, StockSettings.self)
    registry.register(TradeDocument("Stock Entry", .moves, .none, day: "posting_date"))
    registry.register(
        TradeDocument("Delivery Note", .sells, .field("customer", of: "Customer"), day: "posting_date"))
    registry.register(
        TradeDocument("Purchase Receipt", .buys, .field("supplier", of: "Supplier"), day: "posting_date"))
    registry.register(ItemRows.rule)
    registry.register(
        Facts(
            of: "Item", "stock_uom", "is_stock_item", "disabled", "end_of_life", "is_sales_item", "is_purchase_item",
            "allow_negative_stock", "valuation_rate", "standard_rate"))
    StockFreeze.register(&registry)
    registry.add(
        naming: NamingSetting(
            "Stock Settings", "item_naming_by", series: "STO-ITEM-.YYYY.-", yieldsToField: true), for: "Item")
    registry.observe(.doctype("Company"), .written) { changes, session in
        for change in changes where change.action == .insert {
            try session.privileged { try StockSetup.installWarehouses(of: change.document.name, in: session) }
        }
    }
    registry.add(table: StockMonths.table)
    for renaming in StockRenaming.all { registry.add(renaming: renaming) }
    for method in StockMethods.all { registry.add(method) }
    for check in StockChecks.all { registry.add(check: check) }
}
