internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What of companies and accounts the stock ledger and the books stand on together, and which therefore does not change
/// under movements.
enum StockFreeze {
    /// Adds the rules to the DocTypes they are about.
    static func register(_ registry: inout Registry) {
        registry.observe(.doctype("Company"), .validate) { changes, session in
            for change in changes where [.insert, .save].contains(change.action) {
                try check(Doc<Company>(change.document), in: session)
            }
        }
        registry.observe(.doctype("Account"), .validate) { changes, session in
            for change in changes where change.action == .save { try check(Doc<Account>(change.document), in: session) }
        }
    }

    /// Perpetual inventory and the account of stock stay as they were for what has moved.
    private static func check(_ company: Doc<Company>, in session: Session) throws {
        let document = company.document
        func changed(_ field: String) -> Bool {
            document.storedValue(field) != document[field]
                && !(document.storedValue(field).isEmpty && document[field].isEmpty)
        }
        if changed("default_inventory_account") {
            try requireStock("default_inventory_account", of: document, in: session)
        }
        guard !document.isNew else { return }
        let wasPerpetual = document.storedValue("enable_perpetual_inventory").int == 1
        let fields = ["enable_perpetual_inventory"] + (wasPerpetual ? ["default_inventory_account"] : [])
        guard let field = fields.first(where: changed) else { return }
        let moved = try session.transaction.first(
            "SELECT voucher_no FROM stock_ledger_entry WHERE company = ? LIMIT 1", [.text(company.name)], [.text])
        guard moved != nil else { return }
        throw Problem(
            .frozen,
            "\(document.doctype.field(field)?.label ?? field) of \(company.name) cannot change because stock has moved",
            field: field, fix: "Give warehouses an account of their own where new stock shall stand elsewhere."
        ).about(document)
    }

    /// An account that stock stands on remains one of stock.
    private static func check(_ account: Doc<Account>, in session: Session) throws {
        guard account.document.storedValue("account_type").text == "Stock", account.accountType != "Stock" else {
            return
        }
        let holder = try session.transaction.first(
            """
            SELECT 'Warehouse', name FROM warehouse WHERE account = ?
            UNION ALL SELECT 'Company', name FROM company WHERE default_inventory_account = ? LIMIT 1
            """, [.text(account.name), .text(account.name)], [.text, .text])
        guard let holder else { return }
        throw Problem(
            .frozen, "\(account.name) is the account of stock of \(holder[0].description) \(holder[1].description)",
            field: "account_type", fix: "Choose another account there first."
        ).about(account.document)
    }

    /// Refuses an account of another type than Stock; the books could then be changed beside the stock ledger.
    static func requireStock(_ field: String, of document: Document, in session: Session) throws {
        let account = document.text(field)
        guard let type = try session.value(of: "Account", account, "account_type").text, type != "Stock" else { return }
        throw Problem(
            .invalidAccount, "\(account) is not an account of the type Stock", field: field,
            fix: "Choose one, or set account_type of this one."
        ).about(document)
    }
}
