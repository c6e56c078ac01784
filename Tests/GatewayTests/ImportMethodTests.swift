import Documents
import HTTPTypes
import Identity
import Lists
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Files of documents that are read as they arrive.
@Suite(.bothEngines) struct ImportMethodTests {
    private func send(
        _ site: Site, _ query: String, _ type: String, _ body: String, user: String? = nil
    ) async throws -> Answer {
        var headers = ["Content-Type": type]
        if let user {
            headers["Cookie"] = try await site.signIn(user)
        } else {
            headers["Authorization"] = "token \(site.librarian.key):\(site.librarian.secret)"
        }
        return try await site.send(
            .post, "/api/method/cauldron.import?" + query, headers: headers, body: Array(body.utf8))
    }

    private func lines(_ answer: Answer) throws -> [JSON] {
        try answer.text.split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    @Test func `each line is done by itself and has a result`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let body = """
            {"title": "Drama"}

            {"title": "Crime"}
            {"title": "Maps", "colour": "red"}
            no JSON
            [1]
            {"doctype": "Book", "__newname": "B-9", "title": "Ninth", "shelf": "Drama"}
            """
        let answer = try await send(site, "doctype=Shelf", "application/jsonl", body)
        #expect(answer.status == 200, "\(answer.text)")
        let results = try lines(answer)
        #expect(results.dropLast().map { $0["row"] } == [1, 3, 4, 5, 6, 7], "empty lines count and do nothing")
        #expect(results.dropLast().map { $0["ok"] } == [true, false, false, false, false, true])
        #expect(results[0]["name"] == "Drama")
        #expect(results[1]["error"]?["code"] == "duplicate_name")
        #expect(results[2]["error"]?["field"] == "colour", "what nothing knows is refused in an import")
        #expect(results[3]["error"]?["code"] == "malformed")
        #expect(results.last == ["done": 2, "failed": 4])
        #expect(try await site.send(.get, "/api/resource/Book/B-9").data["shelf"] == "Drama")
    }

    @Test func `documents are changed, submitted and deleted by lines`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let made = try await send(
            site, "doctype=Loan", "application/x-ndjson",
            (1...450).map { #"{"reader": "R\#($0)", "lines": [{"book": "B-1"}]}"# }.joined(separator: "\n"))
        let names = try lines(made).compactMap { $0["name"]?.string }
        #expect(names.count == 450, "more than one transaction holds")
        let submitted = try await send(
            site, "doctype=Loan&action=submit", "application/jsonl",
            names.prefix(3).map { "\"\($0)\"" }.joined(separator: "\n"))
        #expect(try lines(submitted).last == ["done": 3, "failed": 0])
        let updated = try await send(
            site, "doctype=Loan&action=update", "application/jsonl",
            "{\"name\": \"\(names[3])\", \"remark\": \"x\"}\n{\"remark\": \"y\"}\n{\"name\": \"\(names[0])\", \"reader\": \"z\"}"
        )
        #expect(try lines(updated).dropLast().map { $0["ok"] } == [true, false, false], "\(updated.text)")
        let deleted = try await send(
            site, "doctype=Loan&action=delete", "application/jsonl",
            names.dropFirst(3).map { "\"\($0)\"" }.joined(separator: "\r\n"))
        #expect(try lines(deleted).last == ["done": 447, "failed": 0])
        let count = try await site.tenant.read(as: .administrator) { try $0.count(ListQuery("Loan")) }
        #expect(count == 3)
    }

    @Test func `what is exported is imported again`() async throws {
        let (from, to) = (try await Site.make(), try await Site.make())
        try await from.fill()
        for doctype in ["Shelf", "Book"] {
            let file = try await from.send(.get, "/api/method/cauldron.export?doctype=\(doctype)")
            let answer = try await send(to, "action=put", "application/jsonl", file.text)
            #expect(try lines(answer).last?["failed"] == 0, "\(answer.text)")
        }
        let csv = try await from.send(.get, "/api/method/cauldron.export?doctype=Book&format=csv")
        let again = try await send(to, "doctype=Book&action=update", "text/csv", csv.text)
        #expect(again.message["updated"] == 5, "\(again.text)")
        let fields =
            "/api/resource/Book?limit=0&fields="
            + coded(#"["name", "title", "price", "printed", "seen", "lent", "shelf"]"#)
        #expect(try await from.send(.get, fields).data == to.send(.get, fields).data)
    }

    @Test func `a table is checked whole before anything is written`() async throws {
        let site = try await Site.make()
        let bad = "title,parent_shelf\nDrama,\nMaps,Nowhere\n"
        let refused = try await send(site, "doctype=Shelf", "text/csv; charset=utf-8", bad)
        #expect(refused.status == 417, "\(refused.text)")
        #expect(refused.json["row"] == 2 && refused.json["field"] == "parent_shelf")
        #expect(try await site.send(.get, "/api/resource/Shelf").names.isEmpty)
        let dry = try await send(site, "doctype=Shelf&dry_run=1", "text/csv", "title\nDrama\n")
        #expect(dry.message["created"] == 1)
        #expect(try await site.send(.get, "/api/resource/Shelf").names.isEmpty)
        let done = try await send(site, "doctype=Shelf", "text/csv", "title\nDrama\n")
        #expect(done.message["created"] == 1)
    }

    @Test func `who may not write is told for each line, and what is no file is refused`() async throws {
        let site = try await Site.make()
        let reader = try await send(
            site, "doctype=Shelf", "application/jsonl", #"{"title": "x"}"#, user: "reader@example.com")
        #expect(try lines(reader).map { $0["error"]?["code"] ?? "" }.first == "forbidden")
        #expect(try await send(site, "doctype=Shelf", "application/json", "{}").status == 415)
        #expect(
            try await send(site, "doctype=Shelf&action=explode", "application/jsonl", "{}").json["field"] == "action")
        #expect(try await send(site, "doctype=Shelf&rehearse=1", "application/jsonl", "{}").status == 403)
        let guest = try await site.send(
            .post, "/api/method/cauldron.import?doctype=Shelf", headers: ["Content-Type": "application/jsonl"],
            body: Array(#"{"title": "x"}"#.utf8))
        #expect(guest.status == 403)
        let long = String(repeating: "x", count: (16 << 20) + 10)
        let tooLong = try await send(
            site, "doctype=Shelf", "application/jsonl", "{\"title\": \"ok\"}\n{\"title\": \"\(long)\"}")
        #expect(tooLong.status == 413, "\(tooLong.text.prefix(300))")
        #expect(
            try await site.send(.get, "/api/resource/Shelf/ok").status == 404, "nothing is told as done, and nothing is"
        )
        let many = (1...250).map { "{\"title\": \"S\($0)\"}" }.joined(separator: "\n")
        let stopped = try lines(
            try await send(site, "doctype=Shelf", "application/jsonl", "\(many)\n{\"title\": \"\(long)\"}"))
        #expect(stopped.count == 201, "what was done before is told")
        #expect(stopped.last?["done"] == 200 && stopped.last?["stopped"]?["code"] == "body_too_large")
        #expect(try await site.tenant.read(as: .administrator) { try $0.count(ListQuery("Shelf")) } == 200)
    }
}
