internal import Accounting
public import Documents
internal import Storage
public import Values

extension Problem.Kind {
    /// More would leave a warehouse than is there, now or on a later day.
    public static let negativeStock = Self("negative_stock", exception: "NegativeStockError")
    /// Stock comes in or goes below zero, and nothing says at what value.
    public static let missingValuation = Self("valuation_rate_missing")
    /// A warehouse that takes no stock: a group, a disabled one, or one of another company.
    public static let wrongWarehouse = Self("wrong_warehouse", exception: "InvalidWarehouseCompany")
    /// The voucher has been posted to the stock ledger before.
    public static let postedTwice = Self("stock_posted_twice")
}

/// The one way to move stock.
///
/// Movements are valued by moving average in the order they are posted, whatever their dates; reports go by date. Every
/// posting writes ledger rows, bins and monthly balances in the session's transaction, with a constant number of reads.
public enum StockLedger {
    /// One movement of an item in a warehouse.
    public struct Movement: Sendable {
        /// The item; one whose stock is kept.
        public var item: String
        /// The warehouse; a leaf of the company's.
        public var warehouse: String
        /// In stock unit: above zero what comes in, below zero what goes out.
        public var qty: Exact
        /// What one unit that comes in costs, in company currency, rounded to 9 decimals. Without it and without
        /// ``incomingValue``, what comes in has the value that the movement before it took out: a transfer.
        public var incomingRate: Exact?
        /// What all that comes in costs, where that is known better than by its rate.
        public var incomingValue: Exact?
        /// The name of the voucher's row.
        public var voucherDetail: String

        /// A movement; `qty` is above zero for what comes in and below zero for what goes out.
        public init(
            item: String, warehouse: String, qty: Exact, incomingRate: Exact?, voucherDetail: String,
            incomingValue: Exact? = nil
        ) {
            self.item = item
            self.warehouse = warehouse
            self.qty = qty
            self.incomingRate = incomingRate
            self.voucherDetail = voucherDetail
            self.incomingValue = incomingValue
        }
    }

    /// Posts movements in their order and returns the difference each made to the value of stock, in company currency.
    ///
    /// - Throws: ``Problem/Kind/negativeStock`` when a warehouse has not enough, or would not have on a later day;
    ///   ``Problem/Kind/wrongWarehouse``; ``Problem/Kind/postedTwice``; ``Problem/Kind/missingValuation``;
    ///   ``Problem/Kind/noFiscalYear``, ``Problem/Kind/closedPeriod`` and ``Problem/Kind/frozenBooks``, of movements of
    ///   nothing, too; ``Problem`` for an item that keeps no stock.
    public static func post(
        _ movements: [Movement], for voucher: Document, on day: Day, time: TimeOfDay, company: String,
        in session: Session
    ) throws -> [Exact] {
        try GeneralLedger.requireOpen(day, company: company, in: session)
        guard !movements.isEmpty else { return [] }
        try refuseSecondPosting(of: voucher, in: session)
        var bins = try StockBins(
            movements.map { ($0.item, $0.warehouse) }, voucher: voucher, on: day, time: time, company: company,
            in: session)
        try bins.checkPlaces(movements)
        var differences: [Exact] = []
        for movement in movements {
            let change: StockBins.Change
            if movement.qty.isPositive {
                change = .receipt(bins.value(of: movement, after: differences.last))
            } else {
                change = .issue
            }
            differences.append(try bins.move(movement, change))
        }
        try bins.write()
        return differences
    }

    /// Takes back all movements of a voucher, the last first, on their posting date, and returns what that did to the
    /// value of stock. Where nothing was posted, or all is taken back already, only the day is checked.
    ///
    /// A receipt goes out at the value it came in with. Where the stock has less value left by now, or no quantity
    /// would remain, it takes what is there; so the difference may be another than was posted, and the books need it.
    ///
    /// - Throws: ``Problem/Kind/negativeStock`` when what came in has left already; ``Problem/Kind/closedPeriod``.
    @discardableResult
    public static func reverse(
        _ voucher: Document, in session: Session
    ) throws -> [(item: String, warehouse: String, valueDifference: Exact)] {
        let posted = try standing(of: voucher, in: session)
        let day = posted.first?.day ?? voucher.day("posting_date") ?? session.today
        try GeneralLedger.requireOpen(day, company: posted.first?.company ?? voucher.text("company"), in: session)
        guard let first = posted.first else { return [] }
        var bins = try StockBins(
            posted.map { ($0.movement.item, $0.movement.warehouse) }, voucher: voucher, on: first.day, time: first.time,
            company: first.company, in: session)
        var differences: [(item: String, warehouse: String, valueDifference: Exact)] = []
        for row in posted.reversed() {
            var movement = row.movement
            movement.qty = -movement.qty
            let value = -row.difference
            let change: StockBins.Change =
                movement.qty.isPositive
                ? .returned(value, reverses: row.name) : .takenBack(-value, reverses: row.name)
            differences.append((movement.item, movement.warehouse, try bins.move(movement, change)))
        }
        try bins.write()
        return differences
    }

    // MARK: - What a voucher has posted

    private struct Posted {
        let name: String
        let movement: Movement
        let difference: Exact
        let day: Day
        let time: TimeOfDay
        let company: String
    }

    /// The movements of a voucher that nothing has reversed, in the order they were posted.
    private static func standing(of voucher: Document, in session: Session) throws -> [Posted] {
        // Within one posting names grow, so they give the order.
        let sql = """
            SELECT name, item_code, warehouse, actual_qty, stock_value_difference, voucher_detail_no, posting_date,
              posting_time, company
            FROM stock_ledger_entry WHERE voucher_no = ? AND voucher_type = ? AND reverses IS NULL
              AND name NOT IN (SELECT reverses FROM stock_ledger_entry WHERE voucher_no = ? AND reverses IS NOT NULL)
            ORDER BY name
            """
        return try session.transaction.query(
            sql, [.text(voucher.name), .text(voucher.doctype.name), .text(voucher.name)],
            [
                .text, .text, .text, .decimal(scale: 9), .decimal(scale: 4), .text, .day, .time, .text,
            ]
        ).map { row in
            Posted(
                name: row[0].text ?? "",
                movement: Movement(
                    item: row[1].text ?? "", warehouse: row[2].text ?? "", qty: row[3].exact ?? 0, incomingRate: nil,
                    voucherDetail: row[5].text ?? ""), difference: row[4].exact ?? 0, day: row[6].day ?? session.today,
                time: row[7].time ?? .midnight, company: row[8].text ?? "")
        }
    }

    private static func refuseSecondPosting(of voucher: Document, in session: Session) throws {
        guard try standing(of: voucher, in: session).isEmpty else {
            throw Problem(.postedTwice, "\(voucher.doctype.name) \(voucher.name) is in the stock ledger already")
        }
    }
}
