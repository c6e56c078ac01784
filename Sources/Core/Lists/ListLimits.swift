internal import Documents
internal import Metadata

extension Limits {
    /// The most tables that one list joins.
    static let listJoins = 12
    /// The most steps of a field's path, such as 3 in `customer.territory.parent_territory`.
    static let pathSteps = 4
    /// The most statements whose SQL is kept for one DocType.
    static let listPlans = 256
    /// The longest description of a query whose SQL is kept, in bytes.
    static let listPlanKey = 4_096
    /// The most functions inside one another in a field of a list.
    static let functionDepth = 8
}
