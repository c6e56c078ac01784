import Glibc

/// A blocking connection to this machine that sends a request and reads its answer, and does nothing else.
///
/// One thread at a time sends and reads; another may shut it down.
// Its buffers are touched by the one thread that reads.
final class Socket: @unchecked Sendable {
    /// Why an exchange failed.
    enum Failure: Error {
        case noConnection
        case broken
        case refused(String)
    }

    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Connects to a port of 127.0.0.1.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.loopback(port)
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.noConnection }
    }

    deinit { close(descriptor) }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) throws {
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == bytes.count else { throw Failure.broken }
    }

    /// What was read behind the last word that was waited for.
    private var rest: [UInt8] = []

    /// Reads until a word has come.
    func receive(until word: [UInt8]) throws {
        while true {
            if let place = rest.indices.first(where: { rest[$0...].starts(with: word) }) {
                rest.removeFirst(place + word.count)
                return
            }
            rest = Array(rest.suffix(word.count - 1))
            // A connection that waits holds no more than it needs.
            if buffer.count > 4_096 { buffer = [UInt8](repeating: 0, count: 4_096) }
            let received = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard received > 0 else { throw Failure.broken }
            rest += buffer[..<received]
        }
    }

    /// Ends both directions, so that who reads is woken.
    func shutDown() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Sends a request and reads the whole answer, whose length its header tells, or the chunks it comes in.
    ///
    /// - Returns: how many bytes came.
    @discardableResult
    func exchange(_ request: [UInt8]) throws -> Int {
        let sent = unsafe request.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == request.count else { throw Failure.broken }
        var count = 0
        var end: End?
        var last: [UInt8] = []
        while true {
            // The head has to be in the buffer whole; what follows is only counted.
            let start = end == nil ? count : 0
            let received = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start, 0)
            }
            guard received > 0 else { throw Failure.broken }
            count += received
            if end == nil { end = try findEnd(count) }
            switch end {
            case nil: continue
            case .length(let total)?: if count >= total { return count }
            case .chunks?:
                last = Array((last + buffer[start..<start + received].suffix(5)).suffix(5))
                if last == Array("0\r\n\r\n".utf8) { return count }
            }
        }
    }

    /// Where an answer ends.
    private enum End {
        /// After so many bytes, head and body together.
        case length(Int)
        /// After the last chunk, which is empty.
        case chunks
    }

    private static let ok = Array("HTTP/1.1 200".utf8)
    private static let length = Array("content-length:".utf8)
    private static let chunked = Array("transfer-encoding: chunked".utf8)

    /// Where the answer ends; nil while its head is not complete. It goes over the head once, byte by byte: what the client
    /// takes of the processor the server does not get.
    private func findEnd(_ count: Int) throws -> End? {
        try unsafe buffer.withUnsafeBufferPointer { bytes -> End? in
            var line = 0
            var length: Int?
            var isChunked = false
            for place in 0..<count where unsafe bytes[place] == UInt8(ascii: "\n") {
                if place - line <= 1 {
                    guard unsafe Self.matches(bytes, 0, Self.ok) else {
                        throw Failure.refused(unsafe String(decoding: bytes[..<min(place, 200)], as: UTF8.self))
                    }
                    if isChunked { return .chunks }
                    guard let length else { throw Failure.broken }
                    return .length(place + 1 + length)
                }
                if unsafe Self.matches(bytes, line, Self.length) {
                    var number = 0
                    for at in line + Self.length.count..<place {
                        let digit = unsafe bytes[at] &- UInt8(ascii: "0")
                        if digit <= 9 { number = number &* 10 &+ Int(digit) }
                    }
                    length = number
                } else if unsafe Self.matches(bytes, line, Self.chunked) {
                    isChunked = true
                }
                line = place + 1
            }
            return nil
        }
    }

    /// Whether these bytes stand there, whatever their case.
    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ wanted: [UInt8]) -> Bool {
        guard start + wanted.count <= bytes.count else { return false }
        for place in 0..<wanted.count where unsafe bytes[start + place] | 0x20 != wanted[place] | 0x20 { return false }
        return true
    }

    /// A port that nothing listens at now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw Failure.noConnection }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        return address
    }
}
