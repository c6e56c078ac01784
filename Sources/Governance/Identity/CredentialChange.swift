public import Storage
public import Values

/// Something that was done to the credentials of a user, for the logs. It holds no secret.
public struct CredentialChange: Sendable, Equatable {
    /// What was done.
    public enum Kind: String, Sendable {
        /// The password is another one; the user's sessions ended, and its keys where somebody else set it.
        case passwordSet = "password_set"
        /// There is a new key, or a new secret to the key.
        case keyMade = "key_made"
        /// A key is not valid any more.
        case keyRevoked = "key_revoked"
        /// The hash of the password is another one, of the same password.
        case passwordRehashed = "password_rehashed"
        /// A session began.
        case sessionBegun = "session_begun"
        /// A session is in use; noted to the hour.
        case sessionUsed = "session_used"
        /// Sessions ended.
        case sessionsEnded = "sessions_ended"
        /// A key is in use; noted to the hour.
        case keyUsed = "key_used"
        /// There is a second factor.
        case secondFactorSet = "second_factor_set"
        /// There is no second factor any more; the user's other sessions ended.
        case secondFactorRemoved = "second_factor_removed"
        /// A second factor is being set up; it does not count yet.
        case secondFactorBegun = "second_factor_begun"
        /// A code of the second factor or a recovery code was used.
        case codeUsed = "code_used"
        /// There are other recovery codes.
        case recoveryCodesMade = "recovery_codes_made"
        /// All that was known of the user is forgotten.
        case forgotten = "forgotten"

        /// Whether it is an event, besides an entry in the audit log.
        public var isEvent: Bool {
            switch self {
            case .passwordSet, .keyMade, .keyRevoked, .secondFactorSet, .secondFactorRemoved, .recoveryCodesMade: true
            default: false
            }
        }
    }

    /// Why sessions ended.
    public enum Ending: Sendable {
        /// Their user signed out.
        case signedOut
        /// Somebody ended them.
        case revoked
        /// Their time is over.
        case expired
    }

    /// What was done.
    public let kind: Kind
    /// Whose credentials they are.
    public let user: String
    /// The key it is about, without its secret.
    public var key: String?
    /// What a new key is good for, as JSON; nil for all that the user may.
    public var scopes: String?
    /// Who did it.
    public let actor: String
    /// How the session that begins was signed in to.
    public var way: WebSession.Way?
    /// Why sessions ended.
    public var ending: Ending?
    /// From where; nil where that is not known.
    public var origin: Origin?
    /// When; nil where whoever notes it knows.
    public var time: Timestamp?
    /// What became of the rows of the store's tables.
    public var rows: [RowsChange] = []
}
