internal import Synchronization
public import Values

/// The arguments of a method call. They may arrive as JSON or as text; each accessor takes both.
public struct Arguments: Sendable {
    /// The arguments as they came.
    public var values: JSONObject
    private let asked: AskedNames?

    /// These arguments. Where `notesAsked`, ``unasked`` tells those that nothing asked for.
    public init(_ values: JSONObject, notesAsked: Bool = false) {
        self.values = values
        asked = notesAsked ? AskedNames() : nil
    }

    /// The arguments that nothing has asked for so far, in the order they came.
    public var unasked: [String] {
        let known = asked?.all ?? []
        return asked == nil ? [] : values.members.map(\.key).filter { !known.contains($0) }
    }

    /// An argument as it came; nil when it is missing or null.
    public subscript(name: String) -> JSON? {
        asked?.note(name)
        guard let value = values[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// An argument as text; numbers become text. Nil when it is missing or empty.
    public func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text.isEmpty ? nil : text
        case .int(let number): String(number)
        case .decimal(let number): number.description
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    /// An argument that must be given, as text.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` that names it.
    public func required(_ name: String) throws -> String {
        guard let text = text(name) else {
            throw Problem(.mandatory, "The argument \(name) is missing", field: name, fix: "Send \(name).")
        }
        return text
    }

    /// An argument as JSON: text that holds JSON is parsed.
    ///
    /// - Throws: ``Problem/Kind/malformed`` when the text is no JSON.
    public func json(_ name: String) throws -> JSON? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value, let first = text.first(where: { !$0.isWhitespace }),
            "[{\"".contains(first)
        else { return value }
        do {
            return try JSON.parse(text, limits: .outside)
        } catch {
            throw Problem(
                .malformed, "\(name) is not JSON: \(error.reason) at character \(error.offset)", field: name)
        }
    }

    /// An argument as a whole number of a range; nil when it is missing or empty.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is no whole number, or none of the range.
    public func int(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        let number: Int?
        switch self[name] {
        case nil, .string("")?: return nil
        case .string(let text)?: number = Int(text, in: range)
        case .bool(let flag)?: number = flag ? 1 : 0
        case let json?: number = json.int.flatMap { Int(exactly: $0) }
        }
        guard let number, range.contains(number) else {
            let end = range.upperBound == .max ? "\(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
            throw Problem(
                .wrongType, "\(name) must be a whole number from \(end)", field: name, fix: "Send such a number.")
        }
        return number
    }

    /// An argument as yes or no: 1, "1", true and "true" are yes.
    public func flag(_ name: String) -> Bool? {
        switch self[name] {
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .string(let text): text.isEmpty ? nil : !["0", "false", "False", "no"].contains(text)
        default: nil
        }
    }

    /// Whether what is asked for is only to be shown: the argument `rehearse`.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is neither yes nor no: nothing is done in earnest by mistake.
    public var isRehearsal: Bool {
        get throws { try decides("rehearse") }
    }

    private func decides(_ name: String) throws -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = flag(name) else {
            if value == "" { return false }
            throw Problem(.wrongType, "\(name) is 1 or 0", field: name, fix: "Send 1 or 0.")
        }
        return flag
    }

    /// Whether what nothing knows is to be refused instead of passed over: the argument `strict`.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is neither yes nor no.
    public var isStrict: Bool { get throws { try decides("strict") } }

    /// An argument as a day.
    ///
    /// - Throws: ``Problem/Kind/wrongType``.
    public func day(_ name: String) throws -> Day? {
        guard let text = text(name) else { return nil }
        if let day = Day.written(text) { return day }
        throw Problem(.wrongType, "\(name) must be a date as YYYY-MM-DD", field: name)
    }
}

/// The names of the arguments that were asked for.
private final class AskedNames: Sendable {
    private let names = Mutex<Set<String>>([])

    var all: Set<String> { names.withLock { $0 } }

    func note(_ name: String) { names.withLock { _ = $0.insert(name) } }
}
