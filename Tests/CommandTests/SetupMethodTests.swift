import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import cauldron

/// Setting a company up over HTTP.
@Suite(.bothEngines) struct SetupMethodTests {
    private static let path = "/api/method/cauldron.setup"
    private static let sent: JSONObject = [
        "company_name": "Acme", "country": "DE", "email": "ana@example.com", "password": "geheim und lang",
    ]

    private func open() async throws -> (TemporaryPlace, Tenant, GatewayClient) {
        let place = try TemporaryPlace(kind: "Setup")
        let tenant = try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: allModules, name: "Setup",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), seed: 1)
        try place.holds(tenant.database)
        let keys = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
        return (place, tenant, GatewayClient(tenant, keys))
    }

    private func companies(_ tenant: Tenant) async throws -> Int {
        try await tenant.read(as: .administrator) { session in
            try session.transaction.query("SELECT name FROM company", [], [.text]).count
        }
    }

    @Test func `one call makes a company and a user who can sign in`() async throws {
        let (place, tenant, client) = try await open()
        defer { withExtendedLifetime(place) {} }
        let rehearsed = try await client.send(.post, Self.path + "?rehearse=1", .object(Self.sent))
        #expect(rehearsed.status == 200 && rehearsed.text.contains(#""doctype":"Mode of Payment""#))
        #expect(!rehearsed.text.contains("geheim"))
        #expect(try await companies(tenant) == 0)
        #expect(try await tenant.identity.hasPassword("ana@example.com") == false)
        let made = try await client.send(.post, Self.path, .object(Self.sent))
        #expect(made.status == 200, "\(made.text)")
        #expect(try JSON.parse(made.text)["message"]?["status"] == "ok")
        #expect(try await tenant.identity.verifyPassword("geheim und lang", of: "ana@example.com"))
        let again = try await client.send(.post, Self.path, .object(Self.sent))
        #expect(again.status == 409)
        let fields = try JSON.parse(again.text)["problems"]?.array?.compactMap { $0["field"]?.string } ?? []
        #expect(fields == ["company_name", "email"])
        let logs = try await tenant.database.read { transaction in
            try transaction.query("SELECT data FROM _event", [], [.text]).compactMap { $0[0].text }
        }
        #expect(logs.count > 100 && !logs.contains { $0.contains("geheim") })
        await tenant.close()
    }

    @Test func `all that is wrong is told by its argument`() async throws {
        let (place, tenant, client) = try await open()
        defer { withExtendedLifetime(place) {} }
        let wrong = try await client.send(
            .post, "/api/method/frappe.desk.page.setup_wizard.setup_wizard.setup_complete",
            ["args": ["company_name": "", "country": "Atlantis", "currency": "QQQ", "timezone": "Mars"]])
        #expect(wrong.status == 417)
        let problems = try JSON.parse(wrong.text)["problems"]?.array ?? []
        #expect(
            Set(problems.compactMap { $0["field"]?.string }) == ["company_name", "country", "currency", "timezone"])
        #expect(try await companies(tenant) == 0)
        await tenant.close()
    }

    @Test func `it takes no key of repeated requests, no GET and nobody's word`() async throws {
        let (place, tenant, client) = try await open()
        defer { withExtendedLifetime(place) {} }
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let keyed = try await client.send(.post, Self.path, .object(Self.sent), headers: [(name, "once")])
        #expect(keyed.status == 403)
        #expect(try await client.send(.get, Self.path).status == 405)
        try await tenant.write(as: .administrator) { session in
            _ = try session.make(
                "User", ["email": "clerk@example.com", "first_name": "C", "roles": [["role": "Accounts Manager"]]])
        }
        let keys = try await tenant.identity.generateKeys(for: "clerk@example.com", at: tenant.now())
        let clerk = GatewayClient(tenant, keys)
        #expect(try await clerk.send(.post, Self.path, .object(Self.sent)).status == 403)
        #expect(try await clerk.send(.get, "/api/method/cauldron.setup.options").status == 403)
        #expect(try await companies(tenant) == 0)
        await tenant.close()
    }

    @Test func `what nothing knows is told, and refused where that is asked`() async throws {
        let (place, tenant, client) = try await open()
        defer { withExtendedLifetime(place) {} }
        let sent: JSON = ["company_name": "Acme", "country": "DE", "mascot": "cat"]
        #expect(try await client.send(.post, Self.path + "?strict=1", sent).status == 417)
        #expect(try await companies(tenant) == 0)
        #expect(try await client.send(.post, Self.path, sent).status == 200)
        await tenant.close()
    }

    @Test func `the options are those of Frappe's wizard, and more`() async throws {
        let (place, tenant, client) = try await open()
        defer { withExtendedLifetime(place) {} }
        for (path, word) in [
            ("frappe.geo.country_info.get_country_timezone_info", #""Germany":{"code":"de","currency":"EUR""#),
            ("frappe.desk.page.setup_wizard.setup_wizard.load_languages", #""de":"German""#),
            ("cauldron.setup.options", #""charts":["Standard","Standard with Numbers"]"#),
            ("cauldron.setup.options?country=GB", #""currency":"GBP""#),
        ] {
            let answer = try await client.send(.get, "/api/method/\(path)")
            #expect(answer.status == 200, "\(path)")
            #expect(answer.text.contains(word), "\(path)")
        }
        #expect(try await client.send(.get, "/api/method/cauldron.setup.options?country=Atlantis").status == 417)
        await tenant.close()
    }
}
