import HTTPTypes
import Identity
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Names over HTTP: one form however they are typed, and none that only looks different.
@Suite(.bothEngines) struct NameFormTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test func `a document is found by every form of its name`() async throws {
        let site = try await Site.make()
        let sent: JSON = ["name": .string(Self.decomposed), "title": "Named"]
        let made = try await site.send(.post, "/api/resource/Book", json: sent.text)
        #expect(made.status == 200 && made.data["name"] == .string(Self.composed))
        for name in [Self.composed, Self.decomposed] {
            let path = "/api/resource/Book/" + coded(name)
            #expect(try await site.send(.get, path).data["name"] == .string(Self.composed))
            #expect(try await site.send(.put, path, json: #"{"title": "Other"}"#).status == 200)
        }
        #expect(try await site.send(.delete, "/api/resource/Book/" + coded(Self.decomposed)).status == 202)
    }

    @Test(arguments: ["CAF\u{C9}", "cafe\u{301}", "ca\u{200B}f\u{E9}", "\u{FF43}af\u{E9}"])
    func `a name that only looks different is answered with a conflict`(name: String) async throws {
        let site = try await Site.make()
        let first: JSON = ["name": .string(Self.composed), "title": "Named"]
        #expect(try await site.send(.post, "/api/resource/Book", json: first.text).status == 200)
        let sent: JSON = ["name": .string(name), "title": "Named"]
        let answer = try await site.send(.post, "/api/resource/Book", json: sent.text)
        #expect(answer.status == 409, "\(answer.text)")
    }

    @Test(arguments: ["Book", "BOOK", "\u{FF22}ook", "Boo\u{200B}k", "B\u{212A}ok"])
    func `a twin DocType is never answered with a failure of the server`(name: String) async throws {
        let site = try await Site.make()
        let boss = try await site.tenant.identity.generateKeys(for: "boss@example.com", at: site.tenant.now())
        let sent: JSON = [
            "name": .string(name), "module": "Library", "fields": [["fieldname": "note", "fieldtype": "Data"]],
        ]
        let answer = try await site.send(
            .post, "/api/resource/DocType", json: sent.text,
            headers: ["Authorization": "token \(boss.key):\(boss.secret)"])
        #expect(answer.status < 500, "\(answer.text)")
        #expect((answer.status == 200) == (name == "B\u{212A}ok"))
        #expect(try await site.send(.get, "/api/resource/Book").status == 200)
    }
}
