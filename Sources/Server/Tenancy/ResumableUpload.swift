internal import Collaboration
public import Documents
public import ObjectStorage
internal import Storage
public import Values

/// A large file that comes in several requests. Each part that has come is an object of the company's store, and a row here says
/// where in the file it belongs; so an upload outlives a lost connection and a restart, and any server of the company can go on
/// with it. It is its user's own, and gone after ``seconds``.
public struct ResumableUpload: Sendable, Equatable {
    /// What its address ends with.
    public let id: String
    /// The bytes of the whole file.
    public let length: Int64
    /// What the file is called.
    public let fileName: String
    /// When it is gone.
    public let expires: Timestamp
    /// The keys of the objects that have come, in order, with their bytes.
    public let parts: [(key: String, size: Int64)]
    /// The bytes that have come.
    public var offset: Int64 { parts.reduce(0) { $0 + $1.size } }

    /// Whether both are the same upload in the same state.
    public static func == (l: ResumableUpload, r: ResumableUpload) -> Bool {
        Name(l.id) == Name(r.id) && l.length == r.length && l.offset == r.offset
    }

    /// How long one is kept.
    public static let seconds = 86_400
    /// The most unfinished ones of a user.
    public static let perUser = 20
    /// The most parts of one.
    public static let mostParts = 10_000

    static let table = TableSchema(
        "_upload",
        columns: [
            .init("id", .text, required: true), .init("user", .text, required: true),
            .init("length", .integer, required: true), .init("file_name", .text),
            .init("moment", .timestamp, required: true),
        ], primaryKey: ["id"])
    static let partTable = TableSchema(
        "_upload_part",
        columns: [
            .init("upload", .text, required: true), .init("start", .integer, required: true),
            .init("object", .text, required: true), .init("size", .integer, required: true),
        ], primaryKey: ["upload", "start"])

    /// Begins an upload of who acts.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``perUser``; ``Problem/Kind/quotaExceeded`` for what will not fit.
    public static func begin(_ fileName: String, length: Int64, in session: Session) throws -> ResumableUpload {
        let user = Value.text(session.actor.user)
        let open = try session.transaction.first(
            "SELECT count(*) FROM _upload WHERE \"user\" = ? AND moment > ?", [user, .timestamp(oldest(session.now))],
            [.integer])
        guard open?[0].int ?? 0 < perUser else {
            throw Problem(
                .tooMany, "\(session.actor.user) has \(perUser) unfinished uploads",
                fix: "Finish or delete one of them.")
        }
        try session.requireRoom(forFile: "", of: length)
        let id = session.newIdentifier()
        let row: [Value] = [.text(id), user, .int(length), .text(fileName), .timestamp(session.now)]
        try session.sealing(table, where: "id = ?", [.text(id)]) {
            try session.transaction.insert(into: table.name, table.columns.map(\.name), [row])
        }
        return ResumableUpload(
            id: id, length: length, fileName: fileName, expires: session.now.adding(seconds: seconds), parts: [])
    }

    /// The upload of who acts with an id.
    ///
    /// - Throws: ``Problem/Kind/notFound``, also for somebody else's and for one whose time has passed.
    public static func find(_ id: String, in session: Session) throws -> ResumableUpload {
        let row = try session.transaction.first(
            "SELECT length, file_name, moment FROM _upload WHERE id = ? AND \"user\" = ?",
            [.text(id), .text(session.actor.user)], [.integer, .text, .timestamp])
        guard let row, let length = row[0].int, let moment = row[2].timestamp, moment > oldest(session.now) else {
            throw Problem(.notFound, "Upload \(id.prefix(140)) not found", fix: "Begin it again.")
        }
        var parts: [(String, Int64)] = []
        try session.transaction.forEach(
            "SELECT object, size FROM _upload_part WHERE upload = ? ORDER BY start", [.text(id)], [.text, .integer]
        ) { parts.append(($0[0].text ?? "", $0[1].int ?? 0)) }
        return ResumableUpload(
            id: id, length: length, fileName: row[1].text ?? "", expires: moment.adding(seconds: seconds), parts: parts)
    }

    /// Notes a part that has come behind the first `offset` bytes.
    ///
    /// - Throws: ``Problem/Kind/otherOffset`` when the upload has come to another point meanwhile; ``Problem/Kind/tooMany``.
    public static func add(
        _ part: StoredObject, to id: String, at offset: Int64, in session: Session
    ) throws -> ResumableUpload {
        let upload = try find(id, in: session)
        guard upload.offset == offset else { throw other(upload.offset) }
        guard part.size <= upload.length - offset, upload.parts.count < mostParts else {
            throw Problem(
                .tooMany, "The upload has more parts or bytes than it may", fix: "Begin it again in larger parts.")
        }
        let row: [Value] = [.text(id), .int(offset), .text(part.key), .int(part.size)]
        do {
            try session.sealing(partTable, where: "upload = ? AND start = ?", Array(row.prefix(2))) {
                try session.transaction.insert(into: partTable.name, partTable.columns.map(\.name), [row])
            }
        } catch StorageError.duplicate {
            throw other(offset + part.size)
        }
        return try find(id, in: session)
    }

    /// What a part that is sent for another point of the file is refused with.
    public static func other(_ offset: Int64) -> Problem {
        Problem(
            .otherOffset, "The upload has come to byte \(offset)", field: "Upload-Offset",
            fix: "Ask where it is by HEAD, and go on there.")
    }

    /// Forgets an upload of who acts: it is finished, or will not be.
    ///
    /// - Throws: ``Problem/Kind/notFound``.
    public static func end(_ id: String, in session: Session) throws {
        _ = try find(id, in: session)
        try remove("id = ?", "upload = ?", [.text(id)], in: session)
    }

    /// The keys of the parts of unfinished uploads, which the store keeps.
    static func usedKeys(in session: Session) throws -> Set<String> {
        var keys: Set<String> = []
        try session.transaction.forEach("SELECT DISTINCT object FROM _upload_part", [], [.text]) { row in
            if let key = row[0].text { keys.insert(key) }
        }
        return keys
    }

    /// Removes those whose time has passed.
    static let purge = ScheduledTask("unfinished_uploads") { session in
        try remove(
            "moment <= ?", "upload IN (SELECT id FROM _upload WHERE moment <= ?)", [.timestamp(oldest(session.now))],
            in: session)
    }

    private static func oldest(_ now: Timestamp) -> Timestamp { now.adding(seconds: -seconds) }

    private static func remove(
        _ uploads: String, _ parts: String, _ arguments: [Value], in session: Session
    ) throws {
        try session.sealing(partTable, where: parts, arguments) {
            try session.transaction.execute("DELETE FROM _upload_part WHERE \(parts)", arguments)
        }
        try session.sealing(table, where: uploads, arguments) {
            try session.transaction.execute("DELETE FROM _upload WHERE \(uploads)", arguments)
        }
    }
}

extension Problem.Kind {
    /// A part of an upload for another point of the file than it has come to.
    public static let otherOffset = Self("upload_offset_mismatch", status: 409)
}
