import Foundation
import TestSupport
import Values

/// A value at the edge of what somebody may send, as JSON and as the text of an address or a form.
struct Extreme: Sendable {
    /// What of it is checked.
    enum Kind: Sendable, CaseIterable { case number, date, text, structure }

    let kind: Kind
    /// What is told of it when it makes trouble.
    let name: String
    /// It in JSON. Not all of them are JSON.
    let json: String
    /// It in an address or a form, percent-encoded.
    let coded: String

    private init(_ kind: Kind, _ name: String? = nil, json: String, text: String? = nil, coded: String? = nil) {
        let plain = text ?? (json.hasPrefix("\"") ? String(json.dropFirst().dropLast()) : json)
        self.kind = kind
        self.name = name ?? String(json.prefix(60))
        self.json = json
        self.coded = coded ?? Self.encode(plain)
    }

    /// Percent-encoded, all but letters and digits.
    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }

    static let numbers: [Extreme] =
        [
            "9223372036854775807", "-9223372036854775808", "9223372036854775806", "-9223372036854775807",
            "9223372036854775808", "18446744073709551616", "2147483648", "-2147483649", "1e400", "-1e400", "1e-400",
            "0", "-0", "-1", "0.1", "-0.000000001", "999999999999999.9999", "99999999999999999999999999999999999999.5",
        ].map { Extreme(.number, json: $0) } + [
            Extreme(.number, "400 digits", json: String(repeating: "9", count: 400)),
            Extreme(.number, json: "\"9223372036854775807\""), Extreme(.number, json: "\"-9223372036854775808\""),
            Extreme(.number, json: "\"9223372036854775808\""), Extreme(.number, json: "\"1e400\""),
            Extreme(.number, json: "\"NaN\""), Extreme(.number, json: "\"Infinity\""), Extreme(.number, json: "NaN"),
            Extreme(.number, json: "\"٣\""), Extreme(.number, json: "\"0x7fffffffffffffff\""),
            Extreme(.number, json: "\"9223372036854775807, 9223372036854775808\""),
        ]

    static let dates: [Extreme] = [
        "0001-01-01", "9999-12-31", "0000-00-00", "2026-02-31", "10000-01-01", "-001-01-01",
        "9999-12-31 23:59:59.999999",
        "0001-01-01 00:00:00", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "24:00:00",
        "23:59:59.9999999",
        "2026-13-01", "tomorrow",
    ].map { Extreme(.date, json: "\"\($0)\"") }

    static let texts: [Extreme] = [
        Extreme(.text, json: "\"\""), Extreme(.text, json: "\" \""),
        Extreme(.text, "NUL", json: "\"a\\u0000b\"", text: "a\0b"),
        Extreme(.text, "a lone mark", json: "\"\u{301}\""), Extreme(.text, "a space and a mark", json: "\" \u{301}\""),
        Extreme(.text, "1,000 marks", json: "\"e" + String(repeating: "\u{301}", count: 1_000) + "\""),
        Extreme(.text, "a lone high surrogate", json: "\"\\ud800\"", coded: "%ed%a0%80"),
        Extreme(.text, "a lone low surrogate", json: "\"\\udc00x\"", coded: "%ed%b0%80"),
        Extreme(.text, "no UTF-8", json: "\"\\u00ff\"", coded: "%ff%fe%c0%80"),
        Extreme(.text, "141 letters", json: "\"" + String(repeating: "x", count: 141) + "\""),
        Extreme(
            .text, "300,000 letters", json: "\"" + String(repeating: "long ", count: 60_000) + "\"",
            coded: String(repeating: "y", count: 15_000)),
        Extreme(.text, "140 faces", json: "\"" + String(repeating: "🏴‍☠️", count: 140) + "\""),
        Extreme(.text, json: "\"%\""), Extreme(.text, json: "\"%_\\\\%[a\""), Extreme(.text, json: "\"' OR 1=1 --\""),
        Extreme(.text, "a line break", json: "\"a\\r\\nb: c\"", text: "a\r\nb: c"), Extreme(.text, json: "\"<b>&lt;\""),
        Extreme(.text, "turned letters", json: "\"\u{202E}abc\u{2066}\""), Extreme(.text, json: "\"../../etc/passwd\""),
        Extreme(.text, json: "\"-\""), Extreme(.text, json: "\"X-9223372036854775807\""),
        Extreme(.text, json: "\"(((((((((\""),
        Extreme(.text, json: "\"a{9223372036854775807}\""), Extreme(.text, json: "\"next 9223372036854775807 years\""),
    ]

    static let structures: [Extreme] = [
        Extreme(.structure, json: "null"), Extreme(.structure, json: "true"), Extreme(.structure, json: "[]"),
        Extreme(.structure, json: "{}"), Extreme(.structure, json: "[null]"), Extreme(.structure, json: "{\"\": null}"),
        Extreme(.structure, json: "[[], {}, \"\", 0]"), Extreme(.structure, json: "[\"name\", \"=\"]"),
        Extreme(.structure, json: "{\"name\": [\"between\", [null, {}]]}"),
        Extreme(.structure, json: "[[\"name\", \"in\", [9223372036854775807, null, [], {}]]]"),
        Extreme(.structure, "60 deep", json: nested("[", "]", 60)),
        Extreme(.structure, "60 deep", json: nested("{\"a\":", "}", 60)),
        Extreme(.structure, "200 deep", json: nested("[", "]", 200)),
        Extreme(
            .structure, "100,000 deep", json: nested("[", "]", 100_000), coded: String(repeating: "%5b", count: 5_000)),
        Extreme(
            .structure, "2,000 numbers", json: "[" + (0..<2_000).map(String.init).joined(separator: ",") + "]",
            coded: String(repeating: "%5b1%5d%2c", count: 1_000)),
        Extreme(
            .structure, "11,000 rows", json: "[" + Array(repeating: "{}", count: 11_000).joined(separator: ",") + "]"),
    ].map { $0.coded.utf8.count > 15_500 ? Extreme($0.kind, $0.name, json: $0.json, coded: "%5b%7b%7d%5d") : $0 }

    private static func nested(_ open: String, _ end: String, _ depth: Int) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: end, count: depth)
    }

    static let all = numbers + dates + texts + structures

    /// Those of the kinds that matter most for a field of this kind of column.
    static func fitting(_ column: ColumnType?) -> [Extreme] {
        switch column {
        case .integer, .decimal: numbers
        case .day, .timestamp, .time: dates
        default: texts
        }
    }
}

/// Some of many, the same in each run, and others in each of a longer one.
struct Choice {
    /// Set `CAULDRON_LONG=1` to send all of them, or to another number to vary what is sent.
    static let seed = ProcessInfo.processInfo.environment["CAULDRON_LONG"].flatMap(UInt64.init) ?? 0

    private var next: Int

    /// A choice that begins elsewhere for each `place`.
    init(_ place: String) {
        let hash = place.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325) &+ Self.seed) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        next = Int(hash % 1_000_003)
    }

    /// So many of the elements; all of them in a long run.
    mutating func some<T>(_ count: Int, of elements: [T]) -> [T] {
        if Self.seed == 1 || count >= elements.count { return elements }
        return (0..<count).map { _ in
            next += 1
            return elements[next % elements.count]
        }
    }

    /// One of the elements.
    mutating func one<T>(of elements: [T]) -> T {
        next += 1
        return elements[next % elements.count]
    }
}
