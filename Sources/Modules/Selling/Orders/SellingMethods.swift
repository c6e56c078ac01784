internal import Accounting
internal import Documents
internal import Stock
internal import Values

/// The methods that make the next document of a sale from the one before.
enum SellingMethods {
    /// `make_sales_order`: what of a quotation is not ordered yet.
    static let quotationToOrder = Mapping(
        from: "Quotation", to: "Sales Order", fields: ["party_name": "customer"], rowLink: "prevdoc_docname",
        rowDetail: "quotation_item", quantity: { $0.exact("qty") - $0.exact("ordered_qty") },
        after: { quotation, order, session in
            if let until = quotation.day("valid_till"), until < session.today {
                throw Problem(
                    .expired, "Quotation \(quotation.name) was valid till \(until)", field: "valid_till",
                    fix: "Amend the quotation with a later day.")
            }
            order.set("transaction_date", session.today)
        })

    /// `make_delivery_note`: what of an order is not delivered yet.
    static let orderToDelivery = Mapping(
        from: "Sales Order", to: "Delivery Note", rowLink: "against_sales_order", rowDetail: "so_detail",
        quantity: { $0.exact("qty") - $0.exact("delivered_qty") })

    /// `make_sales_invoice`: what of an order is not billed yet.
    static let orderToInvoice = Mapping(
        from: "Sales Order", to: "Sales Invoice", rowLink: "sales_order", rowDetail: "so_detail",
        quantity: Orders.unbilledQuantity)

    static let all: [Method] = [
        quotationToOrder.method("erpnext.selling.doctype.quotation.quotation.make_sales_order"),
        orderToDelivery.method("erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"),
        orderToInvoice.method("erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice"),
        Orders.statusMethod("erpnext.selling.doctype.sales_order.sales_order.update_status", "Sales Order") {
            order, isOpen, session in
            try StockLedger.reserve(Orders.waiting(order, done: "delivered_qty", sign: isOpen ? 1 : -1), in: session)
        },
    ]
}
