import Documents
import Foundation
import Identity
import Logging
import ServiceLifecycle
import Synchronization
import Tenancy
import Testing
import Values

@testable import Gateway

/// Streams of events over connections.
@Suite struct EventSocketTests {
    private func serving(
        _ configure: (inout GatewayConfiguration) -> Void = { _ in },
        _ body: (Site, GatewayServer, Int) async throws -> Void
    ) async throws {
        let site = try await Site.make()
        try await site.fill()
        var configuration = GatewayConfiguration(host: "127.0.0.1", port: 0)
        configuration.streamTick = .milliseconds(20)
        configuration.streamBeats = 3
        configuration.streamPatience = 1_000_000
        configure(&configuration)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(tenant: site.tenant, configuration: configuration) { port.yield($0) }
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        try await body(site, server, try #require(await iterator.next()))
        running.cancel()
        _ = await running.result
    }

    private func head(_ site: Site, _ path: String) -> String {
        """
        GET \(path) HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\
        Authorization: token \(site.librarian.key):\(site.librarian.secret)\r\n\r\n
        """
    }

    /// Opens a stream, and gives its connection once its first words have come.
    private func open(_ site: Site, _ port: Int, _ query: String = "") async throws -> (Wire.Connection, String) {
        let request = head(site, "/api/events" + (query.isEmpty ? "" : "?" + query))
        return try await Wire.run {
            let connection = try Wire.Connection(port, seconds: 120)
            connection.send(request)
            var text = ""
            while !text.contains("retry:"), !text.contains("\"exc_type\"") {
                guard let more = connection.receive(), !more.isEmpty else { break }
                text += more
            }
            return (connection, text)
        }
    }

    /// What comes until something of it holds, or the connection ends.
    private func read(
        _ connection: Wire.Connection, until holds: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        try await Wire.run {
            var text = ""
            while !holds(text) {
                guard let more = connection.receive(), !more.isEmpty else { break }
                text += more
            }
            return text
        }
    }

    private func shelf(_ site: Site, _ title: String) async throws {
        try await site.tenant.write(as: .administrator) { session in
            let shelf = try session.new(Shelf.self)
            shelf.title = title
            try session.insert(shelf)
        }
    }

    @Test func `events come over a connection, which has no place among the others and is quiet as long as it likes`()
        async throws
    {
        try await serving {
            $0.connections = 1
            $0.idleSeconds = 1
        } _: { site, _, port in
            var streams: [Wire.Connection] = []
            for _ in 0..<3 {
                let (connection, text) = try await open(site, port, "doctype=Shelf")
                #expect(
                    text.hasPrefix("HTTP/1.1 200 ")
                        && text.contains("Content-Type: text/event-stream; charset=utf-8\r\n"))
                #expect(text.contains("Connection: close\r\n") && text.contains("X-Accel-Buffering: no\r\n"))
                streams.append(connection)
            }
            let answer = try await Wire.exchange(port, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            // Other connections are closed meanwhile for being quiet, and tell by that how long it took.
            let quiet = try await Wire.run {
                let connection = try Wire.Connection(port)
                return connection.receiveAll()
            }
            #expect(quiet.isClosed)
            try await shelf(site, "Maps")
            for stream in streams {
                let text = try await read(stream) { $0.contains("Shelf/Maps") }
                #expect(text.contains("event: cauldron.shelf.created\n"))
            }
        }
    }

    @Test func `a client that goes makes room at once`() async throws {
        try await serving {
            $0.streamsPerUser = 1
        } _: { site, _, port in
            var kept: Wire.Connection?
            for _ in 0..<3 {
                try await eventually {
                    let (connection, text) = try await open(site, port)
                    if text.hasPrefix("HTTP/1.1 200") { kept = connection }
                    return text.hasPrefix("HTTP/1.1 200")
                }
                let (_, refused) = try await open(site, port)
                #expect(refused.hasPrefix("HTTP/1.1 429") && refused.contains("too_many_streams_of_user"))
                #expect(kept != nil)
                kept = nil
            }
        }
    }

    @Test func `a client that takes nothing is cut, and comes again with its number`() async throws {
        try await serving {
            $0.streamsPerUser = 1
            $0.streamPatience = 2
        } _: { site, _, port in
            let (connection, _) = try await open(site, port, "doctype=Book")
            let text = String(repeating: "long ", count: 2_000)
            // More than the buffers of two sockets hold.
            var number = 0
            var again: Wire.Connection?
            try await eventually {
                number += 20
                try await site.tenant.write(as: .administrator) { [number] session in
                    for number in number..<number + 20 {
                        let book = try session.get("Book", "B-1")
                        try session.apply(["blurb": .string("\(number) \(text)")], to: book)
                        try session.save(book)
                    }
                }
                let (other, answer) = try await open(site, port, "doctype=Book")
                if answer.hasPrefix("HTTP/1.1 200") { again = other }
                return again != nil
            }
            again = nil
            let taken = try await Wire.run { connection.receiveAll().text }
            #expect(!taken.hasSuffix("\r\n0\r\n\r\n"), "it is broken off")
            let last = try #require(
                taken.components(separatedBy: "id: ").last.flatMap { Int64($0.prefix { $0.isNumber }) })
            try await eventually {
                let (other, answer) = try await open(site, port, "doctype=Book&after=\(last)")
                if answer.hasPrefix("HTTP/1.1 200") { again = other }
                return again != nil
            }
        }
    }

    @Test func `streams end in order when the server stops`() async throws {
        let site = try await Site.make()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(
            tenant: site.tenant, configuration: GatewayConfiguration(host: "127.0.0.1", port: 0)
        ) { port.yield($0) }
        let group = ServiceGroupOfOne(server)
        let running = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let number = try #require(await iterator.next())
        let (connection, _) = try await open(site, number)
        let (busy, _) = try await open(site, number, "doctype=Shelf")
        await group.stop()
        for stream in [connection, busy] {
            let text = try await read(stream) { _ in false }
            #expect(text.contains("event: cauldron.stream.ended\ndata: {\"code\":\"server_stops\""), "\(text)")
            #expect(text.hasSuffix("\r\n0\r\n\r\n"), "it is whole: \(text)")
        }
        try await running.value
        await site.tenant.close()
    }
}

/// A server among services, which stops as a signal has it stop.
private final class ServiceGroupOfOne: Sendable {
    private let group: ServiceGroup

    init(_ server: GatewayServer) {
        group = ServiceGroup(services: [server.makeApplication()], logger: Logger(label: "test"))
    }

    func run() async throws { try await group.run() }
    func stop() async { await group.triggerGracefulShutdown() }
}
