public import Audit
public import Documents
internal import Foundation
internal import Identity
internal import Values

/// The file of a company's audit key, `audit.key` beside its database and never in it: who can write to the database alone
/// cannot write to the audit log unseen. A backup holds it, since without it nothing can be verified.
public enum AuditKeyFile {
    /// Where it is in the directory of a company.
    static func path(in directory: String) -> String { directory + "/audit.key" }

    /// The key in a directory; nil when there is none.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when it cannot be read or is no key.
    public static func read(in directory: String) throws -> AuditKey? {
        let path = path(in: directory)
        guard try TenantBackup.exists(path) else { return nil }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Problem(.unavailable, "The audit key in \(path) cannot be read", fix: "Check the owner of the file.")
        }
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
        guard let secret = [UInt8](hexText: line), secret.count == AuditKey.secretBytes else {
            throw Problem(.unavailable, "\(path) is no audit key", fix: "Bring it back from a backup.")
        }
        return AuditKey(secret: secret)
    }

    /// The key in a directory, made now when there is none.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    static func readOrMake(in directory: String) throws -> AuditKey {
        if let key = try read(in: directory) { return key }
        let key = AuditKey(secret: SecureRandom.bytes(AuditKey.secretBytes))
        try write(key, in: directory)
        return key
    }

    /// Puts a key in place, for its owner alone to read.
    ///
    /// - Throws: ``Problem/Kind/unavailable``; ``Problem`` when there is another key.
    static func write(_ key: AuditKey, in directory: String) throws {
        if let present = try read(in: directory) {
            guard present.identity == key.identity else {
                throw Problem(
                    .wrongAuditKey, "\(path(in: directory)) is the audit key of another company",
                    fix: "Choose another directory.")
            }
            return
        }
        try PrivateFolder.make(directory)
        let path = path(in: directory)
        let partial = path + ".partial"
        TenantBackup.remove(partial)
        guard
            FileManager.default.createFile(
                atPath: partial, contents: Data((key.secret.hexText + "\n").utf8),
                attributes: [.posixPermissions: 0o600])
        else {
            throw Problem(
                .unavailable, "The audit key cannot be written to \(path)",
                fix: "Check the owner of the directory and the space on the disk.")
        }
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: path)
    }

    /// Keeps the key of a directory under another name, which is returned; nil when there is none.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    static func moveAside(in directory: String, at now: Timestamp) throws -> String? {
        let path = path(in: directory)
        guard try TenantBackup.exists(path) else { return nil }
        let aside = "\(path).before-\(TenantBackup.stamp(now))"
        try TenantBackup.move(path, to: aside)
        return aside
    }

    /// The problem of a company whose log is under a key that is not there.
    public static func missing(_ directory: String) -> Problem {
        Problem(
            .unavailable, "The audit key of the company is not at \(path(in: directory))",
            fix:
                "Bring the file back: a backup holds it. Where it is lost for ever, `cauldron audit rekey` goes on under a new one."
        )
    }

    /// The problem of a company whose log is under another key.
    static func wrong(_ directory: String) -> Problem {
        Problem(
            .unavailable, "\(path(in: directory)) is not the audit key of this company",
            fix: "Put the key of the company there: a backup holds it.")
    }
}
