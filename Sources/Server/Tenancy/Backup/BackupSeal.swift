internal import Crypto
internal import Documents
internal import Foundation
internal import Values

/// The end of a backup: the SHA-256 of all that stands before it, so that a backup of which one bit is another is refused.
///
/// A backup is a database file, which is a whole number of pages, and behind it these bytes, which no engine reads. That they
/// have to be there says the application number in the header of the database file (bytes 68 to 71). Backups of earlier versions have
/// neither.
enum BackupSeal {
    /// What the header of a sealed database file says that it is for: "CAUL".
    static let application: UInt32 = 0x4341_554C

    private static let mark = Array("\ncauldron backup 1 sha256 ".utf8)
    private static let length = mark.count + 64 + 1
    private static let pieceBytes = 1 << 20

    /// Seals a database file that nobody has open.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    static func close(_ path: String) throws {
        try mappingErrors(path) {
            guard TenantBackup.size(path + "-wal") == 0, let file = FileHandle(forUpdatingAtPath: path) else {
                throw Problem(.unavailable, "\(path) cannot be sealed", fix: "Check the disk.")
            }
            defer { try? file.close() }
            let size = try file.seekToEnd()
            let digest = try digest(file, upTo: size)
            try file.seek(toOffset: size)
            try file.write(contentsOf: Data(mark + Array(digest.utf8) + [0x0A]))
            try file.synchronize()
        }
    }

    /// Checks a backup against its seal, and gives the size of the database file in it.
    ///
    /// - Throws: ``Problem`` when it is no database, or not what was sealed; ``Problem/Kind/unavailable``.
    static func check(_ path: String) throws -> UInt64 {
        try mappingErrors(path) {
            guard let file = FileHandle(forReadingAtPath: path) else {
                throw Problem(.unavailable, "\(path) cannot be read", fix: "Check its owner.")
            }
            defer { try? file.close() }
            let size = try file.seekToEnd()
            try file.seek(toOffset: 0)
            let head = [UInt8](try file.read(upToCount: 100) ?? Data())
            guard head.count == 100, head.starts(with: Array("SQLite format 3\0".utf8)) else {
                throw Problem(
                    .badBackup, "\(path) is not a database", fix: "Choose a file that `cauldron backup` wrote.")
            }
            let page = head[16..<18].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let number = head[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            try file.seek(toOffset: size - min(size, UInt64(length)))
            let end = [UInt8](try file.read(upToCount: length) ?? Data())
            // One sign of a seal is enough: a bit that is another hides one of them, not all.
            let isMarked = end.starts(with: mark) || end.last == 0x0A && end.count == length && hasDigits(end)
            let isWhole = size.isMultiple(of: page == 1 ? 65_536 : max(page, 512))
            guard number == application || isMarked || !isWhole else { return size }
            let content = size - UInt64(length)
            guard size > UInt64(length), isMarked,
                try end == mark + Array(digest(file, upTo: content).utf8) + [0x0A]
            else {
                throw Problem(
                    .badBackup, "\(path) is damaged: it is not what its SHA-256 was taken of",
                    fix: "Use another backup.")
            }
            return content
        }
    }

    private static func hasDigits(_ end: [UInt8]) -> Bool {
        end.dropFirst(mark.count).dropLast().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func digest(_ file: FileHandle, upTo end: UInt64) throws -> String {
        var sha = SHA256()
        var left = end
        try file.seek(toOffset: 0)
        while left > 0 {
            let piece = try file.read(upToCount: Int(min(left, UInt64(pieceBytes)))) ?? Data()
            guard !piece.isEmpty else { break }
            sha.update(data: piece)
            left -= UInt64(piece.count)
        }
        return sha.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func mappingErrors<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "\(path) cannot be read or written: \(error.localizedDescription)",
                fix: "Check its owner and its disk.")
        }
    }
}
