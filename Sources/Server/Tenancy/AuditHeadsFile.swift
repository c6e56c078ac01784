public import Audit
internal import Documents
internal import Foundation
internal import Values

/// A file of heads of a company's audit log, one a line as JSON, to which lines are only added. The server keeps one beside
/// the database; copies of it that are kept elsewhere tell, too, of changes by who can write to both.
public struct AuditHeadsFile: Sendable {
    /// Where it is.
    public let path: String

    /// The file at a path; it need not be there.
    public init(_ path: String) { self.path = path }

    /// The file in the directory of a company.
    public static func standard(in directory: String) -> AuditHeadsFile { AuditHeadsFile(directory + "/audit.heads") }

    /// The heads in the file; none when it is not there.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when it cannot be read; ``Problem`` at a line that is no head or
    ///   was changed after it was signed.
    public func read() throws -> [AuditHead] {
        guard try TenantBackup.exists(path) else { return [] }
        let lines: [Substring]
        do {
            lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        } catch {
            throw unreadable
        }
        return try lines.enumerated().map { place, line in try head(line, "Line \(place + 1)") }
    }

    /// The newest head in the file; nil when there is none.
    ///
    /// - Throws: as ``read()``.
    public func last() throws -> AuditHead? {
        guard try TenantBackup.exists(path) else { return nil }
        let end: Foundation.Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            let size = try file.seekToEnd()
            try file.seek(toOffset: size - min(size, Self.lineBytes))
            end = try file.readToEnd() ?? Data()
        } catch {
            throw unreadable
        }
        let line = String(decoding: end, as: UTF8.self).split(separator: "\n").last
        return try line.map { try head($0, "The last line") }
    }

    /// More than a line has.
    private static let lineBytes: UInt64 = 4_096

    private func head(_ line: Substring, _ words: String) throws -> AuditHead {
        guard let json = try? JSON.parse(String(line)), let head = AuditHead(json) else {
            throw Problem(.badAuditHead, "\(words) of \(path) is no head of an audit log")
        }
        guard head.isSigned else { throw Problem(.badAuditHead, "\(words) of \(path) is not what was signed") }
        return head
    }

    private var unreadable: Problem {
        Problem(.unavailable, "The heads in \(path) cannot be read", fix: "Check the owner of the file.")
    }

    /// Adds a head.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    public func append(_ head: AuditHead) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable }
        defer { close(descriptor) }
        // In one piece, so that lines of two processes do not mix.
        let line = Array((head.json.text + "\n").utf8)
        let written = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else { throw unwritable }
    }

    private var unwritable: Problem {
        Problem(
            .unavailable, "The head of the audit log cannot be written to \(path)",
            fix: "Check the owner of the file and the space on the disk.")
    }

    /// Gives the file another name, as when another company comes to its place.
    func moveAside(as name: String) throws {
        if try TenantBackup.exists(path) { try TenantBackup.move(path, to: name) }
    }
}
