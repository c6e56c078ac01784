import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Synchronization
import Tenancy
import Values

@testable import Gateway

/// A program that asks a company's gateway without a socket.
struct GatewayClient {
    private let gateway: Gateway
    private let token: String

    /// A program that signs in with an API key.
    init(_ tenant: Tenant, key: String, secret: String) {
        gateway = Gateway(tenant: tenant, configuration: GatewayConfiguration())
        token = "token \(key):\(secret)"
    }

    init(_ tenant: Tenant, _ keys: APIKeys) { self.init(tenant, key: keys.key, secret: keys.secret) }

    /// The status and the body of an answer.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: JSON? = nil, headers: [(HTTPField.Name, String)] = []
    ) async throws -> (status: Int, text: String) {
        var fields = HTTPFields()
        fields[.authorization] = token
        for (name, value) in headers { fields[name] = value }
        let bytes = json?.encoded ?? []
        if json != nil {
            fields[.contentType] = "application/json"
            fields[.contentLength] = String(bytes.count)
        }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "company.example", path: path, headerFields: fields)
        let response = try await gateway.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes))), from: "192.0.2.1")
        let collected = Collected()
        try await response.body.write(collected)
        return (response.status.code, String(decoding: collected.bytes.withLock { $0 }, as: UTF8.self))
    }

    private final class Collected: ResponseBodyWriter, Sendable {
        let bytes = Mutex<[UInt8]>([])
        func write(_ buffer: ByteBuffer) async throws {
            bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
