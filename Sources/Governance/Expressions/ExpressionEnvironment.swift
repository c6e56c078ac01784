public import Values

/// Which names an expression may use.
public struct ExpressionEnvironment: Sendable {
    /// The names of the variables; a variable's slot is its position. A name may have points: `frappe.session.user`.
    public let variables: [String]
    /// The functions that the scope carries out, and how many arguments each takes.
    public let functions: [String: ClosedRange<Int>]
    /// The limits that hold for it.
    public let limits: ExpressionLimits
    /// What is known of the variables' types; one that is not here is `dyn`. When there are any, CEL's types are checked.
    public let types: [String: ExpressionStaticType]
    /// The types of what the functions give; one that is not here gives `dyn`.
    public let results: [String: ExpressionStaticType]

    /// The variables and functions of that name.
    public init(
        variables: [String], functions: [String: ClosedRange<Int>] = [:], limits: ExpressionLimits = .standard,
        types: [String: ExpressionStaticType] = [:], results: [String: ExpressionStaticType] = [:]
    ) {
        self.variables = variables
        self.functions = functions
        self.limits = limits
        self.types = types
        self.results = results
    }

    /// The same names with these types, as in `.rule.typed(["doc": .object(shape)])`.
    public func typed(
        _ types: [String: ExpressionStaticType], results: [String: ExpressionStaticType] = [:]
    )
        -> ExpressionEnvironment
    {
        ExpressionEnvironment(
            variables: variables, functions: functions, limits: limits, types: types, results: results)
    }

    /// What conditions of forms may use: `doc`, `parent`, `now`, `frappe.session.user`, `frappe.boot`,
    /// `frappe.user.has_role(role)`, and the three named helpers that conditions of ERPNext call.
    ///
    /// A scope need not know all of them: a variable without a value is null in Frappe's dialects.
    public static let form = ExpressionEnvironment(
        variables: ["doc", "parent", "now", "frappe.session.user", "frappe.boot"],
        functions: [
            "frappe.user.has_role": 1...1, "erpnext.is_perpetual_inventory_enabled": 1...1,
            "erpnext.stock.is_subcontracting_or_return_transfer": 1...1, "frappe.utils.html2text": 1...1,
        ])

    /// What rules of law and automations may use: `actor`, `action`, `doc`, `old`, `changes`, `now` and `parent`.
    public static let rule = ExpressionEnvironment(
        variables: ["actor", "action", "doc", "old", "changes", "now", "parent"], functions: ["has_role": 1...1])
}

/// Where an expression gets the values of its variables from.
public protocol ExpressionScope {
    /// The value of the variable with that name and position in ``ExpressionEnvironment/variables``; `nil` when there is none.
    func value(of variable: String, slot: Int) -> ExpressionValue?

    /// Carries out a function of ``ExpressionEnvironment/functions``; `nil` when it does not take these arguments.
    func call(_ function: String, _ arguments: [ExpressionValue]) -> ExpressionValue?
}

extension ExpressionScope {
    /// There are no functions.
    public func call(_ function: String, _ arguments: [ExpressionValue]) -> ExpressionValue? { nil }
}

/// A scope of given values.
public struct ExpressionBindings: ExpressionScope, Sendable {
    private let values: [String: ExpressionValue]
    private let roles: Set<String>

    /// A scope of these values. `roles` is what the functions `frappe.user.has_role` and `has_role` answer from.
    public init(_ values: [String: ExpressionValue] = [:], roles: Set<String> = []) {
        self.values = values
        self.roles = roles
    }

    /// A scope of JSON values.
    public init(json: JSONObject) {
        self.init(Dictionary(json.members.map { ($0.key, ExpressionValue($0.value)) }, uniquingKeysWith: { $1 }))
    }

    /// The value of that name.
    public func value(of variable: String, slot: Int) -> ExpressionValue? { values[variable] }

    /// Whether the user has the role, or one of a list of roles.
    public func call(_ function: String, _ arguments: [ExpressionValue]) -> ExpressionValue? {
        guard function == "frappe.user.has_role" || function == "has_role" else { return nil }
        switch arguments.first {
        case .string(let role): return .bool(roles.contains(role))
        case .list(let list): return .bool(list.elements.contains { $0.string.map(roles.contains) ?? false })
        default: return nil
        }
    }
}
