import Customization
import Documents
import Foundation
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct OpenAPITests {
    @Test func `the description knows every DocType, method and report`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/openapi.json", headers: [:])
        #expect(answer.status == 200)
        let document = answer.json
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.object)
        for path in [
            "/api/resource/Book", "/api/resource/Book/{name}", "/api/resource/Loan%20Row",
            "/api/method/library.add_shelf",
            "/api/method/login", "/api/method/frappe.client.get_list", "/api/method/frappe.desk.query_report.run",
        ] { #expect(paths[path] != nil, "\(path)") }
        #expect(paths["/api/resource/Author"] == nil, "rows have no resource of their own")
        #expect(paths["/api/resource/Loan%20Row"]?["post"] == nil, "ledgers are not written")
        #expect(paths["/api/method/library.add_shelf"]?["get"] == nil)
        let book = try #require(document["components"]?["schemas"]?["Book"])
        #expect(book["required"] == ["title"])
        #expect(book["properties"]?["binding"]?["enum"] == ["", "Hard", "Soft"])
        #expect(book["properties"]?["shelf_title"]?["readOnly"] == true)
        #expect(book["properties"]?["shelf"]?["x-doctype"] == "Shelf")
        #expect(book["properties"]?["authors"]?["items"]?["$ref"] == "#/components/schemas/Author")
        #expect(book["properties"]?["code"]?["writeOnly"] == true)
        let report = document["components"]?["schemas"]?["Report.Loan_Fees"]
        #expect(report?["properties"]?["filters"]?["required"] == ["from_date"])
    }

    @Test func `operations are named once, and all references lead somewhere`() async throws {
        let site = try await Site.make()
        let document = GatewayOpenAPI.document(registry: site.tenant.registry, reports: site.tenant.reports)
        var operations: [String] = []
        var references: [String] = []
        func walk(_ json: JSON) {
            switch json {
            case .object(let object):
                if let id = object["operationId"]?.string { operations.append(id) }
                if let reference = object["$ref"]?.string { references.append(reference) }
                for member in object.members { walk(member.value) }
            case .array(let elements): for element in elements { walk(element) }
            default: break
            }
        }
        walk(document)
        #expect(Set(operations).count == operations.count)
        for reference in Set(references) {
            var target: JSON? = document
            for part in reference.split(separator: "/").dropFirst() { target = target?[String(part)] }
            #expect(target != nil, "\(reference)")
        }
    }

    /// What a schema says of an object, followed through references; nil where it says nothing of the key.
    private func schema(_ json: JSON?, in document: JSON) -> JSON? {
        guard let reference = json?["$ref"]?.string else { return json }
        return reference.split(separator: "/").dropFirst().reduce(document as JSON?) { $0?[String($1)] }
    }

    @Test func `every answer of a rehearsal is one that the description tells`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let document = try await site.send(.get, "/openapi.json").json
        let writes: [(HTTPRequest.Method, path: String, described: String, json: String?)] = [
            (.post, "/api/resource/Shelf", "/api/resource/Shelf", #"{"title": "New"}"#),
            (.put, "/api/resource/Book/B-1", "/api/resource/Book/{name}", #"{"title": "Other"}"#),
            (.delete, "/api/resource/Book/B-1", "/api/resource/Book/{name}", nil),
            (
                .post, "/api/method/frappe.client.delete", "/api/method/frappe.client.delete",
                #"{"doctype": "Book", "name": "B-2"}"#
            ),
        ]
        for (verb, path, described, json) in writes {
            let answer = try await site.send(verb, path + "?rehearse=1", json: json)
            #expect(answer.status == 200, "\(answer.text)")
            let operation = document["paths"]?[described]?[verb.rawValue.lowercased()]
            let told = operation?["responses"]?["200"]?["content"]?["application/json"]?["schema"]?["properties"]
            let body = try #require(told?["data"] ?? told?["message"], "\(verb) \(path)")
            let changeset = try #require(
                ([body] + (body["anyOf"]?.array ?? [])).first { $0["$ref"] == "#/components/schemas/Changeset" },
                "\(verb) \(path)")
            let found = try #require(answer.json["data"] ?? answer.json["message"])
            for key in try #require(schema(changeset, in: document)?["required"]?.array) {
                #expect(found[key.string ?? ""] != nil, "\(verb) \(path): \(key)")
            }
        }
    }

    @Test func `rows have the status of what they belong to, and only what is submitted has another than 0`()
        async throws
    {
        let site = try await Site.make()
        let schemas = GatewayOpenAPI.document(registry: site.tenant.registry, reports: [:])["components"]?["schemas"]
        func values(_ name: String) -> JSON? { schemas?[name]?["properties"]?["docstatus"]?["enum"] }
        #expect(values("Book") == [0])
        for name in ["Loan", "Loan_Row", "Author"] { #expect(values(name) == [0, 1, 2], "\(name)") }
    }

    @Test func `how files are sent and given is described`() async throws {
        let site = try await Site.make()
        let paths = GatewayOpenAPI.document(registry: site.tenant.registry, reports: [:])["paths"]
        let sent = paths?["/api/method/upload_file"]?["post"]?["requestBody"]?["content"]
        #expect(sent?["multipart/form-data"]?["schema"]?["properties"]?["file"] != nil)
        #expect(sent?["application/json"]?["schema"]?["properties"]?["filedata"] != nil)
        for (path, isOpen) in [("/files/{name}", true), ("/private/files/{name}", false)] {
            let get = paths?[path]?["get"]
            #expect((get?["security"] != nil) == isOpen)
            for status in ["200", "206", "304", "416", "default"] { #expect(get?["responses"]?[status] != nil) }
        }
    }

    /// Needs `openapi-spec-validator` from PyPI; without it there is nothing to check with.
    @Test func `the standard's own validator accepts it`() async throws {
        let site = try await Site.make()
        let document = GatewayOpenAPI.document(registry: site.tenant.registry, reports: site.tenant.reports)
        let path = FileManager.default.temporaryDirectory.path + "/openapi-\(UUID().uuidString).json"
        try document.text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys\ntry:\n import openapi_spec_validator as v\nexcept ImportError: sys.exit(0)\nimport json\nv.validate(json.load(open(sys.argv[1])))",
            path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `what a company made itself is described to who may see it`() async throws {
        let site = try await Site.make()
        try await site.tenant.write(as: .administrator) { session in
            _ = try session.saveMetadata(
                "DocType",
                [
                    "name": "Recipe", "module": "Kitchen",
                    "fields": [["fieldname": "flavour", "fieldtype": "Data"]],
                    "permissions": [["role": "Librarian", "read": 1]],
                ])
        }
        func isTold(_ headers: [String: String]?) async throws -> Bool {
            try await site.send(.get, "/openapi.json", headers: headers).text.contains("Recipe")
        }
        #expect(try await isTold([:]) == false)
        #expect(try await isTold(nil))
        let cookie = try await site.signIn("reader@example.com")
        #expect(try await isTold(["Cookie": cookie]) == false)
    }
}
