import Documents
import Tenancy
import Testing

@Suite struct CSVTests {
    private static let lines = "\r\n"

    /// The records of a text that arrives in pieces of `size` bytes.
    private func records(_ text: [UInt8], pieces size: Int = 3, separator: Character = ",") throws -> [CSVRecord] {
        var rest = text[...]
        var reader = CSVReader(separator: separator) {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
        var records: [CSVRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    private static let readable: [(String, [[String]])] = [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a\rb\r", [["a"], ["b"]]),
        ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("\"a,b\",\"c\"\"d\",\"e\r\nf\"\n", [["a,b", "c\"d", "e\r\nf"]]),
        (",\n", [["", ""]]),
        ("\n\n a ,\t\n\n", [[" a ", "\t"]]),
        ("\"\"\n", [[""]]),
        ("Ünïcödé,日本\n", [["Ünïcödé", "日本"]]),
        ("", []),
        ("\n", []),
    ]

    @Test(arguments: readable)
    func `reads what RFC 4180 describes, however it arrives`(text: String, expected: [[String]]) throws {
        for size in 1...7 {
            #expect(try records(Array(text.utf8), pieces: size).map(\.fields) == expected)
        }
    }

    @Test func `another separator, and lines by their number`() throws {
        let records = try records(Array("a;b\n\"x\ny\";1\n\nz;2\n".utf8), separator: ";")
        #expect(records.map(\.fields) == [["a", "b"], ["x\ny", "1"], ["z", "2"]])
        #expect(records.map(\.line) == [1, 2, 5])
    }

    private static let unreadable: [([UInt8], Int, String)] = [
        (Array("a\n\"b\nc\n".utf8), 2, "never closed"),
        (Array("a\nb\"c\n".utf8), 2, "not quoted"),
        (Array("\"a\"b\n".utf8), 1, "Text follows the quote"),
        ([0x61, 0x0A, 0xE9, 0x0A], 2, "not UTF-8"),
        ([0xFF, 0xFE, 0x61, 0x00], 1, "UTF-16"),
        (Array(String(repeating: ",", count: 3_000).utf8), 1, "more than 2000 fields"),
    ]

    @Test(arguments: unreadable)
    func `says on which line a file cannot be read`(text: [UInt8], line: Int, words: String) throws {
        let error = #expect(throws: CSVError.self) { _ = try records(text) }
        #expect(error?.line == line)
        #expect(error?.message.text.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.fix.text.isEmpty == false)
    }

    @Test func `an endless record is refused before it fills the memory`() throws {
        var limits = CSVLimits()
        limits.recordBytes = 1_000
        var reader = CSVReader(limits: limits) { [UInt8](repeating: 0x61, count: 100) }
        #expect(throws: CSVError.self) { _ = try reader.next() }
    }

    @Test func `what is written is read back`() throws {
        let rows = [["a,b", "c\"d"], ["", "é\r\nf"], ["", ""], [" x ", "'"]]
        var writer = CSVWriter()
        for row in rows { writer.append(row) }
        writer.append([""])
        #expect(try records(writer.take()).map(\.fields) == rows + [[""]])
        #expect(writer.bytes.isEmpty)
    }
}
