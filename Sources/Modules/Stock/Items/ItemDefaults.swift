package import Documents
internal import Storage
package import Values

/// Where items are kept and which accounts they use in one company.
package struct ItemDefaults {
    /// What one item has; empty where nothing is said.
    package struct Row {
        /// Where it is kept.
        package var warehouse = ""
        /// What its sale earns is credited here.
        package var incomeAccount = ""
        /// What its sale costs is debited here.
        package var expenseAccount = ""
        /// The cost center of its sales.
        package var sellingCostCenter = ""
        /// The cost center of its purchases.
        package var buyingCostCenter = ""
    }

    private var rows: [Name: Row] = [:]

    /// Reads the defaults of the items, in one statement.
    package init(of items: Set<Name>, company: String, in session: Session) throws {
        for chunk in items.sorted().chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf("parent", count: chunk.count)
            try session.transaction.forEach(
                """
                SELECT parent, default_warehouse, income_account, expense_account, selling_cost_center,
                  buying_cost_center
                FROM item_default WHERE \(condition) AND parenttype = 'Item' AND company = ?
                """, chunk.map(Value.text) + [.text(company)], [.text, .text, .text, .text, .text, .text]
            ) { row in
                rows[row[0].text ?? ""] = Row(
                    warehouse: row[1].text ?? "", incomeAccount: row[2].text ?? "", expenseAccount: row[3].text ?? "",
                    sellingCostCenter: row[4].text ?? "", buyingCostCenter: row[5].text ?? "")
            }
        }
    }

    /// The defaults of an item.
    package subscript(item: String) -> Row { rows[item] ?? Row() }
}
