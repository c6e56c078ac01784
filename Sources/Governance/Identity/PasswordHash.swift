internal import Crypto
internal import CryptoExtras

/// How much work one password hash takes (scrypt, RFC 7914).
public struct PasswordCost: Sendable, Equatable {
    /// The binary logarithm of N, the number of blocks.
    public var logarithm: Int
    /// r: the size of a block in units of 128 bytes.
    public var blockSize: Int
    /// p: how often all of it is done.
    public var parallelism: Int

    /// That much work; memory is 128 × 2^logarithm × blockSize bytes.
    public init(logarithm: Int, blockSize: Int = 8, parallelism: Int = 1) {
        self.logarithm = logarithm
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// 32 MB and about 100 ms on one core of a small server.
    public static let standard = PasswordCost(logarithm: 15)

    /// Whether a machine should be asked to do it; guards against a damaged row.
    var isSane: Bool {
        (1...20).contains(logarithm) && (1...32).contains(blockSize) && (1...16).contains(parallelism)
    }
}

/// The hash of a password with its salt and cost, as the text `$scrypt$ln=15,r=8,p=1$salt$hash` (PHC string format).
struct PasswordHash: Equatable {
    let cost: PasswordCost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Hashes; takes as long as `cost` says.
    init(_ password: String, salt: [UInt8], cost: PasswordCost) throws {
        self.cost = cost
        self.salt = salt
        // An empty array has no address, which the library needs: nobody's password is a single zero byte.
        let bytes = password.isEmpty ? [0] : Array(password.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: 1 << cost.logarithm, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        hash = unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    /// Reads the text; nil when it is no such.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var numbers: [Substring: Int] = [:]
        for part in parts[2].split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let number = Int(pair[1]) else { return nil }
            numbers[pair[0]] = number
        }
        guard let logarithm = numbers["ln"], let blockSize = numbers["r"], let parallelism = numbers["p"],
            let salt = Base64.bytes(parts[3]), let hash = Base64.bytes(parts[4]), !salt.isEmpty, hash.count == 32
        else { return nil }
        cost = PasswordCost(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
        guard cost.isSane else { return nil }
        self.salt = salt
        self.hash = hash
    }

    var text: String {
        "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)$\(Base64.text(salt))$\(Base64.text(hash))"
    }

    /// Whether it is the hash of this password; takes as long as hashing.
    func matches(_ password: String) -> Bool {
        guard let other = try? PasswordHash(password, salt: salt, cost: cost) else { return false }
        return Secret.equal(hash, other.hash)
    }
}
