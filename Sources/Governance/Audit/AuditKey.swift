internal import Crypto

/// What a company's audit log is under, and what is not in its database: who can change every row there, but does not have
/// the key, can write no entry that passes for one of the log.
public final class AuditKey: Sendable {
    /// The secret that all keys follow from.
    public let secret: [UInt8]
    /// Names the key, and checks the heads it has signed: the public key of an Ed25519 pair.
    public let identity: [UInt8]
    let entries: SymmetricKey
    /// A code of a row begins with this: the key is taken in once.
    let rows: HMAC<SHA256>
    private let heads: Curve25519.Signing.PrivateKey

    /// A key of 32 bytes for something else that is not to be read from the database alone.
    public func derived(for purpose: String) -> [UInt8] {
        let root = SymmetricKey(data: secret)
        return Array(HMAC<SHA256>.authenticationCode(for: Array("cauldron \(purpose)".utf8), using: root))
    }

    /// How many bytes a secret has.
    public static let secretBytes = 32

    /// The key of a secret of ``secretBytes`` random bytes.
    public init(secret: [UInt8]) {
        precondition(secret.count == Self.secretBytes, "the secret of an audit key has \(Self.secretBytes) bytes")
        self.secret = secret
        let root = SymmetricKey(data: secret)
        func derived(_ purpose: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Array("cauldron audit \(purpose)".utf8), using: root))
        }
        entries = SymmetricKey(data: derived("entries"))
        rows = HMAC(key: SymmetricKey(data: derived("rows")))
        // Any 32 bytes are a private key of this curve (RFC 8032).
        // swift-format-ignore: NeverUseForceTry
        heads = try! Curve25519.Signing.PrivateKey(rawRepresentation: derived("heads"))
        identity = Array(heads.publicKey.rawRepresentation)
    }

    /// The key of companies that no directory is given for: it lives as long as the process.
    public static let ofProcess: AuditKey = {
        var generator = SystemRandomNumberGenerator()
        return AuditKey(secret: (0..<secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }()

    /// The signature of some bytes.
    func signature(of bytes: [UInt8]) throws -> [UInt8] { Array(try heads.signature(for: bytes)) }

    /// Whether the key of that identity has signed some bytes.
    static func holds(_ signature: [UInt8], of bytes: [UInt8], by identity: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: identity) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}
