import Documents
import Forms
import Lists
import Metadata
import TestSupport
import Testing
import Values

/// A document as somebody edits it comes back as saving it would make it, with all that is wrong.
@Suite(.bothEngines) struct DraftTests {
    private static let clerk = Actor(user: "clerk@example.com", roles: ["Sales User"])
    private static let invoice: JSONObject = [
        "customer": "Bólido",
        "items": [["item_code": "Advice", "qty": 3, "rate": 10], ["item_code": "Chai", "qty": 2]],
    ]

    private static var described: JSONObject {
        var object = invoice
        object["doctype"] = "Sales Invoice"
        return object
    }

    @Test func `an invoice has its defaults, what is fetched and its totals, and nothing is kept`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-15") { session in
            let before = try session.count(ListQuery("Sales Invoice"))
            let draft = try session.draft("Sales Invoice", Self.invoice)
            let document = draft.document
            #expect(draft.problems == [])
            #expect(document.text("company") == Trading.name)
            #expect(document.text("currency") == "USD")
            #expect(document.text("customer_name") == "Bólido")
            #expect(document.exact("grand_total") == 30)
            #expect(document.table("items").map { $0.text("item_name") } == ["Advice", "Chai"])
            #expect(document.text("debit_to") == "Debtors - NT")
            #expect(document.name.isEmpty)
            #expect(try session.count(ListQuery("Sales Invoice")) == before)
        }
        // No number of the series was used.
        try await trading.on("1996-01-15") { session in
            let first = try session.make("Sales Invoice", Self.invoice)
            #expect(first.name.hasSuffix("00001"))
        }
    }

    @Test func `all that is wrong is told at once, by field, table and row`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-15") { session in
            let draft = try session.draft(
                "Sales Invoice",
                [
                    "posting_date": "soon", "due_date": "1995-01-01", "debit_to": "Nowhere - NT",
                    "items": [
                        ["item_code": "Advice", "qty": 1, "rate": 5], ["item_code": "Chai", "qty": -1, "rate": 1],
                        ["item_code": "Nothing", "qty": 1, "rate": "cheap"],
                    ], "colour": "red",
                ])
            func place(_ problem: Problem) -> String {
                [problem.table, problem.row.map(String.init), problem.field].compactMap { $0 }.joined(separator: ".")
            }
            let places = Set(draft.problems.map(place))
            #expect(
                places.isSuperset(of: [
                    "customer", "posting_date", "due_date", "debit_to", "items.2.qty", "items.3.item_code",
                    "items.3.rate",
                ]), "\(places.sorted())")
            #expect(session.remarks.ignored == ["colour"])
            // What is right is computed all the same.
            #expect(draft.document.table("items")[0].exact("amount") == 5)
        }
    }

    @Test func `the draft of every document of the house is what saving it makes of it`() async throws {
        let trading = try await Trading()
        let examples = HouseExamples.all.sorted { $0.key < $1.key }
        var compared = 0
        for (doctype, example) in examples {
            guard trading.registry.find(doctype)?.kind == .document else { continue }
            let differs = try await trading.on("1996-01-15") { session -> [String]? in
                struct TakenBack: Error {}
                var found: [String]?
                do {
                    try session.savepoint {
                        let object = try example.values(session)
                        let draft = try session.draft(doctype, object)
                        let saved = try session.document(doctype, from: object)
                        try session.insert(saved)
                        found =
                            draft.problems.map(\.message)
                            + Self.differences(draft.document, saved, besides: example.makes)
                        throw TakenBack()
                    }
                } catch is TakenBack {}
                return found
            }
            compared += 1
            #expect(differs == [], "\(doctype): \(differs ?? [])")
        }
        #expect(compared > 20)
    }

    /// The fields in which a draft is another than the saved document; names and moments do not count, nor what has a name
    /// in it, or what is made after it was saved.
    private static func differences(
        _ draft: Document, _ saved: Document, besides made: Set<String> = []
    ) -> [String] {
        var found: [String] = []
        for slot in draft.doctype.firstOwnSlot..<draft.values.count where draft.values[slot] != saved.values[slot] {
            if made.contains(draft.doctype.columns[slot].name) { continue }
            let (one, other) = (draft.values[slot].description, saved.values[slot].description)
            if !saved.name.isEmpty, other.contains(saved.name) { continue }
            if draft.values[slot].isNothing, saved.values[slot].isNothing { continue }
            found.append("\(draft.doctype.columns[slot].name): \(one) and \(other)")
        }
        for (field, slot) in draft.doctype.tables {
            if draft.rows[slot].count != saved.rows[slot].count { found.append("rows of \(field.name)") }
            for (one, other) in zip(draft.rows[slot], saved.rows[slot]) {
                found += differences(one, other).map { "\(field.name).\(one.idx).\($0)" }
            }
        }
        return found
    }

    @Test func `a document that is there is drafted as it would be changed, and stays as it is`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-15") { session in
            let invoice = try session.make("Sales Invoice", Self.invoice)
            let row = invoice.table("items")[0].name
            let draft = try session.draft(
                "Sales Invoice",
                ["name": .string(invoice.name), "items": [["name": .string(row), "qty": 4]]])
            #expect(draft.problems == [])
            #expect(draft.document.exact("grand_total") == 40)
            #expect(draft.document.table("items").map(\.name) == [row])
            let kept = try session.get("Sales Invoice", invoice.name)
            #expect(kept.exact("grand_total") == 30 && kept.table("items").count == 2)
            try session.submit(kept)
            let late = try session.draft("Sales Invoice", ["name": .string(invoice.name), "due_date": "1996-03-01"])
            #expect(late.problems.map(\.kind) == [.frozen])
        }
    }

    @Test func `each field says what it is: hidden, required, read only, and its options`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-15") { session in
            let answer = try session.registry.methods["cauldron.draft"]?.run(
                Arguments(["doc": .object(Self.described)]), session)
            let fields = try #require(answer?["fields"])
            #expect(fields["customer"]?["required"] == true)
            #expect(fields["grand_total"]?["read_only"] == true)
            #expect(fields["status"]?["options"]?.array?.contains("Overdue") == true)
            #expect(fields["items"]?["columns"]?["amount"]?["read_only"] == true)
            #expect(fields["remarks"] == nil)
            #expect(answer?["problems"] == [])
            #expect(answer?["doc"]?["grand_total"] == .decimal(30))
        }
        try await trading.on("1996-01-15") { session in
            let invoice = try session.book("Sales Invoice", Self.invoice)
            let answer = try session.registry.methods["cauldron.draft"]?.run(
                Arguments(["doc": ["doctype": "Sales Invoice", "name": .string(invoice)]]), session)
            #expect(answer?["fields"]?["customer"]?["read_only"] == true)
            #expect(answer?["fields"]?["items"]?["columns"]?["qty"]?["read_only"] == true)
        }
    }

    @Test func `who may not make a document drafts none`() async throws {
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-01-15", as: Self.clerk) { session in
            _ = try session.draft("Purchase Invoice", ["supplier": "Tokyo Traders"])
        }
        #expect(problem?.kind == .forbidden)
    }
}
