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
        /// All that was known of the user is forgotten.
        case forgotten = "forgotten"

        /// Whether it is an event, besides an entry in the audit log.
        public var isEvent: Bool {
            switch self {
            case .passwordSet, .keyMade, .keyRevoked: true
            default: false
            }
        }
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
    /// When; nil where whoever notes it knows.
    public var time: Timestamp?
    /// What became of the rows of the store's tables.
    public var rows: [RowsChange] = []
}
