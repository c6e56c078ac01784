import Documents
import Synchronization
import Values

/// Does what happened at Northwind Traders, moment by moment, and knows which documents came of it.
final class DemoHistory: Sendable {
    private let data: NorthwindData
    private let plan: PurchasePlan

    /// What came of the moments so far.
    private struct State {
        /// The documents that later ones are made from.
        var names: [DemoTimeline.Event: String] = [:]
        /// The first failure; nothing is done after it.
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let products: [Int: NorthwindData.Product]
    private let suppliers: [String: NorthwindData.Party]
    private let customers: [String: NorthwindData.Party]
    private let employees: [Int: String]
    private let shippers: [Int: String]

    init(_ data: NorthwindData, _ plan: PurchasePlan) {
        self.data = data
        self.plan = plan
        products = Dictionary(uniqueKeysWithValues: data.products.map { ($0.id, $0) })
        suppliers = Dictionary(uniqueKeysWithValues: data.suppliers.map { ($0.id, $0) })
        customers = Dictionary(uniqueKeysWithValues: data.customers.map { ($0.id, $0) })
        employees = Dictionary(uniqueKeysWithValues: data.employees.map { ($0.id, $0.name) })
        shippers = Dictionary(uniqueKeysWithValues: data.shippers.map { ($0.id, $0.company) })
    }

    /// Whether a moment failed, after which all fail.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    /// Does the events of one moment, which is the session's. Moments are done in their order.
    ///
    /// - Throws: `Problem`, such as `notFound` when an event's document is to be made from one that is not there; after a
    ///   failure always the first.
    func run(_ events: [DemoTimeline.Event], in session: Session) throws {
        if let failure = state.withLock(\.failure) { throw failure }
        do {
            let made = try perform(events, in: session)
            state.withLock { $0.names.merge(made) { _, new in new } }
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    private func perform(
        _ events: [DemoTimeline.Event], in session: Session
    ) throws -> [DemoTimeline.Event: String] {
        var made: [DemoTimeline.Event: String] = [:]
        func name(of event: DemoTimeline.Event) throws -> JSON {
            guard let name = made[event] ?? state.withLock({ $0.names[event] }) else {
                throw Problem(.notFound, "Nothing was made for \(event)")
            }
            return .string(name)
        }
        let write = DemoWriter(session: session)
        for event in events {
            made[event] =
                switch event {
                case .purchaseOrder(let lot): try write.submit("Purchase Order", purchaseOrder(plan.lots[lot]))
                case .purchaseReceipt(let lot):
                    try write.submit(
                        "Purchase Receipt",
                        from: "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt",
                        ["source_name": name(of: .purchaseOrder(lot: lot))])
                case .purchaseInvoice(let lot):
                    try write.submit(
                        "Purchase Invoice",
                        from: "erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice",
                        ["source_name": name(of: .purchaseReceipt(lot: lot))], bill(of: lot))
                case .supplierPayment(let lot):
                    try pay("Purchase Invoice", name(of: .purchaseInvoice(lot: lot)), "PAY \(lot + 1)", write)
                case .salesOrder(let index): try write.submit("Sales Order", salesOrder(data.orders[index]))
                case .shipment(let index): try ship(index, name(of: .salesOrder(index)), write)
                case .customerPayment(let index):
                    try pay(
                        "Sales Invoice", name(of: .shipment(index)), "ORDER \(data.orders[index].id)", write)
                }
        }
        return made
    }

    // MARK: - Buying

    private func purchaseOrder(_ lot: PurchasePlan.Lot) -> JSONObject {
        [
            "supplier": .string(suppliers[lot.supplier]?.company ?? ""), "company": .string(DemoCompany.name),
            "transaction_date": JSON(lot.ordered), "schedule_date": JSON(lot.scheduled),
            "set_warehouse": .string(DemoCompany.warehouse),
            "items": .array(
                lot.lines.compactMap { line in
                    products[line.product].map { product in
                        ["item_code": .string(product.name), "qty": JSON(line.quantity), "rate": JSON(product.cost)]
                    }
                }),
        ]
    }

    private func bill(of lot: Int) -> JSONObject {
        guard let arrival = plan.lots[lot].arrival else { return [:] }
        return [
            "due_date": JSON(arrival.due), "bill_no": .string("INV-\(1000 + lot)"), "bill_date": JSON(arrival.billed),
        ]
    }

    // MARK: - Selling

    private func salesOrder(_ order: NorthwindData.Order) -> JSONObject {
        var fields: JSONObject = [
            "customer": .string(customers[order.customer]?.company ?? ""), "company": .string(DemoCompany.name),
            "transaction_date": JSON(order.ordered), "delivery_date": JSON(order.required),
            "po_no": .string("\(order.id)"), "set_warehouse": .string(DemoCompany.warehouse),
            "shipping_address": .string("\(order.shipName)\n\(order.shipTo.lines)"),
            "items": .array(
                order.lines.compactMap { line in
                    products[line.product].map { product in
                        [
                            "item_code": .string(product.name), "qty": JSON(line.quantity),
                            "price_list_rate": JSON(line.unitPrice),
                            "discount_percentage": JSON(line.discount * .hundred), "rate": JSON(line.rate),
                        ]
                    }
                }),
            "sales_team": [
                ["sales_person": .string(employees[order.employee] ?? ""), "allocated_percentage": 100]
            ],
        ]
        if !order.freight.isZero {
            fields["taxes"] = [
                [
                    "charge_type": "Actual", "account_head": .string(DemoCompany.freightAccount),
                    "description": "Freight",
                    "tax_amount": JSON(order.freight), "cost_center": .string(DemoCompany.costCenter),
                ]
            ]
        }
        return fields
    }

    /// Delivers an order, bills the delivery and returns the bill.
    private func ship(_ index: Int, _ order: JSON, _ write: DemoWriter) throws -> String {
        let delivery = try write.submit(
            "Delivery Note", from: "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note",
            ["source_name": order], ["transporter_name": .string(shippers[data.orders[index].shipper] ?? "")])
        let due = write.session.today.adding(days: DemoTimeline.creditDays)
        return try write.submit(
            "Sales Invoice", from: "erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice",
            ["source_name": .string(delivery)], ["due_date": JSON(due)])
    }

    // MARK: - Money

    private func pay(_ doctype: String, _ invoice: JSON, _ reference: String, _ write: DemoWriter) throws -> String {
        try write.submit(
            "Payment Entry", from: "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
            ["dt": .string(doctype), "dn": invoice, "bank_account": .string(DemoCompany.bank)],
            ["reference_no": .string(reference), "reference_date": JSON(write.session.today)])
    }
}
