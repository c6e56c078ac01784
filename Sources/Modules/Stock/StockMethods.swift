internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// The methods of stock that clients call by ERPNext's names.
enum StockMethods {
    static let all: [Method] = [
        DeliveryNote.toInvoice.method("erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice"),
        stockBalance, latestQty,
    ]

    private static let stockBalance = Method(
        "erpnext.stock.utils.get_stock_balance",
        parameters: [
            .required("item_code", "The item.", of: .doctype("Item")),
            .required("warehouse", "The warehouse, or a group of them.", of: .doctype("Warehouse")),
            .optional("posting_date", "The day at whose end it is asked for; today."),
            .optional("posting_time", "Accepted for clients that send it; the balance is the day's."),
            .optional("with_valuation_rate", "1 to get the moving average too: [quantity, rate]."),
        ], summary: "The quantity of an item in a warehouse at the end of a day, in its stock unit."
    ) { arguments, session in
        let scope = try scope(arguments, in: session)
        if arguments.flag("with_valuation_rate") == true {
            try requireOpen(["valuation_rate", "stock_value"], in: session)
        }
        let day = try arguments.day("posting_date") ?? session.today
        var total = StockBalances.Amount()
        for amount in try StockBalances.balance(on: day, scope, in: session).values {
            total.qty += amount.qty
            total.value += amount.value
        }
        guard arguments.flag("with_valuation_rate") == true else { return json(total.qty) }
        let rate = total.qty.isZero ? 0 : total.value.divided(by: total.qty, decimals: StockState.rateDecimals)
        return .array([json(total.qty), json(rate)])
    }

    private static let latestQty = Method(
        "erpnext.stock.utils.get_latest_stock_qty",
        parameters: [
            .required("item_code", "The item.", of: .doctype("Item")),
            .optional("warehouse", "The warehouse, or a group of them; all.", of: .doctype("Warehouse")),
        ], summary: "The quantity of an item after all that is posted, in its stock unit."
    ) { arguments, session in
        let scope = try scope(arguments, in: session)
        return json(try StockBalances.balance(on: nil, scope, in: session).values.sum(\.qty))
    }

    /// The bins that are asked for, among those the actor may read.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for who may not read Bins, or not this item or warehouse; as `Session.get` does
    ///   for one that is not there.
    private static func scope(_ arguments: Arguments, in session: Session) throws -> StockBalances.Scope {
        let item = try arguments.required("item_code")
        let warehouse = arguments.text("warehouse")
        let type = try session.registry.doctype("Bin")
        try session.require(.read, type)
        guard session.mayOnAll(.read, type) else { throw forbidden("may read its own Bins alone", session) }
        try requireOpen(["item_code", "warehouse", "actual_qty"], in: session)
        for (field, target, name) in [("item_code", "Item", item), ("warehouse", "Warehouse", warehouse)] {
            guard let name else { continue }
            guard try !session.permitted(target, [Name(name)], for: type.name).isEmpty else {
                throw forbidden("is limited to other values of \(target) than \(name)", session, field: field)
            }
            _ = try session.get(target, name)
        }
        var scope = StockBalances.Scope(items: [Name(item)])
        if let warehouse {
            scope.warehouses = try Tree.names("Warehouse", parent: "parent_warehouse", from: warehouse, in: session)
        }
        if let condition = session.readCondition(for: type, table: type.table) {
            let readable = Set<Name>(
                try session.transaction.query(
                    "SELECT warehouse FROM bin WHERE item_code = ? AND \(condition.sql)",
                    [.text(item)] + condition.arguments, [.text]
                ).compactMap { $0[0].text })
            scope.warehouses = scope.warehouses?.intersection(readable) ?? readable
        }
        return scope
    }

    private static func requireOpen(_ fields: [String], in session: Session) throws {
        let type = try session.registry.doctype("Bin")
        guard let closed = fields.first(where: { session.visibility(of: $0, in: type) != .open }) else { return }
        throw forbidden("does not see \(type.field(closed)?.label ?? closed) of Bin", session, field: closed)
    }

    private static func forbidden(_ words: ProblemText, _ session: Session, field: String? = nil) -> Problem {
        var problem = Problem(.forbidden, "\(session.actor.user) \(words)", field: field)
        problem.doctype = "Bin"
        return problem
    }

    private static func json(_ number: Exact) -> JSON { number.wholeNumber.map(JSON.int) ?? .decimal(number) }
}
