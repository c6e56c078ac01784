import Accounting
import Buying
import Documents
import Selling
import Stock
import TestSupport
import Testing
import Values

/// What holds for every document that sells, buys, moves or pays, tried on all that are registered: a new one is among them.
@Suite(.bothEngines) struct TradeRuleTests {
    private static let passed = Problem.Kind("passed")

    /// What comes of a document like the example of its DocType, after a change of what it is about: `passed` when it can be
    /// inserted and submitted. Nothing of it is kept.
    private func outcome(
        of kind: TradeDocument, _ trading: Trading,
        after change: @escaping @Sendable (Document, Session) throws -> Void = { _, _ in },
        first prepare: @escaping @Sendable (Session) throws -> Void = { _ in },
        then follow: @escaping @Sendable (Document, Session) throws -> Void = { _, _ in }
    ) async throws -> Problem? {
        try await trading.refusal(on: "1996-01-15") { session in
            try prepare(session)
            let document = try Self.document(of: kind, session)
            try change(document, session)
            try session.insert(document)
            try session.submit(document)
            try follow(document, session)
            throw Problem(Self.passed, "nothing is refused")
        }
    }

    private static func document(of kind: TradeDocument, _ session: Session) throws -> Document {
        let example = try #require(HouseExamples.all[kind.doctype], "there is no example of \(kind.doctype)")
        let document = try session.document(kind.doctype, from: example.values(session))
        guard case .rows(let table, let type, let name) = kind.party, let row = document.table(table).first else {
            return document
        }
        row.set("account", "Debtors - NT")
        row.set(type, "Customer")
        row.set(name, "Bólido")
        return document
    }

    private static func set(
        _ doctype: String, _ name: String, _ field: String, _ value: Value, _ session: Session
    ) throws {
        let document = try session.get(doctype, name)
        document[field] = value
        try session.save(document)
    }

    private func kinds(_ trading: Trading) -> [TradeDocument] { trading.registry.registered(TradeDocument.self) }

    private func hasItems(_ kind: TradeDocument, _ trading: Trading) -> Bool {
        trading.registry.find(kind.doctype)?.field("items") != nil
    }

    @Test func `every shipped document that is submitted is registered as one that sells, buys, moves or pays`()
        async throws
    {
        let trading = try await Trading()
        let submitted = trading.registry.doctypes.filter { $0.kind == .document && $0.isSubmittable }.map(\.name)
        #expect(Set(kinds(trading).map(\.doctype)) == Set(submitted))
        for kind in kinds(trading) {
            #expect(try await outcome(of: kind, trading)?.kind == Self.passed, "\(kind.doctype)")
        }
    }

    @Test(arguments: [("disabled", "party_disabled"), ("is_frozen", "party_frozen")])
    func `a disabled or frozen party is in no new document`(field: String, code: String) async throws {
        let trading = try await Trading()
        for kind in kinds(trading) {
            if case .none = kind.party { continue }
            let problem = try await outcome(
                of: kind, trading,
                after: { document, session in
                    let party = try #require(kind.parties(of: document).first)
                    try Self.set(party.type, party.name, field, .int(1), session)
                })
            #expect(problem?.kind.code == code, "\(kind.doctype): \(String(describing: problem))")
        }
    }

