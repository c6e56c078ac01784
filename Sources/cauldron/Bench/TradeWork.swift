import Documents
import Foundation
import Values

extension WriteWork {
    /// A customer by itself.
    static let customer = WriteWork(
        name: "create a customer", unit: "customers/s",
        steps: [
            { session, number, _ in
                try BenchCompany.insert("Customer", ["customer_name": .string("New customer \(number)")], session).name
            }
        ])

    /// An order of many lines, kept as a draft.
    static func order(lines: Int) -> WriteWork {
        WriteWork(
            name: "save an order of \(lines.formatted(.number.locale(.init(identifier: "en_US")))) lines",
            unit: "orders/s",
            steps: [
                { session, number, _ in
                    var fields = order(number, lines: lines)
                    fields["delivery_date"] = .string(session.today.description)
                    return try BenchCompany.insert("Sales Order", fields, session).name
                }
            ])
    }

    /// An invoice of five lines and a tax, submitted as it is made.
    static let invoice = WriteWork(
        name: "create and submit an invoice of 5 lines", unit: "invoices/s",
        steps: [
            { session, number, _ in
                try BenchCompany.insert("Sales Invoice", invoice(number), session).name
            }
        ])

    /// The fields of an invoice of five lines and a tax, to be submitted.
    static func invoice(_ number: Int) -> JSONObject {
        var fields = order(number)
        fields["docstatus"] = 1
        return fields
    }

    /// Order, delivery, invoice and payment, each its own transaction, made by the methods a client calls.
    static let orderToCash = WriteWork(
        name: "order to cash: order, delivery, bill, payment", unit: "flows/s",
        steps: [
            { session, number, _ in
                var fields = order(number)
                fields["delivery_date"] = .string(session.today.description)
                fields["docstatus"] = 1
                return try BenchCompany.insert("Sales Order", fields, session).name
            },
            { session, _, order in
                try proposed(
                    "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note", "Delivery Note", order,
                    session)
            },
            { session, _, delivery in
                try proposed(
                    "erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice", "Sales Invoice", delivery,
                    session)
            },
            { session, _, invoice in
                try made(
                    "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
                    ["dt": "Sales Invoice", "dn": .string(invoice)], "Payment Entry",
                    ["reference_no": "1", "reference_date": .string(session.today.description)], session)
            },
        ])

    private static func order(_ number: Int, lines: Int = 5) -> JSONObject {
        [
            "customer": .string("Customer \(number % BenchCompany.customers)"),
            "company": .string(BenchCompany.company),
            "items": .array(
                (0..<lines).map { line in
                    [
                        "item_code": .string(BenchCompany.items[(number + line) % BenchCompany.items.count]),
                        "qty": .int(Int64(line + 1)), "rate": .decimal(Exact(units: 1095 + Int64(line), scale: 2)),
                        "warehouse": "Stores - B",
                    ]
                }),
            "taxes": [["charge_type": "On Net Total", "account_head": "VAT - B", "rate": 20, "description": "VAT"]],
        ]
    }

    private static func proposed(
        _ method: String, _ doctype: String, _ source: String, _ session: Session
    ) throws -> String {
        try made(method, ["source_name": .string(source)], doctype, [:], session)
    }

    /// Inserts and submits what a method proposes.
    private static func made(
        _ method: String, _ arguments: JSONObject, _ doctype: String, _ extra: JSONObject, _ session: Session
    ) throws -> String {
        guard let method = session.registry.methods[method],
            case .object(var fields) = try method.run(Arguments(arguments), session)
        else { throw Problem(.notFound, "\(method) gave no document") }
        for (key, value) in extra.members { fields[key] = value }
        fields["docstatus"] = 1
        return try BenchCompany.insert(doctype, fields, session).name
    }
}
