import Accounting
import Buying
import Documents
import Foundation
import Identity
import Reports
import Selling
import Stock
import Storage
import Tenancy
import Values

/// A small company in a directory of its own: Acme, with a chart of accounts, two customers and two items in stock.
final class Company: Sendable {
    static let modules: [Module] = [accountingModule, stockModule, sellingModule, buyingModule]
    static let password = "correct horse"

    let directory: String

    /// A company of its own, copied from one that is made once.
    init() async throws {
        directory = NSTemporaryDirectory() + "cauldron-company-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: try await Self.template.value, toPath: directory)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// A path beside the company's directory that goes with it.
    func path(_ name: String) -> String { directory + "/" + name }

    /// Writes a file beside the company and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Runs the command on this company.
    func run(_ arguments: String..., input: String = "", seconds: Double = 120) async throws -> Ran {
        try await Binary.run(arguments + ["--data", directory], input: input, seconds: seconds)
    }

    /// Opens the company here, does something with it and closes it.
    @discardableResult
    func with<T: Sendable>(_ body: (Tenant) async throws -> T) async throws -> T {
        let tenant = try await Self.open(directory)
        do {
            let result = try await body(tenant)
            await tenant.close()
            return result
        } catch {
            await tenant.close()
            throw error
        }
    }

    /// Changes the company here.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        try await with { try await $0.write(as: .administrator, body) }
    }

    /// Adds documents here.
    func insert(_ doctype: String, _ documents: JSONObject...) async throws {
        try await write { session in
            for document in documents { try session.insert(session.document(doctype, from: document)) }
        }
    }

    /// Fields of a document as text; none when there is no such document.
    func fields(_ doctype: String, _ name: String, _ fields: String...) async throws -> [String] {
        try await with { tenant in
            try await tenant.read(as: .administrator) { session in
                try session.values(of: doctype, [name], fields)[name]?.map(\.description) ?? []
            }
        }
    }

    /// Reads a snapshot of the database, as it stands in the files.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        let database = try TenantFile.open(in: directory)
        do {
            let result = try await database.read(body)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        try await read { Int(try $0.first("SELECT count(*) FROM \(quoted(table))", [], [.integer])?[0].int ?? -1) }
    }

    /// Changes the database behind the back of everything that guards it: rules against changing ledgers are taken away
    /// first.
    func damage(_ statements: String...) async throws {
        let database = try TenantFile.open(in: directory)
        try await database.write { transaction in
            for trigger in try transaction.query("SELECT name FROM sqlite_schema WHERE type = 'trigger'", [], [.text]) {
                try transaction.execute("DROP TRIGGER \(quoted(trigger[0].description))")
            }
            for statement in statements { try transaction.execute(statement) }
        }
        await database.close()
    }

    // MARK: The first one

    private static let template = Task {
        atexit { try? FileManager.default.removeItem(atPath: Company.templatePath) }
        return try await make(in: templatePath)
    }
    private static let templatePath = NSTemporaryDirectory() + "cauldron-template-\(getpid())"

    private static func open(_ directory: String) async throws -> Tenant {
        try await Tenant.open(
            directory: directory, modules: modules, name: "Acme",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)))
    }

    private static func make(in directory: String) async throws -> String {
        try? FileManager.default.removeItem(atPath: directory)
        let tenant = try await open(directory)
        try await tenant.write(as: .administrator) { session in
            func insert(_ doctype: String, _ documents: JSONObject...) throws {
                for document in documents { try session.insert(session.document(doctype, from: document)) }
            }
            try insert("Company", ["company_name": "Acme", "abbr": "A", "default_currency": "USD"])
            let year = session.today.year
            for year in year - 1...year + 1 {
                try insert(
                    "Fiscal Year",
                    [
                        "year": .string("\(year)"), "year_start_date": .string("\(year)-01-01"),
                        "year_end_date": .string("\(year)-12-31"),
                    ])
            }
            try insert("UOM", ["uom_name": "Nos"], ["uom_name": "Box"])
            try insert("Item Group", ["item_group_name": "Goods"])
            try insert("Customer", ["customer_name": "Alfreds"], ["customer_name": "Bolido"])
            for item in ["Chai", "Chang"] {
                try insert("Item", ["item_code": .string(item), "item_group": "Goods", "stock_uom": "Nos"])
            }
            try insert(
                "Stock Entry",
                [
                    "stock_entry_type": "Material Receipt", "company": "Acme", "docstatus": 1,
                    "items": [
                        ["item_code": "Chai", "qty": 1000, "t_warehouse": "Stores - A", "basic_rate": 7],
                        ["item_code": "Chang", "qty": 1000, "t_warehouse": "Stores - A", "basic_rate": 9],
                    ],
                ])
            try insert("Sales Invoice", invoice("Alfreds", 3), invoice("Bolido", 5))
            try insert("Journal Entry", journalEntry(100))
        }
        try await tenant.identity.setPassword(password, of: "Administrator", at: tenant.now())
        await tenant.close()
        return directory
    }

    /// A submitted invoice of two lines.
    static func invoice(_ customer: String, _ qty: Int64) -> JSONObject {
        [
            "customer": .string(customer), "company": "Acme", "docstatus": 1,
            "items": [
                ["item_code": "Chai", "qty": .int(qty), "rate": 18], ["item_code": "Chang", "qty": 1, "rate": 19],
            ],
        ]
    }

    /// A submitted entry of two rows.
    static func journalEntry(_ amount: Int64) -> JSONObject {
        [
            "company": "Acme", "docstatus": 1,
            "accounts": [
                ["account": "Cash - A", "debit_in_account_currency": .int(amount)],
                ["account": "Sales - A", "credit_in_account_currency": .int(amount)],
            ],
        ]
    }
}
