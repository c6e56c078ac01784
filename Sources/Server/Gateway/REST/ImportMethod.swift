internal import Documents
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ObjectStorage
internal import Synchronization
internal import Tenancy
internal import Values

/// `cauldron.import`: documents of a file of any size, which is read as it arrives.
///
/// JSON lines are done as they come, some hundred in a transaction, and each has a result; a row that is refused leaves the
/// others as they are. A file of comma-separated values is checked whole before anything is written; see ``Import``. Neither
/// is ever whole in memory.
struct ImportMethod: Sendable {
    let tenant: Tenant

    static let description = MethodDescription(
        name: "cauldron.import",
        summary:
            "Takes documents as application/jsonl, one in each line with a result for each, or as text/csv as exports are.",
        parameters: [
            .optional("doctype", "The DocType; needed for text/csv, and for lines that do not say it."),
            .optional(
                "action", "insert, update, put, submit, cancel or delete for lines; insert or update for text/csv."),
            .optional("submit", "1 submits each document, for text/csv."),
            .optional("dry_run", "1 only reads and checks, for text/csv."),
        ], verbs: .changing, answer: .file(lines, "application/json"), streamed: [lines, "application/x-ndjson", csv])

    private static let lines = "application/jsonl"
    private static let csv = "text/csv"
    private static let files = FileWork()

    /// Takes a file once it is known who sends it.
    ///
    /// - Throws: ``Problem``: ``Problem/Kind/mediaType`` for what is no such file, ``Problem/Kind/slowRequest``.
    func take(_ request: Incoming, as actor: Actor) async throws -> Reply {
        guard let raw = request.arriving else {
            throw Problem(
                .mediaType, "An import is a file", field: "Content-Type",
                fix: "Send application/jsonl or text/csv, and the arguments in the address.")
        }
        let isCSV = request.headers[.contentType]?.lowercased().hasPrefix(Self.csv) ?? false
        return try await isCSV ? table(raw, request, actor) : lines(raw, request, actor)
    }

    // MARK: JSON lines

    private func lines(_ raw: Request, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        let work = try LineWork(request.arguments)
        let results = try AnswerSpool.make(for: tenant)
        var reader = LineReader()
        var count = LineWork.Count()
        var stopped: Problem?
        do {
            try await Incoming.forEachPiece(of: raw) { buffer in
                reader.feed(buffer.readableBytesView)
                while let batch = try reader.batch(atEnd: false) {
                    try await run(batch, work, as: actor, into: results, &count)
                }
            }
            while let batch = try reader.batch(atEnd: true) {
                try await run(batch, work, as: actor, into: results, &count)
            }
        } catch let problem as Problem where count.rows > 0 {
            // What was done stays, and so it is told.
            stopped = problem
        }
        var end: JSONObject = ["done": .int(Int64(count.rows - count.failed)), "failed": .int(Int64(count.failed))]
        if let stopped { end["stopped"] = stopped.json }
        let last = JSON.object(end).encoded + [UInt8(ascii: "\n")]
        var reply = Reply(content: .none)
        reply.headers = [
            (.contentType, "application/jsonl; charset=utf-8"), (.cacheControl, "no-store"),
            (.xContentTypeOptions, "nosniff"),
        ]
        let length = count.bytes
        reply.stream = ResponseBody { writer in
            var at = 0
            while at < length {
                let range = at..<min(length, at + Self.pieceBytes)
                let bytes = try await Self.files.run { try results.read(range) }
                try await writer.write(ByteBuffer(bytes: bytes))
                at = range.upperBound
            }
            try await writer.write(ByteBuffer(bytes: last))
            try await writer.finish(nil)
        }
        return reply
    }

    private static let pieceBytes = 64 << 10

    private func run(
        _ batch: [LineReader.Line], _ work: LineWork, as actor: Actor, into results: AnswerSpool,
        _ count: inout LineWork.Count
    ) async throws {
        // A long file may outlast the rights of who sends it.
        guard let present = try await tenant.actor(named: actor.user) else {
            throw Problem(.notSignedIn, "\(actor.user) is not enabled any more", fix: "The lines before are done.")
        }
        let now = actor.scopes.map { present.limited(to: $0) } ?? present
        let done = try await tenant.write(as: now) { session in try work.run(batch, in: session) }
        // Told once it is kept.
        _ = try await Self.files.run { try results.append(done.bytes) }
        count.rows += batch.count
        count.failed += done.failed
        count.bytes += done.bytes.count
    }

    // MARK: Comma-separated values

    private func table(_ raw: Request, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        let arguments = request.arguments
        var work = Import(try arguments.required("doctype"))
        switch arguments.text("action") ?? "insert" {
        case "insert": break
        case "update": work.updates = true
        case let other:
            throw Problem(
                .notAnOption, "A table is not imported to \(other.prefix(40))", field: "action",
                fix: "Use insert or update.")
        }
        work.submits = arguments.flag("submit") ?? false
        let spool = try AnswerSpool.make(for: tenant)
        let length = Mutex(0)
        try await Incoming.forEachPiece(of: raw) { buffer in
            let bytes = Array(buffer.readableBytesView)
            _ = try await Self.files.run { try spool.append(bytes) }
            length.withLock { $0 += bytes.count }
        }
        let size = length.withLock { $0 }
        let file = ImportFile {
            var at = 0
            return {
                let range = at..<min(size, at + Self.pieceBytes)
                at = range.upperBound
                return range.isEmpty ? [] : try spool.read(range)
            }
        }
        do {
            let mode: Tenant.ImportMode = arguments.flag("dry_run") ?? false ? .dryRun : .bySize
            return .message(try await tenant.import(work, file, as: actor, mode).json)
        } catch let refused as ImportRefused {
            throw Self.problem(refused)
        }
    }

    /// What is wrong with a file, each with its row, counted from 1 behind the header.
    private static func problem(_ refused: ImportRefused) -> Problem {
        var problems = refused.problems.map { one in
            var problem = one.problem
            if one.row > 0 { problem.row = one.row }
            if problem.field == nil, !one.column.isEmpty { problem.field = one.column }
            return problem
        }
        if let before = refused.before {
            problems.append(
                Problem(
                    .malformed, "\(before.created + before.updated) documents before it are kept",
                    fix: "Correct the file and send it again: it goes on behind them."))
        }
        return Problem(problems)
    }
}
