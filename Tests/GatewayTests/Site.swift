import Documents
import Foundation
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

/// The library's tenant behind a gateway without a socket.
final class Site: Sendable {
    let tenant: Tenant
    let gateway: Gateway
    let clock: StillClock
    let librarian: APIKeys
    private let place: TemporaryPlace

    static let password = "correct horse"

    /// Opens a new tenant with the users lib@example.com (librarian), reader@example.com and nobody@example.com.
    static func make(
        _ configuration: GatewayConfiguration = GatewayConfiguration(), modules: [Module] = []
    ) async throws -> Site {
        let place = try TemporaryPlace(kind: "Library \(modules.map(\.name))")
        let clock = StillClock()
        let tenant = try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [Library.module] + modules,
            name: "Library",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), seed: 1, clock: { clock.now })
        try place.holds(tenant.database)
        let users: [(String, String?)] = [
            ("lib@example.com", "Librarian"), ("reader@example.com", "Reader Role"), ("nobody@example.com", nil),
            ("boss@example.com", "System Manager"),
        ]
        try await tenant.write(as: .administrator) { session in
            for (name, role) in users {
                let user = try session.new(User.self)
                user.email = name
                user.firstName = String(name.prefix { $0 != "@" })
                if let role {
                    let row = try session.new(HasRole.self)
                    row.role = role
                    user.roles = [row]
                }
                try session.insert(user)
            }
        }
        for (name, _) in users { try await tenant.identity.setPassword(Self.password, of: name, at: tenant.now()) }
        let keys = try await tenant.identity.generateKeys(for: "lib@example.com", at: tenant.now())
        return Site(tenant, Gateway(tenant: tenant, configuration: configuration), clock, keys, place)
    }

    /// Opens the same tenant once more, as another process would.
    func openAgain() async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: tenant.modules,
            name: "Library", seed: 2, clock: { [clock] in clock.now })
    }

    private init(
        _ tenant: Tenant, _ gateway: Gateway, _ clock: StillClock, _ librarian: APIKeys, _ place: TemporaryPlace
    ) {
        self.tenant = tenant
        self.gateway = gateway
        self.clock = clock
        self.librarian = librarian
        self.place = place
    }

    /// Sends a request as the librarian's program, unless other headers are given.
    func send(
        _ method: HTTPRequest.Method, _ path: String, json: String? = nil, form: String? = nil,
        headers: [String: String]? = nil, body: [UInt8]? = nil, from address: String = "192.0.2.1"
    ) async throws -> Answer {
        var fields = HTTPFields()
        let defaults = ["Authorization": "token \(librarian.key):\(librarian.secret)"]
        for (name, value) in headers ?? defaults { fields[try #require(HTTPField.Name(name))] = value }
        let bytes = body ?? (json ?? form).map { Array($0.utf8) } ?? []
        if json != nil { fields[.contentType] = "application/json" }
        if form != nil { fields[.contentType] = "application/x-www-form-urlencoded" }
        if !bytes.isEmpty, fields[.contentLength] == nil { fields[.contentLength] = String(bytes.count) }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "library.example", path: path, headerFields: fields)
        let response = try await gateway.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes))), from: address)
        return try await Answer(response)
    }

    /// Signs in and returns the cookie header's value.
    func signIn(_ user: String) async throws -> String {
        let answer = try await send(
            .post, "/api/method/login", form: "usr=\(user)&pwd=correct+horse", headers: [:])
        #expect(answer.status == 200)
        let sid = try #require(answer.cookies.first { $0.hasPrefix("sid=") })
        return String(sid.prefix { $0 != ";" })
    }

    /// Adds what most tests look at: two shelves, five books, one loan.
    func fill() async throws {
        try await tenant.write(as: .administrator) { session in
            for title in ["Crime", "Poetry"] {
                try session.make("Shelf", ["title": .string(title)])
            }
            let books: [(String, String, String, Int64)] = [
                ("B-1", "Alpha", "Crime", 10), ("B-2", "Beta", "Crime", 20), ("B-3", "Gamma", "Poetry", 30),
                ("B-4", "alphabet", "Poetry", 40), ("B-5", "100% true", "", 50),
            ]
            for (name, title, shelf, price) in books {
                let day = price <= 30 ? "2020-01-\(price)" : "2020-02-\(price - 30)"
                try session.make(
                    "Book",
                    [
                        "name": .string(name), "title": .string(title), "shelf": .string(shelf), "price": .int(price),
                        "isbn": .string("isbn-\(name)"), "pages": .int(price * 10), "printed": .string(day),
                        "seen": .string("\(day) 12:30:00"), "lent": .int(price > 30 ? 1 : 0),
                        "authors": [["author_name": .string("Author of \(title)")]],
                    ])
            }
        }
    }
}

/// A clock that stands until it is moved.
final class StillClock: Sendable {
    private let moment = Mutex(Timestamp("2026-03-01 12:00:00") ?? .earliest)
    var now: Timestamp { moment.withLock { $0 } }
    func advance(seconds: Int) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// A response with its body.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    init(_ response: Response) async throws {
        status = response.status.code
        headers = response.headers
        let collected = Collected()
        try await response.body.write(collected)
        body = collected.bytes.withLock { $0 }
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { (try? JSON.parse(body)) ?? .null }
    var data: JSON { json["data"] ?? .null }
    var message: JSON { json["message"] ?? .null }
    var cookies: [String] { headers[values: .setCookie] }
    /// The names of listed rows.
    var names: [String] { data.array?.compactMap { $0["name"]?.string } ?? [] }
}

private final class Collected: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])
    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) } }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Text as one segment of a path or one value of a query.
func coded(_ text: String) -> String { PercentCoding.encode(text) }
