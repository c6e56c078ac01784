import Documents
import Tenancy
import Values

/// Measures `cauldron.draft` of an invoice that somebody edits, in process and with its answer: how long one takes.
struct DraftBench {
    let place: BenchPlace
    let seconds: Double

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base) { tenant in
            var measurements: [Measurement] = []
            for lines in [5, 100, 1_000] {
                let arguments: JSONObject = ["doc": .object(Self.invoice(lines))]
                let drafts = try await rate(for: seconds) { _ in
                    let bytes = try await tenant.read(as: .administrator) { session in
                        guard let method = session.registry.methods["cauldron.draft"] else { return 0 }
                        return try method.run(Arguments(arguments), session).encoded.count
                    }
                    guard bytes > 1_000 else { throw Problem(.inconsistent, "The draft is empty") }
                }
                measurements.append(
                    Measurement(name: "draft an invoice of \(lines) lines", rate: 1_000 / drafts, unit: "ms"))
            }
            return measurements
        }
    }

    private static func invoice(_ lines: Int) -> JSONObject {
        var invoice = WriteWork.invoice(0)
        invoice["doctype"] = "Sales Invoice"
        invoice["docstatus"] = nil
        let rows = invoice["items"]?.array ?? []
        guard !rows.isEmpty else { return invoice }
        invoice["items"] = .array((0..<lines).map { rows[$0 % rows.count] })
        return invoice
    }
}
