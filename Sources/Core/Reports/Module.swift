public import Documents

/// What a module brings: its DocTypes, methods and checks, and its reports.
public struct Module: Sendable {
    /// Its name, such as `Accounting`.
    public let name: String
    /// Adds its DocTypes, methods, tables and checks.
    public let register: @Sendable (inout Registry) -> Void
    /// Its reports.
    public let reports: [Report]
    /// The roles its permissions name.
    public let roles: [String]

    /// A module named `name`.
    public init(
        _ name: String, roles: [String] = [], reports: [Report] = [],
        register: @escaping @Sendable (inout Registry) -> Void
    ) {
        self.name = name
        self.roles = roles
        self.reports = reports
        self.register = register
    }
}
