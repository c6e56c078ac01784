import Values

/// Everything that happened at Northwind Traders, in the order of time.
struct DemoTimeline: Sendable {
    /// Something that happened. Numbers are places in the data's orders and in the plan's lots.
    enum Event: Sendable, Hashable {
        case purchaseOrder(lot: Int)
        case purchaseReceipt(lot: Int)
        case purchaseInvoice(lot: Int)
        case supplierPayment(lot: Int)
        case salesOrder(Int)
        /// Delivery and invoice, which leave together.
        case shipment(Int)
        case customerPayment(Int)
    }

    /// What happened at one moment.
    struct Moment: Sendable {
        let time: Timestamp
        let events: [Event]
    }

    /// The day the books open.
    let opening: Day
    /// The last day of the data.
    let end: Day
    let moments: [Moment]

    /// Customers have that many days to pay.
    static let creditDays = 30

    /// The events of `data` and `plan` from the day `opening` to the day `end`; what is due later is not paid.
    init(_ data: NorthwindData, _ plan: PurchasePlan, opening: Day, end: Day) {
        self.opening = opening
        self.end = end
        var found: [(time: Timestamp, event: Event)] = []
        func add(_ event: Event, _ day: Day, _ hour: Hour) {
            if day <= end { found.append((hour.on(day), event)) }
        }
        for (index, lot) in plan.lots.enumerated() {
            add(.purchaseOrder(lot: index), lot.ordered, .purchasing)
            guard let arrival = lot.arrival else { continue }
            add(.purchaseReceipt(lot: index), arrival.received, .purchasing)
            add(.purchaseInvoice(lot: index), arrival.billed, .purchasing)
            add(.supplierPayment(lot: index), arrival.due, .purchasing)
        }
        for (index, order) in data.orders.enumerated() {
            add(.salesOrder(index), order.ordered, .selling)
            guard let shipped = order.shipped else { continue }
            add(.shipment(index), shipped, .shipping)
            add(.customerPayment(index), shipped.adding(days: Self.creditDays), .banking)
        }
        // Sorting keeps the order of equals by their place.
        let sorted = found.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        var moments: [Moment] = []
        for (_, one) in sorted {
            if let last = moments.last, last.time == one.time {
                moments[moments.count - 1] = Moment(time: one.time, events: last.events + [one.event])
            } else {
                moments.append(Moment(time: one.time, events: [one.event]))
            }
        }
        self.moments = moments
    }

    /// The hours of a day at which things are done, so that goods arrive before they leave.
    private enum Hour: Int {
        case purchasing = 9
        case selling = 11
        case shipping = 15
        case banking = 17

        func on(_ day: Day) -> Timestamp { Timestamp(day).adding(seconds: rawValue * 3600) }
    }
}
