import Foundation
import Glibc

/// Bytes over a socket.
enum Wire {
    struct Refused: Error {}

    /// A connection to a port of this machine.
    final class Connection: Sendable {
        private let descriptor: Int32

        init(_ port: Int, seconds: Int = 10) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let connected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(descriptor, $0, size)
                }
            }
            guard connected == 0 else { throw Refused() }
            var timeout = timeval(tv_sec: seconds, tv_usec: 0)
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// Sends text; the other end may close before all of it is sent.
        func send(_ text: String) {
            let bytes = Array(text.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }

        /// What comes next; "" when the other end has closed, nil when nothing comes in time.
        func receive() -> String? {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count >= 0 else { return nil }
            return String(decoding: buffer[..<count], as: UTF8.self)
        }

        /// What comes until the other end closes, and whether it does.
        func receiveAll() -> (text: String, isClosed: Bool) {
            var text = ""
            while let piece = receive() {
                if piece.isEmpty { return (text, true) }
                text += piece
            }
            return (text, false)
        }
    }

    /// Does what waits for a socket on a thread of its own.
    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }

    /// Sends `text` to a port of this machine and returns what comes until the other end closes.
    static func exchange(_ port: Int, _ text: String) async throws -> String {
        try await run {
            let connection = try Connection(port)
            connection.send(text)
            return connection.receiveAll().text
        }
    }
}
