internal import HTTPTypes
internal import Identity
internal import Values

/// What proxies tell of the client in front of them. Anybody can send such headers: only what a trusted proxy added to them
/// counts.
enum Forwarding {
    /// The address of the client. Each proxy adds at the end of `X-Forwarded-For` whom it serves, so that it is read from there:
    /// the first that is no trusted proxy is the client, and what stands before it is what the client says of itself.
    static func client(peer: String, _ headers: HTTPFields, trusting proxies: [AddressRange]) -> String {
        guard !proxies.isEmpty, isTrusted(peer, proxies), let name = HTTPField.Name("X-Forwarded-For") else {
            return peer
        }
        var client = peer
        for hop in (headers[name] ?? "").split(separator: ",", omittingEmptySubsequences: false).suffix(mostHops)
            .reversed()
        {
            guard let address = NetworkAddress(hop) else { return client }
            client = address.text
            guard proxies.contains(where: { $0.contains(address) }) else { return client }
        }
        return client
    }

    /// The host that the client means, as the nearest proxy tells it; nil where none that is trusted does.
    static func host(peer: String, _ headers: HTTPFields, trusting proxies: [AddressRange]) -> String? {
        guard isTrusted(peer, proxies), let name = HTTPField.Name("X-Forwarded-Host") else { return nil }
        return headers[name]?.split(separator: ",").last.map { String($0.drop { $0 == " " }) }
    }

    private static func isTrusted(_ peer: String, _ proxies: [AddressRange]) -> Bool {
        guard let address = NetworkAddress(peer) else { return false }
        return proxies.contains { $0.contains(address) }
    }

    private static let mostHops = 32
}
