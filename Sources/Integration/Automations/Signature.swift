internal import Crypto
internal import Documents
internal import Foundation
internal import Metadata
internal import Values

/// How what is sent is signed: as Standard Webhooks have it (https://www.standardwebhooks.com), and as Frappe does.
enum Signature {
    private static let prefix = "whsec_"

    /// The bytes of a secret: what stands behind `whsec_` in base64, or the text.
    static func key(of secret: String) -> [UInt8]? {
        guard secret.hasPrefix(prefix) else { return Array(secret.utf8) }
        return Foundation.Data(base64Encoded: String(secret.dropFirst(prefix.count))).map(Array.init)
    }

    /// Refuses a secret that is none.
    static func requireSense(_ secret: String) throws {
        guard let key = key(of: secret), (secret.hasPrefix(prefix) ? 24 : 1)...1_024 ~= key.count else {
            throw Problem(
                .badFormat, "The secret is none", field: "webhook_secret",
                fix: "Send whsec_ and 24 to 64 bytes in base64, or another text.")
        }
    }

    /// The headers that sign a body sent at a moment under an id.
    static func headers(id: String, at moment: Timestamp, body: String, secret: String) -> [(String, String)] {
        let seconds = String(moment.microseconds / 1_000_000)
        let unsigned = [("webhook-id", id), ("webhook-timestamp", seconds)]
        guard !secret.isEmpty, let key = key(of: secret) else { return unsigned }
        func sign(_ text: String, _ key: [UInt8]) -> String {
            Foundation.Data(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
                .base64EncodedString()
        }
        return unsigned + [
            ("webhook-signature", "v1,\(sign("\(id).\(seconds).\(body)", key))"),
            ("X-Frappe-Webhook-Signature", sign(body, Array(secret.utf8))),
        ]
    }
}
