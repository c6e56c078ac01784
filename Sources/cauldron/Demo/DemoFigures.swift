import Documents
import Storage
import Values

/// What the demo must come to, and what it came to.
struct DemoFigures: Sendable, Equatable {
    var orders = 0
    /// Of the submitted sales orders, each line rounded to the cent.
    var netTotal = Exact.zero
    /// Of the submitted sales orders, not in the net total.
    var freight = Exact.zero
    /// Orders that are delivered as a whole.
    var shipped = 0
    /// In stock at the end, by item; items without stock are left out.
    var stock: [String: Int] = [:]

    /// What the publisher's data comes to (`northwind/SOURCE.md`).
    static func expected(_ data: NorthwindData) -> DemoFigures {
        DemoFigures(
            orders: 830, netTotal: Exact(units: 126_579_329, scale: 2), freight: Exact(units: 6_494_269, scale: 2),
            shipped: 809,
            stock: Dictionary(
                uniqueKeysWithValues: data.products.filter { $0.inStock > 0 }.map { ($0.name, $0.inStock) }))
    }

    /// What a tenant's documents come to.
    static func read(in session: Session) throws -> DemoFigures {
        let money = ColumnType.decimal(scale: 4)
        var figures = DemoFigures()
        let orders = try session.transaction.first(
            "SELECT COUNT(*), SUM(net_total) FROM sales_order WHERE docstatus = 1", [], [.integer, money])
        figures.orders = Int(orders?[0].int ?? 0)
        figures.netTotal = orders?[1].exact ?? .zero
        figures.freight =
            try session.transaction.first(
                "SELECT SUM(tax_amount) FROM sales_taxes_and_charges WHERE parenttype = 'Sales Order' AND docstatus = 1",
                [], [money])?[0].exact ?? .zero
        let shipped = try session.transaction.first(
            "SELECT COUNT(*) FROM sales_order WHERE docstatus = 1 AND per_delivered = ?", [Value(.hundred, scale: 9)],
            [.integer])
        figures.shipped = Int(shipped?[0].int ?? 0)
        try session.transaction.forEach(
            "SELECT item_code, SUM(actual_qty) FROM bin GROUP BY item_code HAVING SUM(actual_qty) <> 0", [],
            [.text, .decimal(scale: 9)]
        ) { row in
            figures.stock[row[0].text ?? ""] = row[1].exact?.wholeNumber.map { Int($0) } ?? -1
        }
        return figures
    }

    /// What differs from `expected`, in words.
    func differences(from expected: DemoFigures) -> [String] {
        var found: [String] = []
        func compare<T: Equatable>(_ what: String, _ came: T, _ expected: T) {
            if came != expected { found.append("\(what): \(came), not \(expected)") }
        }
        compare("orders", orders, expected.orders)
        compare("net total of the orders", netTotal, expected.netTotal)
        compare("freight", freight, expected.freight)
        compare("orders shipped", shipped, expected.shipped)
        for item in Set(stock.keys).union(expected.stock.keys).sorted() {
            compare("stock of \(item)", stock[item, default: 0], expected.stock[item, default: 0])
        }
        return found
    }
}
