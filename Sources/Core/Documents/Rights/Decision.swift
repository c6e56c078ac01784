public import Values

/// Whether an actor has a right, and the rule that said so.
public struct Decision: Sendable {
    /// Whether it has the right.
    public let isAllowed: Bool
    /// The rule that decided.
    public let rule: Rule

    /// The rules that allow or deny, in the order in which they are asked.
    public enum Rule: Sendable {
        /// The system acts on its own behalf.
        case system
        /// The key the actor came with is not good for this.
        case scope
        /// The user may do everything.
        case administrator
        /// A row of the DocType gives the right to a role of the user.
        case role(Permission)
        /// No row gives the right to a role of the user.
        case noRole
        /// A User Permission limits a link of the document, or the document itself, to other values.
        case userPermission(Restricted)
        /// A row gives the right on documents that the user made, and this is one.
        case owner(Permission)
        /// The right is given only on documents the user made, and this is none.
        case notOwner(Permission)
        /// The document is shared with the user.
        case share
        /// A row of a table follows the document it belongs to.
        indirect case parent(doctype: String, name: String, Rule)
        /// A row stands in a table of a permission level the user may not read.
        case hiddenTable(String)
        /// A row belongs to no document.
        case orphan
    }

    /// The value that a User Permission refused.
    public struct Restricted: Sendable, Equatable {
        /// The DocType that is limited.
        public let allow: String
        /// The field that holds the value, `name` for the document itself.
        public let field: String
        /// The place of the row in its table, for a field of a row.
        public let row: Int?
        /// The value; "" where none is, which is refused in strict mode.
        public let value: String
    }

    init(_ isAllowed: Bool, _ rule: Rule) {
        self.isAllowed = isAllowed
        self.rule = rule
    }
}

extension Decision.Rule {
    /// A stable word for the rule.
    public var code: String {
        switch self {
        case .system: "system"
        case .scope: "scope"
        case .administrator: "administrator"
        case .role: "role"
        case .noRole: "no_role"
        case .userPermission: "user_permission"
        case .owner: "owner"
        case .notOwner: "not_owner"
        case .share: "share"
        case .parent(_, _, let rule): rule.code
        case .hiddenTable: "hidden_table"
        case .orphan: "orphan"
        }
    }

    /// The rule in words.
    public var words: String {
        switch self {
        case .system: "the system acts on its own behalf"
        case .scope: "the API key is not good for it"
        case .administrator: "Administrator may do everything"
        case .role(let row): "the role \(row.role) has it"
        case .noRole: "no role of the user has it"
        case .userPermission(let restricted): restricted.words
        case .owner(let row): "the role \(row.role) has it on own documents, and the user made this one"
        case .notOwner(let row): "the role \(row.role) has it only on documents the user made"
        case .share: "the document is shared with the user"
        case .parent(let doctype, let name, let rule): "through \(doctype) \(name): \(rule.words)"
        case .hiddenTable(let table): "the table \(table) is of a level that no role of the user may read"
        case .orphan: "the row belongs to no document"
        }
    }
}

extension Decision.Restricted {
    /// What was refused, in words.
    var words: String {
        let place = row.map { " of row \($0)" } ?? ""
        let what = field == "name" ? "the document itself" : "\(field)\(place)"
        if value.isEmpty { return "a User Permission limits \(allow), and \(what) has no value" }
        return "a User Permission limits \(allow), and \(what) is \(value)"
    }
}

/// One step on the way to a decision, for who wants to know how it came about.
public struct DecisionStep: Sendable {
    /// What was asked: `scope`, `administrator`, `roles`, `user_permissions`, `owner`, `share`, `parent`.
    public let step: String
    /// `allows`, `denies`, or `passes` where the next one decides.
    public let outcome: Outcome
    /// What it found, in words.
    public let words: String

    /// What a step can say.
    public enum Outcome: String, Sendable {
        case allows, denies, passes
    }

    /// The step as JSON.
    public var json: JSON {
        ["step": .string(step), "outcome": .string(outcome.rawValue), "words": .string(words)]
    }
}
