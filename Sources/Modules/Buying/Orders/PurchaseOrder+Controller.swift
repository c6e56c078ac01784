internal import Accounting
public import Documents
internal import Selling
internal import Stock
internal import Values

extension PurchaseOrder: Controller {
    public static func validate(_ order: Doc<Self>, in session: Session) throws {
        let document = order.document
        try Trade.calculate(document, in: session)
        try Orders.setDays(of: document, "schedule_date", "Required By")
        Trade.setStatus(document, in: session)
    }

    public static func beforeSubmit(_ order: Doc<Self>, in session: Session) throws {
        try Orders.requireWarehouses(of: order.document, in: session)
    }

    public static func onSubmit(_ order: Doc<Self>, in session: Session) throws {
        try StockLedger.order(Orders.waiting(order.document, done: "received_qty", sign: 1), in: session)
    }

    public static func beforeCancel(_ order: Doc<Self>, in session: Session) throws {
        try Orders.refuseCancel(order.document, [("received_qty", "received"), ("billed_amt", "billed")])
        Trade.setStatus(order.document, in: session)
    }

    public static func onCancel(_ order: Doc<Self>, in session: Session) throws {
        try StockLedger.order(Orders.waiting(order.document, done: "received_qty", sign: -1), in: session)
    }
}
