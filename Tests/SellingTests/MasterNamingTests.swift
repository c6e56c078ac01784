import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// What customers are called by.
@Suite(.bothEngines) struct MasterNamingTests {
    private static func choose(_ trading: Trading) async throws {
        try await trading.on("1996-02-01") { session in
            let settings = try session.get("Selling Settings", "Selling Settings")
            settings.set("cust_master_name", "Naming Series")
            try session.save(settings)
        }
    }

    @Test func `customers are called by a series where the settings say so, and keep the name that is given`()
        async throws
    {
        let trading = try await Trading()
        try await Self.choose(trading)
        try await trading.on("1996-02-02") { session in
            // Two may be called alike.
            for _ in 0..<2 { try session.make("Customer", ["customer_name": "Anton"]) }
        }
        let rows = try await trading.read { session in
            try session.list(
                ListQuery(
                    "Customer", fields: ["name", "customer_name"], filters: ["customer_name": "Anton"], orderBy: "name")
            ).rows.map { $0.map(\.description) }
        }
        #expect(rows == [["CUST-1996-00001", "Anton"], ["CUST-1996-00002", "Anton"]])
        try await trading.on("1996-02-03") { session in
            let customer = try session.get("Customer", "CUST-1996-00001")
            customer.set("website", "anton.example")
            try session.save(customer)
            try session.rename("Customer", "CUST-1996-00002", to: "K-7")
            // A customer that its name calls stays so.
            let old = try session.get("Customer", "Bólido")
            old.set("customer_name", "Other")
            try session.save(old)
        }
        let names = try await trading.read { session in
            try ["CUST-1996-00001", "K-7", "Bólido"].map { try session.get("Customer", $0).text("customer_name") }
        }
        #expect(names == ["Anton", "Anton", "Bólido"])
    }

    @Test func `customers that are brought keep their numbers with a series, and are told how without one`()
        async throws
    {
        let trading = try await Trading()
        @Sendable func bring(_ session: Session) throws {
            let brought = [("10042", "Anton"), ("CUST-1996-00007", "Berta"), ("", "Carla")]
            let customers = try brought.map { number, name in
                let customer = try session.document("Customer", from: ["customer_name": .string(name)])
                customer.importedName = number
                return customer
            }
            try session.insert(customers)
        }
        let refused = try await trading.refusal(on: "1996-02-01") { try bring($0) }
        #expect(refused?.fix?.contains("cust_master_name of Selling Settings") == true)
        try await Self.choose(trading)
        try await trading.on("1996-02-02") { try bring($0) }
        let names = try await trading.read { session in
            try session.list(
                ListQuery(
                    "Customer", filters: [["customer_name", "in", ["Anton", "Berta", "Carla"]]],
                    orderBy: "customer_name asc")
            ).rows.map { $0[0].description }
        }
        #expect(names == ["10042", "CUST-1996-00007", "CUST-1996-00008"])
    }
}
