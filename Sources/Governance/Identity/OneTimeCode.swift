internal import Crypto
public import Values

/// Codes of six digits from a shared secret and the time, as authenticator apps show them: RFC 6238 with SHA-1, a new code
/// each 30 seconds, from the counter of RFC 4226.
public enum OneTimeCode {
    /// How many bytes a new secret has: as many as the hash (RFC 4226 section 4).
    public static let secretBytes = 20
    /// How long a code is shown, in seconds.
    public static let seconds: Int64 = 30
    /// How many digits it has.
    public static let digits = 6
    /// How many steps before and after the present one are taken, for clocks that differ.
    static let window: Int64 = 1

    /// The number of the step that a moment is in, from 1970.
    static func step(at moment: Timestamp) -> Int64 {
        let length = seconds * 1_000_000
        let quotient = moment.microseconds / length
        return moment.microseconds % length < 0 ? quotient - 1 : quotient
    }

    /// The code of a moment.
    public static func code(of secret: [UInt8], at moment: Timestamp) -> String {
        code(of: secret, step: step(at: moment), digits: digits)
    }

    /// The code of a step (RFC 4226 section 5.3).
    static func code(of secret: [UInt8], step: Int64, digits: Int) -> String {
        let counter = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: step >> Int64($0)) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[mac.count - 1] & 0x0F)
        var number = UInt32(mac[offset] & 0x7F)
        for place in 1...3 { number = number << 8 | UInt32(mac[offset + place]) }
        var modulus: UInt32 = 1
        for _ in 0..<min(digits, 9) { modulus *= 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// The step around a moment, later than `last`, whose code this is; nil when there is none. Takes the same time whichever
    /// it is.
    static func step(of code: String, secret: [UInt8], at moment: Timestamp, after last: Int64?) -> Int64? {
        let present = step(at: moment)
        var found: Int64?
        for step in present - window...present + window {
            let isSame = Secret.equal(Self.code(of: secret, step: step, digits: digits), code)
            if isSame, last.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }

    /// Whether a text looks like a code.
    static func isCode(_ text: String) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
