internal import Documents
internal import Values

/// Reads `multipart/form-data` (RFC 7578) that arrives in pieces, without ever holding more than a piece of it.
struct MultipartReader {
    /// What was found, in order.
    enum Event: Equatable {
        /// A part begins: the name of its field, and of its file when it is one.
        case part(name: String, fileName: String?)
        /// Bytes of the part.
        case bytes([UInt8])
        /// The part is over.
        case endOfPart
        /// The form is over; what follows does not count.
        case end
    }

    private enum State {
        case preamble, delimiter, head, content, done
    }

    private static let headBytes = 8 << 10
    private static let most = 100
    private let delimiter: [UInt8]
    // The first delimiter has no line break before it.
    private var buffer: [UInt8] = [0x0D, 0x0A]
    private var state = State.preamble
    private var parts = 0

    /// A reader of a form with this boundary.
    ///
    /// - Throws: ``Problem/Kind/malformed`` when it is none.
    init(boundary: String) throws {
        guard (1...70).contains(boundary.utf8.count) else { throw Self.broken }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    static let broken = Problem(.malformed, "The form's parts cannot be read", fix: "Send multipart/form-data.")

    /// Whether the form has come to its end.
    var isDone: Bool { state == .done }

    /// Takes more bytes and says what they bring.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    mutating func feed(_ bytes: some Collection<UInt8>) throws -> [Event] {
        buffer.append(contentsOf: bytes)
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Goes one step further; false when that takes more bytes.
    private mutating func step(_ events: inout [Event]) throws -> Bool {
        switch state {
        case .preamble:
            guard let found = find(delimiter) else {
                buffer.removeFirst(max(0, buffer.count - delimiter.count + 1))
                return false
            }
            buffer.removeFirst(found + delimiter.count)
            state = .delimiter
        case .delimiter:
            guard buffer.count >= 2 else { return false }
            if buffer.starts(with: [0x2D, 0x2D]) {
                state = .done
                buffer = []
                events.append(.end)
                return false
            }
            guard buffer.starts(with: [0x0D, 0x0A]), parts < Self.most else { throw Self.broken }
            parts += 1
            state = .head
        case .head:
            guard let end = find([0x0D, 0x0A, 0x0D, 0x0A]) else {
                guard buffer.count <= Self.headBytes else { throw Self.broken }
                return false
            }
            let head = String(decoding: buffer[..<end], as: UTF8.self)
            let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
            guard let line, let name = FormBody.parameter("name", of: String(line)) else { throw Self.broken }
            events.append(.part(name: name, fileName: Self.fileName(String(line))))
            // A part without content has its delimiter at once: the line break before it is that of the head.
            buffer.removeFirst(end + 2)
            state = .content
            try skipBreak()
        case .content:
            guard let found = find(delimiter) else {
                let safe = buffer.count - delimiter.count + 1
                guard safe > 0 else { return false }
                events.append(.bytes(Array(buffer[..<safe])))
                buffer.removeFirst(safe)
                return false
            }
            if found > 0 { events.append(.bytes(Array(buffer[..<found]))) }
            events.append(.endOfPart)
            buffer.removeFirst(found + delimiter.count)
            state = .delimiter
        case .done:
            buffer = []
            return false
        }
        return true
    }

    /// Takes away the break that ends the head, unless it begins the delimiter of an empty part.
    private mutating func skipBreak() throws {
        if !buffer.starts(with: delimiter) { buffer.removeFirst(2) }
    }

    /// The name of the file: `filename*` in UTF-8 (RFC 5987) before `filename`.
    private static func fileName(_ line: String) -> String? {
        if let extended = FormBody.parameter("filename*", of: line), extended.lowercased().hasPrefix("utf-8''") {
            return PercentCoding.decode(extended.dropFirst(7))
        }
        return FormBody.parameter("filename", of: line)
    }

    private func find(_ pattern: [UInt8]) -> Int? { FormBody.find(pattern, in: buffer, from: 0) }
}
