internal import Accounting
internal import Documents
internal import Selling
internal import Stock
internal import Values

/// The methods that make the next document of a purchase from the one before.
enum BuyingMethods {
    /// `make_purchase_receipt`: what of an order is not received yet.
    static let orderToReceipt = Mapping(
        from: "Purchase Order", to: "Purchase Receipt", rowLink: "purchase_order", rowDetail: "purchase_order_item",
        quantity: { $0.exact("qty") - $0.exact("received_qty") })

    /// `make_purchase_invoice`: what of an order is not billed yet.
    static let orderToInvoice = Mapping(
        from: "Purchase Order", to: "Purchase Invoice", rowLink: "purchase_order", rowDetail: "po_detail",
        quantity: Orders.unbilledQuantity,
        after: { order, invoice, session in
            invoice.set("posting_date", session.today)
            try BilledShare.order.setWhatIsLeft(of: order, in: invoice, in: session)
        })

    /// `make_purchase_invoice` of a receipt: what of it is not billed yet.
    static let receiptToInvoice = Mapping(
        from: "Purchase Receipt", to: "Purchase Invoice", fields: ["purchase_order_item": "po_detail"],
        rowLink: "purchase_receipt", rowDetail: "pr_detail", quantity: Orders.unbilledQuantity,
        after: { receipt, invoice, session in
            invoice.set("posting_date", session.today)
            try BilledShare.receipt.setWhatIsLeft(of: receipt, in: invoice, in: session)
        })

    static let all: [Method] = [
        orderToReceipt.method("erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt"),
        orderToInvoice.method("erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_invoice"),
        receiptToInvoice.method("erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice"),
        Orders.statusMethod("erpnext.buying.doctype.purchase_order.purchase_order.update_status", "Purchase Order") {
            order, isOpen, session in
            try StockLedger.order(Orders.waiting(order, done: "received_qty", sign: isOpen ? 1 : -1), in: session)
        },
    ]
}
