import Foundation
import HTTPTypes
import Identity
import NIOCore
import ObjectStorage
import Testing
import Values

@testable import Gateway

/// How connections begin, wait and end.
@Suite struct ConnectionTests {
    /// Serves a site with this configuration on a free port while `body` runs.
    private func serving(
        _ configure: (inout GatewayConfiguration) -> Void, _ body: (Site, Int) async throws -> Void
    ) async throws {
        let site = try await Site.make()
        var configuration = GatewayConfiguration(host: "127.0.0.1", port: 0)
        let folder = FileFolder()
        configuration.objects = try FolderStore(folder.path)
        configure(&configuration)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(tenant: site.tenant, configuration: configuration) { port.yield($0) }
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        try await body(site, try #require(await iterator.next()))
        running.cancel()
        _ = await running.result
    }

    private static let json = "Content-Type: application/json\r\nContent-Length: 1000\r\n"
    private static let parts = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n"

    @Test(arguments: [
        ("POST /api/method/ping", json, ""), ("POST /api/method/ping", json, "{"),
        ("POST /api/resource/Book", json, ""), ("POST /login", json, ""),
        ("PUT /api/resource/Book/B-1", json, "{\"a\": "),
        ("POST /api/method/upload_file", parts, ""), ("POST /api/method/frappe.client.insert", parts, "--x\r\n"),
        (
            "POST /api/method/upload_file", parts,
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nbegun"
        ),
        ("POST /api/method/ping", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", ""),
        ("POST /api/method/ping", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "5\r\n{\"a"),
    ])
    func `a body that does not come in time is answered with 408 and the connection closed`(
        request: String, headers: String, body: String
    ) async throws {
        try await serving {
            $0.bodySeconds = 1
        } _: { site, port in
            let authorized = "Authorization: token \(site.librarian.key):\(site.librarian.secret)\r\n"
            let head = "\(request) HTTP/1.1\r\nHost: x\r\n\(authorized)\(headers)\r\n"
            let (text, isClosed) = try await Wire.run {
                let connection = try Wire.Connection(port)
                connection.send(head + body)
                return connection.receiveAll()
            }
            #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text)")
            // A page says it in words.
            #expect(text.contains("request_timed_out") || request == "POST /login" && text.contains("did not arrive"))
            #expect(isClosed)
        }
    }

    @Test func `a body that comes byte by byte has no more time`() async throws {
        try await serving {
            $0.bodySeconds = 1
        } _: { _, port in
            let text = try await Wire.run {
                let connection = try Wire.Connection(port)
                connection.send("POST /api/method/ping HTTP/1.1\r\nHost: x\r\n\(Self.json)\r\n")
                for _ in 0..<12 {
                    connection.send(" ")
                    usleep(150_000)
                }
                return connection.receiveAll().text
            }
            #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text)")
        }
    }

    @Test(arguments: ["", "G", "GET / HTTP/1.1\r\nHost: x\r\nX-Begun: "])
    func `a head that does not come in time ends the connection`(begun: String) async throws {
        try await serving {
            $0.bodySeconds = 1
            $0.idleSeconds = 2
        } _: { _, port in
            let (text, isClosed) = try await Wire.run {
                let connection = try Wire.Connection(port)
                connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = connection.receive()
                connection.send(begun)
                return connection.receiveAll()
            }
            #expect(text.isEmpty == begun.isEmpty && (begun.isEmpty || text.hasPrefix("HTTP/1.1 408 ")), "\(text)")
            #expect(isClosed)
        }
    }

    @Test func `what is behind time on a route that reads no body ends it all the same`() async throws {
        try await serving {
            $0.bodySeconds = 1
        } _: { _, port in
            let (text, isClosed) = try await Wire.run {
                let connection = try Wire.Connection(port)
                connection.send("GET /files/none HTTP/1.1\r\nHost: x\r\n\(Self.json)\r\n")
                return connection.receiveAll()
            }
            #expect(text.hasPrefix("HTTP/1.1 404 ") && !text.contains("408"), "\(text)")
            #expect(isClosed)
        }
    }

    @Test func `connections beyond the most are refused clearly until one is closed`() async throws {
        try await serving {
            $0.connections = 2
        } _: { _, port in
            let ask = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            let answers = try await Wire.run {
                var open = try (0..<2).map { _ in try Wire.Connection(port) }
                let taken = open.map { connection in
                    connection.send(ask)
                    return connection.receive() ?? ""
                }
                let refused = try (0..<5).map { _ in
                    let connection = try Wire.Connection(port)
                    connection.send(ask)
                    return connection.receiveAll()
                }
                open.removeFirst()
                // The other end hears of it in its own time.
                var again = ""
                for _ in 0..<100 where !again.hasPrefix("HTTP/1.1 200") {
                    usleep(20_000)
                    let connection = try Wire.Connection(port)
                    connection.send(ask)
                    again = connection.receive() ?? ""
                }
                return (taken, refused.map(\.text), refused.map(\.isClosed), again)
            }
            #expect(answers.0.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
            for text in answers.1 {
                #expect(text.hasPrefix("HTTP/1.1 503 ") && text.contains("too_many_connections"), "\(text)")
            }
            #expect(answers.2.allSatisfy { $0 })
            #expect(answers.3.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(arguments: [
        ("", 400), ("Host: a\r\nHost: b\r\n", 400), ("Host: a\r\nhost: a\r\n", 400), ("Host: a\r\n", 200),
        ("Host:\r\n", 200),
    ])
    func `a request names one host`(headers: String, status: Int) async throws {
        try await serving { _ in
        } _: { _, port in
            let close = "Connection: close\r\n\r\n"
            for path in ["/healthz", "/api/method/ping", "/login", "/openapi.json"] {
                let text = try await Wire.exchange(port, "GET \(path) HTTP/1.1\r\n\(headers)\(close)")
                #expect(
                    text.hasPrefix("HTTP/1.1 \(status) ") || path == "/openapi.json" && status == 200,
                    "\(path): \(text)")
            }
            let old = try await Wire.exchange(port, "GET /healthz HTTP/1.0\r\n\r\n")
            #expect(old.hasPrefix("HTTP/1.1 200"), "\(old)")
        }
    }

    // MARK: The clock

    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func `what a connection does decides when it ends`() {
        var clock = ConnectionClock(quiet: .seconds(10), arrival: .seconds(30), bytesPerSecond: 1_000, now: Self.at(0))
        #expect(clock.look(at: Self.at(9)) == .wait(until: Self.at(10)))
        // A request that is worked on takes as long as it takes; the rest of its body does not.
        clock.head(at: Self.at(9))
        clock.end(at: Self.at(9))
        #expect(clock.look(at: Self.at(500)) == .wait(until: Self.at(510)))
        clock.answered(true, at: Self.at(500))
        #expect(clock.look(at: Self.at(510)) == .close)

        clock = ConnectionClock(quiet: .seconds(10), arrival: .seconds(30), bytesPerSecond: 1_000, now: Self.at(0))
        clock.head(at: Self.at(1))
        for second in stride(from: Int64(5), to: 30, by: 5) { clock.partial(at: Self.at(second)) }
        #expect(clock.look(at: Self.at(30)) == .wait(until: Self.at(31)))
        #expect(clock.look(at: Self.at(31)) == .endBody)
        #expect(clock.isLate)

        clock = ConnectionClock(quiet: .seconds(10), arrival: .seconds(30), bytesPerSecond: 1_000, now: Self.at(0))
        clock.head(at: Self.at(1))
        clock.answered(true, at: Self.at(2))
        #expect(clock.look(at: Self.at(12)) == .close, "it was answered without its body")

        clock = ConnectionClock(quiet: .seconds(10), arrival: .seconds(30), bytesPerSecond: 1_000, now: Self.at(0))
        clock.partial(at: Self.at(1))
        #expect(clock.look(at: Self.at(11)) == .answer)

        clock = ConnectionClock(quiet: .seconds(10), arrival: .seconds(30), bytesPerSecond: 1_000, now: Self.at(0))
        clock.head(at: Self.at(1))
        clock.end(at: Self.at(1))
        clock.isBlocked = true
        #expect(clock.look(at: Self.at(11)) == .close, "the answer is not read")
    }
}
