internal import Crypto
public import Storage
internal import Values

/// A secret that a company is given once and never tells: with it the server makes what others can compare but not guess.
public enum CompanySecret {
    /// The table that holds it.
    public static let table = TableSchema(
        "_secret", columns: [.init("name", .text, required: true), .init("value", .bytes, required: true)])

    /// Gives the company this secret, unless it has one.
    ///
    /// - Throws: ``StorageError``.
    public static func set(_ bytes: [UInt8], in session: Session) throws {
        try session.sealing(table, where: "name = ?", [.text("company")]) {
            try session.transaction.execute(
                "INSERT INTO _secret (name, value) VALUES ('company', ?) ON CONFLICT (name) DO NOTHING",
                [.bytes(bytes)])
        }
    }

    /// HMAC-SHA-256 of a text under the secret, in hexadecimal; of a company without one under no bytes.
    ///
    /// - Throws: ``StorageError``.
    public static func digest(_ text: String, in transaction: any Transaction) throws -> String {
        let row = try transaction.first("SELECT value FROM _secret WHERE name = 'company'", [], [.bytes])
        let key = SymmetricKey(data: row?[0].bytes ?? [])
        return HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key).hexText
    }
}
