internal import Accounting
internal import Documents
public import Reports
internal import Selling

/// Buying: suppliers, orders to them and their bills.
public let buyingModule = Module("Buying", roles: ["Purchase User", "Purchase Manager"]) { registry in
    registry.add(SupplierGroup.self, Supplier.self, BuyingSettings.self)
    registry.add(naming: NamingSetting("Buying Settings", "supp_master_name", series: "SUP-.YYYY.-"), for: "Supplier")
    registry.add(PurchaseOrder.self, PurchaseOrderItem.self, PurchaseInvoice.self, PurchaseInvoiceItem.self)
    registry.register(PartyKind.creditor("Supplier"))
    registry.register(Facts(of: "Supplier", "disabled", "is_frozen", "on_hold", "hold_type", "release_date"))
    registry.register(SupplierHold.rule)
    registry.register(
        TradeDocument("Purchase Order", .buys, .field("supplier", of: "Supplier"), day: "transaction_date"))
    registry.register(
        TradeDocument("Purchase Invoice", .buys, .field("supplier", of: "Supplier"), day: "posting_date"))
    registry.add(check: Orders.check("Purchase Order", done: "received_qty", keptAs: "ordered_qty"))
    for method in BuyingMethods.all { registry.add(method) }
}
