internal import Documents
internal import Forms
internal import Storage
internal import Values

/// The lines of a file that arrives in pieces.
struct LineReader {
    /// A line that is not empty.
    struct Line: Sendable {
        /// Which one, from 1; empty ones count.
        let number: Int
        let bytes: [UInt8]
    }

    private static let batchRows = 200
    private static let batchBytes = 1 << 20
    private var waiting: [Line] = []
    private var waitingBytes = 0
    private var rest: [UInt8] = []
    private var number = 0

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                rest.append(byte)
                continue
            }
            endLine()
        }
    }

    private mutating func endLine() {
        number += 1
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        if rest.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
            waiting.append(Line(number: number, bytes: rest))
            waitingBytes += rest.count
        }
        rest.removeAll(keepingCapacity: rest.count < Self.batchBytes)
    }

    /// The lines that are done together, once there are enough of them; `atEnd` all that are left. Nil when there are none.
    ///
    /// - Throws: ``Problem/Kind/tooLarge`` for a line without an end.
    mutating func batch(atEnd: Bool) throws -> [Line]? {
        if atEnd, !rest.isEmpty { endLine() }
        let isEnough = atEnd || waiting.count >= Self.batchRows || waitingBytes >= Self.batchBytes
        guard !waiting.isEmpty, isEnough else {
            guard rest.count <= Limits.importLineBytes else {
                throw Problem(
                    .tooLarge, "Line \(number + 1) is longer than \(Limits.importLineBytes) bytes", row: number + 1,
                    fix: "Send one document in each line.")
            }
            return nil
        }
        let batch = Array(waiting.prefix(Self.batchRows))
        waiting.removeFirst(batch.count)
        waitingBytes = waiting.reduce(0) { $0 + $1.bytes.count }
        return batch
    }
}

/// What is done with the lines of an import.
struct LineWork: Sendable {
    /// How many there were.
    struct Count {
        var rows = 0
        var failed = 0
        /// The bytes of their results.
        var bytes = 0
    }

    private let action: Command.Action
    private let doctype: String?

    /// - Throws: ``Problem/Kind/notAnOption``.
    init(_ arguments: Arguments) throws {
        doctype = arguments.text("doctype")
        let word = arguments.text("action") ?? "insert"
        do {
            action =
                word == "update" ? .save : try Command.action(word, of: [.insert, .put, .submit, .cancel, .delete])
        } catch {
            throw Problem(
                .notAnOption, "Lines are not imported to \(word.prefix(40))", field: "action",
                fix: "Use insert, update, put, submit, cancel or delete.")
        }
    }

    /// Does what the lines say, each by itself, and gives a line of JSON for each.
    ///
    /// - Throws: what ends the transaction.
    func run(_ lines: [LineReader.Line], in session: Session) throws -> (bytes: [UInt8], failed: Int) {
        session.passesOverUnknown = false
        var bytes: [UInt8] = []
        var failed = 0
        for line in lines {
            var result: JSONObject = ["row": .int(Int64(line.number))]
            do {
                let command = try self.command(line)
                let document = try session.savepoint { try session.perform(command).document }
                result["ok"] = true
                result["name"] = (document?.name ?? command.name).map(JSON.string)
            } catch {
                guard let problem = Self.problem(error) else { throw error }
                failed += 1
                result["ok"] = false
                result["error"] = problem.json
            }
            bytes += JSON.object(result).encoded
            bytes.append(UInt8(ascii: "\n"))
        }
        return (bytes, failed)
    }

    /// What is wrong with one row; nil for what ends the whole.
    private static func problem(_ error: any Error) -> Problem? {
        switch error {
        case let problem as Problem where problem.kind.status < 500: problem
        case let error as StorageError where error.isAboutData: Problem(error)
        default: nil
        }
    }

    private func command(_ line: LineReader.Line) throws -> Command {
        let json: JSON
        do {
            json = try JSON.parse(line.bytes, limits: .outside)
        } catch {
            throw Problem(.malformed, "The line is not JSON: \(error)", fix: "Write one JSON object in each line.")
        }
        // What is done to documents as they are needs only their names.
        if case .string(let name) = json, let doctype, [.submit, .cancel, .delete].contains(action) {
            return Command(action, doctype, name)
        }
        guard case .object(var object) = json else {
            throw Problem(.malformed, "The line is no JSON object", fix: "Write one JSON object in each line.")
        }
        if let doctype { object["doctype"] = object["doctype"] ?? .string(doctype) }
        let type = try object.sentDocType
        let name = object["name"]?.string
        switch action {
        case .insert, .put: return Command(action, type, nil, object)
        case .save, .submit:
            guard let name else { throw missing }
            for key in ["doctype", "name"] { object.removeValue(forKey: key) }
            return Command(action, type, name, object)
        default:
            guard let name else { throw missing }
            return Command(action, type, name)
        }
    }

    private var missing: Problem {
        Problem(.mandatory, "The line has no name", field: "name", fix: "Say which document.")
    }
}

extension Limits {
    /// The most bytes of a line of an import.
    static let importLineBytes = 16 << 20
}
