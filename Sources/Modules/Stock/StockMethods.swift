internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// The methods of stock that clients call by ERPNext's names.
enum StockMethods {
    static let all: [Method] = [
        DeliveryNote.toInvoice.method("erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice"),
        stockBalance, latestQty, itemDetails,
    ]

    /// Its own arguments come as one object, as clients of ERPNext send them.
    private static let itemDetails = Method(
        "erpnext.stock.get_item_details.get_item_details",
        parameters: [
            .optional("args", "item_code, doctype, company, customer or supplier, qty, uom, price list and day."),
            .optional("ctx", "The same, as later clients call it."),
            .optional("doc", "The document as it stands in the form."),
            .optional("for_validate"), .optional("overwrite_warehouse"),
        ], summary: "What a row of a document gets from its item: names, units, prices, accounts, warehouse and taxes."
    ) { arguments, session in
        guard case .object(let asked)? = try arguments.json(arguments["ctx"] == nil ? "args" : "ctx") else {
            throw Problem(.mandatory, "The argument args is missing", field: "args", fix: "Send args as an object.")
        }
        let doctype = asked["doctype"]?.string ?? "Sales Invoice"
        let type = try session.registry.doctype(doctype)
        guard let items = type.field("items"), let child = session.registry.find(items.options ?? ""),
            child.slot(of: "item_code") != nil
        else {
            throw Problem(.notAnOption, "A \(type.name) has no items", field: "doctype", fix: "Name a trade document.")
        }
        guard asked["item_code"]?.string?.isEmpty == false else {
            throw Problem(
                .mandatory, "The argument item_code is missing", field: "item_code", fix: "Send item_code in args.")
        }
        var head = try arguments.json("doc")?.object ?? [:]
        for (table, _) in type.tables { head.removeValue(forKey: table.name) }
        for field in ["name", "doctype", "docstatus"] { head.removeValue(forKey: field) }
        var row: JSONObject = [:]
        let ofRow: Set = ["item_code", "qty", "uom", "conversion_factor", "warehouse", "rate", "batch_no", "serial_no"]
        for (key, value) in asked.members
        where !value.isNull && value != "" && !["doctype", "name", "parent"].contains(key) {
            if child.slot(of: key) != nil, ofRow.contains(key) || type.slot(of: key) == nil {
                row[key] = value
            } else if type.slot(of: key) != nil {
                head[key] = value
            }
        }
        if let list = asked["price_list"] {
            for field in ["selling_price_list", "buying_price_list"]
            where type.slot(of: field) != nil && head[field] == nil {
                head[field] = list
            }
        }
        if row["qty"] == nil { row["qty"] = 1 }
        return try DetailMethods.row(of: type.name, head, row, in: session)
    }

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
