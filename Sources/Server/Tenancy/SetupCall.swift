public import Documents
internal import Identity
public import Values

/// The call that sets a company up. It makes users, and their passwords are set in the same transaction: there is a company
/// whose users can sign in, or none.
public struct SetupCall: Sendable {
    /// The method that is called, without passwords.
    public static let method = "frappe.desk.page.setup_wizard.setup_wizard.setup_complete"

    /// What the method is called with.
    public let arguments: Arguments
    /// The passwords of users that it makes.
    private let passwords: [(email: String, password: String)]

    /// The call with these arguments, passwords among them.
    ///
    /// - Throws: ``Problem`` for every password that is too weak.
    public init(_ sent: Arguments) throws {
        var arguments = sent
        var taken: [(email: String, password: String)] = []
        var problems: [Problem] = []
        /// A password goes where somebody says whose it is; else it is left for the method to refuse, without what it is.
        func take(from object: inout JSONObject, _ field: String, row: Int? = nil) {
            guard let sent = object["password"], !sent.isNull, sent.string != "" else { return }
            guard let email = object["email"]?.string, !email.isEmpty else {
                object["password"] = "…"
                return
            }
            object["password"] = nil
            // What no company takes is refused before there is one; its own policy is asked when it is set.
            let password = sent.string ?? ""
            if let fault = PasswordPolicy().fault(of: password, words: [email]) {
                problems.append(
                    Problem(.weakPassword, "\(fault)", field: field, row: row, fix: "Choose another for \(email)."))
            } else {
                taken.append((email, password))
            }
        }
        func takeAll(from object: inout JSONObject) throws {
            take(from: &object, "password")
            guard case .array(let rows)? = try Arguments(object).json("users") else { return }
            object["users"] = .array(
                rows.enumerated().map { index, row in
                    guard case .object(var user) = row else { return row }
                    take(from: &user, "users", row: index + 1)
                    return .object(user)
                })
        }
        // Frappe's wizard sends all as one object.
        if case .object(var inner)? = try sent.json("args") {
            try takeAll(from: &inner)
            arguments.values["args"] = .object(inner)
        }
        try takeAll(from: &arguments.values)
        guard problems.isEmpty else { throw Problem(problems) }
        self.arguments = arguments
        passwords = taken
    }

    /// Calls the method as `actor`, and sets the passwords of the users that it makes; a rehearsal sets none.
    ///
    /// What nothing knows is passed over and told unless `strict`. `finish` sees the answer in the same transaction.
    ///
    /// - Throws: what the method throws; ``IdentityError/busy``.
    public func run<T: Sendable>(
        on tenant: Tenant, as actor: Actor, strict: Bool = true,
        _ finish: @escaping @Sendable (JSON, Session) throws -> T
    ) async throws -> T {
        let isRehearsal = try arguments.isRehearsal
        var hashed: [(email: String, password: HashedPassword)] = []
        for (email, password) in passwords where !isRehearsal {
            hashed.append((email, try await tenant.identity.hash(password, of: email)))
        }
        let (credentials, arguments, origin) = (hashed, arguments, Origin.current)
        return try await tenant.write(as: actor) { session in
            guard let method = session.registry.methods[Self.method] else {
                throw Problem(.noSuchMethod, "There is no method \(Self.method)")
            }
            session.passesOverUnknown = !strict
            let answer = try method.run(arguments, session)
            let users = Set<Name>((answer["users"]?.array ?? []).compactMap(\.string))
            for (email, password) in credentials {
                guard users.contains(email) else {
                    throw Problem(
                        .badFormat, "\(email) is not written as an e-mail address is", field: "email",
                        fix: "Send it without spaces.")
                }
                try tenant.identity.set(
                    password, of: email, at: session.now, by: actor.user, from: origin, in: session.transaction)
            }
            return try finish(answer, session)
        }
    }
}
