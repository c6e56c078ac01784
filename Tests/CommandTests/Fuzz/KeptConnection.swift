import Foundation
import Glibc

/// A connection to a served company that is kept open from request to request. It waits for each answer.
final class KeptConnection {
    /// The other end took no connection, or ended one without an answer.
    struct Broken: Error { let reason: String }

    /// What came back.
    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let port: UInt16
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(port: UInt16) { self.port = port }

    deinit { disconnect() }

    /// Sends the bytes of one request and waits for its answer.
    ///
    /// - Throws: ``Broken`` when there is none within `seconds`.
    func ask(_ request: [UInt8], isHead: Bool = false, seconds: Int = 60) throws -> Answer {
        if descriptor >= 0 {
            // The other end may have closed it meanwhile; then it is asked on a new one.
            if let answer = try? exchange(request, isHead, seconds) { return answer }
            disconnect()
        }
        return try exchange(request, isHead, seconds)
    }

    /// Sends bytes that may be no request at all, and gives what comes until the other end closes or has answered once.
    func send(_ bytes: [UInt8], seconds: Int = 20) -> Answer? {
        disconnect()
        defer { disconnect() }
        return try? exchange(bytes, false, seconds, isLast: true)
    }

    func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        buffer = []
    }

    private func exchange(_ request: [UInt8], _ isHead: Bool, _ seconds: Int, isLast: Bool = false) throws -> Answer {
        if descriptor < 0 { try connect(seconds) }
        var sent = 0
        while sent < request.count {
            let count = unsafe request[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // What is refused before all of it is sent has its answer already.
            guard count > 0 else { break }
            sent += count
        }
        // Whoever waits for more of it learns that there is none.
        if isLast { shutdown(descriptor, Int32(SHUT_WR)) }
        while true {
            let answer = try answer(isHead)
            // 1xx only says that there is more to come.
            guard (100..<200).contains(answer.status) else {
                if answer.head.lowercased().contains("connection: close") || sent < request.count { disconnect() }
                return answer
            }
        }
    }

    private func connect(_ seconds: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Broken(reason: "no socket: \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, size)
            }
        }
        guard code == 0 else {
            disconnect()
            throw Broken(reason: "no connection: \(errno)")
        }
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: Reading

    private func answer(_ isHead: Bool) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: end) == nil { try more("the head of an answer") }
        guard let range = buffer.firstRange(of: end) else { throw Broken(reason: "no head") }
        let head = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<range.upperBound)
        let lines = head.split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else {
            throw Broken(reason: "no HTTP: \(head.prefix(200))")
        }
        func header(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ":") }.map {
                $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
        }
        if isHead || status == 304 || status == 204 || status < 200 {
            return Answer(status: status, head: head, body: [])
        }
        if header("transfer-encoding")?.lowercased() == "chunked" {
            return Answer(status: status, head: head, body: try chunks())
        }
        let length = header("content-length").flatMap { Int($0) } ?? 0
        while buffer.count < length { try more("the body of an answer") }
        let body = Array(buffer[..<length])
        buffer.removeSubrange(..<length)
        return Answer(status: status, head: head, body: body)
    }

    private func chunks() throws -> [UInt8] {
        let line = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            while buffer.firstRange(of: line) == nil { try more("a chunk") }
            guard let range = buffer.firstRange(of: line),
                let size = Int(String(decoding: buffer[..<range.lowerBound], as: UTF8.self), radix: 16)
            else { throw Broken(reason: "no chunk") }
            let end = range.upperBound + size + 2
            while buffer.count < end { try more("a chunk") }
            body += buffer[range.upperBound..<(range.upperBound + size)]
            buffer.removeSubrange(..<end)
            if size == 0 { return body }
        }
    }

    private func more(_ what: String) throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else {
            disconnect()
            throw Broken(reason: "\(what) did not come (\(count == 0 ? "closed" : "errno \(errno)"))")
        }
        buffer += piece[..<count]
    }
}
