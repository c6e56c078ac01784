internal import Foundation
internal import Values

/// An address of the Internet. One of IPv4 that is written as one of IPv6 is that of IPv4.
public struct NetworkAddress: Sendable, Hashable {
    /// 4 bytes, or 16.
    let bytes: [UInt8]

    /// Reads an address; nil when it is none. A port behind it, brackets around it and the zone of an address do not count.
    public init?(_ sent: some StringProtocol) {
        var text = Substring(String(sent)).drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        guard text.utf8.count <= 80, !text.utf8.contains(0) else { return nil }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.utf8.count(where: { $0 == 0x3A }) == 1, let colon = text.firstIndex(of: ":") {
            text = text[..<colon]
        }
        if let zone = text.firstIndex(of: "%") { text = text[..<zone] }
        let plain = String(text)
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, plain, &four) == 1 {
            bytes = unsafe withUnsafeBytes(of: four) { unsafe Array($0) }
        } else if unsafe inet_pton(AF_INET6, plain, &six) == 1 {
            let all = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
            bytes = Self.isMapped(all) ? Array(all.suffix(4)) : all
        } else {
            return nil
        }
    }

    /// Whether it is one of IPv4.
    public var isVersion4: Bool { bytes.count == 4 }

    private static func isMapped(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    }

    /// The address as it is written (RFC 5952).
    public var text: String {
        var source = bytes
        var written = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        unsafe inet_ntop(family, &source, &written, socklen_t(written.count))
        return String(decoding: written.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What belongs to one customer of a network: an address of IPv4, the first 64 bits of one of IPv6. `text` where it is no
    /// address.
    public static func network(of text: String) -> String {
        guard let address = NetworkAddress(text) else { return String(text.prefix(80)) }
        if address.bytes.count == 4 { return address.text }
        return stride(from: 0, to: 8, by: 2).map { place in
            String(UInt16(address.bytes[place]) << 8 | UInt16(address.bytes[place + 1]), radix: 16)
        }.joined(separator: ":") + "::/64"
    }
}

/// Addresses that begin with the same bits, such as `10.0.0.0/8`; an address alone is one of these.
public struct AddressRange: Sendable, Hashable {
    private let start: NetworkAddress
    private let bits: Int

    /// Reads a range; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let start = NetworkAddress(parts[0]) else { return nil }
        let most = start.bytes.count * 8
        guard let bits = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(bits) else { return nil }
        self.start = start
        self.bits = bits
    }

    /// Whether an address is in it.
    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == start.bytes.count else { return false }
        for (place, (one, other)) in zip(address.bytes, start.bytes).enumerated() {
            let rest = bits - place * 8
            if rest <= 0 { return true }
            if (one ^ other) >> UInt8(max(0, 8 - rest)) != 0 { return false }
        }
        return true
    }
}
