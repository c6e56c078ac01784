import Foundation
import Values

/// One request with an extreme in it.
struct Probe: Sendable {
    /// What is told of it when it makes trouble.
    let about: String
    let bytes: [UInt8]
    private(set) var isHead = false
    /// Whether it says itself where it ends, or what becomes of the connection.
    let isAlone: Bool

    /// A request; `key` is that of who asks, nil for a guest.
    init(
        _ about: String, _ method: String = "GET", _ target: String, headers: [(String, String)] = [],
        type: String? = nil, body: String? = nil, key: String?
    ) {
        self.about = "\(about): \(method) \(target.prefix(300)) \((body ?? "").prefix(300))"
        isHead = method == "HEAD"
        isAlone = headers.contains { Self.ofConnections.contains($0.0.lowercased()) }
        var head = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) { head += "Host: 127.0.0.1\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let key, !headers.contains(where: { $0.0.lowercased() == "authorization" }) {
            head += "Authorization: token \(key)\r\n"
        }
        if let body {
            if let type { head += "Content-Type: \(type)\r\n" }
            if !headers.contains(where: { ["content-length", "transfer-encoding"].contains($0.0.lowercased()) }) {
                head += "Content-Length: \(body.utf8.count)\r\n"
            }
        }
        bytes = Array((head + "\r\n" + (body ?? "")).utf8)
    }

    private static let ofConnections: Set = ["content-length", "transfer-encoding", "connection", "expect", "upgrade"]
    static let json = "application/json"
    static let form = "application/x-www-form-urlencoded"

    /// The text of a JSON object of members that are JSON already, or no JSON at all.
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(JSON.string($0.0).text): \($0.1)" }.joined(separator: ", ") + "}"
    }
}
