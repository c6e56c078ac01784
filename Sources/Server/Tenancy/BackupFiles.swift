internal import Crypto
internal import Documents
internal import Foundation
internal import Storage
internal import Values

/// The attached files of a company in its backup: a table beside the others, which holds each file in pieces.
enum BackupFiles {
    private static let table = TableSchema(
        "_backup_file", columns: [.init("name", .text, required: true), .init("content", .bytes, required: true)])
    /// How much of a file stands in one row.
    private static let pieceBytes = 1 << 20

    /// Adds to a copy of a database the files that its documents name, from the directory of the company.
    ///
    /// - Returns: how many files were added, and the names of those that are not there.
    /// - Throws: ``Problem/Kind/unavailable``; ``StorageError``.
    static func add(from directory: String, to path: String) async throws -> (count: Int, missing: [String]) {
        try await with(path) { transaction in
            let hashes = try session(transaction).usedFileHashes().sorted()
            guard !hashes.isEmpty else { return (0, []) }
            try transaction.migrate(to: [table])
            var missing: [String] = []
            for hash in hashes {
                guard let file = FileHandle(forReadingAtPath: TenantFiles.path(of: hash, in: directory)) else {
                    missing.append(hash)
                    continue
                }
                defer { try? file.close() }
                var number = 0
                repeat {
                    let piece = try file.read(upToCount: pieceBytes) ?? Data()
                    if piece.isEmpty, number > 0 { break }
                    try transaction.insert(
                        into: table.name, ["name", "content"],
                        [[.text(name(of: hash, piece: number)), .bytes([UInt8](piece))]])
                    number += 1
                } while true
            }
            return (hashes.count - missing.count, missing)
        }
    }

    /// Takes the files out of a copy of a database into the directory of a company, each whole and checked.
    ///
    /// - Returns: how many there were.
    /// - Throws: ``Problem/Kind/invalid`` for a file that is not what its name says; ``Problem/Kind/unavailable``.
    static func takeOut(of path: String, into directory: String) async throws -> Int {
        try await with(path) { transaction in
            let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
            guard names.contains(table.name) else { return 0 }
            try TenantFiles.claim(directory, by: CompanySecret.digest("files", in: transaction))
            var writer: PieceWriter?
            var count = 0
            func finish() throws {
                guard let done = writer else { return }
                try done.finish()
                count += 1
            }
            try transaction.forEach("SELECT name, content FROM _backup_file ORDER BY name", [], [.text, .bytes]) {
                row in
                let hash = String((row[0].text ?? "").prefix(64))
                if writer?.hash != hash {
                    try finish()
                    writer = try PieceWriter(hash, directory)
                }
                try writer?.append(row[1].bytes ?? [])
            }
            try finish()
            try transaction.execute("DROP TABLE _backup_file")
            return count
        }
    }

    private static func name(of hash: String, piece: Int) -> String {
        let digits = String(piece)
        return "\(hash)/\(String(repeating: "0", count: max(0, 9 - digits.utf8.count)))\(digits)"
    }

    private static func session(_ transaction: any Transaction) -> Session {
        Session(
            actor: .administrator, now: Timestamp(microseconds: 0), registry: .core(), transaction: transaction
        ) { "" }
    }

    private static func with<T: Sendable>(
        _ path: String, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        let database = try SQLiteDatabase(path: path, limits: TenantFile.patient)
        do {
            let result = try await database.write(body)
            await database.close()
            return result
        } catch {
            await database.close()
            if error is CocoaError {
                throw Problem(
                    .unavailable, "The attached files cannot be copied: \(error)",
                    fix: "Check the owner of the directories and the space on the disk.")
            }
            throw (error as? StorageError).map(Problem.init) ?? error
        }
    }
}

/// One file on its way out of a backup. It gets its name when it is whole and is what the name says.
private final class PieceWriter {
    let hash: String
    private let place: String
    private let partial: String
    private let file: FileHandle
    private var digest = SHA256()

    init(_ hash: String, _ directory: String) throws {
        self.hash = hash
        place = TenantFiles.path(of: hash, in: directory)
        partial = place + ".partial"
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        TenantBackup.remove(partial)
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: partial)
        else { throw Problem(.unavailable, "The file \(partial) cannot be written") }
        self.file = file
    }

    func append(_ bytes: [UInt8]) throws {
        digest.update(data: bytes)
        try file.write(contentsOf: bytes)
    }

    func finish() throws {
        try file.close()
        let found = digest.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard found == hash else {
            TenantBackup.remove(partial)
            throw Problem(
                .invalid, "The backup is damaged: an attached file is not \(hash)", fix: "Use another backup.")
        }
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: place)
    }
}
