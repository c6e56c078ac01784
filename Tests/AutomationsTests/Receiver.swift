import Foundation
import Glibc
import Synchronization

/// A receiver of webhooks on loopback, which answers as a test says.
final class Receiver: Sendable {
    /// What came.
    struct Request: Sendable {
        var line = ""
        var headers: [String: String] = [:]
        var body = ""
    }

    /// What it does about a request.
    enum Answer: Sendable {
        case status(Int, [String: String] = [:], String = "")
        /// It says nothing, and holds the connection.
        case silence
        /// It says what is no HTTP.
        case nonsense
        /// It ends the connection.
        case hangUp
    }

    let port: UInt16
    private let socket: Int32
    private let requests = Mutex<[Request]>([])
    private let answer: @Sendable (Request, Int) -> Answer

    /// All that came, in its order.
    var all: [Request] { requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/hook" }

    /// Answers each request by what is given for it, and how many came before.
    init(_ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in .status(200) }) throws {
        self.answer = answer
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = socket
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(listener, address, length) == 0, listen(listener, 64) == 0 else { return -1 as Int32 }
                return unsafe getsockname(listener, address, &length)
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            while true {
                let connection = unsafe accept(socket, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    /// Takes no more connections.
    func close() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        defer { Glibc.close(connection) }
        var bytes: [UInt8] = []
        var request = Request()
        while true {
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(connection, &part, part.count, 0)
            guard count > 0 else { return }
            bytes += part.prefix(count)
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
            request.line = lines[0]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                request.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            request.body = String(text[end.upperBound...])
            if request.body.utf8.count >= Int(request.headers["content-length"] ?? "0") ?? 0 { break }
        }
        let whole = request
        let before = requests.withLock { requests in
            requests.append(whole)
            return requests.count - 1
        }
        switch answer(whole, before) {
        case .status(let status, let headers, let body):
            let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            say("HTTP/1.1 \(status) Some\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)", to: connection)
        case .nonsense: say("\u{0}\u{1}rubbish\r\n\r\n", to: connection)
        case .hangUp: break
        case .silence:
            var byte: UInt8 = 0
            _ = unsafe recv(connection, &byte, 1, 0)
        }
    }

    private func say(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
