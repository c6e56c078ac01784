import TestSupport
import Testing
import Values

@Suite struct JSONTests {
    static let accepted: [(text: String, value: JSON)] = [
        ("null", .null), (" true ", true), ("\t\r\nfalse\n", false), ("0", 0), ("-0", 0), ("-12", -12),
        ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)), ("[]", []), ("{}", [:]),
        ("[ ]", []), ("{ }", [:]),
        ("[1, 2 ,[3]]", [1, 2, [3]]), (#"{"a":1,"b":{"c":null}}"#, ["a": 1, "b": ["c": nil]]), (#""""#, ""),
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e4\u0000\uD83D\ude00x""#, "ä\0😀x"),
        ("\"äöü 😀 \u{7F}\"", "äöü 😀 \u{7F}"),
        (#"{"a":1,"a":2}"#, ["a": 2]), (#"{"":0}"#, ["": 0]), ("\"\u{FFFF}\"", "\u{FFFF}"),
    ]

    @Test(arguments: accepted)
    func `accepts what RFC 8259 allows`(text: String, value: JSON) throws {
        #expect(try JSON.parse(text) == value)
        #expect(try JSON.parse(value.text) == value)
    }

    @Test(
        arguments: [
            ("1.5", "1.5"), ("-0.0", "0"), ("1E3", "1000"), ("1e-2", "0.01"),
            ("9223372036854775808", "9223372036854775808"),
            ("0.1234567890123456789", "0.123456789012345679"), ("123456789012345678.5", "123456789012345678.5"),
            ("1e400", "out of range"),
            ("1.0", "1"), ("0e1", "0"),
        ])
    func `reads other numbers exactly`(text: String, shown: String) throws {
        guard case .decimal(let number) = try JSON.parse(text) else {
            Issue.record("\(text) is not a decimal")
            return
        }
        #expect(number.description == shown)
    }

    static let refused: [(text: String, offset: Int)] = [
        ("", 0), (" ", 1), ("[1,]", 3), (#"{"a":1,}"#, 7), ("[1 2]", 3), ("[,1]", 1), ("[1,,2]", 3), ("1 2", 2),
        ("tru", 0), ("nulll", 4),
        ("True", 0), ("NaN", 0), ("-", 1), ("+1", 0), ("01", 0), ("-01", 1), ("1.", 2), (".5", 0), ("1e", 2),
        ("1e+", 3), ("0x1", 1), ("'a'", 0), ("// x\n1", 0),
        ("[1", 2), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\" 1}", 5), ("{a:1}", 1), ("{1:2}", 1), ("[}", 1),
        ("\"a", 2),
        ("\"a\nb\"", 2), ("\"\u{0}\"", 1), ("\"\\x\"", 1), ("\"\\u12\"", 1), ("\"\\u12g4\"", 1), ("\"\\", 1),
        (#""\ud800""#, 1), (#""a\udc00""#, 2), (#""\ud800\u0041""#, 1),
        (#""\ud800x""#, 1), (#""\ud800\"#, 1), ("[]]", 2), ("\u{FEFF}1", 0), ("\u{0}", 0), ("1\u{0}", 1),
    ]

    @Test(arguments: refused)
    func `refuses everything else and says where`(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.offset == offset, "\(text.debugDescription): \(error?.reason ?? "")")
    }

    @Test(
        arguments: [
            ([0x22, 0x61, 0xFF, 0x22] as [UInt8], 2), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0x5C, 0x6E, 0xFF, 0x22], 3), ([0x22, 0xFF, 0x5C, 0x6E, 0x22], 1),
            ([0xFF], 0),
        ])
    func `refuses invalid UTF-8`(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error?.offset == offset)
    }

    @Test func `an error names line and column`() {
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\n  \"ä\": x}") }
        #expect(error == JSONError(reason: "expected a value", offset: 10, line: 2, column: 8, key: "ä"))
        #expect(error?.description == "expected a value at line 2, column 8")
    }

    @Test func `depth and number of values have limits`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSON.parse(nested(64)) }
        #expect(throws: JSONError.self) { try JSON.parse(nested(65)) }
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
        #expect(throws: Never.self) { try JSON.parse("[1,2]", limits: JSONLimits(values: 3)) }
        #expect(throws: JSONError.self) { try JSON.parse("[1,2]", limits: JSONLimits(values: 2)) }
        let siblings = "[" + Array(repeating: "[[]]", count: 100).joined(separator: ",") + "]"
        #expect(try JSON.parse(siblings, limits: JSONLimits(depth: 3)).array?.count == 100)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `what is written reads back the same, and broken bytes never trap`(seed: UInt64) throws {
        var random = Dice(seed: seed)
        let value = Self.random(&random, depth: 5)
        let bytes = value.encoded
        #expect(try JSON.parse(bytes) == value)
        #expect(try JSON.parse(bytes).hashValue == value.hashValue)
        for _ in 0..<200 {
            var broken = bytes
            for _ in 0..<3 {
                broken[Int.random(in: broken.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? JSON.parse(Array(broken.prefix(Int.random(in: 0...broken.count, using: &random))))
        }
    }

    static func random(_ random: inout Dice, depth: Int) -> JSON {
        func text(_ random: inout Dice) -> String {
            let letters: [Character] = [
                "a", "Z", "\"", "\\", "/", "\n", "\0", "\u{1F}", "ä", "€", "😀", "e\u{301}", "\u{7F}", " ",
            ]
            return String(
                (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
        }
        switch Int.random(in: depth > 0 ? 0...7 : 0...4, using: &random) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64(truncatingIfNeeded: random.next()))
        case 3:
            return .decimal(
                Exact(units: Int64(truncatingIfNeeded: random.next()), scale: Int.random(in: 0...18, using: &random)))
        case 4: return .string(text(&random))
        case 5:
            return .array(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.random(&random, depth: depth - 1) })
        default:
            let count = Int.random(in: 0...6, using: &random)
            return .object(JSONObject((0..<count).map { _ in (text(&random), Self.random(&random, depth: depth - 1)) }))
        }
    }
}
