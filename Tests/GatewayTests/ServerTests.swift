import Documents
import EventLog
import Foundation
import Glibc
import Identity
import Storage
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
                + "X-Request-Id: wire-7\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        #expect(written.contains("Over the wire") && written.contains("X-Request-Id: wire-7\r\n"))
        let event = try await site.tenant.database.read { try EventLog.read(after: 0, limit: 1_000, in: $0).last }
        #expect(event?.correlation == "wire-7" && event?.subject == "Book/B-1")
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
