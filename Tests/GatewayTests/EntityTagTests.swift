import HTTPTypes
import Identity
import TestSupport
import Testing
import Values

@testable import Gateway

/// `ETag`, `If-Match` and `If-None-Match` of documents: a change is made to the state that its client has seen, or not at all.
@Suite(.bothEngines) struct EntityTagTests {
    private func send(
        _ method: HTTPRequest.Method, _ site: Site, _ headers: [String: String] = [:], body: String? = nil,
        path: String = "/api/resource/Book/B-1"
    ) async throws -> Answer {
        let key = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
        return try await site.send(
            method, path,
            headers: key.merging(headers) { _, new in new }.merging(
                ["Content-Type": "application/json"]) { old, _ in old }, body: body.map { Array($0.utf8) })
    }

    @Test func `a document tells its state, and is sent once to who keeps it`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let first = try await send(.get, site)
        let tag = try #require(first.headers[.eTag])
        let same = try await send(.get, site, ["If-None-Match": "\"1\", \(tag)"])
        #expect(same.status == 304 && same.text.isEmpty && same.headers[.eTag] == tag)
        site.clock.advance(seconds: 1)
        let changed = try await send(.put, site, body: #"{"title": "Other"}"#)
        let next = try #require(changed.headers[.eTag])
        #expect(next != tag)
        let again = try await send(.get, site, ["If-None-Match": tag])
        #expect(again.status == 200 && again.headers[.eTag] == next)
    }

    @Test func `a change that means another state is refused, whatever it is`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let tag = try #require(try await send(.get, site).headers[.eTag])
        site.clock.advance(seconds: 1)
        _ = try await send(.put, site, ["If-Match": tag], body: #"{"title": "Second"}"#)
        for (method, body) in [(HTTPRequest.Method.put, #"{"title": "Third"}"#), (.delete, nil)] as [(_, String?)] {
            for old in [tag, "W/\(tag)", "\"1\""] {
                let refused = try await send(method, site, ["If-Match": old], body: body)
                #expect(refused.status == 412 && refused.text.contains("precondition_failed"), "\(refused.text)")
            }
        }
        #expect(try await send(.get, site).text.contains("Second"))
        let gone = try await send(.delete, site, ["If-Match": "*"])
        #expect(gone.status == 202)
        #expect(try await send(.delete, site, ["If-Match": "*"]).status == 412)
        let new = try await send(.post, site, ["If-Match": "*"], body: "{}", path: "/api/resource/Shelf")
        #expect(new.status == 412, "what is new is in no state")
    }
}
