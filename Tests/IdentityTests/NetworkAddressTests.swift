import Testing

@testable import Identity

@Suite struct NetworkAddressTests {
    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"), (" 192.0.2.1 ", "192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:8080", "192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
            ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
            ("2001:DB8:0:1::9", "2001:db8:0:1::9", "2001:db8:0:1::/64"),
            ("[2001:db8::1]:443", "2001:db8::1", "2001:db8:0:0::/64"),
            ("fe80::1%eth0", "fe80::1", "fe80:0:0:0::/64"),
        ])
    func `an address is one, however it is written, and a network of IPv6 has 64 bits`(
        text: String, shown: String, network: String
    ) {
        #expect(NetworkAddress(text)?.text == shown)
        #expect(NetworkAddress.network(of: text) == network)
    }

    @Test(
        arguments: [
            "", "unknown", "192.0.2", "192.0.2.256", "192.0.2.1.1", "1:2:3", "[::1", "::1]", "192.0.2.1\u{0}",
            "_gazonk",
            String(repeating: "1", count: 500), "192.0.2.1, 192.0.2.2",
        ])
    func `what is none is none`(text: String) { #expect(NetworkAddress(text) == nil) }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false), ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.128/25", "192.0.2.200", true),
            ("0.0.0.0/0", "203.0.113.9", true), ("::/0", "203.0.113.9", false),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("::ffff:10.0.0.0/8", "10.1.1.1", true),
        ])
    func `a range holds what begins with its bits`(range: String, address: String, holds: Bool) throws {
        let one = try #require(NetworkAddress(address))
        #expect(AddressRange(range)?.contains(one) == holds)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "host/8", "::/129", "10.0.0.0/"])
    func `what is no range is none`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `what a program calls itself is one line of an end`() {
        let origin = Origin(
            address: "192.0.2.1\n", agent: "a\u{0}b\r\nc\u{202E}d" + String(repeating: "x", count: 1_000))
        #expect(origin.address == "192.0.2.1")
        #expect(origin.agent.hasPrefix("abcdxx") && origin.agent.count <= Origin.mostAgent)
    }
}
