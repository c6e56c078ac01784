internal import Accounting
internal import Documents
public import Reports

/// Items, warehouses, the stock ledger and what moves it.
public let stockModule = Module(
    "Stock", roles: ["Stock User", "Stock Manager", "Item Manager"], reports: StockReports.all
) { registry in
    registry.add(
        UOM.self, UOMConversionDetail.self, ItemGroup.self, Item.self, ItemDefault.self, PriceList.self, ItemPrice.self,
        Warehouse.self, StockLedgerEntry.self, Bin.self, StockEntry.self, StockEntryDetail.self, DeliveryNote.self,
        DeliveryNoteItem.self, PurchaseReceipt.self, PurchaseReceiptItem.self)
    registry.add(table: StockMonths.table)
    for renaming in StockRenaming.all { registry.add(renaming: renaming) }
    for method in StockMethods.all { registry.add(method) }
    for check in StockChecks.all { registry.add(check: check) }
}