    @Test func `the role for frozen entries trades with who is frozen`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-02") { session in
            try session.make("Role", ["role_name": "Chief Accountant"])
            try Self.set("Company", Trading.name, "role_allowed_for_frozen_entries", .text("Chief Accountant"), session)
            try Self.set("Customer", "Bólido", "is_frozen", .int(1), session)
        }
        let chief = Actor(user: "chief@example.com", roles: ["Accounts Manager", "Chief Accountant"])
        let invoice: JSONObject = ["customer": "Bólido", "items": [["item_code": "Advice", "qty": 1, "rate": 5]]]
        try await trading.on("1996-01-03", as: chief) { _ = try $0.book("Sales Invoice", invoice) }
        let clerk = Actor(user: "clerk@example.com", roles: ["Accounts Manager"])
        let problem = try await trading.refusal(on: "1996-01-03", as: clerk) {
            _ = try $0.book("Sales Invoice", invoice)
        }
        #expect(problem?.kind == .partyFrozen && problem?.field == "customer")
    }

    @Test func `an item that is disabled, at its end or not for it is in no new document`() async throws {
        let trading = try await Trading()
        for kind in kinds(trading) where hasItems(kind, trading) {
            let flag = kind.deed == .sells ? "is_sales_item" : "is_purchase_item"
            let changes: [(String, Value, Bool)] = [
                ("disabled", .int(1), true), ("end_of_life", .day(Day("1996-01-01") ?? .earliest), true),
                (flag, .int(0), kind.deed == .sells || kind.deed == .buys),
                ("end_of_life", .day(Day("1996-01-16") ?? .earliest), false),
            ]
            for (field, value, isRefused) in changes {
                let problem = try await outcome(
                    of: kind, trading, after: { _, session in try Self.set("Item", "Chai", field, value, session) })
                #expect(
                    problem?.kind.code == (isRefused ? "unusable_item" : "passed"),
                    "\(kind.doctype), \(field): \(String(describing: problem))")
                if isRefused { #expect(problem?.field == "item_code" && problem?.row == 1) }
            }
        }
    }

    private static let units: [(change: [String: Value], code: String)] = [
        (["qty": .decimal(units: 1_500_000_000, scale: 9)], "fraction_of_unit"),
        (["uom": .text("Box"), "qty": .decimal(units: 100_000_000, scale: 9)], "fraction_of_unit"),
        (["uom": .text("Box"), "qty": .decimal(units: 500_000_000, scale: 9)], "passed"),
        (["uom": .text("Crate")], "no_conversion_factor"),
        (["uom": .text("Crate"), "conversion_factor": .decimal(units: 0, scale: 9)], "no_conversion_factor"),
        (["uom": .text("Box"), "conversion_factor": .decimal(units: -1, scale: 9)], "negative_number"),
    ]

    @Test(arguments: units.indices)
    func `units are converted and counted as the item says, in every document`(index: Int) async throws {
        let (change, code) = Self.units[index]
        let trading = try await Trading()
        try await trading.on("1996-01-02") { session in
            try session.make("UOM", ["uom_name": "Crate"])
            try Self.set("UOM", "Nos", "must_be_whole_number", .int(1), session)
        }
        for kind in kinds(trading) where hasItems(kind, trading) {
            let problem = try await outcome(
                of: kind, trading,
                after: { document, _ in
                    for (field, value) in change { document.table("items")[0][field] = value }
                })
            #expect(problem?.kind.code == code, "\(kind.doctype): \(String(describing: problem))")
        }
    }

    @Test func `a unit that is not the stock unit counts by its factor in every document`() async throws {
        let trading = try await Trading()
        for kind in kinds(trading) where hasItems(kind, trading) {
            _ = try await outcome(
                of: kind, trading,
                after: { document, _ in
                    document.table("items")[0].set("uom", "Box")
                    document.table("items")[0].set("qty", Exact(units: 5, scale: 1))
                },
                then: { document, _ in
                    let row = document.table("items")[0]
                    #expect(row.exact("conversion_factor") == 12, "\(kind.doctype)")
                    #expect(row.exact(row.has("stock_qty") ? "stock_qty" : "transfer_qty") == 6, "\(kind.doctype)")
                })
        }
    }

    @Test func `the credit limit holds for whatever binds a customer or raises its debt`() async throws {
        let trading = try await Trading()
        for kind in kinds(trading) {
            let problem = try await outcome(
                of: kind, trading,
                first: { try Self.set("Customer", "Bólido", "credit_limit", .decimal(units: 50_000, scale: 4), $0) })
            let isWeighed: Bool =
                switch kind.party {
                case .field(_, of: "Customer"), .rows: true
                default: false
                }
            #expect(
                problem?.kind.code == (isWeighed ? "credit_limit_exceeded" : "passed"),
                "\(kind.doctype): \(String(describing: problem))")
        }
    }

    @Test func `what comes from an order or delivery is weighed once, and who may passes the limit`() async throws {
        let trading = try await Trading()
        let limit: @Sendable (Int64, Session) throws -> Void = {
            try Self.set("Customer", "Bólido", "credit_limit", .decimal(units: $0 * 10_000, scale: 4), $1)
        }
        let advice: JSONObject = ["customer": "Bólido", "items": [["item_code": "Advice", "qty": 1, "rate": 100]]]
        let note = try await trading.on("1996-01-02") { session in
            try limit(150, session)
            return try session.book("Delivery Note", advice)
        }
        for doctype in ["Delivery Note", "Sales Invoice"] {
            let problem = try await trading.refusal(on: "1996-01-03") { _ = try $0.book(doctype, advice) }
            #expect(problem?.kind == .creditLimit && problem?.message.contains("200") == true, "\(doctype)")
        }
        try await trading.on("1996-01-04") { session in
            try session.book(Make.invoiceFromDelivery, "Sales Invoice", from: note)
            try session.make("Role", ["role_name": "Credit Controller"])
            let settings = try session.document(
                "Accounts Settings",
                from: ["credit_controller": "Credit Controller", "check_supplier_invoice_uniqueness": 1])
            try session.insert(settings)
        }
        let problem = try await trading.refusal(on: "1996-01-05") { _ = try $0.book("Sales Invoice", advice) }
        #expect(problem?.kind == .creditLimit)
        let controller = Actor(user: "c@example.com", roles: ["Accounts Manager", "Credit Controller"])
        try await trading.on("1996-01-05", as: controller) { _ = try $0.book("Sales Invoice", advice) }
    }

    @Test func `what was submitted is cancelled, whatever has become of party and item`() async throws {
        let trading = try await Trading()
        for kind in kinds(trading) {
            let problem = try await outcome(
                of: kind, trading,
                then: { document, session in
                    for party in kind.parties(of: document) {
                        try Self.set(party.type, party.name, "disabled", .int(1), session)
                    }
                    try Self.set("Item", "Chai", "disabled", .int(1), session)
                    try session.cancel(session.get(kind.doctype, document.name))
                })
            #expect(problem?.kind == Self.passed, "\(kind.doctype): \(String(describing: problem))")
        }
    }

    @Test(
        arguments: [true, false],
        [("closed_period", true), ("frozen_books", true), ("closed_period", false), ("frozen_books", false)])
    func `nothing is posted or cancelled in a closed or frozen period, with and without postings`(
        isPerpetual: Bool, way: (code: String, isCancelled: Bool)
    ) async throws {
        let trading = try await Trading()
        let close: @Sendable (Session) throws -> Void = { session in
            if way.code == "closed_period" {
                try Self.set("Fiscal Year", "1996", "closed", .int(1), session)
            } else {
                let last = Value.day(Day("1996-12-31") ?? .latest)
                try Self.set("Company", Trading.name, "accounts_frozen_till_date", last, session)
            }
        }
        for kind in kinds(trading) where kind.day == "posting_date" {
            for isEmpty in hasItems(kind, trading) && kind.deed != .moves ? [false, true] : [false] {
                let problem = try await outcome(
                    of: kind, trading,
                    after: { document, session in
                        // Services without a price post nothing.
                        if isEmpty {
                            document.setTable("items", [document.table("items")[1]])
                            document.table("items")[0].set("rate", Exact.zero)
                        }
                        if !way.isCancelled { try close(session) }
                    },
                    first: {
                        try Self.set(
                            "Company", Trading.name, "enable_perpetual_inventory", .int(isPerpetual ? 1 : 0), $0)
                    },
                    then: { document, session in
                        guard way.isCancelled else { return }
                        try close(session)
                        try session.cancel(session.get(kind.doctype, document.name))
                    })
                #expect(problem?.kind.code == way.code, "\(kind.doctype), \(isEmpty): \(String(describing: problem))")
            }
        }
    }

    @Test func `the account of stock takes only movements of stock, from whatever voucher`() async throws {
        let stock = "Stock In Hand - NT"
        let changes: [(String, @Sendable (Document) -> Void)] = [
            ("Journal Entry", { $0.table("accounts")[1].set("account", stock) }),
            ("Payment Entry", { $0.set("paid_to", stock) }),
            ("Sales Invoice", { $0.table("items")[0].set("income_account", stock) }),
            ("Sales Invoice", { $0.table("taxes")[0].set("account_head", stock) }),
            ("Purchase Invoice", { $0.table("items")[1].set("expense_account", stock) }),
            ("Purchase Invoice", { $0.table("taxes")[0].set("account_head", stock) }),
            ("Delivery Note", { $0.table("items")[0].set("expense_account", stock) }),
            ("Stock Entry", { $0.table("items")[0].set("expense_account", stock) }),
            (
                "Purchase Receipt",
                {
                    $0.table("taxes")[0].set("category", "Valuation")
                    $0.table("taxes")[0].set("account_head", stock)
                }
            ),
        ]
        let trading = try await Trading()
        for (doctype, change) in changes {
            let kind = try #require(TradeDocument.find(doctype, in: trading.registry))
            let problem = try await outcome(of: kind, trading, after: { document, _ in change(document) })
            #expect(problem?.kind == .stockAccount, "\(doctype): \(String(describing: problem))")
        }
        // Without perpetual inventory the books of stock are written by hand.
        let kind = try #require(TradeDocument.find("Journal Entry", in: trading.registry))
        let byHand = try await outcome(
            of: kind, trading, after: { document, _ in document.table("accounts")[1].set("account", stock) },
            first: { try Self.set("Company", Trading.name, "enable_perpetual_inventory", .int(0), $0) })
        #expect(byHand?.kind == Self.passed)
    }

    private static let strangers: [(account: String, type: String, party: String)] = [
        ("Creditors - NT", "Customer", "Bólido"), ("Debtors - NT", "Supplier", "Tokyo Traders"),
        ("Sales - NT", "Customer", "Bólido"), ("Bank - NT", "Supplier", "Tokyo Traders"),
    ]

    @Test(arguments: strangers.indices)
    func `a party stands only on accounts of its kind`(index: Int) async throws {
        let (account, type, party) = Self.strangers[index]
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-01-15") { session in
            try session.book(
                "Journal Entry",
                [
                    "accounts": [
                        [
                            "account": .string(account), "party_type": .string(type), "party": .string(party),
                            "debit_in_account_currency": 5,
                        ], ["account": "Cash - NT", "credit_in_account_currency": 5],
                    ]
                ])
        }
        #expect(problem?.kind == .invalidAccount && problem?.field == "party")
    }

    private static let refunds: [(way: String, type: String, party: String, field: String, wrong: String)] = [
        ("Receive", "Supplier", "Tokyo Traders", "paid_from", "Debtors - NT"),
        ("Pay", "Customer", "Bólido", "paid_to", "Creditors - NT"),
    ]

    @Test(arguments: refunds.indices)
    func `a refund stands on the account of its party's kind`(index: Int) async throws {
        let (way, type, party, field, wrong) = Self.refunds[index]
        let refund: @Sendable (JSON, Session) throws -> Document = { account, session in
            try session.submitted(
                "Payment Entry",
                [
                    "payment_type": .string(way), "party_type": .string(type), "party": .string(party),
                    "paid_amount": 5, "received_amount": 5, "reference_no": "1", "reference_date": "1996-01-15",
                    field: account,
                ])
        }
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-01-15") { _ = try refund(.string(wrong), $0) }
        #expect(problem?.kind == .invalidAccount && problem?.field == "party")
        try await trading.on("1996-01-15") { session in
            let account = type == "Supplier" ? "Creditors - NT" : "Debtors - NT"
            let payment = try refund(.null, session)
            #expect(payment.text(field) == account)
        }
    }

    @Test func `an equal bill number of a supplier is refused unless the settings allow it`() async throws {
        let trading = try await Trading()
        let bill: JSONObject = [
            "supplier": "Tokyo Traders", "bill_no": "17", "items": [["item_code": "Advice", "qty": 1, "rate": 80]],
        ]
        try await trading.on("1996-01-02") { _ = try $0.book("Purchase Invoice", bill) }
        let problem = try await trading.refusal(on: "1996-01-03") { _ = try $0.book("Purchase Invoice", bill) }
        #expect(problem?.kind.code == "duplicate_bill")
        try await trading.on("1996-01-04") { session in
            try session.insert(session.document("Accounts Settings", from: ["check_supplier_invoice_uniqueness": 0]))
            try session.book("Purchase Invoice", bill)
        }
    }
}
