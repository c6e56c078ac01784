import Documents
import Foundation
import Identity
import Storage
import Tenancy
import Testing
import Values

@testable import cauldron

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The demo as a whole: it is made once for all of these tests.
@Suite struct DemoTests {
    private static let money = ColumnType.decimal(scale: 4)

    @Test func `it comes to what the data says`() async throws {
        try await SharedDemo.read { session in
            let figures = try DemoFigures.read(in: session)
            #expect(figures.orders == 830)
            #expect(figures.shipped == 809)
            #expect(figures.netTotal == Exact("1265793.29"))
            #expect(figures.freight == Exact("64942.69"))
            let stock = try NorthwindData.embedded().products.filter { $0.inStock > 0 }.map { ($0.name, $0.inStock) }
            #expect(figures.stock == Dictionary(uniqueKeysWithValues: stock))
        }
    }

    @Test func `a figure that differs is named`() throws {
        var figures = DemoFigures.expected(try NorthwindData.embedded())
        #expect(figures.differences(from: figures) == [])
        let expected = figures
        figures.shipped = 808
        figures.stock["Chai"] = nil
        #expect(figures.differences(from: expected) == ["orders shipped: 808, not 809", "stock of Chai: 0, not 39"])
    }

    @Test func `every order stands on its own days, with its lines and its freight`() async throws {
        let data = try NorthwindData.embedded()
        try await SharedDemo.read { session in
            let orders = try session.getMany("Sales Order", names(of: "sales_order", in: session))
            #expect(orders.count == data.orders.count)
            for (made, order) in zip(orders, data.orders) {
                #expect(made.text("po_no") == "\(order.id)")
                #expect(made.day("transaction_date") == order.ordered && made.creation?.day == order.ordered)
                #expect(made.day("delivery_date") == order.required)
                #expect(made.table("items").map { $0.exact("rate") } == order.lines.map(\.rate))
                #expect(made.table("items").map { $0.exact("qty") } == order.lines.map { Exact($0.quantity) })
                #expect(made.exact("net_total") == order.lines.reduce(Exact.zero) { $0 + $1.amount })
                #expect(made.exact("grand_total") == made.exact("net_total") + order.freight)
                #expect(made.name.hasPrefix("SAL-ORD-\(order.ordered.year)-"))
                #expect(made.text("status") == (order.shipped == nil ? "To Deliver and Bill" : "Completed"))
            }
        }
    }

    @Test func `deliveries and invoices stand on the days the orders were shipped`() async throws {
        let shipped = try NorthwindData.embedded().orders.compactMap { order in
            order.shipped.map { ("\(order.id)", $0) }
        }
        let expected = Dictionary(uniqueKeysWithValues: shipped)
        try await SharedDemo.read { session in
            for table in ["delivery_note", "sales_invoice"] {
                var days: [String: Day] = [:]
                try session.transaction.forEach(
                    "SELECT po_no, posting_date FROM \(table) WHERE docstatus = 1", [], [.text, .day]
                ) { row in days[row[0].text ?? ""] = row[1].day }
                #expect(days == expected, "\(table)")
            }
        }
    }

    @Test func `series count each year from one, without gaps`() async throws {
        try await SharedDemo.read { session in
            for table in ["sales_order", "delivery_note", "sales_invoice", "purchase_order", "payment_entry"] {
                var numbers: [Substring: [Int]] = [:]
                for name in try names(of: table, in: session) {
                    numbers[name.dropLast(5), default: []].append(Int(name.suffix(5)) ?? 0)
                }
                #expect(numbers.count == 3, "\(table)")
                for (series, counted) in numbers { #expect(counted == Array(1...counted.count), "\(series)") }
            }
        }
    }

    // MARK: - Books

    @Test func `the trial balance is zero-sum`() async throws {
        try await SharedDemo.read { session in
            let row = try session.transaction.first(
                "SELECT SUM(debit), SUM(credit) FROM gl_entry", [], [Self.money, Self.money])
            let debit = try #require(row?[0].exact)
            #expect(debit.isPositive && debit == row?[1].exact)
        }
    }

    @Test func `the books agree with the documents`() async throws {
        try await SharedDemo.read { session in
            func sum(_ sql: String) throws -> Exact {
                try session.transaction.first(sql, [], [Self.money])?[0].exact ?? .zero
            }
            func balance(_ account: String) throws -> Exact {
                try sum("SELECT SUM(debit - credit) FROM gl_entry WHERE account = '\(account) - NT'")
            }
            let stock = try sum("SELECT SUM(stock_value) FROM bin")
            #expect(stock.isPositive)
            #expect(try balance("Stock In Hand") == stock)
            #expect(try balance("Stock In Hand") == sum("SELECT SUM(stock_value_difference) FROM stock_ledger_entry"))
            let unpaid = try sum("SELECT SUM(outstanding_amount) FROM sales_invoice WHERE docstatus = 1")
            #expect(unpaid.isPositive)
            #expect(try balance("Debtors") == unpaid)
            #expect(
                try balance("Creditors")
                    == sum("SELECT -SUM(outstanding_amount) FROM purchase_invoice WHERE docstatus = 1"))
            #expect(try balance("Stock Received But Not Billed").isZero)
            #expect(try balance("Temporary Opening").isZero)
            #expect(try balance("Sales") == sum("SELECT -SUM(net_total) FROM sales_invoice WHERE docstatus = 1"))
        }
    }

