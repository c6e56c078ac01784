import Values

/// What has to be bought, and when, so that the orders of the data can be shipped: the data does not say.
///
/// On the first day the stock holds what the first quarter ships and what the data says is in stock at the end. In each
/// quarter every supplier then brings what the next quarter ships of its products. So what is in stock never falls below
/// what is in stock at the end, and comes to exactly that.
struct PurchasePlan: Sendable {
    /// A quantity of a product.
    struct Line: Sendable, Equatable {
        let product: Int
        let quantity: Int
    }

    /// What one supplier brings at a time.
    struct Lot: Sendable {
        let supplier: String
        let lines: [Line]
        let ordered: Day
        /// When it is expected.
        let scheduled: Day
        /// Nil for what has not arrived when the data ends.
        let arrival: Arrival?

        struct Arrival: Sendable {
            let received: Day
            let billed: Day
            let due: Day
        }
    }

    /// The stock of the first day, by product.
    let opening: [Line]
    /// In the order of their dates.
    let lots: [Lot]

    /// Plans for the orders of `data`, from the day `start` to the day `end`.
    init(_ data: NorthwindData, from start: Day, to end: Day) {
        let first = Self.quarter(of: start)
        let last = Self.quarter(of: end)
        var needs: [Int: [Int: Int]] = [:]
        for order in data.orders {
            guard let shipped = order.shipped else { continue }
            for line in order.lines {
                needs[Self.quarter(of: shipped), default: [:]][line.product, default: 0] += line.quantity
            }
        }
        opening = Self.lines(data.products) { (needs[first]?[$0.id] ?? 0) + $0.inStock }
        let products = Dictionary(grouping: data.products, by: \.supplier)
        var lots: [Lot] = []
        for (place, supplier) in data.suppliers.enumerated() {
            let offered = products[supplier.id] ?? []
            for quarter in first..<max(first, last) {
                let lines = Self.lines(offered) { needs[quarter + 1]?[$0.id] ?? 0 }
                if !lines.isEmpty { lots.append(Self.lot(supplier.id, lines, Self.day(in: quarter, of: place))) }
            }
            let lines = Self.lines(offered, \.onOrder)
            guard !lines.isEmpty else { continue }
            let day = Self.workday(end.adding(days: -(1 + place % Self.openOrderDays)), step: -1)
            lots.append(
                Lot(supplier: supplier.id, lines: lines, ordered: day, scheduled: day.adding(days: 28), arrival: nil))
        }
        self.lots = lots.sorted { ($0.ordered, $0.supplier) < ($1.ordered, $1.supplier) }
    }

    /// What is still on order was ordered in that many days before the end.
    private static let openOrderDays = 21

    /// Days from the order to the arrival, from there to the bill, and from there to its payment. Goods arrive in the
    /// quarter they are ordered in.
    private static let (deliveryDays, billDays, creditDays) = (14, 3, 60)

    private static func lot(_ supplier: String, _ lines: [Line], _ ordered: Day) -> Lot {
        let received = workday(ordered.adding(days: deliveryDays), step: 1)
        let billed = workday(received.adding(days: billDays), step: 1)
        return Lot(
            supplier: supplier, lines: lines, ordered: ordered, scheduled: received,
            arrival: Lot.Arrival(received: received, billed: billed, due: billed.adding(days: creditDays)))
    }

    private static func lines(
        _ products: [NorthwindData.Product], _ quantity: (NorthwindData.Product) -> Int
    ) -> [Line] {
        products.compactMap { product in
            let quantity = quantity(product)
            return quantity > 0 ? Line(product: product.id, quantity: quantity) : nil
        }
    }

    /// Suppliers are ordered from on different days, beginning three weeks into the quarter.
    private static func day(in quarter: Int, of place: Int) -> Day {
        let start = Day(year: quarter / 4, month: quarter % 4 * 3 + 1, day: 1) ?? .earliest
        return workday(start.adding(days: 20 + place * 3 % 45), step: 1)
    }

    /// The quarter a day is in: consecutive quarters have consecutive numbers.
    static func quarter(of day: Day) -> Int { day.monthIndex / 3 }

    /// The day itself, or the next or last Monday to Friday.
    private static func workday(_ day: Day, step: Int) -> Day {
        day.weekday < 6 ? day : workday(day.adding(days: step), step: step)
    }
}
