import Documents
import HTTPTypes
import Identity
import ObjectStorage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Large files that come in parts.
@Suite(.bothEngines) struct ResumableUploadTests {
    private func site() async throws -> Site {
        var configuration = GatewayConfiguration()
        configuration.objects = try FolderStore(FileFolder().path)
        configuration.uploadBytes = 1_000
        let site = try await Site.make(configuration)
        try await site.fill()
        return site
    }

    private func headers(_ site: Site, _ more: [String: String] = [:]) -> [String: String] {
        let mine = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)", "Tus-Resumable": "1.0.0"]
        return mine.merging(more) { _, new in new }
    }

    private func begin(_ site: Site, _ length: Int) async throws -> String {
        let name = "bGlzdC50eHQ="
        let answer = try await site.send(
            .post, "/api/uploads",
            headers: headers(site, ["Upload-Length": String(length), "Upload-Metadata": "filename \(name),empty"]))
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.headers[.location])
    }

    private func send(_ site: Site, _ path: String, _ text: String, at offset: Int) async throws -> Answer {
        try await site.send(
            .patch, path,
            headers: headers(
                site, ["Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream"]),
            body: Array(text.utf8))
    }

    private func value(_ answer: Answer, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { answer.headers[$0] }
    }

    @Test func `a file comes in parts and is attached once it is whole`() async throws {
        let site = try await site()
        let path = try await begin(site, 10)
        #expect(value(try await send(site, path, "hello", at: 0), "Upload-Offset") == "5")
        let wrong = try await send(site, path, "hello", at: 0)
        #expect(wrong.status == 409 && wrong.json["code"] == "upload_offset_mismatch")
        let id = String(path.split(separator: "/").last ?? "")
        let early = try await site.send(
            .post, "/api/method/upload_file", json: #"{"upload": "\#(id)", "doctype": "Book", "docname": "B-1"}"#)
        #expect(early.status == 409, "it is not whole: \(early.text)")
        let head = try await site.send(.head, path, headers: headers(site))
        #expect(value(head, "Upload-Offset") == "5" && value(head, "Upload-Length") == "10")
        #expect(value(head, "Upload-Expires") == "Mon, 02 Mar 2026 12:00:00 GMT")
        let tooMuch = try await send(site, path, "world and more", at: 5)
        #expect(tooMuch.status == 413)
        #expect(value(try await send(site, path, "world", at: 5), "Upload-Offset") == "10")
        let attached = try await site.send(
            .post, "/api/method/upload_file", json: #"{"upload": "\#(id)", "doctype": "Book", "docname": "B-1"}"#)
        #expect(attached.message["file_name"] == "list.txt", "\(attached.text)")
        #expect(attached.message["file_size"] == 10)
        let file = try await site.send(.get, attached.message["file_url"]?.string ?? "")
        #expect(file.text == "helloworld")
        #expect(try await site.send(.head, path, headers: headers(site)).status == 404, "it is done")
    }

    @Test func `an upload is its user's own and ends with a day`() async throws {
        let site = try await site()
        let path = try await begin(site, 10)
        let reader = ["Cookie": try await site.signIn("reader@example.com"), "Tus-Resumable": "1.0.0"]
        #expect(try await site.send(.head, path, headers: reader).status == 404)
        #expect(try await site.send(.delete, path, headers: reader).status == 404)
        #expect(try await site.send(.delete, path, headers: headers(site)).status == 204)
        #expect(try await site.send(.head, path, headers: headers(site)).status == 404)
        let other = try await begin(site, 10)
        site.clock.advance(seconds: ResumableUpload.seconds + 1)
        #expect(try await send(site, other, "hello", at: 0).status == 404)
    }

    @Test func `what is no upload is refused`() async throws {
        let site = try await site()
        for (more, status) in [
            ([:], 417), (["Upload-Length": "-1"], 417), (["Upload-Length": "99999999999999999999"], 417),
            (["Upload-Length": "1001"], 413), (["Upload-Length": "5", "Upload-Metadata": "filename %%%"], 417),
            (["Upload-Length": "5", "Tus-Resumable": "0.2"], 412),
        ] as [([String: String], Int)] {
            let answer = try await site.send(.post, "/api/uploads", headers: headers(site, more))
            #expect(answer.status == status, "\(more): \(answer.text)")
        }
        #expect(try await site.send(.post, "/api/uploads", headers: ["Upload-Length": "5"]).status == 403)
        let path = try await begin(site, 10)
        let plain = try await site.send(.patch, path, json: "{}", headers: headers(site, ["Upload-Offset": "0"]))
        #expect(plain.status == 415)
        let options = try await site.send(.options, "/api/uploads", headers: [:])
        #expect(value(options, "Tus-Extension") == "creation,expiration,termination")
        for _ in 1..<ResumableUpload.perUser { _ = try await begin(site, 10) }
        let many = try await site.send(.post, "/api/uploads", headers: headers(site, ["Upload-Length": "5"]))
        #expect(many.json["code"] == "too_many")
    }

    @Test func `files fit in the company's quota, and the same bytes count once`() async throws {
        let site = try await site()
        try await site.tenant.write(as: .administrator) { session in
            let settings = try session.get("System Settings", "System Settings")
            try session.apply(["file_storage_quota": 1], to: settings)
            try session.save(settings)
        }
        func upload(_ letter: String, _ count: Int, _ name: String) async throws -> Answer {
            let text = String(repeating: letter, count: count)
            return try await site.send(
                .post, "/api/method/upload_file", json: #"{"filename": "\#(name)", "filedata": "\#(text)"}"#)
        }
        #expect(try await upload("a", 900_000, "a.txt").status == 200)
        #expect(try await upload("a", 900_000, "again.txt").status == 200)
        let refused = try await upload("b", 900_000, "b.txt")
        #expect(refused.status == 413 && refused.json["code"] == "storage_quota_exceeded", "\(refused.text)")
        #expect(try await upload("b", 100_000, "b.txt").status == 200)
    }
}
