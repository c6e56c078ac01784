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
        /// No key of the user is valid any more.
        case keysRemoved = "keys_removed"
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
    /// When.
    public let time: Timestamp
}
