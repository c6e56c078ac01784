import Foundation
import Testing
import Values

@testable import cauldron

/// What the sample company's data says, and what is planned so that it can have happened.
@Suite struct DemoPlanTests {
    private let data: NorthwindData
    private let plan: PurchasePlan
    private let timeline: DemoTimeline

    init() throws {
        data = try NorthwindData.embedded()
        let (opening, end) = (try day("1996-07-01"), try day("1998-05-06"))
        plan = PurchasePlan(data, from: opening, to: end)
        timeline = DemoTimeline(data, plan, opening: opening, end: end)
    }

    // MARK: - The data

    @Test func `the data comes to what its source says`() {
        #expect(data.categories.count == 8)
        #expect(data.suppliers.count == 29)
        #expect(data.products.count == 77)
        #expect(data.customers.count == 91)
        #expect(data.employees.count == 9)
        #expect(data.shippers.count == 6)
        #expect(data.orders.count == 830)
        #expect(data.orders.reduce(0) { $0 + $1.lines.count } == 2155)
        #expect(data.orders.count { $0.shipped != nil } == 809)
        let lines = data.orders.flatMap(\.lines)
        var (rounded, exact, freight) = (Exact.zero, Exact.zero, Exact.zero)
        for line in lines {
            rounded += line.amount
            exact += line.rate * Exact(line.quantity)
        }
        for order in data.orders { freight += order.freight }
        #expect(rounded == Exact("1265793.29"))
        #expect(exact == Exact("1265793.0395"))
        #expect(freight == Exact("64942.69"))
    }

    @Test func `what the data refers to is there`() {
        let products = Set(data.products.map(\.id))
        #expect(data.orders.allSatisfy { $0.lines.allSatisfy { products.contains($0.product) } })
        let customers = Set(data.customers.map(\.id))
        #expect(data.orders.allSatisfy { customers.contains($0.customer) })
        let suppliers = Set(data.suppliers.map(\.id))
        #expect(data.products.allSatisfy { suppliers.contains($0.supplier) })
        for names in [data.products.map(\.name), data.customers.map(\.company), data.suppliers.map(\.company)] {
            #expect(Set(names).count == names.count)
        }
    }