    @Test func `the bank is never overdrawn`() async throws {
        try await SharedDemo.read { session in
            var balance = Exact.zero
            try session.transaction.forEach(
                """
                SELECT posting_date, SUM(debit - credit) FROM gl_entry WHERE account = 'Bank - NT'
                GROUP BY posting_date ORDER BY posting_date
                """, [], [.day, Self.money]
            ) { row in
                balance += row[1].exact ?? .zero
                #expect(!balance.isNegative, "\(row[0])")
            }
            #expect(balance.isPositive)
        }
    }

    @Test func `doctor finds nothing`() async throws {
        let directory = try await SharedDemo.directory()
        let database = try TenantFile.open(in: directory, limits: TenantFile.patient)
        let findings = try await Doctor(modules: allModules, data: directory).run(
            on: database, at: Tenant.systemClock()
        ) { _ in }
        await database.close()
        #expect(findings.count > 10)
        for finding in findings { #expect(finding.problems == [], "\(finding.name)") }
    }

    // MARK: - Masters

    @Test func `what is sold no more is disabled, and stays in stock`() async throws {
        let gone = try NorthwindData.embedded().products.filter(\.isDiscontinued).map(\.name).sorted()
        #expect(gone.count == 8)
        try await SharedDemo.read { session in
            let disabled = try session.transaction.query(
                "SELECT name FROM item WHERE disabled = 1 ORDER BY name", [], [.text]
            ).compactMap(\.[0].text)
            #expect(disabled.sorted() == gone)
        }
    }

    @Test func `every customer and supplier of the data has an address and a contact`() async throws {
        try await SharedDemo.read { session in
            for (table, parties) in [("customer", 91), ("supplier", 35)] {
                #expect(try names(of: table, in: session).count == parties)
            }
            #expect(try names(of: "address", in: session).count == 120)
            #expect(try names(of: "contact", in: session).count == 120)
            let person = try session.get("Sales Person", "Nancy Davolio")
            #expect(person.text("parent_sales_person") == "Andrew Fuller")
        }
    }

    @Test func `there is a fiscal year for the data and for today`() async throws {
        try await SharedDemo.read { session in
            let years = try names(of: "fiscal_year", in: session)
            #expect(years.prefix(3) == ["1996", "1997", "1998"])
            #expect(years.contains("\(Tenant.systemClock().day.year)"))
        }
    }

    // MARK: - Starts

    @Test func `an interrupted run has left nothing behind`() async throws {
        let directory = try await SharedDemo.directory()
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(files.contains("tenant.db") && files.contains("demo.json"))
        #expect(!files.contains(".making"))
    }

    @Test func `a second start finds it made, with the same way to sign in`() async throws {
        let directory = try await SharedDemo.directory()
        #expect(DataDirectory(path: directory).holdsCompany)
        let kept = try #require(DemoAccess.kept(in: directory))
        let tenant = try await Tenant.open(directory: directory, modules: allModules, name: DemoCompany.name)
        let found = try await DemoAccess.find(for: tenant, in: directory)
        #expect(found == kept)
        #expect(try await tenant.identity.verifyPassword(found.password, of: found.user))
        #expect(
            try await tenant.identity.holder(ofKey: found.key, secret: found.secret, at: tenant.now())?.user
                == "Administrator")
        await tenant.close()
    }

