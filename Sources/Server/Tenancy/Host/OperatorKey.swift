internal import Documents
internal import Foundation
internal import Identity
internal import Values

/// The key of who runs a server and may make and remove the tenants of it. It belongs to no company: no user of any has its
/// rights. Its SHA-256 is kept in `operator.key` of the server's directory; without that file nobody has them.
public struct OperatorKey: Sendable {
    static let fileName = "operator.key"

    private let path: String

    /// The key of the server of a directory.
    public init(in data: String) { path = "\(data)/\(Self.fileName)" }

    /// Makes a key and gives it, once; the one before is good no more.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    public func make() throws -> String {
        let secret = SecureRandom.token(bytes: 32)
        let partial = path + ".partial"
        TenantBackup.remove(partial)
        let text = Foundation.Data((Secret.digest(secret).hexText + "\n").utf8)
        guard FileManager.default.createFile(atPath: partial, contents: text, attributes: [.posixPermissions: 0o600])
        else { throw TenantFile.trouble(of: partial) }
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: path)
        return secret
    }

    /// Whether this is the key.
    public func admits(_ secret: String) -> Bool {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let digest = text.split(separator: "\n").first.flatMap({ [UInt8](hexText: $0) }), digest.count == 32
        else { return false }
        return Secret.equal(Secret.digest(secret), digest)
    }
}
