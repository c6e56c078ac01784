import Documents
import Storage
import TestSupport
import Testing
import Values

/// Sixteen clients of four processes sell the same goods at once.
@Suite(.bothEngines) struct ManyClientsTests {
    private static let clients = 16
    private static let rounds = 4
    private static let processes = 4

    @Test func `clients that post into the same items, accounts and series at once lose and double nothing`()
        async throws
    {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session in
            for item in ["Chai", "Tofu"] as [JSON] { try session.receive(item, 1_000, at: 7) }
        }
        var processes: [any Database] = []
        for _ in 0..<Self.processes { processes.append(try trading.company.openAgain()) }
        let databases = processes
        let names = try await withThrowingTaskGroup(of: [String].self) { group in
            for client in 0..<Self.clients {
                let database = databases[client % Self.processes]
                group.addTask {
                    var names: [String] = []
                    for _ in 0..<Self.rounds { names += try await Self.sell(trading, database, client) }
                    return names
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for database in databases { await database.close() }

        let sales = Self.clients * Self.rounds
        #expect(names.count == 2 * sales)
        // Numbers without gaps, each given once.
        for series in ["MAT-DN-1996-", "ACC-SINV-1996-"] {
            let numbers = names.filter { $0.hasPrefix(series) }.map { Int($0.dropFirst(series.count)) ?? 0 }
            #expect(numbers.sorted() == Array(1...sales), "\(series)")
        }
        try await trading.on("1996-02-03") { session in
            for item in ["Chai", "Tofu"] {
                let left = try session.bin(item, Trading.stores, "actual_qty")
                #expect(left == Exact(1_000 - 2 * sales))
            }
            // Each sale is of two pieces of two goods at 10.
            let receivable = try session.balance(default: "default_receivable_account")
            #expect(receivable == Exact(40 * sales))
            for check in session.registry.checks {
                let found = try check.run(session)
                #expect(found == [], "\(check.name)")
            }
        }
    }

    /// Delivers and bills two pieces of each good, each in a transaction of its own.
    private static func sell(_ trading: Trading, _ database: any Database, _ client: Int) async throws -> [String] {
        let lines = JSON.array(
            (client.isMultiple(of: 2) ? ["Chai", "Tofu"] : ["Tofu", "Chai"]).map {
                ["item_code": .string($0), "qty": 2, "rate": 10, "warehouse": .string(Trading.stores)]
            })
        return try await ["Delivery Note", "Sales Invoice"].asyncMap { doctype in
            try await database.write { transaction in
                let session = trading.session(on: "1996-02-02", transaction)
                let name = try session.book(
                    doctype, ["company": .string(Trading.name), "customer": "Alfreds Futterkiste", "items": lines])
                try session.finish()
                return name
            }
        }
    }
}

extension Array {
    /// The elements changed one after the other.
    fileprivate func asyncMap<T>(_ change: (Element) async throws -> T) async rethrows -> [T] {
        var changed: [T] = []
        for element in self { changed.append(try await change(element)) }
        return changed
    }
}
