internal import Documents
internal import HTTPTypes
public import Hummingbird
internal import Identity
internal import NIOCore
public import Tenancy
internal import Values

/// The companies of a process over HTTP: hands each request to the gateway of the one that it means.
///
/// That is the one whose name stands behind `/t/` in the path, or that the header `X-Frappe-Site-Name` names, or that the host
/// name leads to, in this order; and otherwise the company of the server's directory, which has all other host names unless it
/// was given its own. A name that is none's is refused, never taken for another.
public final class Switchboard: HTTPResponder {
    private let main: Gateway
    private let host: TenantHost<Gateway>?
    private let proxies: [AddressRange]
    private let ownHosts: Set<String>

    /// Hands requests to `main`, or to one of the tenants of a host. What a client means is what the proxies of the configuration
    /// tell of it.
    public init(main: Gateway, host: TenantHost<Gateway>?, configuration: GatewayConfiguration = GatewayConfiguration())
    {
        self.main = main
        self.host = host
        proxies = configuration.trustedProxies
        ownHosts = Set(configuration.hosts.compactMap(TenantRecord.host))
    }

    /// Answers a request that came over a connection.
    public func respond(to request: Request, context: GatewayContext) async throws -> Response {
        guard let host, host.hosts || !ownHosts.isEmpty else {
            return try await main.respond(to: request, context: context)
        }
        return try await respond(to: request, host, over: context.channel) { context.address }
    }

    /// Answers a request from a client at `address`; needs no connection.
    ///
    /// - Throws: only when the connection breaks while the body arrives.
    public func respond(to request: Request, from address: String) async throws -> Response {
        guard let host, host.hosts || !ownHosts.isEmpty else {
            return try await main.respond(to: request, from: address)
        }
        return try await respond(to: request, host) { address }
    }

    private func respond(
        to request: Request, _ host: TenantHost<Gateway>, over channel: (any Channel)? = nil,
        from address: @escaping @Sendable () -> String
    ) async throws -> Response {
        let lease: TenantLease<Gateway>
        let meant: Meant
        do {
            meant = try find(request, host, from: address)
            guard let name = meant.tenant else {
                return try await main.answer(meant.request, over: channel, from: address)
            }
            lease = try await host.lease(name)
        } catch let problem as Problem {
            return main.refusal(problem, of: request, from: address)
        }
        var response = try await lease.front.answer(meant.request, over: channel, from: address)
        if meant.isByPath { response.headers[.setCookie] = nil }
        guard response.body.contentLength == nil else { return response }
        // An answer without a length is read while it is sent: the tenant stays open until its last byte.
        let body = response.body
        response.body = ResponseBody { writer in
            try await body.write(writer)
            withExtendedLifetime(lease) {}
        }
        return response
    }

    // MARK: Which company

    /// What a request means.
    private struct Meant {
        var request: Request
        /// The tenant; nil for the company of the directory.
        var tenant: String?
        /// Whether its path says so: then it is a program's, and no cookie counts. Companies that share a host name would
        /// share a browser's cookies.
        var isByPath = false
    }

    private static let siteName = HTTPField.Name("X-Frappe-Site-Name")

    /// - Throws: ``Problem/Kind/noSuchTenant``; ``Problem/Kind/badHost`` where it means two.
    private func find(
        _ request: Request, _ host: TenantHost<Gateway>, from address: () -> String
    ) throws -> Meant {
        let head = request.head
        try requireOneOrigin(head)
        var meant = Meant(request: request)
        let ownHost = authority(of: head, from: address)
        let named = try named(head, ownHost, host)
        if let path = head.path, path.utf8.starts(with: Self.mark.utf8) {
            let rest = path.dropFirst(Self.mark.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let name = String(rest[..<end])
            guard TenantRecord.isName(name), host.find(name) == name else { throw Self.missing(name) }
            if let named, named != .some(name) { throw Self.two }
            var inner = head
            let within = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
            // The links and forms of a page lead to the company that the host name means.
            if case .page = Route(within.prefix { $0 != "?" && $0 != "#" }) {
                throw Problem(.noSuchPage, "Pages are at the host name of a company", fix: "Ask for /t/\(name)/api/….")
            }
            inner.path = within
            inner.headerFields[.cookie] = nil
            meant.request = Request(head: inner, body: request.body)
            meant.tenant = name
            meant.isByPath = true
        } else if let named {
            meant.tenant = named
        } else if let name = ownHost.flatMap({ host.find(host: $0) }) {
            meant.tenant = name
        } else if !isOwn(ownHost), head.path != "/healthz" {
            throw Self.missing(ownHost ?? "")
        }
        return meant
    }

    /// Whether a host name is the company's of the directory.
    private func isOwn(_ host: String?) -> Bool {
        ownHosts.isEmpty || host.flatMap(TenantRecord.host).map(ownHosts.contains) ?? false
    }

    private static let mark = "/t/"

    /// The tenant that the header names: nil without the header, and in it nil for the company of the directory. Proxies of the
    /// peer send the host name in it, which then leads where it leads without.
    private func named(_ head: HTTPRequest, _ ownHost: String?, _ host: TenantHost<Gateway>) throws -> String?? {
        guard let name = Self.siteName else { return nil }
        var values: [String] = []
        for field in head.headerFields where field.name == name { values.append(field.value) }
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw Self.two }
        if let found = host.find(value) { return .some(found) }
        let isHost = ownHost.flatMap(TenantRecord.host).map { TenantRecord.host(value) == $0 } ?? false
        guard value == main.name || isHost else { throw Self.missing(value) }
        return .some(nil)
    }

    /// The host that the client means, as ``Incoming`` has it.
    private func authority(of head: HTTPRequest, from address: () -> String) -> String? {
        guard !proxies.isEmpty else { return head.authority }
        return Forwarding.host(peer: address(), head.headerFields, trusting: proxies) ?? head.authority
    }

    /// Refuses a request to a proxy, `GET http://host/path`, whose host is another than that of `Host`.
    private func requireOneOrigin(_ head: HTTPRequest) throws {
        guard let target = head.path, target.utf8.first != 0x2F, let mark = target.firstRange(of: "://") else { return }
        let origin = target[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard origin == (head.authority ?? "")[...] else { throw Self.two }
    }

    private static let two = Problem(
        .badHost, "The request names more than one company", fix: "Name it once, by host, header or path.")

    private static func missing(_ name: String) -> Problem {
        Problem(
            .noSuchTenant, "There is no company \(name.prefix(60).debugDescription) here",
            fix: "Check the host name, X-Frappe-Site-Name, or the path behind /t/.")
    }
}
