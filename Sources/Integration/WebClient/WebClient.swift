internal import AsyncHTTPClient
public import Automations
internal import Dispatch
internal import Documents
public import Identity
internal import Metadata
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Sends requests over the web, to public addresses alone unless others are allowed: whoever may say where something is sent
/// must not reach with it what stands beside the server.
///
/// A name is looked up once, and what was found is both looked at and connected to. Redirects are not followed.
public struct WebClient: WebSender {
    private let allowed: [AddressRange]
    private let lookups = DispatchQueue(label: "cauldron.names", attributes: .concurrent)

    /// The most bytes of an answer that are read.
    private static let answerBytes = 16_384

    /// A client that also sends to these addresses.
    public init(allowing allowed: [AddressRange] = []) { self.allowed = allowed }

    public func send(_ request: WebRequest) async throws -> WebAnswer {
        guard let target = Target(request.url) else {
            throw Problem(.addressRefused, "\(request.url.prefix(60)) is no address to send to")
        }
        let address = try await address(of: target)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(
            connect: .seconds(Int64(min(request.seconds, 10))), read: .seconds(Int64(request.seconds)))
        if address != target.host { configuration.dnsOverride = [target.host: address] }
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let answer: Result<WebAnswer, any Error>
        do {
            answer = .success(try await Self.exchange(request, client))
        } catch {
            answer = .failure(error)
        }
        do {
            try await client.shutdown()
        } catch {
            // What it had open is closed with it.
        }
        do {
            return try answer.get()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Problem(.notReached, "\(target.host) did not answer: \(Self.words(error))")
        }
    }

    private static func exchange(_ request: WebRequest, _ client: HTTPClient) async throws -> WebAnswer {
        var sent = HTTPClientRequest(url: request.url)
        sent.method = .RAW(value: request.method)
        for header in request.headers { sent.headers.add(name: header.name, value: header.value) }
        sent.body = .bytes(ByteBuffer(string: request.body))
        let response = try await client.execute(sent, timeout: .seconds(Int64(request.seconds)))
        var bytes = ByteBuffer()
        for try await part in response.body {
            bytes.writeImmutableBuffer(part)
            if bytes.readableBytes >= answerBytes { break }
        }
        let text = String(decoding: bytes.readableBytesView.prefix(answerBytes), as: UTF8.self)
        return WebAnswer(status: Int(response.status.code), body: text.filter { !$0.isNewline })
    }

    private static func words(_ error: any Error) -> String {
        let text = "\(error)"
        return String(text.prefix(200))
    }

    // MARK: Where to

    /// The host of an address.
    private struct Target {
        let host: String

        init?(_ url: String) {
            guard let mark = url.firstRange(of: "://") else { return nil }
            let authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            // Names before the host would be shown to the receiver, and hide where it goes.
            guard !authority.isEmpty, !authority.contains("@") else { return nil }
            if authority.hasPrefix("[") {
                guard let end = authority.firstIndex(of: "]") else { return nil }
                host = String(authority[authority.index(after: authority.startIndex)..<end])
            } else {
                host = String(authority.prefix { $0 != ":" })
            }
            guard !host.isEmpty else { return nil }
        }
    }

    /// The address of a host that may be sent to.
    ///
    /// - Throws: ``Problem``.
    private func address(of target: Target) async throws -> String {
        let host = target.host
        let found: [String] = try await withCheckedThrowingContinuation { continuation in
            lookups.async { continuation.resume(with: Result { try Self.addresses(of: host) }) }
        }
        guard let address = found.first(where: mayReach) else {
            throw Problem(
                .addressRefused, "\(host) is at \(found.first ?? "no address"), to which nothing is sent",
                fix: "Give a public address, or have whoever runs the server allow it with --allow-target.")
        }
        return address
    }

    private static func addresses(of host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            throw Problem(.notReached, "There is no address of \(host.prefix(253))")
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
            {
                found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            unsafe next = entry.pointee.ai_next
        }
        return found
    }

    private func mayReach(_ text: String) -> Bool {
        // A zone such as fe80::1%eth0 is of this machine alone.
        guard let address = NetworkAddress(text) else { return false }
        return allowed.contains { $0.contains(address) } || Self.isPublic(address)
    }

    /// Networks that are not the world's: IANA's registries of addresses for special purposes.
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap { AddressRange($0) }
    private static let global = AddressRange("2000::/3")

    static func isPublic(_ address: NetworkAddress) -> Bool {
        guard !special.contains(where: { $0.contains(address) }) else { return false }
        // Of the longer ones only those are the world's that begin with 001; what maps the shorter ones is none of them.
        return address.isVersion4 || global?.contains(address) == true
    }
}

extension Problem.Kind {
    /// An address to which nothing is sent.
    static let addressRefused = Self("address_refused", status: 403)
    /// Somebody who does not answer; it may later.
    static let notReached = Self("not_reached", status: 502)
}
