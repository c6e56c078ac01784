public import Documents
internal import Metadata
internal import Storage
public import Values

/// Why a user has a right or does not.
public struct Explanation: Sendable {
    /// The user.
    public let user: String
    /// The right.
    public let right: Right
    /// The DocType.
    public let doctype: String
    /// The document, if it is about one.
    public let name: String?
    /// What was decided.
    public let decision: Decision
    /// What was asked on the way, in order.
    public let steps: [DecisionStep]
    /// The roles the user has.
    public let roles: [String]
    /// What holds of a field, if one was asked for.
    public let field: Field?

    /// What holds of a field once the document may be read or written.
    public struct Field: Sendable {
        /// The field.
        public let name: String
        /// Its permission level.
        public let permlevel: Int
        /// Whether its value is seen.
        public let isSeen: Bool
        /// Whether its value is seen only masked.
        public let isMasked: Bool
        /// Whether what a client sends for it is taken.
        public let isWritten: Bool
    }

    /// Whether the user has the right, and on the field as well if one was asked for.
    public var isAllowed: Bool {
        guard decision.isAllowed, let field else { return decision.isAllowed }
        return right == .write ? field.isWritten : field.isSeen && !field.isMasked
    }

    /// The explanation as JSON.
    public var json: JSON {
        var object: JSONObject = [
            "user": .string(user), "right": .string(right.rawValue), "doctype": .string(doctype),
            "name": name.map(JSON.string) ?? .null, "allowed": .bool(isAllowed), "rule": .string(decision.rule.code),
            "words": .string(decision.rule.words), "roles": .array(roles.map(JSON.string)),
            "steps": .array(steps.map(\.json)),
        ]
        if let field {
            object["field"] = [
                "fieldname": .string(field.name), "permlevel": .int(Int64(field.permlevel)),
                "seen": .bool(field.isSeen),
                "masked": .bool(field.isMasked), "written": .bool(field.isWritten),
            ]
        }
        return .object(object)
    }

    /// Refuses to tell of the rights of others who is not a System Manager.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func requireAccess(to user: String, in session: Session) throws {
        let actor = session.actor
        if user == actor.user || actor.isAdministrator || actor.roles.contains("System Manager") { return }
        throw Problem(
            .forbidden, "\(actor.user) may not see the rights of \(user)", fix: "Ask a System Manager.")
    }
}

extension Session {
    /// Why a user has a right on a DocType or one of its documents, or has not: by the same rules that decide.
    ///
    /// Whoever asks must be the user or a System Manager, and be able to read the document; of a document it may not read
    /// nothing is told, not even whether it is there. `user` is who acts unless it is given.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/notFound``, ``Problem/Kind/unknownField``.
    public func explain(
        _ right: Right, _ doctype: String, _ name: String? = nil, user: String? = nil, field: String? = nil
    ) throws -> Explanation {
        let type = try registry.doctype(doctype)
        let user = user ?? actor.user
        try Explanation.requireAccess(to: user, in: self)
        var document: Document?
        if let name {
            guard try decision(.read, type).isAllowed || user != actor.user || asksNoRoles else {
                throw forbidden(.read, type, name, .noRole)
            }
            document = try load(type, [name]).first
            guard let document, try decision(.read, type, document).isAllowed else { throw notThere(type, name) }
        }
        let other = try user == actor.user ? self : session(of: user)
        var steps: [DecisionStep] = []
        let decision = try other.unprivileged { try other.decision(right, type, document) { steps.append($0) } }
        return Explanation(
            user: user, right: right, doctype: doctype, name: name, decision: decision, steps: steps,
            roles: other.actor.roles.sorted(), field: try field.map { try other.rights(onField: $0, type, document) })
    }

    /// A session of another user in the same transaction, to ask about its rights.
    private func session(of user: String) throws -> Session {
        guard let actor = try User.actor(user, in: self) else {
            throw Problem(.notFound, "User \(user) not found, or not enabled", field: "user")
        }
        return Session(actor: actor, now: now, registry: registry, transaction: transaction, audit: auditKey) {
            [self] in
            newIdentifier()
        }
    }

    private func rights(onField name: String, _ type: DocType, _ document: Document?) throws -> Explanation.Field {
        guard let field = type.field(name) else {
            throw Problem(.unknownField, "\(type.name) has no field \(name)", field: "field")
        }
        let isOwn = document.map { $0.storedOwner == actor.user } ?? false
        let rights = fieldRights(of: type, isOwn: isOwn)
        let isWritten =
            type.slot(of: name).map { rights.writes[$0] } ?? type.tableSlot(of: name).map { rights.writesTable[$0] }
        let isMasked = rights.masked.contains(name)
        return Explanation.Field(
            name: name, permlevel: field.permlevel, isSeen: !rights.hidden.contains(name), isMasked: isMasked,
            isWritten: isWritten == true && !isMasked)
    }
}
