import Documents
import Foundation
import Identity
import Tenancy
import Values

/// How to sign in to the demo. Made once and kept in a file that only its owner can read, to be shown at each start.
struct DemoAccess: Sendable, Equatable {
    let user: String
    let password: String
    let key: String
    let secret: String

    /// Where it is kept in the demo's directory.
    static func path(in directory: String) -> String { "\(directory)/demo.json" }

    /// What is kept in `directory`, or new access when the file is gone.
    ///
    /// - Throws: `Problem` when the tenant is not the demo.
    static func find(for tenant: Tenant, in directory: String) async throws -> DemoAccess {
        guard try await tenant.read(as: .administrator, { try $0.exists("Company", DemoCompany.name) }) else {
            throw Problem(
                .companyExists, "\(directory) holds another company than \(DemoCompany.name)",
                fix: "Choose another directory with --data, or serve this one: cauldron serve --data \(directory)")
        }
        if let kept = kept(in: directory) { return kept }
        return try await make(for: tenant, in: directory, at: tenant.now())
    }

    /// Gives the administrator a random password and an API key, and keeps both in `directory`.
    ///
    /// - Throws: `Problem` when the file cannot be written.
    static func make(for tenant: Tenant, in directory: String, at now: Timestamp) async throws -> DemoAccess {
        let user = "Administrator"
        let password = randomPassword()
        try await tenant.identity.setPassword(password, of: user, at: now)
        let keys = try await tenant.identity.generateKeys(for: user, at: now)
        let access = DemoAccess(user: user, password: password, key: keys.key, secret: keys.secret)
        try access.keep(in: directory)
        return access
    }

    /// What is kept in `directory`; nil when there is nothing that can be read.
    static func kept(in directory: String) -> DemoAccess? {
        guard let bytes = FileManager.default.contents(atPath: path(in: directory)),
            case .object(let fields)? = try? JSON.parse(Array(bytes)), let user = fields["user"]?.string,
            let password = fields["password"]?.string, let key = fields["api_key"]?.string,
            let secret = fields["api_secret"]?.string
        else { return nil }
        return DemoAccess(user: user, password: password, key: key, secret: secret)
    }

    /// The fields as the command prints and keeps them.
    var fields: JSONObject {
        [
            "user": .string(user), "password": .string(password), "api_key": .string(key),
            "api_secret": .string(secret),
        ]
    }

    private func keep(in directory: String) throws {
        let path = Self.path(in: directory)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(.unavailable, "The file \(path) cannot be written") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        fchmod(descriptor, 0o600)
        try file.write(contentsOf: Data((JSON.object(fields).text + "\n").utf8))
    }

    /// 80 random bits, in letters and digits that are not taken for one another.
    private static func randomPassword() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        let letters = SecureRandom.bytes(16).map { alphabet[Int($0) % alphabet.count] }
        return stride(from: 0, to: 16, by: 4).map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
    }
}
