import Documents
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Reports
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// A client that listens to a stream of events without a socket.
final class Listener: Sendable {
    /// An event as a client takes it from the text.
    struct Heard: Sendable, Equatable {
        var id: Int64?
        var event = ""
        var json = JSON.null
        /// What the event tells.
        var data: JSON { json["data"] ?? .null }
    }

    private struct State {
        var text = ""
        var isOver = false
        var isDeaf = false
    }

    private final class Ear: ResponseBodyWriter, Sendable {
        let state = Mutex(State())

        func write(_ buffer: ByteBuffer) async throws {
            // A client that takes nothing until it is told to: nobody wakes it, so it looks.
            while state.withLock(\.isDeaf) { try await Task.sleep(for: .milliseconds(2)) }
            try Task.checkCancellation()
            state.withLock { $0.text += String(buffer: buffer) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private let ear: Ear
    private let listening: Task<Void, Never>

    /// Listens to the body of a response.
    init(_ response: Response) {
        let ear = Ear()
        self.ear = ear
        let body = response.body
        listening = Task {
            // What it heard until then counts.
            try? await body.write(ear)
            ear.state.withLock { $0.isOver = true }
        }
    }

    deinit { listening.cancel() }

    var text: String { ear.state.withLock(\.text) }
    /// Whether the stream has ended.
    var isOver: Bool { ear.state.withLock(\.isOver) }
    /// While it is deaf, it takes nothing.
    var isDeaf: Bool {
        get { ear.state.withLock(\.isDeaf) }
        set { ear.state.withLock { $0.isDeaf = newValue } }
    }

    /// The events that came whole.
    var events: [Heard] { heard.filter { !$0.event.isEmpty } }
    /// The number that a client keeps to come again with.
    var lastID: Int64? { heard.compactMap(\.id).last }
    /// The events of the log that came.
    var numbers: [Int64] { events.filter { $0.json["specversion"] != nil }.compactMap(\.id) }
    var subjects: [String] { events.compactMap { $0.json["subject"]?.string } }

    private var heard: [Heard] {
        text.split(separator: "\n\n", omittingEmptySubsequences: true).dropLast(text.hasSuffix("\n\n") ? 0 : 1).map {
            var heard = Heard()
            for line in $0.split(separator: "\n") {
                if line.hasPrefix("id: ") { heard.id = Int64(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { heard.event = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { heard.json = (try? JSON.parse(String(line.dropFirst(6)))) ?? .null }
            }
            return heard
        }
    }

    /// Waits until something holds; the test fails when it never does.
    func until(_ location: SourceLocation = #_sourceLocation, _ holds: (Listener) -> Bool) async throws {
        try await eventually(location, "\(text.suffix(2_000))") { holds(self) }
    }

    /// Closes the connection.
    func leave() async {
        isDeaf = false
        listening.cancel()
        await listening.value
    }
}

/// Waits until something holds; the test fails when it does not within minutes.
func eventually(
    _ location: SourceLocation = #_sourceLocation, _ words: @autoclosure () -> String = "",
    _ holds: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while try await !holds() {
        try #require(ContinuousClock.now < end, "it never came: \(words())", sourceLocation: location)
        // A condition is waited for, not a time.
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension Site {
    /// A site whose clock of streams is fast.
    static func streaming(
        _ configure: (inout GatewayConfiguration) -> Void = { _ in }, modules: [Module] = []
    ) async throws -> Site {
        var configuration = GatewayConfiguration()
        configuration.streamTick = .milliseconds(20)
        configuration.streamBeats = 3
        // However slow the machine is, nobody is cut unless a test is about it.
        configuration.streamPatience = 1_000_000
        configure(&configuration)
        return try await make(configuration, modules: modules)
    }

    /// Opens a stream as somebody with these headers, the librarian's program unless given.
    func listen(_ query: String = "", _ headers: [String: String]? = nil, after: Int64? = nil) async throws -> Listener
    {
        let response = try await response(query, headers, after: after)
        try #require(response.status == .ok, "\(response.status)")
        let listener = Listener(response)
        try await listener.until { $0.lastID != nil }
        return listener
    }

    func response(_ query: String, _ headers: [String: String]? = nil, after: Int64? = nil) async throws -> Response {
        var fields = HTTPFields()
        fields[.accept] = "text/event-stream"
        if let after { fields[try #require(HTTPField.Name("Last-Event-ID"))] = String(after) }
        let known = headers ?? ["Authorization": "token \(librarian.key):\(librarian.secret)"]
        for (name, value) in known { fields[try #require(HTTPField.Name(name))] = value }
        let path = "/api/events" + (query.isEmpty ? "" : "?" + query)
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "library.example", path: path, headerFields: fields)
        return try await gateway.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), from: "192.0.2.1")
    }

    /// A header of somebody who has signed in.
    func cookie(_ user: String) async throws -> [String: String] { ["Cookie": try await signIn(user)] }

    /// Writes something that is seen by nobody but those who see all, and waits until `listener`, who does, has heard it: then
    /// all that was written before was told to everybody.
    func drain(_ listener: Listener) async throws {
        let name = "drain-\(try await tenant.read(as: .administrator) { $0.newIdentifier() })"
        try await tenant.write(as: .administrator) { session in
            _ = try session.make("Role", ["role_name": .string(name)])
        }
        try await listener.until { $0.subjects.contains("Role/\(name)") }
    }
}
