internal import Collaboration
internal import Crypto
internal import Documents
internal import Foundation
internal import ObjectStorage
internal import Storage
internal import Values

/// The attached files of a company in its backup: a table beside the others, which holds each file in pieces.
enum BackupFiles {
    private static let table = TableSchema(
        "_backup_file", columns: [.init("name", .text, required: true), .init("content", .bytes, required: true)])
    /// How much of a file stands in one row.
    private static let pieceBytes = 1 << 20

    /// Adds to a copy of a database the files that its documents name, from the directory of the company, and says in its
    /// header that it is a backup.
    ///
    /// - Returns: how many files were added, and the names of those that are not there.
    /// - Throws: ``Problem/Kind/unavailable``; ``StorageError``.
    static func add(from directory: String, to path: String) async throws -> (count: Int, missing: [String]) {
        try await with(path) { transaction in
            try transaction.execute("PRAGMA application_id = \(BackupSeal.application)")
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

    /// Takes the files out of a copy of a database into a folder of objects, each under its hash once it is whole and
    /// checked. Nothing in the copy decides where a file goes but 64 hexadecimal digits.
    ///
    /// - Returns: how many there were.
    /// - Throws: ``Problem`` for a name that is none, a piece that is missing or twice there, and a file that
    ///   is not what its name says; ``Problem/Kind/unavailable``.
    static func extract(of path: String, into folder: String) async throws -> Int {
        try await with(path) { transaction in
            try transaction.execute("PRAGMA application_id = 0")
            let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
            guard names.contains(table.name) else { return 0 }
            var writer: PieceWriter?
            var count = 0
            try transaction.forEach("SELECT name, content FROM _backup_file ORDER BY name", [], [.text, .bytes]) {
                row in
                let (hash, piece) = try place(row[0].text ?? "")
                if let open = writer, open.hash != hash {
                    try open.finish()
                    count += 1
                    writer = nil
                }
                let file = try writer ?? PieceWriter(hash, folder)
                writer = file
                try file.append(row[1].bytes ?? [], piece: piece)
            }
            if let last = writer {
                try last.finish()
                count += 1
            }
            try transaction.execute("DROP TABLE _backup_file")
            return count
        }
    }

    private static func name(of hash: String, piece: Int) -> String {
        let digits = String(piece)
        return "\(hash)/\(String(repeating: "0", count: max(0, 9 - digits.utf8.count)))\(digits)"
    }

    /// The file and the piece of it that a name means.
    private static func place(_ text: String) throws -> (hash: String, piece: Int) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, FolderStore.isKey(String(parts[0])), let piece = Int(parts[1]),
            name(of: String(parts[0]), piece: piece) == text
        else { throw damaged("it holds a file of the name \(text.prefix(100).debugDescription)") }
        return (String(parts[0]), piece)
    }

    fileprivate static func damaged(_ words: String) -> Problem {
        Problem(.badBackup, "The backup is damaged: \(words)", fix: "Use another backup.")
    }

    /// A session that only reads.
    static func session(_ transaction: any Transaction) -> Session {
        Session(
            actor: .administrator, now: Timestamp(microseconds: 0), registry: .core(), transaction: transaction
        ) { "" }
    }

    /// Runs `body` in a transaction of a copy that is nobody else's, and closes it.
    static func with<T: Sendable>(
        _ path: String, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        let database: SQLiteDatabase
        do {
            database = try SQLiteDatabase(path: path, limits: TenantFile.patient)
        } catch let error as StorageError {
            throw TenantAddress.problem(for: error, file: path)
        }
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
            throw (error as? StorageError).map { TenantAddress.problem(for: $0, file: path) } ?? error
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
    private var pieces = 0

    init(_ hash: String, _ folder: String) throws {
        self.hash = hash
        place = "\(folder)/\(hash.prefix(2))/\(hash.dropFirst(2))"
        partial = place + ".partial"
        guard try !TenantBackup.exists(place) else { throw BackupFiles.damaged("it holds the file \(hash) twice") }
        try PrivateFolder.make(place.parentPath)
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: partial)
        else { throw Problem(.unavailable, "The file \(partial) cannot be written") }
        self.file = file
    }

    func append(_ bytes: [UInt8], piece: Int) throws {
        guard piece == pieces else { throw BackupFiles.damaged("piece \(pieces) of the file \(hash) is missing") }
        pieces += 1
        digest.update(data: bytes)
        try file.write(contentsOf: bytes)
    }

    func finish() throws {
        try file.close()
        let found = digest.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard found == hash else { throw BackupFiles.damaged("an attached file is not \(hash)") }
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: place)
    }
}
