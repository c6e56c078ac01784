import Documents
internal import Lists
import Tenancy
import Values

/// Measures a page of customers for a user who may see 5,000 of 10,000 by as many User Permissions, beside the same page
/// for the Administrator.
struct RightsBench {
    private static let permissions = 5_000
    let place: BenchPlace
    let seconds: Double

    func measure() async throws -> Measurement {
        try await place.withCopy(of: BenchCompany.base) { try await measure($0) }
    }

    private func measure(_ tenant: Tenant) async throws -> Measurement {
        let user = "reader@bench.test"
        try await tenant.write(as: .administrator) { session in
            _ = try BenchCompany.insert(
                "User", ["email": .string(user), "first_name": "Reader", "roles": [["role": "Sales User"]]], session)
            return
        }
        for start in stride(from: 0, to: Self.permissions, by: 1_000) {
            try await tenant.write(as: .administrator) { session in
                try session.insert(
                    (start..<start + 1_000).map { number in
                        try session.document(
                            "User Permission",
                            from: [
                                "user": .string(user), "allow": "Customer",
                                "for_value": .string("Customer \(number * 2)"), "apply_to_all_doctypes": 1,
                            ])
                    })
            }
        }
        guard let reader = try await tenant.actor(named: user) else {
            throw Problem(.notFound, "\(user) cannot sign in")
        }
        let ours = try await page(of: tenant, as: reader)
        let all = try await page(of: tenant, as: .administrator)
        return Measurement(
            name: "list 20 of 5,000 allowed one by one", rate: ours, unit: "lists/s",
            yardstick: ("the same without restrictions", all))
    }

    private func page(of tenant: Tenant, as actor: Actor) async throws -> Double {
        try await rate(for: seconds) { _ in
            let rows = try await tenant.read(as: actor, briefly: true) { session in
                try session.list(
                    ListQuery("Customer", fields: ["name", "customer_type"], orderBy: "modified desc")
                ).rows.count
            }
            guard rows == 20 else { throw Problem(.inconsistent, "The page has \(rows) rows") }
        }
    }
}
