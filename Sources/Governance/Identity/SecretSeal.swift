internal import Crypto
internal import Values

/// What keeps secrets that must be read again, and so cannot be kept as hashes: they are sealed with ChaCha20-Poly1305
/// (RFC 8439) under a key that is not in the database. A sealed secret is its owner's and its purpose's alone: moved to
/// another row it cannot be opened.
struct SecretSeal: Sendable {
    private let key: SymmetricKey

    /// A seal of a key of 32 bytes.
    init(key: [UInt8]) {
        precondition(key.count == 32, "the key of a seal has 32 bytes")
        self.key = SymmetricKey(data: key)
    }

    /// The secret, sealed.
    func seal(_ secret: [UInt8], of owner: String, for purpose: String) throws -> [UInt8] {
        Array(try ChaChaPoly.seal(secret, using: key, authenticating: Self.context(owner, purpose)).combined)
    }

    /// The secret that was sealed; nil when this key did not seal it for that owner and purpose.
    func open(_ sealed: [UInt8], of owner: String, for purpose: String) -> [UInt8]? {
        guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
        return (try? ChaChaPoly.open(box, using: key, authenticating: Self.context(owner, purpose))).map { Array($0) }
    }

    private static func context(_ owner: String, _ purpose: String) -> [UInt8] { Array("\(purpose)\u{0}\(owner)".utf8) }
}
