import Testing
import Values

@Suite struct ValueTests {
    @Test func `a value takes at most 24 bytes`() {
        #expect(MemoryLayout<Value>.stride <= 24)
    }

    @Test(
        arguments: [
            (Value.null, ""), (.int(-7), "-7"), (.decimal(units: 12_500, scale: 3), "12.5"), (.text("a b"), "a b"),
            (.day(.earliest), "0001-01-01"), (.timestamp(Timestamp(microseconds: 1)), "1970-01-01 00:00:00.000001"),
            (.time(.midnight), "0:00:00"), (.bytes([]), ""), (.bytes([0x66]), "Zg=="), (.bytes([0x66, 0x6F]), "Zm8="),
            (.bytes([0x66, 0x6F, 0x6F]), "Zm9v"), (.bytes([0xFB, 0xFF, 0xFE]), "+//+"), (.outOfRange, "out of range"),
        ])
    func `prints as in a CSV`(value: Value, shown: String) {
        #expect(value.description == shown)
    }

    @Test func `takes a number at its scale, or is out of range`() throws {
        let price = try #require(Exact("12.34565"))
        #expect(Value(price, scale: 4) == .decimal(units: 123_457, scale: 4))
        #expect(Value(price, scale: 4, .bankers) == .decimal(units: 123_456, scale: 4))
        #expect(try Value(#require(Exact("1e18")), scale: 4) == .outOfRange)
        #expect(Value(1, scale: -5) == .decimal(units: 1, scale: 0))
        #expect(Value(1, scale: 500) == .decimal(units: 1_000_000_000_000_000_000, scale: 18))
        #expect(Value.outOfRange.exact == .outOfRange)
        #expect(Value.decimal(units: 5, scale: 255).exact == 0)
        #expect(Value.int(5).exact == 5)
        #expect(Value.text("5").exact == nil)
    }

    @Test func `gives what it holds and nothing else`() {
        #expect(Value.int(5).int == 5)
        #expect(Value.decimal(units: 5, scale: 0).int == nil)
        #expect(Value.text("x").text == "x")
        #expect(Value.day(.latest).day == .latest)
        #expect(Value.timestamp(.latest).timestamp == .latest)
        #expect(Value.time(.midnight).time == .midnight)
        #expect(Value.bytes([1]).bytes == [1])
        #expect(Value.null.isNull && Value.null.isEmpty && Value.text("").isEmpty)
        #expect(!Value.text("").isNull && !Value.int(0).isEmpty)
    }

    @Test(
        arguments: [
            ("postingDate", "posting_date", "Posting Date"), ("grandTotal", "grand_total", "Grand Total"),
            ("lft", "lft", "Lft"),
            ("baseNetTotal", "base_net_total", "Base Net Total"), ("itemURL", "item_url", "Item Url"),
            ("URLOfItem", "url_of_item", "Url Of Item"), ("address2Line", "address2_line", "Address2 Line"),
            ("", "", ""),
            ("posting_date", "posting_date", "Posting Date"),
        ])
    func `names a property in the database and on screen`(camel: String, snake: String, title: String) {
        #expect(Text.snakeCase(camel) == snake)
        #expect(Text.title(snake) == title)
    }
}
