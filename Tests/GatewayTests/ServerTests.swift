import Documents
import Foundation
import Glibc
import Identity
import Tenancy
import TestSupport
import Testing

@testable import Gateway

@Suite(.bothEngines) struct ServerTests {
    @Test func `over a socket it answers, keeps its limits, and closes the tenant when it stops`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(tenant: site.tenant, configuration: GatewayConfiguration(host: "127.0.0.1", port: 0))
        {
            port.yield($0)
        }
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let number = try #require(await iterator.next())

        let health = try await Wire.exchange(number, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(health.hasPrefix("HTTP/1.1 200") && health.hasSuffix("ok\n"))
        let head = try await Wire.exchange(number, "HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200") && head.hasSuffix("\r\n\r\n"))
        let both = try await Wire.exchange(
            number,
            "GET /api/method/ping HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        #expect(both.contains("pong") && both.contains("404"), "one connection serves several requests")
        let authorized = "Authorization: token \(site.librarian.key):\(site.librarian.secret)\r\n"
        let read = try await Wire.exchange(
            number, "GET /api/resource/Book/B-1 HTTP/1.1\r\nHost: x\r\n\(authorized)Connection: close\r\n\r\n")
        #expect(read.contains("\"Alpha\""))
        let body = #"{"title": "Over the wire"}"#
        let written = try await Wire.exchange(
            number,
            "PUT /api/resource/Book/B-1 HTTP/1.1\r\nHost: x\r\n\(authorized)Content-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        #expect(written.contains("Over the wire"))
        for broken in [
            "GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: y\r\n", count: 1_000) + "\r\n",
        ] {
            let answer = try await Wire.exchange(number, broken)
            #expect(answer.hasPrefix("HTTP/1.1 400") || answer.isEmpty, "\(answer.prefix(40))")
        }
        let again = try await Wire.exchange(number, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(again.hasPrefix("HTTP/1.1 200"))

        running.cancel()
        _ = await running.result
        await #expect(throws: (any Error).self) { try await site.tenant.read(as: .administrator) { _ in } }
        await #expect(throws: (any Error).self) { try await Wire.exchange(number, "GET / HTTP/1.1\r\n\r\n") }
    }
}

/// Bytes over a socket.
private enum Wire {
    struct Refused: Error {}

    /// Sends `text` to a port of this machine and returns what comes until the other end closes.
    static func exchange(_ port: Int, _ text: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try blocking(port, text) }) }.start()
        }
    }

    private static func blocking(_ port: Int, _ text: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) }
        }
        guard connected == 0 else { throw Refused() }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            // The other end may close before all of a request that it refuses is sent.
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }
}
