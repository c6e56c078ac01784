import Documents
import Foundation
import Storage
import Tenancy
import Values

/// Measures the import of a file of 100,000 customers, in one transaction, beside putting as many rows of the same width
/// straight into the database.
struct ImportBench {
    static let rows = 100_000
    let place: BenchPlace

    func measure() async throws -> Measurement {
        var text = "customer_name,customer_type\n"
        for number in 0..<Self.rows {
            text += "Imported \(number),\(number.isMultiple(of: 2) ? "Company" : "Individual")\n"
        }
        let file = text
        return try await place.withCopy(of: BenchCompany.base) { tenant in
            let ours = try await cauldron.seconds {
                _ = try await tenant.write(as: .administrator) { session in
                    var reader = CSVReader(file)
                    return try Import("Customer").run(&reader, in: session).created
                }
            }
            let raw = try await cauldron.seconds { try await insertRaw(into: tenant) }
            return Measurement(
                name: "import 100,000 customers", rate: Double(Self.rows) / ours, unit: "rows/s",
                yardstick: ("the rows alone by SQL", Double(Self.rows) / raw))
        }
    }

    private func insertRaw(into tenant: Tenant) async throws {
        try await tenant.database.write { transaction in
            let columns = try tenant.registry.doctype("Customer").allColumns.map(\.name)
            let rows = try transaction.query(
                "SELECT \(columns.map { "\"\($0)\"" }.joined(separator: ",")) FROM customer WHERE name LIKE ? LIMIT 1000",
                [.text("Imported %")], tenant.registry.doctype("Customer").allColumns.map { $0.type.column ?? .text })
            for batch in 0..<Self.rows / rows.count {
                try transaction.insert(
                    into: "customer", columns,
                    rows.map { row in [.text("Raw \(batch) \(row[0].description)")] + row.dropFirst() })
            }
        }
    }
}