    @Test(arguments: [
        ("a,b\n1\n", "northwind/faulty.csv, line 2: 1 values, not 2"),
        ("a,b\n1,2\n3,4,5\n", "northwind/faulty.csv, line 3: 3 values, not 2"),
        ("b\n1\n", "northwind/faulty.csv, line 2: there is no column a"),
        ("a\nx\n", "northwind/faulty.csv, line 2: a cannot be “x”"),
    ])
    func `a faulty file is told with the line`(text: String, fault: String) {
        let error = #expect(throws: NorthwindTable.Fault.self) {
            _ = try NorthwindTable("faulty", text).rows.map { try $0.int("a") }
        }
        #expect(error?.description == fault)
    }

    @Test func `a rate after discount keeps all its decimals`() {
        let line = NorthwindData.Line(product: 1, unitPrice: Exact("7.45")!, quantity: 3, discount: Exact("0.15")!)
        #expect(line.rate == Exact("6.3325"))
        #expect(line.amount == Exact("19.00"))
    }

    // MARK: - Purchases

    @Test func `stock never falls below what is left at the end, and comes to it`() throws {
        var stock = Dictionary(uniqueKeysWithValues: plan.opening.map { ($0.product, $0.quantity) })
        for event in timeline.moments.flatMap(\.events) {
            switch event {
            case .purchaseReceipt(let lot):
                for line in plan.lots[lot].lines { stock[line.product, default: 0] += line.quantity }
            case .shipment(let order):
                for line in data.orders[order].lines { stock[line.product, default: 0] -= line.quantity }
                #expect(data.products.allSatisfy { stock[$0.id, default: 0] >= $0.inStock }, "order \(order)")
            default: break
            }
        }
        for product in data.products { #expect(stock[product.id, default: 0] == product.inStock, "\(product.name)") }
    }

    @Test func `goods arrive on workdays of the quarter they are ordered in`() {
        for lot in plan.lots {
            #expect(lot.ordered.weekday < 6)
            guard let arrival = lot.arrival else { continue }
            #expect(arrival.received.weekday < 6 && arrival.billed.weekday < 6)
            #expect(PurchasePlan.quarter(of: arrival.received) == PurchasePlan.quarter(of: lot.ordered))
            #expect(lot.ordered < arrival.received && arrival.received < arrival.billed && arrival.billed < arrival.due)
        }
    }

    @Test func `a supplier brings only its own products, and in a quarter once`() {
        let suppliers = Dictionary(uniqueKeysWithValues: data.products.map { ($0.id, $0.supplier) })
        var seen: Set<String> = []
        for lot in plan.lots {
            #expect(
                !lot.lines.isEmpty && lot.lines.allSatisfy { suppliers[$0.product] == lot.supplier && $0.quantity > 0 })
            #expect(
                seen.insert("\(lot.supplier) \(PurchasePlan.quarter(of: lot.ordered)) \(lot.arrival == nil)").inserted)
        }
    }

    @Test func `what has not arrived is what the data says is on order`() {
        var open: [Int: Int] = [:]
        for line in plan.lots.filter({ $0.arrival == nil }).flatMap(\.lines) {
            open[line.product, default: 0] += line.quantity
        }
        let onOrder = data.products.filter { $0.onOrder > 0 }.map { ($0.id, $0.onOrder) }
        #expect(open == Dictionary(uniqueKeysWithValues: onOrder))
    }

    @Test func `a quarter brings what the next one ships`() throws {
        let small = try tiny(shipped: ["1997-01-20", "1997-04-02", "1997-05-30", nil])
        let plan = PurchasePlan(small, from: try day("1997-01-01"), to: try day("1997-06-30"))
        #expect(plan.opening == [.init(product: 1, quantity: 10 + 4)])
        #expect(plan.lots.map(\.lines) == [[.init(product: 1, quantity: 20)], [.init(product: 1, quantity: 7)]])
        #expect(plan.lots.map { $0.arrival == nil } == [false, true])
    }

    // MARK: - Time

    @Test func `everything happens once, in the order of time, and nothing after the end`() {
        let events = timeline.moments.flatMap(\.events)
        #expect(Set(events).count == events.count)
        #expect(zip(timeline.moments, timeline.moments.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(timeline.moments.allSatisfy { $0.time.day >= timeline.opening && $0.time.day <= timeline.end })
        #expect(events.count { if case .salesOrder = $0 { true } else { false } } == 830)
        #expect(events.count { if case .shipment = $0 { true } else { false } } == 809)
    }

    @Test func `a payment comes thirty days after the shipment, unless the data ends before`() throws {
        let paid = Set(timeline.moments.flatMap(\.events))
        for (index, order) in data.orders.enumerated() {
            let due = order.shipped?.adding(days: 30)
            #expect(paid.contains(.customerPayment(index)) == (due.map { $0 <= timeline.end } ?? false))
        }
    }

    @Test func `goods arrive before they leave on the same day`() throws {
        var last: [Day: Int] = [:]
        for moment in timeline.moments {
            for event in moment.events {
                let rank =
                    switch event {
                    case .purchaseOrder, .purchaseReceipt, .purchaseInvoice, .supplierPayment: 0
                    case .salesOrder: 1
                    case .shipment: 2
                    case .customerPayment: 3
                    }
                #expect(last[moment.time.day, default: 0] <= rank)
                last[moment.time.day] = rank
            }
        }
    }
}

private func day(_ text: String) throws -> Day { try #require(Day(text)) }

/// One product of which 4 are in stock and 7 on order, in orders of 10 each, shipped on those days.
private func tiny(shipped: [String?]) throws -> NorthwindData {
    let place = NorthwindData.Place(
        address: "1 Quay", city: "Hull", region: "", postalCode: "", country: "United Kingdom")
    let party = NorthwindData.Party(
        id: "1", company: "Tea & Co", contact: "Ann Lee", contactTitle: "", place: place, phone: "", fax: "")
    let product = NorthwindData.Product(
        id: 1, name: "Tea", supplier: "1", category: 1, quantityPerUnit: "", listPrice: 5, inStock: 4, onOrder: 7,
        reorderLevel: 0, isDiscontinued: false)
    let orders = try shipped.enumerated().map { index, shipped in
        NorthwindData.Order(
            id: index, customer: "1", employee: 1, ordered: try day("1997-01-02"), required: try day("1997-02-02"),
            shipped: try shipped.map(day), shipper: 1, freight: 0, shipName: "", shipTo: place,
            lines: [.init(product: 1, unitPrice: 5, quantity: 10, discount: 0)])
    }
    return NorthwindData(
        categories: [], suppliers: [party], products: [product], customers: [party], employees: [], shippers: [],
        orders: orders)
}
