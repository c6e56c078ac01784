internal import Accounting
public import Documents
internal import Stock
internal import Values

extension SalesOrder: Controller {
    /// What an order moves on the quotation it was made from.
    static let fulfilment = [
        Fulfilment(
            link: "prevdoc_docname", row: "quotation_item", to: "Quotation", adds: "qty", into: "ordered_qty",
            of: "qty",
            percent: "per_ordered", exceeds: .overOrder)
    ]

    public static func validate(_ order: Doc<Self>, in session: Session) throws {
        let document = order.document
        try Trade.calculate(document, in: session)
        try Orders.setDays(of: document, "delivery_date", "Delivery Date")
        try SalesTeam.share(order[\.totals.baseNetTotal], in: document)
        Trade.setStatus(document, in: session)
    }

    public static func beforeSubmit(_ order: Doc<Self>, in session: Session) throws {
        try Orders.requireWarehouses(of: order.document, in: session)
    }

    public static func onSubmit(_ order: Doc<Self>, in session: Session) throws {
        try Fulfilment.apply(fulfilment, of: order.document, negative: false, in: session)
        try StockLedger.reserve(Orders.waiting(order.document, done: "delivered_qty", sign: 1), in: session)
    }

    public static func beforeCancel(_ order: Doc<Self>, in session: Session) throws {
        try Orders.refuseCancel(order.document, [("delivered_qty", "delivered"), ("billed_amt", "billed")])
        Trade.setStatus(order.document, in: session)
    }

    public static func onCancel(_ order: Doc<Self>, in session: Session) throws {
        try Fulfilment.apply(fulfilment, of: order.document, negative: true, in: session)
        try StockLedger.reserve(Orders.waiting(order.document, done: "delivered_qty", sign: -1), in: session)
    }
}
