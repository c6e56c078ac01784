internal import Documents
public import Reports

/// Buying: suppliers, orders to them and their bills.
public let buyingModule = Module("Buying", roles: ["Purchase User", "Purchase Manager"]) { registry in
    registry.add(SupplierGroup.self, Supplier.self)
    registry.add(PurchaseOrder.self, PurchaseOrderItem.self, PurchaseInvoice.self, PurchaseInvoiceItem.self)
    for method in BuyingMethods.all { registry.add(method) }
}
