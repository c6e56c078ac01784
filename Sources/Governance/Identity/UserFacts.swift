public import Storage

/// What holds for signing in, as a company has set it.
public struct IdentityRules: Sendable, Equatable {
    /// After how many seconds without use a session ends; nil for the limit of the store.
    public var idleSeconds: Int?
    /// After how many seconds a session ends however much it is used; nil for never.
    public var longestSeconds: Int?
    /// Whether a user's new session ends those before.
    public var isSingleSession = false
    /// Whether some users must have a second factor.
    public var asksForSecondFactor = false
    /// What passwords may be.
    public var passwords = PasswordPolicy()
    /// After how many days a password must be another one; nil for never.
    public var passwordDays: Int?
    /// How many wrong passwords of a user from one address are free; nil for the rules of the throttle.
    public var freeFailures: Int?
    /// The first wait after them, in seconds; nil for the rules of the throttle.
    public var firstWait: Int?

    /// The rules of a company that has set nothing.
    public init() {}
}

/// What the store asks about users, who are documents elsewhere. All of it is asked in the transaction that needs it.
public struct UserFacts: Sendable {
    /// Whether there is such a user and it may sign in.
    public var admits: @Sendable (_ user: String, any Transaction) throws -> Bool = { _, _ in true }
    /// What holds for signing in.
    public var rules: @Sendable (any Transaction) throws -> IdentityRules = { _ in IdentityRules() }
    /// Whether the user must have a second factor; asked only where some must.
    public var needsSecondFactor: @Sendable (_ user: String, any Transaction) throws -> Bool = { _, _ in false }
    /// What a password of the user must not be made of: its names, its company.
    public var words: @Sendable (_ user: String, any Transaction) throws -> [String] = { _, _ in [] }

    /// Users of whom nothing is known.
    public init() {}
}
