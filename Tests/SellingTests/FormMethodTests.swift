import Documents
import Lists
import TestSupport
import Testing
import Values

/// What clients ask while somebody fills in a trade document.
@Suite(.bothEngines) struct FormMethodTests {
    private func call(_ method: String, _ arguments: JSONObject, _ session: Session) throws -> JSON {
        try session.perform(Command(.call, method, nil, arguments)).answer
    }

    @Test func `rows of several orders come into one delivery, and only those that are chosen`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-07-01") { session in
            try session.receive("Chai", 50, at: 9)
            try session.receive("Tofu", 50, at: 9)
            let (first, second) = (try OrderToCashTests.order(session), try OrderToCashTests.order(session))
            let chosen = try session.get("Sales Order", first).table("items")[1].name
            let one = try call(
                Make.delivery, ["source_name": .string(first), "selected_children": ["items": [.string(chosen)]]],
                session)
            #expect(one["items"]?.array?.map { $0["item_code"] } == ["Tofu"])
            let both = try call(Make.delivery, ["source_name": .string(second), "target_doc": one], session)
            #expect(both["items"]?.array?.map { $0["item_code"] } == ["Tofu", "Chai", "Tofu"])
            #expect(
                both["items"]?.array?.map { $0["against_sales_order"] } == [
                    .string(first), .string(second), .string(second),
                ])
            let made = try session.make("Delivery Note", both.object ?? [:])
            try session.submit(made)
            #expect(made.exact("grand_total") == 366, "4 tofu of the first order, all of the second")
            #expect(try session.get("Sales Order", second).exact("per_delivered") == 100)
            let mapped = try call(
                "frappe.model.mapper.map_docs",
                ["method": .string(Make.invoice), "source_names": [.string(first), .string(second)]], session)
            #expect(mapped["items"]?.array?.count == 4)
            let same = try call(
                "frappe.model.mapper.make_mapped_doc",
                ["method": .string(Make.invoice), "source_name": .string(first)],
                session)
            #expect(same["items"]?.array?.count == 2)
        }
        let other = await refusal(trading) { session in
            let order = try OrderToCashTests.order(session, ["customer": "Bólido"])
            let begun: JSON = ["customer": "Alfreds Futterkiste", "company": .string(Trading.name)]
            _ = try call(Make.delivery, ["source_name": .string(order), "target_doc": begun], session)
        }
        #expect(other?.kind.code == "differs_from_source", "\(other?.message ?? "")")
        let writer = await refusal(trading) { session in
            _ = try call(
                "frappe.model.mapper.make_mapped_doc",
                ["method": "frappe.client.delete", "source_name": "x"], session)
        }
        #expect(writer?.kind == .noSuchMethod, "only what makes a document is called so")
    }

    private func refusal(
        _ trading: Trading, _ body: @escaping @Sendable (Session) throws -> Void
    ) async -> Problem? {
        do {
            return try await trading.refusal(on: "1996-07-02", body)
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test func `a row gets what its item brings, and a document what its party brings`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-07-01") { session in
            let row = try call(
                "erpnext.stock.get_item_details.get_item_details",
                [
                    "args": [
                        "item_code": "Chai", "doctype": "Sales Order", "customer": "Alfreds Futterkiste",
                        "company": .string(Trading.name), "qty": 3, "rate": 18, "conversion_rate": 1,
                    ]
                ], session)
            let saved = try session.get("Sales Order", OrderToCashTests.order(session)).table("items")[0]
            for field in ["item_name", "uom", "stock_uom", "conversion_factor", "description", "item_group"]
            where saved.has(field) {
                #expect(row[field] == JSON(saved[field]), "\(field)")
            }
            #expect(row["amount"] == 54)
            let party = try call(
                "erpnext.accounts.party.get_party_details",
                ["party": "Alfreds Futterkiste", "party_type": "Customer", "company": .string(Trading.name)], session)
            #expect(party["customer_name"] == "Alfreds Futterkiste")
            let account = try call(
                "erpnext.accounts.party.get_party_account",
                ["party": "Alfreds Futterkiste", "party_type": "Customer", "company": .string(Trading.name)], session)
            #expect(party["debit_to"] == account && account.string?.isEmpty == false)
            #expect(try session.list(ListQuery("Sales Invoice")).rows.isEmpty, "nothing is kept")
        }
        for (arguments, field) in [
            (["item_code": "Nothing"], "item_code"), (["item_code": ""], "item_code"),
            (["item_code": "Chai", "doctype": "User"], "doctype"),
        ] as [(JSONObject, String)] {
            let problem = await refusal(trading) { session in
                _ = try call("erpnext.stock.get_item_details.get_item_details", ["args": .object(arguments)], session)
            }
            #expect(problem?.field == field, "\(arguments): \(problem?.message ?? "nothing")")
        }
        let nobody = await refusal(trading) { session in
            _ = try call("erpnext.accounts.party.get_party_details", ["party": "Nobody"], session)
        }
        #expect(nobody?.kind == .notFound)
    }
}
