import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct ErrorTests {
    @Test func `an error has the shape clients of Frappe know, and more`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(
            .post, "/api/resource/Book", json: #"{"name": "X", "title": "T", "authors": [{"author_name": ""}]}"#)
        #expect(answer.status == 417)
        #expect(answer.json["exc_type"] == "MandatoryError")
        let exception = try #require(answer.json["exception"]?.string)
        #expect(exception.hasPrefix("frappe.exceptions.MandatoryError: "))
        let exc = try JSON.parse(try #require(answer.json["exc"]?.string))
        #expect(exc.array?.count == 1)
        let messages = try JSON.parse(try #require(answer.json["_server_messages"]?.string))
        let message = try JSON.parse(try #require(messages.array?.first?.string))
        #expect(message["message"]?.string?.contains("Author Name") == true)
        #expect(answer.json["code"] == "mandatory_missing")
        #expect(answer.json["field"] == "author_name")
        #expect(answer.json["row"] == 1)
        #expect(answer.json["doctype"] == "Book")
        #expect(answer.json["fix"]?.string?.isEmpty == false)
        #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
    }

    @Test func `the wording of an error can be looked up in a catalogue, and says the same`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/api/resource/Nothing/X")
        let wording = try #require(answer.json["wording"]?.object)
        #expect(wording["message"] == ["template": "DocType {0} not found", "arguments": ["Nothing"]])
        #expect(answer.json["_error_message"] == "DocType Nothing not found")
        let refused = try await site.send(.post, "/api/resource/Book", json: #"{"name": "X", "title": "Forbidden"}"#)
        #expect(refused.json["wording"]?.object?["fix"] == ["template": "Buy another.", "arguments": []])
    }

    @Test func `what is not found carries no exc, as in Frappe`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/api/resource/Book/None")
        #expect(answer.status == 404)
        #expect(answer.json["exc_type"] == "DoesNotExistError")
        #expect(answer.json["exc"] == nil)
        #expect(answer.message.isNull, "clients would take it for the answer")
    }

    @Test func `success carries no exc`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for path in ["/api/resource/Book", "/api/resource/Book/B-1", "/api/method/ping"] {
            let answer = try await site.send(.get, path)
            #expect(answer.json["exc"] == nil && answer.json["exc_type"] == nil)
        }
    }

    @Test(arguments: [
        ("POST", "/api/resource/Book", #"{"name": "B-1", "title": "Again"}"#, 409, "DuplicateEntryError"),
        (
            "POST", "/api/resource/Book", #"{"name": "X", "title": "T", "isbn": "isbn-B-1"}"#, 409,
            "UniqueValidationError"
        ),
        ("DELETE", "/api/resource/Shelf/Crime", "", 417, "LinkExistsError"),
        ("POST", "/api/resource/Book", #"{"name": "X", "title": "T", "shelf": "None"}"#, 417, "LinkValidationError"),
        ("POST", "/api/resource/Book", "{", 417, "DataError"),
        ("POST", "/api/resource/Book", #"{"name": "X", "title": "Forbidden"}"#, 417, "ValidationError"),
        ("PUT", "/api/resource/Book/B-1", #"{"docstatus": 1}"#, 417, "DocstatusTransitionError"),
        ("GET", "/nowhere", "", 404, "PageDoesNotExistError"),
    ])
    func `kinds of problems have the status and class they have in Frappe`(
        method: String, path: String, body: String, status: Int, type: String
    ) async throws {
        let site = try await Site.make()
        try await site.fill()
        let answer = try await site.send(
            .init(method) ?? .get, path, json: body.isEmpty ? nil : body)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.json["exc_type"] == .string(type))
    }

    @Test func `every reply has an identifier of its own and is not kept`() async throws {
        let site = try await Site.make()
        var identifiers: Set<String> = []
        for _ in 0..<3 {
            let answer = try await site.send(.get, "/api/method/ping")
            identifiers.insert(answer.headers[try #require(.init("X-Frappe-Request-Id"))] ?? "")
            #expect(answer.headers[.cacheControl] == "no-store, no-cache, must-revalidate, max-age=0")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
        #expect(identifiers.count == 3 && !identifiers.contains(""))
    }
}
