internal import Crypto
internal import Values

/// Secrets that nobody can guess, from the operating system's generator.
public enum SecureRandom {
    /// That many random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) where bytes.count < count {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    /// A token of that many random bytes, in hexadecimal: two characters a byte.
    public static func token(bytes count: Int) -> String { bytes(count).hexText }
}

/// Comparing and digesting secrets.
package enum Secret {
    /// SHA-256 of the text. Only for secrets that are random themselves; passwords go through ``PasswordHasher``.
    package static func digest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// A token that follows from a secret and a purpose (HMAC-SHA-256), in hexadecimal; it does not tell the secret.
    package static func derived(from secret: String, for purpose: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        return HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: key).hexText
    }

    /// Whether both are the same, in a time that depends on the lengths only.
    package static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }

    /// Whether both texts are the same, in a time that depends on the lengths only.
    package static func equal(_ one: String, _ other: String) -> Bool { equal(Array(one.utf8), Array(other.utf8)) }
}
