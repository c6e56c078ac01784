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
            .required("item_code", "The item."), .required("warehouse", "The warehouse, or a group of them."),
            .optional("posting_date", "The day at whose end it is asked for; today."),
            .optional("posting_time", "Accepted for clients that send it; the balance is the day's."),
            .optional("with_valuation_rate", "1 to get the moving average too: [quantity, rate]."),
        ], summary: "The quantity of an item in a warehouse at the end of a day, in its stock unit."
    ) { arguments, session in
        let scope = try scope(arguments, in: session)
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
            .required("item_code", "The item."), .optional("warehouse", "The warehouse, or a group of them; all."),
        ], summary: "The quantity of an item after all that is posted, in its stock unit."
    ) { arguments, session in
        let scope = try scope(arguments, in: session)
        return json(try StockBalances.balance(on: nil, scope, in: session).values.sum(\.qty))
    }

    /// The bins that are asked for, without those of warehouses that User Permissions do not allow.
    private static func scope(_ arguments: Arguments, in session: Session) throws -> StockBalances.Scope {
        let bin = try session.registry.doctype("Bin")
        try session.require(.read, bin)
        let item = try arguments.required("item_code")
        let isAllowed = try session.mayOnAll(.read, bin) && !session.permitted("Item", [item], for: bin.name).isEmpty
        guard isAllowed else {
            throw Problem(.forbidden, "\(session.actor.user) may not read the stock of \(item)", field: "item_code")
        }
        guard try session.exists("Item", item) else { throw Problem(.notFound, "Item \(item) not found") }
        var scope = StockBalances.Scope(items: [item])
        let limited = session.limitedTargets(in: bin).contains("Warehouse")
        if limited, arguments.text("warehouse") ?? "" == "" {
            scope.warehouses = try allowed(warehouses(in: session), bin, in: session)
        }
        if let warehouse = arguments.text("warehouse"), !warehouse.isEmpty {
            guard try session.exists("Warehouse", warehouse) else {
                throw Problem(.notFound, "Warehouse \(warehouse) not found")
            }
            let names = try Tree.names("Warehouse", parent: "parent_warehouse", from: warehouse, in: session)
            scope.warehouses = limited ? try allowed(names, bin, in: session) : names
        }
        return scope
    }

    private static func allowed(
        _ names: Set<String>, _ bin: DocType, in session: Session
    ) throws -> Set<String> {
        try session.permitted("Warehouse", names, for: bin.name)
    }

    private static func warehouses(in session: Session) throws -> Set<String> {
        Set(try session.transaction.query("SELECT name FROM warehouse", [], [.text]).compactMap { $0[0].text })
    }

    private static func json(_ number: Exact) -> JSON { number.wholeNumber.map(JSON.int) ?? .decimal(number) }
}
