import Documents
import EventLog
import Foundation
import HTTPTypes
import Identity
import TestSupport
import Testing
import Values

@testable import Gateway
@testable import Tenancy

/// No way leads from one company of a process to another: not with the credentials of one at the other, and not with one's own
/// and the names, keys and addresses of the other.
@Suite(.bothEngines) struct CompanyIsolationTests {
    /// An operation of the OpenAPI document, or a page.
    private struct Operation: Sendable {
        let method: HTTPRequest.Method
        let path: String
    }

    /// What is sent to every operation, so that as many as may find what they look for.
    private static func arguments(_ foreign: Town.Library) -> JSONObject {
        [
            "doctype": "Book", "docname": "B-1", "name": "B-1", "dt": "Book", "dn": "B-1", "reference_doctype": "Book",
            "reference_name": "B-1", "fieldname": "[\"title\", \"isbn\"]", "fields": "[\"*\"]", "txt": "mark",
            "text": "mark", "query": "mark", "filters": "{}", "user": "ana@example.com", "uid": "ana@example.com",
            "report_name": "Library Loans", "file_url": .string(foreign.file), "usr": "ana@example.com",
            "pwd": .string(Town.password(foreign.name)), "sid": .string(String(foreign.cookie.dropFirst(4))),
            "doc": "{\"doctype\": \"Book\", \"name\": \"B-1\", \"title\": \"Changed\"}",
            "key": .string(foreign.keys.key),
            "new_password": "another password", "title": "New", "as_dict": 1,
        ]
    }

    private func operations(_ town: Town, _ foreign: Town.Library) async throws -> [Operation] {
        let document = try await town.send(.get, "/openapi.json", to: Town.host(foreign.name)).json
        let paths = try #require(document["paths"]?.object)
        var operations: [Operation] = []
        for (path, item) in paths.members {
            let isFile = path.contains("files/")
            let file = String(foreign.file.split(separator: "/").last ?? "")
            let filled = path.replacing("{name}", with: isFile ? file : "B-1")
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
                guard item[method.rawValue.lowercased()] != nil else { continue }
                operations.append(Operation(method: method, path: filled))
            }
        }
        #expect(operations.count > 150)
        for page in ["/", "/login", "/logout", "/list/Book", "/doc/Book/B-1", "/report/Library%20Loans", foreign.file] {
            operations.append(Operation(method: .get, path: page))
        }
        for page in ["/login", "/doc/Book/B-1", "/doc/User/ana%40example.com"] {
            operations.append(Operation(method: .post, path: page))
        }
        return operations
    }

    private func head(_ town: Town, _ name: String) async throws -> Int64 {
        let tenant = name.isEmpty ? town.main : try await town.host.lease(name).hosted.tenant
        return try await tenant.read(as: .administrator) { try EventLog.head(in: $0.transaction) }
    }

    @Test func `nobody reaches another company by any route`() async throws {
        let town = try await Town.make()
        // Whose routes are called with rights of its own loses sessions by that: it is none to look at afterwards.
        for (from, to) in [("acme", "beta"), ("", "beta"), ("acme", "")] {
            let foreign = try #require(town.libraries[from])
            let own = try #require(town.libraries[to])
            let operations = try await operations(town, foreign)
            let arguments = JSON.object(Self.arguments(foreign)).text
            let query = Self.arguments(foreign).members.map { "\($0.key)=\(coded($0.value.string ?? "1"))" }
                .joined(separator: "&")
            let start = (foreign: try await head(town, from), own: try await head(town, to))
            let strangers: [[String: String]] = [
                ["Authorization": foreign.token], ["Cookie": foreign.cookie],
                [
                    "Authorization":
                        "Basic \(Data("\(foreign.keys.key):\(foreign.keys.secret)".utf8).base64EncodedString())"
                ],
            ]
            // Credentials of one are nothing at the other.
            for operation in operations {
                for headers in strangers {
                    let answer = try await send(operation, query, arguments, headers, to, town)
                    #expect(!answer.text.contains(foreign.mark), "\(operation) at \(to): \(answer.text.prefix(300))")
                    #expect(!answer.text.contains(own.mark), "\(operation) at \(to): \(answer.text.prefix(300))")
                }
            }
            #expect(try await head(town, to) == start.own)
            // Whoever may do everything at one finds nothing of the other by its names and addresses. The last is signing out.
            for (number, operation) in operations.enumerated() {
                let headers = ["Authorization": own.token, "Idempotency-Key": "\(from)-\(number)"]
                let answer = try await send(operation, query, arguments, headers, to, town)
                #expect(!answer.text.contains(foreign.mark), "\(operation) at \(to): \(answer.text.prefix(300))")
            }
            #expect(try await head(town, from) == start.foreign)
            let still = try await town.send(
                .get, "/api/resource/Book/B-1", to: Town.host(from), ["Cookie": foreign.cookie])
            #expect(still.data["isbn"]?.string == foreign.mark)
            let file = try await town.send(.get, foreign.file, to: Town.host(from), ["Cookie": foreign.cookie])
            #expect(file.text == foreign.mark)
        }
        await town.close()
    }

    private func send(
        _ operation: Operation, _ query: String, _ arguments: String, _ headers: [String: String], _ to: String,
        _ town: Town
    ) async throws -> Answer {
        operation.method == .get
            ? try await town.send(.get, "\(operation.path)?\(query)", to: Town.host(to), headers)
            : try await town.send(operation.method, operation.path, to: Town.host(to), headers, body: arguments)
    }

    @Test func `an answer that is kept for one company is none of another's`() async throws {
        let town = try await Town.make()
        var titles: [String] = []
        for name in ["acme", "beta", ""] {
            let library = try #require(town.libraries[name])
            let headers = ["Authorization": library.token, "Idempotency-Key": "the-same"]
            for _ in 0..<2 {
                let answer = try await town.send(
                    .post, "/api/resource/Shelf", to: Town.host(name), headers, body: #"{"title": "Kept"}"#)
                #expect(answer.status == 200, "\(answer.text)")
                titles.append(answer.data["creation"]?.string ?? "")
            }
        }
        #expect(Set(titles).count == 3 && titles[0] == titles[1] && titles[2] == titles[3] && titles[4] == titles[5])
        await town.close()
    }
}
