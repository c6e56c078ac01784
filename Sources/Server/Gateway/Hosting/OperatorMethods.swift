internal import Documents
internal import HTTPTypes
internal import Tenancy
internal import Values

/// Methods of who runs the server: they make, suspend and remove companies, and are no user's of any.
struct OperatorMethods: Sendable {
    let operations: (any TenantOperations)?
    let key: OperatorKey?

    private static let keyName = HTTPField.Name("X-Cauldron-Operator-Key")
    private static let name = Method.Parameter.required("name", "The name: small letters, digits and hyphens.")
    private static let (list, create) = ("cauldron.tenants.list", "cauldron.tenants.create")
    private static let (suspend, resume) = ("cauldron.tenants.suspend", "cauldron.tenants.resume")
    private static let delete = "cauldron.tenants.delete"

    static let descriptions = [
        MethodDescription(
            name: list, summary: "The companies beside the server's own.", parameters: [], verbs: .asking,
            allowsGuests: true, answer: .message, takesOperatorKey: true),
        MethodDescription(
            name: create, summary: "Makes a company.",
            parameters: [
                name, .optional("title", "What people are shown."),
                .optional("hosts", "A list of the host names that lead to it."),
                .optional("password", "The password of its Administrator, at least 8 characters."),
            ], verbs: .changing, allowsGuests: true, answer: .message, takesOperatorKey: true),
        MethodDescription(
            name: suspend, summary: "Lets nobody use a company.", parameters: [name], verbs: .changing,
            allowsGuests: true, answer: .message, takesOperatorKey: true),
        MethodDescription(
            name: resume, summary: "Lets its users use a company again.", parameters: [name], verbs: .changing,
            allowsGuests: true, answer: .message, takesOperatorKey: true),
        MethodDescription(
            name: delete, summary: "Removes a company with all it has.",
            parameters: [name, .optional("backup", "0 keeps no backup of it; one is written unless given.")],
            verbs: .changing, allowsGuests: true, answer: .message, takesOperatorKey: true),
    ]

    func call(_ method: String, _ request: Incoming) async throws -> Reply {
        let operations = try admitted(request)
        let arguments = request.arguments
        switch method {
        case Self.create:
            var plan = TenantRegister.Plan(name: try arguments.required("name"))
            plan.title = arguments.text("title")
            plan.hosts = try hosts(arguments)
            plan.password = arguments.text("password")
            return .message(try await operations.create(plan).json)
        case Self.suspend: return .message(try operations.suspend(arguments.required("name"), true).json)
        case Self.resume: return .message(try operations.suspend(arguments.required("name"), false).json)
        case Self.delete:
            let name = try arguments.required("name")
            let deleted = try await operations.delete(name, backup: arguments.text("backup") != "0")
            return .message(["name": .string(name), "backup": deleted.map(JSON.string) ?? .null])
        default: return .message(.array(try operations.list().map(\.json)))
        }
    }

    /// - Throws: ``Problem/Kind/notSignedIn`` for all others; they are not told whether there are operations.
    private func admitted(_ request: Incoming) throws -> any TenantOperations {
        guard let operations, let key, let sent = Self.keyName.flatMap({ request.headers[$0] }), key.admits(sent) else {
            throw Problem(
                .notSignedIn, "This is for who runs the server",
                fix:
                    "Send X-Cauldron-Operator-Key, which `cauldron tenant operator-key` makes, to the server's own company."
            )
        }
        return operations
    }

    private func hosts(_ arguments: Arguments) throws -> [String] {
        guard let value = arguments["hosts"] else { return [] }
        let list = value.array ?? value.string.flatMap { try? JSON.parse($0) }?.array ?? [value]
        return try list.map { one in
            guard let text = one.string else {
                throw Problem(.wrongType, "The argument hosts is no list of names", field: "hosts")
            }
            return text
        }
    }
}
