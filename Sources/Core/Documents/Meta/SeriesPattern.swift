internal import Values

/// A series, such as `SINV-.YYYY.-.#####`: parts between dots, each a part of the date, a field, a row of `#` or plain text.
struct SeriesPattern {
    private let parts: [Substring]

    init(_ text: String) { parts = text.split(separator: ".") }

    /// A name but for its number.
    struct Resolved {
        /// The name of the counter.
        var key: String
        /// What stands before the number, and after it.
        var before: String
        var after: String
        /// How many digits the number has at least.
        var digits: Int
        /// The number before the first, for a counter that nobody has used yet.
        var start: Int64 = 0

        /// The whole name.
        func text(_ number: Int64) -> String {
            let text = String(number)
            return before + String(repeating: "0", count: max(0, digits - text.count)) + text + after
        }
    }

    /// Fills in everything but the number. A series without `#` counts with five digits at its end.
    func resolve(_ document: Document, at now: Timestamp) -> Resolved {
        var before = ""
        var after = ""
        var digits: Int?
        for part in parts {
            if digits == nil, part.allSatisfy({ $0 == "#" }) {
                digits = part.count
                continue
            }
            let text = Self.value(of: part, document, at: now) ?? String(part)
            if digits == nil { before += text } else { after += text }
        }
        return Resolved(key: before, before: before, after: after, digits: digits ?? 5)
    }

    /// What a part stands for; nil when it is plain text.
    static func value(of part: Substring, _ document: Document, at now: Timestamp) -> String? {
        let day = now.day
        switch part {
        case "YYYY": return padded(day.year, 4)
        case "YY": return padded(day.year % 100, 2)
        case "MM": return padded(day.month, 2)
        case "DD": return padded(day.day, 2)
        case "JJJ": return padded(day.dayOfYear, 3)
        case "WW": return padded(day.isoWeek.week, 2)
        case "timestamp": return now.description
        default:
            var name = part
            if name.first == "{", name.last == "}" { name = name.dropFirst().dropLast() }
            // A plain word is a field only where a field is called so.
            guard document.has(String(name)), name.count == part.count ? part != "name" : true else { return nil }
            return document[String(name)].description
        }
    }

    /// Refuses a series whose number would have no end of digits.
    static func check(_ text: String, _ field: String) throws {
        guard text.utf8.count <= Limits.lineCharacters else {
            throw Problem(.tooLong, "\(field): a series has at most \(Limits.lineCharacters) bytes", field: field)
        }
        guard !text.unicodeScalars.contains(where: { $0 == "<" || $0 == ">" || $0.value < 32 }) else {
            throw Problem(.badMetadata, "\(field): a series holds no < and >", field: field)
        }
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// A name made of a text with braces, such as `{customer}-{YYYY}-{####}`: fields, parts of the date and one counter.
struct NameFormat {
    private enum Part {
        case text(String)
        case value(Substring)
        case counter(Int)
    }
    private var parts: [Part] = []

    /// Reads the format.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` when a brace is not closed or there are two counters.
    init(_ text: String) throws {
        try SeriesPattern.check(text, "autoname")
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Problem(.badMetadata, "autoname: a brace is not closed", field: "autoname")
            }
            let inner = rest[rest.index(after: open)..<close]
            guard !inner.isEmpty else {
                throw Problem(.badMetadata, "autoname: nothing stands in {}", field: "autoname")
            }
            if inner.allSatisfy({ $0 == "#" }) {
                guard !counts else {
                    throw Problem(.badMetadata, "autoname: there is more than one counter", field: "autoname")
                }
                parts.append(.counter(inner.count))
            } else {
                parts.append(.value(inner))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
    }

    /// Whether there is a counter in it.
    var counts: Bool {
        parts.contains { if case .counter = $0 { true } else { false } }
    }

    /// Fills in everything but the number. A name in braces that is no field stands for nothing.
    func resolve(_ document: Document, at now: Timestamp) -> SeriesPattern.Resolved {
        var before = ""
        var after = ""
        var digits: Int?
        for part in parts {
            let text: String
            switch part {
            case .counter(let count):
                digits = count
                continue
            case .text(let plain): text = plain
            case .value(let name): text = SeriesPattern.value(of: name, document, at: now) ?? ""
            }
            if digits == nil { before += text } else { after += text }
        }
        return SeriesPattern.Resolved(key: before, before: before, after: after, digits: digits ?? 1)
    }
}
