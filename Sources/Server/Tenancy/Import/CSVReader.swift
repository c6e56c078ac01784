public import Documents
internal import Values

/// One record of a file of comma-separated values.
public struct CSVRecord: Sendable, Equatable {
    /// The line of the file it begins on, from 1.
    public let line: Int
    /// Its fields in order.
    public let fields: [String]
}

/// Why a file of comma-separated values cannot be read, and on which line.
public struct CSVError: Error, Sendable, Equatable {
    /// The line, from 1.
    public let line: Int
    /// What is wrong there, in a sentence.
    public let message: ProblemText
    /// What would put it right.
    public let fix: ProblemText
}

/// How much one record may hold.
public struct CSVLimits: Sendable {
    /// The most bytes of a record.
    public var recordBytes = 16 << 20
    /// The most fields of a record.
    public var fields = 2_000

    /// The limits a reader starts with.
    public init() {}
}

/// Reads comma-separated values as RFC 4180 describes them, one record at a time, from bytes that arrive in pieces.
///
/// Records end with CR LF, LF or CR; fields with a separator, quote or line break in them stand in quotes, with quotes
/// doubled. A byte order mark at the start is left out, and so are empty lines. The text must be UTF-8.
public struct CSVReader {
    private let separator: UInt8
    private let limits: CSVLimits
    private let read: () throws -> [UInt8]
    private var buffer: [UInt8] = []
    private var position = 0
    private var line = 1
    private var hasStarted = false

    /// A reader of what `read` gives: some bytes each time, none at the end.
    public init(
        separator: Character = ",", limits: CSVLimits = CSVLimits(), read: @escaping () throws -> [UInt8]
    ) {
        self.separator = separator.asciiValue ?? UInt8(ascii: ",")
        self.limits = limits
        self.read = read
    }

    /// A reader of text that is there as a whole.
    public init(_ text: String, separator: Character = ",") {
        var rest = Array(text.utf8)
        self.init(separator: separator) {
            defer { rest = [] }
            return rest
        }
    }

    private enum State {
        case fieldStart
        case plain
        case quoted
        case quoteInQuotes
    }

    /// The next record, or nil at the end of the file.
    ///
    /// - Throws: ``CSVError``, after which there is nothing more to be read; what `read` throws.
    public mutating func next() throws -> CSVRecord? {
        if !hasStarted { try start() }
        var record = Record(line: line)
        var state = State.fieldStart
        var opened = line
        while let byte = try take() {
            if record.bytes > limits.recordBytes {
                throw CSVError(
                    line: record.line, message: "The record is larger than \(limits.recordBytes) bytes",
                    fix: "Check that every quote that opens is closed.")
            }
            let isBreak = byte == Self.lineFeed || byte == Self.carriageReturn
            switch state {
            case .quoted:
                if byte == Self.quote {
                    state = .quoteInQuotes
                } else {
                    if byte == Self.lineFeed { line += 1 }
                    record.add(byte)
                }
            case .fieldStart where byte == Self.quote:
                opened = line
                state = .quoted
                record.hasField = true
            case .quoteInQuotes where byte == Self.quote:
                record.add(byte)
                state = .quoted
            case _ where isBreak:
                if byte == Self.carriageReturn, try peek() == Self.lineFeed { position += 1 }
                line += 1
                if record.isBlank {
                    record = Record(line: line)
                    state = .fieldStart
                    continue
                }
                try record.endField(limits)
                return record.finished
            case _ where byte == separator:
                try record.endField(limits)
                state = .fieldStart
            case .quoteInQuotes:
                throw CSVError(
                    line: line, message: "Text follows the quote that ends field \(record.fields.count + 1)",
                    fix: "Double the quotes that belong to the text.")
            case .plain where byte == Self.quote:
                throw CSVError(
                    line: line, message: "A quote stands in field \(record.fields.count + 1), which is not quoted",
                    fix: "Put the field in quotes and double those that belong to the text.")
            case .fieldStart, .plain:
                record.add(byte)
                state = .plain
            }
        }
        if case .quoted = state {
            throw CSVError(
                line: opened, message: "The quote that opens on this line is never closed",
                fix: "Close it, or double it if it belongs to the text.")
        }
        if record.isBlank { return nil }
        try record.endField(limits)
        return record.finished
    }

    /// A record while it is read.
    private struct Record {
        let line: Int
        var fields: [String] = []
        var field: [UInt8] = []
        /// Set once there is a field, if an empty one: a line without any is no record.
        var hasField = false
        var bytes = 0

        init(line: Int) { self.line = line }

        var isBlank: Bool { !hasField && field.isEmpty }
        var finished: CSVRecord { CSVRecord(line: line, fields: fields) }

        mutating func add(_ byte: UInt8) {
            field.append(byte)
            bytes += 1
        }

        mutating func endField(_ limits: CSVLimits) throws {
            guard let text = String(validating: field, as: UTF8.self) else {
                throw CSVError(
                    line: line, message: "Field \(fields.count + 1) is not UTF-8 text",
                    fix: "Save the file with the encoding UTF-8.")
            }
            guard fields.count < limits.fields else {
                throw CSVError(
                    line: line, message: "The record has more than \(limits.fields) fields",
                    fix: "Check the separator.")
            }
            fields.append(text)
            field.removeAll(keepingCapacity: true)
            hasField = true
        }
    }

    // MARK: Bytes

    private mutating func start() throws {
        hasStarted = true
        while buffer.count < 3, try more() {}
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
            throw CSVError(line: 1, message: "The file is UTF-16 text", fix: "Save it with the encoding UTF-8.")
        }
    }

    private mutating func more() throws -> Bool {
        let bytes = try read()
        if position >= buffer.count {
            buffer = bytes
            position = 0
        } else {
            buffer += bytes
        }
        return !bytes.isEmpty
    }

    private mutating func take() throws -> UInt8? {
        guard let byte = try peek() else { return nil }
        position += 1
        return byte
    }

    private mutating func peek() throws -> UInt8? {
        if position < buffer.count { return buffer[position] }
        return try more() ? buffer[position] : nil
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
