import Documents
import Storage
import TestSupport
import Testing
import Values

/// Customers, the trees they stand in, and what they may owe.
@Suite(.bothEngines) struct CustomerTests {
    @Test func `a customer is called by its name and once`() async throws {
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-02-01") {
            try $0.make("Customer", ["customer_name": "Bólido"])
        }
        #expect(problem?.kind == .duplicateName)
    }

    @Test func `nothing is sold to a disabled customer`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            let customer = try session.get("Customer", "Alfreds Futterkiste")
            customer.set("disabled", true)
            try session.save(customer)
        }
        let problem = try await trading.refusal(on: "1996-02-02") { _ = try OrderToCashTests.order($0) }
        #expect(problem?.kind.exception == "PartyDisabled")
        #expect(problem?.field == "customer")
    }

    @Test func `a customer orders up to its credit limit and not beyond`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            let customer = try session.get("Customer", "Alfreds Futterkiste")
            customer.set("credit_limit", Exact(500))
            try session.save(customer)
            _ = try OrderToCashTests.order(session)
        }
        let problem = try await trading.refusal(on: "1996-02-02") { _ = try OrderToCashTests.order($0) }
        #expect(problem?.kind.code == "credit_limit_exceeded")
        #expect(problem?.message.contains("546") == true)
        // A smaller one is within it, and billing the first does not count it twice.
        try await trading.on("1996-02-03") { session in
            let first = try session.transaction.first("SELECT name FROM sales_order", [], [.text])?[0].text ?? ""
            try session.book(Make.invoice, "Sales Invoice", from: first)
            _ = try OrderToCashTests.order(
                session, ["items": [["item_code": "Advice", "qty": 2, "rate": 113]]])
        }
    }

    @Test func `trees have no circles, and only groups have others below them`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            try session.make("Territory", ["territory_name": "World", "is_group": 1])
            try session.make("Territory", ["territory_name": "Europe", "is_group": 1, "parent_territory": "World"])
            try session.make("Territory", ["territory_name": "Spain", "parent_territory": "Europe"])
        }
        let circle = try await trading.refusal(on: "1996-02-02") { session in
            let world = try session.get("Territory", "World")
            world.set("parent_territory", "Europe")
            try session.save(world)
        }
        #expect(circle?.field == "parent_territory")
        let leaf = try await trading.refusal(on: "1996-02-02") { session in
            try session.make("Territory", ["territory_name": "Madrid", "parent_territory": "Spain"])
        }
        #expect(leaf?.message.contains("not a group") == true)
        // A customer may be of a territory that gathers others, but not of such a group.
        try await trading.on("1996-02-02") { session in
            try session.make("Customer", ["customer_name": "Ana", "territory": "Europe"])
            try session.make("Customer Group", ["customer_group_name": "All", "is_group": 1])
        }
        let gathering = try await trading.refusal(on: "1996-02-02") { session in
            try session.make("Customer", ["customer_name": "Eva", "customer_group": "All"])
        }
        #expect(gathering?.field == "customer_group")
        let stays = try await trading.refusal(on: "1996-02-02") { session in
            let europe = try session.get("Territory", "Europe")
            europe.set("is_group", false)
            try session.save(europe)
        }
        #expect(stays?.field == "is_group")
    }

    @Test func `addresses of one title are counted`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            let links: JSON = [["link_doctype": "Customer", "link_name": "Bólido"]]
            let names = try (0..<3).map { _ in
                try session.make(
                    "Address",
                    ["address_line1": "C/ Araquil, 67", "city": "Madrid", "country": "Spain", "links": links]
                ).name
            }
            #expect(names == ["Bólido-Billing", "Bólido-Billing-1", "Bólido-Billing-2"])
            let contact = try session.make("Contact", ["first_name": "Martín", "last_name": "Sommer", "links": links])
            #expect(contact.name == "Martín Sommer-Bólido")
            #expect(contact.text("full_name") == "Martín Sommer")
        }
    }

    @Test func `a customer in the books stays, another takes its links along`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            try session.make(
                "Address",
                [
                    "address_line1": "C/ Araquil, 67", "city": "Madrid", "country": "Spain",
                    "links": [["link_doctype": "Customer", "link_name": "Bólido"]],
                ])
            try session.delete("Customer", "Bólido")
            #expect(try session.get("Address", "Bólido-Billing").table("links").isEmpty)
            // They come back with it, once.
            try session.restore(#require(try session.deletedCopy(of: "Customer", "Bólido")))
            let links = try session.get("Address", "Bólido-Billing").table("links")
            #expect(links.map { $0.text("link_name") } == ["Bólido"])
            let order = try OrderToCashTests.order(session)
            let invoice = try session.book(Make.invoice, "Sales Invoice", from: order)
            try session.cancel("Sales Invoice", invoice)
        }
        let problem = try await trading.refusal(on: "1996-02-02") { try $0.delete("Customer", "Alfreds Futterkiste") }
        #expect(problem?.kind == .linked)
    }

    @Test func `the parts of a sales team come to the whole`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            try session.make("Sales Person", ["sales_person_name": "Nancy Davolio", "commission_rate": 10])
            try session.make("Sales Person", ["sales_person_name": "Andrew Fuller"])
            let order = try OrderToCashTests.order(
                session,
                [
                    "sales_team": [
                        ["sales_person": "Nancy Davolio", "allocated_percentage": 60],
                        ["sales_person": "Andrew Fuller", "allocated_percentage": 40],
                    ]
                ])
            let team = try session.get("Sales Order", order).table("sales_team")
            #expect(team.map { $0.exact("allocated_amount").description } == ["163.8", "109.2"])
            #expect(team[0].exact("incentives") == Exact(units: 1638, scale: 2))
        }
        let problem = try await trading.refusal(on: "1996-02-02") { session in
            _ = try OrderToCashTests.order(
                session, ["sales_team": [["sales_person": "Andrew Fuller", "allocated_percentage": 40]]])
        }
        #expect(problem?.field == "sales_team")
    }

    @Test(arguments: [
        ("Sales User", "Sales Order", Right.submit, true), ("Sales User", "Sales Order", .cancel, false),
        ("Sales Manager", "Sales Order", .cancel, true), ("Accounts User", "Sales Order", .read, true),
        ("Stock User", "Sales Order", .write, false), ("Stock User", "Customer", .read, true),
        ("Sales User", "Customer Group", .write, false), ("Purchase User", "Sales Order", .read, false),
    ])
    func `roles may do what their work needs`(role: String, doctype: String, right: Right, may: Bool) async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01", as: Actor(user: "somebody@example.com", roles: [Name(role)])) { session in
            let type = try session.registry.doctype(doctype)
            #expect(session.may(right, type) == may)
        }
    }
}
