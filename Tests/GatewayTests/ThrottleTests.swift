import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Whose tries are counted: by the real address, whatever a client says of itself.
@Suite(.bothEngines) struct ThrottleTests {
    struct Hop: Sendable, CustomTestStringConvertible {
        let peer: String
        let sent: String?
        let client: String
        var testDescription: String { "\(sent ?? "nothing") from \(peer)" }
    }

    /// Proxies are 10.0.0.0/8 and 2001:db8:ffff::/48.
    private static let hops: [Hop] = [
        Hop(peer: "203.0.113.9", sent: nil, client: "203.0.113.9"),
        Hop(peer: "203.0.113.9", sent: "198.51.100.1", client: "203.0.113.9"),
        Hop(peer: "203.0.113.9", sent: "10.0.0.1", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: nil, client: "10.0.0.1"),
        Hop(peer: "10.0.0.1", sent: "203.0.113.9", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: "198.51.100.1, 203.0.113.9", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: "198.51.100.1, 203.0.113.9, 10.0.0.7", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: "198.51.100.1,203.0.113.9 , 10.3.3.3,2001:db8:ffff::1", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: "10.9.9.9, 10.0.0.7", client: "10.9.9.9"),
        Hop(peer: "10.0.0.1", sent: "203.0.113.9, garbage", client: "10.0.0.1"),
        Hop(peer: "10.0.0.1", sent: "203.0.113.9, ", client: "10.0.0.1"),
        Hop(peer: "10.0.0.1", sent: "unknown", client: "10.0.0.1"),
        Hop(peer: "10.0.0.1", sent: "garbage, 203.0.113.9:4711", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: "[2001:db8::1]:99", client: "2001:db8::1"),
        Hop(peer: "::ffff:10.0.0.1", sent: "203.0.113.9", client: "203.0.113.9"),
        Hop(peer: "10.0.0.1", sent: String(repeating: "1.1.1.1,", count: 5_000) + "203.0.113.9", client: "203.0.113.9"),
        Hop(peer: "local", sent: "203.0.113.9", client: "local"),
    ]

    @Test(arguments: hops) func `the client is the last on the way that is no trusted proxy`(hop: Hop) throws {
        let proxies = try ["10.0.0.0/8", "2001:db8:ffff::/48"].map { try #require(AddressRange($0)) }
        var headers = HTTPFields()
        if let sent = hop.sent { headers[try #require(HTTPField.Name("X-Forwarded-For"))] = sent }
        #expect(Forwarding.client(peer: hop.peer, headers, trusting: proxies) == hop.client)
        #expect(Forwarding.client(peer: hop.peer, headers, trusting: []) == hop.peer)
    }

    @Test func `the host is told by a trusted proxy alone`() throws {
        let proxies = [try #require(AddressRange("10.0.0.0/8"))]
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("X-Forwarded-Host"))] = "evil.example, erp.example"
        #expect(Forwarding.host(peer: "10.0.0.1", headers, trusting: proxies) == "erp.example")
        #expect(Forwarding.host(peer: "203.0.113.9", headers, trusting: proxies) == nil)
    }

    private func guess(
        _ site: Site, _ user: String = "lib@example.com", _ password: String = "wrong", from address: String,
        said: String? = nil
    ) async throws -> Int {
        try await site.send(
            .post, "/api/method/login", form: "usr=\(coded(user))&pwd=\(coded(password))",
            headers: said.map { ["X-Forwarded-For": $0] } ?? [:], from: address
        ).status
    }

    @Test func `a client that says it is others is counted as one`() async throws {
        var configuration = GatewayConfiguration()
        configuration.trustedProxies = [try #require(AddressRange("10.0.0.0/8"))]
        let site = try await Site.make(configuration)
        var statuses: [Int] = []
        for index in 0..<6 {
            statuses.append(try await guess(site, from: "10.0.0.1", said: "198.51.100.\(index), 203.0.113.9"))
        }
        for index in 0..<6 { statuses.append(try await guess(site, from: "203.0.113.8", said: "10.0.0.\(index)")) }
        #expect(statuses == [401, 401, 401, 401, 401, 429, 401, 401, 401, 401, 401, 429])
    }

    @Test func `the addresses of one network of IPv6 are one`() async throws {
        let site = try await Site.make()
        for index in 0..<5 { #expect(try await guess(site, from: "2001:db8:1:1::\(index)") == 401) }
        #expect(try await guess(site, from: "2001:db8:1:1:ffff::1") == 429)
        #expect(try await guess(site, from: "2001:db8:1:2::1") == 401)
    }

    @Test func `strangers from everywhere do not lock a user out from where it signed in before`() async throws {
        let site = try await Site.make()
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "192.0.2.77") == 200)
        var last = 0
        for index in 0..<60 { last = try await guess(site, from: "203.0.113.\(index)") }
        #expect(last == 429, "a new address has to wait")
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "203.0.113.200") == 429)
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "192.0.2.77") == 200)
        // Who guesses from there is slowed down all the same.
        for _ in 0..<5 { _ = try await guess(site, from: "192.0.2.77") }
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "192.0.2.77") == 429)
    }

    @Test func `System Settings say how many are free and how long the first wait is`() async throws {
        let site = try await Site.make()
        try await site.tenant.write(as: .administrator) { session in
            let settings = try session.get("System Settings", "System Settings")
            try session.apply(["allow_consecutive_login_attempts": 2, "allow_login_after_fail": 1_800], to: settings)
            try session.save(settings)
        }
        let statuses = [
            try await guess(site, from: "192.0.2.1"), try await guess(site, from: "192.0.2.1"),
            try await guess(site, from: "192.0.2.1"),
        ]
        #expect(statuses == [401, 401, 429])
        site.clock.advance(seconds: 1_799)
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "192.0.2.1") == 429)
        site.clock.advance(seconds: 2)
        #expect(try await guess(site, "lib@example.com", "correct horse", from: "192.0.2.1") == 200)
    }

    @Test func `a name is counted as one in whatever form it is typed`() async throws {
        let site = try await Site.make()
        for index in 0..<5 {
            #expect(
                try await guess(
                    site, index % 2 == 0 ? "caf\u{E9}@example.com" : "cafe\u{301}@example.com", from: "192.0.2.1")
                    != 200)
        }
        #expect(try await guess(site, "caf\u{E9}@example.com", from: "192.0.2.1") == 429)
    }

    @Test func `a refusal to try is noted once a wait`() async throws {
        let site = try await Site.make()
        for _ in 0..<30 { _ = try await guess(site, from: "192.0.2.1") }
        let rows = try await site.tenant.database.read { transaction in
            try transaction.query(
                "SELECT subject, times FROM _activity WHERE status = 'Failed' ORDER BY subject", [], [.text, .integer])
        }
        #expect(rows.map { $0[0].text } == ["Too many tries", "Wrong password"])
        #expect(rows[0][1] == .int(1))
    }
}
