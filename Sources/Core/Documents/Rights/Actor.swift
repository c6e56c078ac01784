internal import Metadata
public import Values

/// Who acts: a person, an agent or the system itself, with all that decides its rights.
public struct Actor: Sendable, Hashable {
    /// The user's name, an e-mail address or `Administrator`.
    public let user: String
    /// The roles it has.
    public let roles: Set<Name>
    /// What its User Permissions limit it to.
    public let restrictions: Restrictions
    /// The DocTypes of which a document is shared with it; nobody else is asked for shares.
    public let sharedTypes: Set<String>
    /// What links of its new documents are filled with, by the name of the field.
    public let defaults: [String: String]
    /// What the API key it came with is good for; nil for all that the user may.
    public let scopes: [Scope]?
    /// The user for whom it acts, where that is another.
    public let behalf: String?

    /// A user with these roles. Whoever has signed in has the roles `All` and `Guest`, who has not only `Guest`.
    public init(
        user: String, roles: Set<Name>, restrictions: Restrictions = Restrictions(), sharedTypes: Set<String> = [],
        defaults: [String: String] = [:], scopes: [Scope]? = nil, behalf: String? = nil
    ) {
        self.behalf = behalf
        self.user = user
        self.roles = user == Self.guestName ? ["Guest"] : roles.union(["All", "Guest"])
        self.restrictions = restrictions
        self.sharedTypes = sharedTypes
        self.defaults = defaults
        self.scopes = scopes
    }

    /// Whether both are the same user with the same rights.
    public static func == (l: Actor, r: Actor) -> Bool {
        l.user == r.user && l.roles == r.roles && l.restrictions == r.restrictions && l.sharedTypes == r.sharedTypes
            && l.defaults == r.defaults && l.scopes == r.scopes && l.behalf == r.behalf
    }

    private static let guestName = DataFormats.guest
    /// The user who may do everything.
    public static let administrator = Actor(user: DataFormats.administrator, roles: ["System Manager", "Desk User"])
    /// Who has not signed in.
    public static let guest = Actor(user: guestName, roles: [])

    /// Whether it is the user who may do everything, as far as its key reaches.
    public var isAdministrator: Bool { user == DataFormats.administrator }
    /// Whether it is nobody who has signed in.
    public var isGuest: Bool { user == Self.guestName }

    /// The same user with no more than these scopes allow.
    public func limited(to scopes: [Scope]?) -> Actor {
        Actor(
            user: user, roles: roles, restrictions: restrictions, sharedTypes: sharedTypes, defaults: defaults,
            scopes: scopes, behalf: behalf)
    }

    /// Whether its key lets it call a method by name.
    public func mayCall(_ method: String) -> Bool { scopes.map { $0.contains { $0.allows(method: method) } } ?? true }
}

/// For which DocTypes a user has User Permissions, and where they hold; which values they allow is in the database.
public struct Restrictions: Sendable, Hashable {
    /// Limited wherever a document or a link to one stands.
    private var everywhere: Set<String> = []
    /// Limited only in documents of these DocTypes.
    private var within: [String: Set<String>] = [:]
    /// Whether a link without a value is refused, too.
    public var isStrict = false

    /// Permissions that limit nothing.
    public init() {}

    /// Adds that documents of `target` are limited, in documents of the DocType `place` only when it is given.
    public mutating func add(_ target: String, within place: String?) {
        if let place { within[target, default: []].insert(place) } else { everywhere.insert(target) }
    }

    /// Whether there are none.
    public var isEmpty: Bool { everywhere.isEmpty && within.isEmpty }

    /// Whether documents of `target` are limited in documents of `doctype`.
    public func hold(_ target: String, in doctype: String) -> Bool {
        everywhere.contains(target) || within[target]?.contains(doctype) == true
    }

    /// The DocTypes limited in documents of `doctype`, in the order of their names.
    func targets(in doctype: String) -> [String] {
        everywhere.union(within.filter { $0.value.contains(doctype) }.keys).sorted()
    }
}