    @Test func `the command serves it and prints one line with which a program can sign in`() async throws {
        let directory = try await SharedDemo.directory()
        let kept = try #require(DemoAccess.kept(in: directory))
        let server = try Running(Binary.path, ["demo", "--data", directory, "--port", "0", "--json"])
        try await wait(60) { server.output.contains("\n") || server.status != nil }
        let line = try JSON.parse(server.output)
        #expect(line["user"]?.string == kept.user && line["password"]?.string == kept.password)
        let url = try #require(line["url"]?.string)
        var request = URLRequest(url: try #require(URL(string: "\(url)/api/resource/Sales%20Order/SAL-ORD-1996-00001")))
        let token = "token \(line["api_key"]?.string ?? ""):\(line["api_secret"]?.string ?? "")"
        request.setValue(token, forHTTPHeaderField: "Authorization")
        let (body, _) = try await URLSession.shared.data(for: request)
        #expect(try JSON.parse(Array(body))["data"]?["po_no"]?.string == "10248")
        server.signal(SIGTERM)
        let ran = try await server.finish(within: 30)
        #expect(ran.status == 0)
        #expect(ran.output.split(separator: "\n").count == 1)
        #expect(ran.errors == "")
    }

    @Test func `after a moment that fails nothing more is done`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "failed-\(UUID().uuidString)").path
        defer { removeDirectory(directory) }
        let tenant = try await Tenant.open(directory: directory, modules: allModules, name: "Empty")
        let data = try NorthwindData.embedded()
        let history = DemoHistory(data, PurchasePlan(data, from: .earliest, to: .earliest))
        for events: [DemoTimeline.Event] in [[.shipment(7)], [.salesOrder(0)]] {
            let problem = await #expect(throws: Problem.self) {
                try await tenant.write(as: .administrator) { try history.run(events, in: $0) }
            }
            #expect(problem?.message == "Nothing was made for salesOrder(7)")
        }
        #expect(history.hasFailed)
        await tenant.close()
    }

    @Test func `only the owner can read how to sign in`() async throws {
        let path = DemoAccess.path(in: try await SharedDemo.directory())
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `the directory of another company is refused`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "other-\(UUID().uuidString)").path
        defer { removeDirectory(directory) }
        let tenant = try await Tenant.open(directory: directory, modules: allModules, name: "Other")
        let problem = await #expect(throws: Problem.self) { _ = try await DemoAccess.find(for: tenant, in: directory) }
        #expect(problem?.kind == .companyExists)
        #expect(DemoAccess.kept(in: directory) == nil)
        await tenant.close()
    }
}

/// The demo that all tests read, made when the first asks for it.
enum SharedDemo {
    private static var path: String {
        FileManager.default.temporaryDirectory.appending(path: "cauldron-demo-\(getpid())").path
    }

    private static let made = Task {
        let directory = path
        atexit { removeDirectory(SharedDemo.path) }
        // What a run that was interrupted leaves.
        try FileManager.default.createDirectory(atPath: "\(directory)/.making", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: "\(directory)/.making/tenant.db"))
        try await DemoMaker(directory: directory).make()
        let tenant = try await Tenant.open(directory: directory, modules: allModules, name: DemoCompany.name)
        let tables = try await TenantCopy.tables(of: tenant.database, modules: allModules)
        let proofs = try await TenantCopy.prove(tenant.database, tables: tables)
        return (directory, tenant, proofs, try await logs(of: tenant.database))
    }

    /// What each table held when it was just made: a server changes it, as days pass.
    static func contents() async throws -> [TableProof] { try await made.value.2 }

    /// What its logs held then.
    static func logs() async throws -> [[Value]] { try await made.value.3 }

    /// The event log and the audit log of a demo, but for what is told of ways to sign in, and for the hashes, which are
    /// under the key of each.
    static func logs(of database: any Database) async throws -> [[Value]] {
        try await database.read { transaction in
            try transaction.query(
                """
                SELECT number, type, subject, time, actor, data FROM _event
                WHERE type NOT IN ('cauldron.user.key_made', 'cauldron.user.password_set') ORDER BY number
                """, [], [.integer, .text, .text, .timestamp, .text, .text])
                + transaction.query(
                    """
                    SELECT number, time, actor, action, doctype, name, digest FROM _audit
                    WHERE doctype NOT IN ('_credential', '_audit') ORDER BY number
                    """, [], [.integer, .timestamp, .text, .text, .text, .text, .bytes])
        }
    }

    static func directory() async throws -> String { try await made.value.0 }

    static func read(_ body: @escaping @Sendable (Session) throws -> Void) async throws {
        try await made.value.1.read(as: .administrator, body)
    }
}

private func names(of table: String, in session: Session) throws -> [String] {
    try session.transaction.query("SELECT name FROM \(table) ORDER BY name", [], [.text]).compactMap(\.[0].text)
}
