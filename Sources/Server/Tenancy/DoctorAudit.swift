internal import Audit
internal import Collaboration
internal import Crypto
internal import Documents
internal import Foundation
internal import Storage
internal import Values

/// The checks of the audit log, of what is under it, and of the schema.
struct DoctorAudit: Sendable {
    /// The company's key; nil where it is not there.
    let key: AuditKey?
    /// Where the key should be.
    let directory: String?
    /// Heads that were kept apart.
    private let heads: [AuditHead]
    /// Why files of heads could not be read.
    private let unread: [Problem]

    /// Checks under a key. The heads are read now, before the snapshot that is checked begins: a server may add more
    /// meanwhile, of entries that the snapshot lacks.
    init(key: AuditKey?, directory: String?, heads files: [AuditHeadsFile]) {
        self.key = key
        self.directory = directory
        var heads: [AuditHead] = []
        var unread: [Problem] = []
        for file in files {
            do {
                heads += try file.read()
            } catch {
                unread.append(error as? Problem ?? Problem(.unavailable, "The heads in \(file.path) cannot be read"))
            }
        }
        (self.heads, self.unread) = (heads, unread)
    }

    /// The chain of the log, the heads that were kept apart, and the rows under it.
    var checks: [Doctor.Check] {
        [
            Doctor.Check(name: "audit chain") { try chain($0, &$1) },
            Doctor.Check(name: "rows and audit log") { try rows($0, &$1) },
            Doctor.Check(name: "schema") { try Self.schema($0, &$1) },
        ]
    }

    private func chain(_ session: Session, _ notes: inout Doctor.Notes) throws {
        notes.looked = Int(try AuditLog.end(in: session.transaction)?.number ?? 0)
        if key == nil, try AuditLog.identity(in: session.transaction) != nil {
            notes.add(AuditKeyFile.missing(directory ?? "").message + ", so that its log cannot be verified")
        }
        for problem in unread { notes.add(problem.message) }
        for problem in try AuditLog.verify(under: key, heads: heads, in: session.transaction) { notes.add(problem) }
    }

    private func rows(_ session: Session, _ notes: inout Doctor.Notes) throws {
        guard let key, try AuditLog.identity(in: session.transaction) != nil else { return }
        let tables = Tenant.sealedTables(session.registry)
        notes.looked = tables.count
        for problem in try AuditLog.verifyRows(of: tables, under: key, in: session.transaction) { notes.add(problem) }
    }

    /// Nothing stands in the schema but what modules, the company and the system declare, and it is made as they do.
    private static func schema(_ session: Session, _ notes: inout Doctor.Notes) throws {
        let tables = session.registry.allTables + TenantFile.systemTables
        notes.looked = tables.count
        for problem in try SchemaObject.differences(from: tables, in: session.transaction) { notes.add(problem) }
    }
}

extension DoctorChecks {
    /// Each file that a document names is there and holds what its name says.
    static func files(_ directory: String, _ session: Session, _ notes: inout Doctor.Notes) throws {
        let hashes = try session.usedFileHashes().sorted()
        notes.looked = hashes.count
        for hash in hashes {
            let path = TenantFiles.path(of: hash, in: directory)
            guard try TenantBackup.exists(path) else {
                notes.add("the file \(hash) is missing")
                continue
            }
            do {
                if try digest(of: path) != hash { notes.add("the file \(hash) holds something else") }
            } catch {
                notes.add("the file \(hash) cannot be read")
            }
        }
    }

    /// SHA-256 of a file, in hexadecimal.
    private static func digest(of path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var sha = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { sha.update(data: piece) }
        return sha.finalize().hexText
    }
}
