import Testing
import Values

@Suite struct JSONWriterTests {
    @Test func `puts the commas where they belong`() {
        var writer = JSONWriter(capacity: 0)
        writer.beginObject()
        writer.key("rows")
        writer.beginArray()
        writer.int(1)
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.raw(Array("[2]".utf8))
        writer.endArray()
        writer.key(JSONKey("a \"key\""))
        writer.null()
        writer.key("last")
        writer.json(["x": [true, false, nil]])
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"rows":[1,{},[],[2]],"a \"key\"":null,"last":{"x":[true,false,null]}}"#)
    }

    @Test(
        arguments: [
            (Value.null, "null"), (.int(.min), "-9223372036854775808"), (.decimal(units: 125_000, scale: 4), "12.5"),
            (.decimal(units: 0, scale: 9), "0"), (.decimal(units: 120_000, scale: 4), "12"),
            (.decimal(units: -1, scale: 2), "-0.01"),
            (.decimal(units: .min, scale: 18), "-9.223372036854775808"), (.text("a\"b"), #""a\"b""#),
            (.day(.latest), #""9999-12-31""#),
            (.timestamp(Timestamp(microseconds: 0)), #""1970-01-01 00:00:00.000000""#),
            (.time(.midnight), #""0:00:00""#),
            (.bytes([1, 2]), #""AQI=""#), (.outOfRange, "null"),
        ])
    func `writes the values of columns`(value: Value, json: String) {
        var writer = JSONWriter()
        writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
    }

    @Test(
        arguments: [
            ("", #""""#), ("plain / text", #""plain / text""#), ("\"\\", #""\"\\""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("Müller 😀", "\"Müller 😀\""),
        ])
    func `escapes what must be escaped`(text: String, json: String) {
        #expect(JSON.string(text).text == json)
    }

    @Test(
        arguments: [
            ("12345678901234567890.123456789", "12345678901234567890.123456789"),
            ("1e38", "1" + String(repeating: "0", count: 38)),
            ("-100000000000000000000.000000000000000001", "-100000000000000000000.000000000000000001"),
            ("1e999", "null"),
        ])
    func `writes wide numbers in full`(text: String, json: String) throws {
        #expect(try JSON.decimal(#require(Exact(text))).text == json)
    }

    @Test func `passes on pieces that make up what it would have written`() throws {
        var pieces: [[UInt8]] = []
        var stream = JSONWriter(pieceBytes: 20) { pieces.append($0) }
        var whole = JSONWriter()
        func write(_ writer: inout JSONWriter) throws {
            writer.beginArray()
            for number in 0..<100 {
                writer.int(Int64(number))
                try writer.passOn()
            }
            writer.endArray()
        }
        try write(&stream)
        try write(&whole)
        #expect(stream.isStream && !whole.isStream && pieces.allSatisfy { (20..<30).contains($0.count) })
        #expect(pieces.flatMap(\.self) + stream.bytes == whole.bytes && pieces.count > 10)
    }
}
