import Documents
internal import Search
import Tenancy
import Values

/// Measures the full-text search over 1,000,000 documents: words that one, a thousand and all of them have.
struct SearchBench {
    private static let documents = 1_000_000
    let place: BenchPlace
    let seconds: Double

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base) { try await measure($0) }
    }

    private func measure(_ tenant: Tenant) async throws -> [Measurement] {
        for start in stride(from: BenchCompany.customers, to: Self.documents, by: 5_000) {
            try await tenant.write(as: .administrator) { session in
                try session.insert(
                    (start..<start + 5_000).map { number in
                        try session.document(
                            "Customer",
                            from: ["customer_name": .string("Customer \(number) street\(number % 1_000)")])
                    })
            }
        }
        var measurements: [Measurement] = []
        for (name, text) in [("one", "777777"), ("990", "street42"), ("all", "customer")] {
            let ours = try await rate(for: seconds / 2) { _ in
                let hits = try await tenant.read(as: .administrator) { session in
                    try session.search(text, doctypes: ["Customer"], limit: 20).count
                }
                guard hits > 0 else { throw Problem(.inconsistent, "Nothing was found for \(text)") }
            }
            measurements.append(
                Measurement(name: "search 1,000,000, \(name) with the word", rate: ours, unit: "searches/s"))
        }
        return measurements
    }
}
