import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import ObjectStorage
import TestSupport
import Testing
import Values

@testable import Gateway
@testable import Tenancy

/// Three libraries in one process: that of the directory, and beside it `acme` and `beta`, behind one switchboard.
final class Town: Sendable {
    let switchboard: Switchboard
    let host: TenantHost<Gateway>
    let main: Tenant
    let place: TemporaryRegister
    /// What each of them has, by its name; that of the directory has none.
    let libraries: [String: Library]

    /// What one of the libraries has.
    struct Library: Sendable {
        let name: String
        /// What stands in all of its documents, and in no other's.
        let mark: String
        let keys: APIKeys
        var cookie = ""
        /// The address of a private file.
        var file = ""

        var token: String { "token \(keys.key):\(keys.secret)" }
    }

    static let operatorKey = "X-Cauldron-Operator-Key"
    private static let passwords = PasswordHasher(cost: PasswordCost(logarithm: 4))
    private static let names = ["", "acme", "beta"]

    static func make(
        trustsProxy: Bool = false, _ change: (inout GatewayConfiguration) -> Void = { _ in }
    ) async throws -> Town {
        let place = try TemporaryRegister(kind: "Town")
        let modules = [GatewayTests.Library.module]
        let main = try await Tenant.open(
            at: place.address, data: place.data, modules: modules, name: "Main", passwords: passwords)
        try place.holds(main)
        var configuration = GatewayConfiguration()
        configuration.trustedProxies = trustsProxy ? [try #require(AddressRange("192.0.2.0/24"))] : []
        configuration.objects = try FolderStore(place.data + "/files")
        configuration.thumbnailer = Thumbnailer(program: BuiltProgram.path("cauldron-thumbnail"))
        change(&configuration)
        let shared = configuration
        let host = TenantHost(place.register, modules: modules, passwords: passwords) { hosted in
            var own = shared
            own.objects = hosted.objects
            own.company = hosted.record.name
            return Gateway(tenant: hosted.tenant, configuration: own)
        }
        configuration.admit(OperatorKey(in: place.data), to: host)
        let switchboard = Switchboard(
            main: Gateway(tenant: main, configuration: configuration), host: host, configuration: configuration)
        for name in ["acme", "beta"] {
            var plan = TenantRegister.Plan(name: name)
            plan.hosts = ["\(name).example"]
            _ = try await host.create(plan)
        }
        var libraries: [String: Library] = [:]
        for name in names {
            if name.isEmpty {
                libraries[name] = try await furnish(name, main)
            } else {
                libraries[name] = try await furnish(name, host.lease(name).hosted.tenant)
            }
        }
        var town = Town(switchboard, host, main, place, libraries)
        for name in names {
            libraries[name]?.cookie = try await town.signIn(name)
            libraries[name]?.file = try await town.upload(name)
        }
        town = Town(switchboard, host, main, place, libraries)
        return town
    }

    private init(
        _ switchboard: Switchboard, _ host: TenantHost<Gateway>, _ main: Tenant, _ place: TemporaryRegister,
        _ libraries: [String: Library]
    ) {
        self.switchboard = switchboard
        self.host = host
        self.main = main
        self.place = place
        self.libraries = libraries
    }

    /// Closes all of them.
    func close() async {
        await host.close()
        await main.close()
    }

    /// The same users, names and documents in each library, and its mark in all of them.
    private static func furnish(_ name: String, _ tenant: Tenant) async throws -> Library {
        let mark = "mark-of-\(name.isEmpty ? "main" : name)"
        try await tenant.write(as: .administrator) { session in
            let user = try session.new(User.self)
            user.email = "ana@example.com"
            user.firstName = "Ana \(mark)"
            user.roles = try ["Librarian", "System Manager"].map { role in
                let row = try session.new(HasRole.self)
                row.role = role
                return row
            }
            try session.insert(user)
            try session.make("Shelf", ["title": .string("Shelf of \(mark)")])
            try session.make(
                "Book", ["name": "B-1", "title": .string("Book of \(mark)"), "isbn": .string(mark), "pages": 100])
        }
        try await tenant.identity.setPassword(password(name), of: "ana@example.com", at: tenant.now())
        return Library(
            name: name, mark: mark,
            keys: try await tenant.identity.generateKeys(for: "ana@example.com", at: tenant.now()))
    }

    /// Ana's password at a library.
    static func password(_ name: String) -> String { "password at \(name)" }

    /// The host that leads to a library.
    static func host(_ name: String) -> String { name.isEmpty ? "main.example" : "\(name).example" }

    /// Sends a request.
    func send(
        _ method: HTTPRequest.Method = .get, _ path: String, to host: String, _ headers: [String: String] = [:],
        twice: [(String, String)] = [], body: String = "", from address: String = "192.0.2.1"
    ) async throws -> Answer {
        try await Answer(respond(method, path, to: host, headers, twice: twice, body: body, from: address))
    }

    /// Sends a request, and gives the answer unread.
    func respond(
        _ method: HTTPRequest.Method = .get, _ path: String, to host: String, _ headers: [String: String] = [:],
        twice: [(String, String)] = [], body: String = "", from address: String = "192.0.2.1"
    ) async throws -> Response {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        for (name, value) in twice { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        if !body.isEmpty {
            fields[.contentLength] = String(body.utf8.count)
            if fields[.contentType] == nil { fields[.contentType] = "application/json" }
        }
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        return try await switchboard.respond(to: request, from: address)
    }

    private func signIn(_ name: String) async throws -> String {
        let answer = try await send(
            .post, "/api/method/login", to: Self.host(name),
            body: #"{"usr": "ana@example.com", "pwd": "\#(Self.password(name))"}"#)
        return String(try #require(answer.cookies.first { $0.hasPrefix("sid=") }).prefix { $0 != ";" })
    }

    private func upload(_ name: String) async throws -> String {
        let library = try #require(libraries[name])
        let form =
            "--x\r\nContent-Disposition: form-data; name=\"is_private\"\r\n\r\n1\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"note.txt\"\r\n\r\n\(library.mark)\r\n--x--\r\n"
        let answer = try await send(
            .post, "/api/method/upload_file", to: Self.host(name),
            ["Authorization": library.token, "Content-Type": "multipart/form-data; boundary=x"], body: form)
        return try #require(answer.message["file_url"]?.string, "\(answer.text)")
    }
}
