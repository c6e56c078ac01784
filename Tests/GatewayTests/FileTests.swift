import Collaboration
import Documents
import Foundation
import HTTPTypes
import Identity
import ObjectStorage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// A folder for files that goes when nobody holds it.
final class FileFolder: Sendable {
    let path = NSTemporaryDirectory() + "gateway-files-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Answer {
    fileprivate func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

@Suite(.bothEngines) struct FileTests {
    private static let boundary = "----cauldron7MA4YWxkTrZu0gW"

    private static func form(_ fields: [(String, String)], _ file: (name: String, bytes: [UInt8])?) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        if let file {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file.name)\"\r\n".utf8)
            body += Array("Content-Type: application/octet-stream\r\n\r\n".utf8) + file.bytes + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }

    private func site(_ folder: FileFolder, most: Int = 1 << 20) async throws -> Site {
        var configuration = GatewayConfiguration()
        configuration.objects = try FolderStore(folder.path)
        configuration.fileBytes = most
        return try await Site.make(configuration)
    }

    private func upload(
        _ site: Site, _ fields: [(String, String)], _ file: (name: String, bytes: [UInt8])?,
        headers: [String: String]? = nil
    ) async throws -> Answer {
        var all =
            headers ?? ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
        all["Content-Type"] = "multipart/form-data; boundary=\(Self.boundary)"
        return try await site.send(.post, "/api/method/upload_file", headers: all, body: Self.form(fields, file))
    }

    @Test func `takes a file in a form and gives it back`() async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        let content = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 % 251) }
        let answer = try await upload(site, [("is_private", "1")], ("Plan & Skizze.bin", content))
        #expect(answer.status == 200)
        let file = try #require(answer.json["message"])
        #expect(file["file_url"] == "/private/files/Plan _ Skizze.bin")
        #expect(file["file_size"] == 70_000 && file["is_private"] == 1 && file["folder"] == "Home")
        let path = "/private/files/Plan%20_%20Skizze.bin"
        let whole = try await site.send(.get, path)
        #expect(whole.status == 200 && Array(whole.body) == content)
        #expect(whole.header("Content-Disposition")?.hasPrefix("attachment; filename=\"Plan _ Skizze.bin\"") == true)
        #expect(whole.header("X-Content-Type-Options") == "nosniff")
        #expect(whole.header("Content-Security-Policy")?.contains("sandbox") == true)
        let key = "token \(site.librarian.key):\(site.librarian.secret)"
        let part = try await site.send(.get, path, headers: ["Authorization": key, "Range": "bytes=10-19"])
        #expect(part.status == 206 && Array(part.body) == Array(content[10..<20]))
        #expect(part.header("Content-Range") == "bytes 10-19/70000")
        let beyond = try await site.send(.get, path, headers: ["Authorization": key, "Range": "bytes=70000-"])
        #expect(beyond.status == 416)
        let etag = try #require(whole.header("ETag"))
        let again = try await site.send(.get, path, headers: ["Authorization": key, "If-None-Match": etag])
        #expect(again.status == 304 && again.body.isEmpty)
        for headers in [[:], ["Authorization": "token wrong:wrong"]] {
            #expect(try await [404, 401].contains(site.send(.get, path, headers: headers).status))
        }
    }

    /// A file as an argument is as large as a body may be, one in a form as large as a file.
    @Test(arguments: [
        "/api/method/upload_file", "/api/method/frappe.handler.upload_file", "/api/method/frappe.client.attach_file",
        "/api/v1/method/upload_file", "/?cmd=upload_file",
    ])
    func `a form with a file is taken the same way wherever it is sent`(path: String) async throws {
        let folder = FileFolder()
        var configuration = GatewayConfiguration()
        configuration.objects = try FolderStore(folder.path)
        configuration.bodyBytes = 2_000
        configuration.fileBytes = 50_000
        let site = try await Site.make(configuration)
        let key = "token \(site.librarian.key):\(site.librarian.secret)"
        func send(
            _ fields: [(String, String)], _ bytes: Int, _ query: String = "", key: String? = key
        ) async throws -> Answer {
            var headers = ["Content-Type": "Multipart/Form-Data; boundary=\(Self.boundary)"]
            headers["Authorization"] = key
            return try await site.send(
                .post, path + (query.isEmpty ? "" : (path.contains("?") ? "&" : "?") + query), headers: headers,
                body: Self.form(fields, ("a.txt", [UInt8](repeating: 65, count: bytes))))
        }
        let answer = try await send([("is_private", "0")], 40_000, "file_name=b.txt")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["message"]?["file_url"] == "/files/b.txt" && answer.json["message"]?["file_size"] == 40_000)
        #expect(try await send([], 60_000).status == 413)
        #expect(try await send([], 10, key: nil).status == 403)
        #expect(try await send([], 10, key: "token wrong:wrong").status == 401)
        // What cannot be rehearsed is not done in earnest, wherever it is said.
        #expect(try await send([("rehearse", "1")], 10).status == 403)
        #expect(try await send([], 10, "rehearse=1").status == 403)
        #expect(try await send([("nothing_of_ours", "1")], 10, "strict=1").status == 417)
        let told = try await send([("nothing_of_ours", "1")], 10)
        #expect(told.status == 200 && told.header("X-Cauldron-Ignored") == "nothing_of_ours")
        let files = try await site.send(.get, "/api/resource/File?filters={\"is_folder\":0}")
        #expect(files.names.count == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/incoming").isEmpty)
    }

    @Test func `a file is asked for like everything else`() async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        _ = try await upload(site, [], ("a.txt", [65, 66]))
        let path = "/private/files/a.txt"
        let head = try await site.send(.head, path)
        #expect(head.status == 200 && head.body.isEmpty && head.header("Content-Length") == "2")
        let shown = try await site.send(.get, path)
        #expect(shown.header("Content-Disposition")?.hasPrefix("inline") == true)
        let kept = try await site.send(.get, path + "?download=1")
        #expect(kept.header("Content-Disposition")?.hasPrefix("attachment") == true)
        let options = try await site.send(.options, path, headers: [:])
        #expect(options.status == 200 && options.header("Allow") == "GET, HEAD, OPTIONS")
        #expect(try await site.send(.post, path).status == 405)
        let long = path + "?x=" + String(repeating: "x", count: GatewayConfiguration().targetBytes)
        #expect(try await site.send(.get, long).status == 414)
        let scoped = try await site.tenant.identity.makeKey(
            for: "lib@example.com", label: "books", scopes: #"[{"doctype": "Book", "rights": ["read"]}]"#,
            at: site.tenant.now())
        let other = ["Authorization": "token \(scoped.key):\(scoped.secret)"]
        #expect(try await site.send(.get, path, headers: other).status == 404)
    }

    private static let refused: [(name: String, bytes: Int, status: Int)] = [
        ("a.exe", 10, 417), ("a.png", 10, 417), ("a.txt", 1 << 20 + 1, 413), ("", 3, 417),
    ]

    @Test(arguments: refused) func `refuses files that are not to be`(
        name: String, bytes: Int, status: Int
    ) async throws {
        let folder = FileFolder()
        let site = try await site(folder, most: 1 << 10)
        let answer = try await upload(site, [], (name, [UInt8](repeating: 65, count: min(bytes, 5000))))
        #expect(answer.status == status)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/incoming").isEmpty)
    }

    @Test func `takes files only from who has signed in, and forms only whole`() async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        let guest = try await upload(site, [], ("a.txt", [65]), headers: [:])
        #expect(guest.status == 403)
        let key = "token \(site.librarian.key):\(site.librarian.secret)"
        let headers = ["Authorization": key, "Content-Type": "multipart/form-data; boundary=\(Self.boundary)"]
        for body in [Array("nothing".utf8), Array(Self.form([], ("a.txt", [65])).dropLast(8)), []] {
            let answer = try await site.send(.post, "/api/method/upload_file", headers: headers, body: body)
            #expect(answer.status == 417 || answer.status == 400)
        }
        let none = try await upload(site, [("doctype", "Book")], nil)
        #expect(none.status == 417)
        let elsewhere = try await Site.make()
        #expect(try await upload(elsewhere, [], ("a.txt", [65])).status == 503)
    }

    @Test func `reads forms however they are cut`() throws {
        let content: [UInt8] = Array("one\r\n--\r\n------cauldron\r\nend".utf8)
        let body = Self.form([("empty", ""), ("doctype", "Book")], ("a.txt", content))
        for step in [1, 2, 3, 7, 64, 1000] {
            var reader = try MultipartReader(boundary: Self.boundary)
            var fields: [(String, [UInt8])] = []
            for start in stride(from: 0, to: body.count, by: step) {
                for event in try reader.feed(body[start..<min(start + step, body.count)]) {
                    switch event {
                    case .part(let name, let file): fields.append((name + (file ?? ""), []))
                    case .bytes(let bytes): fields[fields.count - 1].1 += bytes
                    default: break
                    }
                }
            }
            #expect(reader.isDone)
            #expect(fields.map(\.0) == ["empty", "doctype", "filea.txt"])
            #expect(fields.map(\.1) == [[], Array("Book".utf8), content])
        }
    }

    @Test func `keeps all of a name in quotes`() {
        let cases = [
            (#"form-data; name="file"; filename="a;b.pdf""#, "a;b.pdf"), (#"x; filename="a \"b\".txt""#, #"a "b".txt"#),
            (#"x; filename="C:\files\plan.txt""#, #"C:\files\plan.txt"#), ("x; filename=plain.txt", "plain.txt"),
            ("x; filename=\"open.txt\r\nContent-Type: a; name=\"b\"", "open.txt\r\n"),
        ]
        for (header, name) in cases.dropLast() { #expect(FormBody.parameter("filename", of: header) == name) }
        // A quote that is not closed ends with its line.
        #expect(FormBody.parameter("name", of: cases[4].0) == "b")
    }

    @Test func `attaches to a document whose name begins as that of an unsaved one`() async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        try await site.fill()
        for name in ["new-york", "new-book-shop"] {
            _ = try await site.send(
                .post, "/api/resource/Book", json: #"{"name": "\#(name)", "title": "x"}"#)
        }
        let cases: [(name: String, isAttached: Bool)] = [
            ("new-york", true), ("new-book-shop", true), ("new-book-abcdefghij", false),
        ]
        for (name, isAttached) in cases {
            let answer = try await upload(site, [("doctype", "Book"), ("docname", name)], ("a;b.txt", [65]))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.message["attached_to_name"]?.string == (isAttached ? name : nil))
            #expect(answer.message["file_name"] == "a;b.txt")
        }
        let link = try await site.send(
            .post, "/api/method/upload_file",
            json: #"{"doctype": "Book", "docname": "B-1", "file_url": "https://example.com/x", "file_name": "x"}"#)
        #expect(link.status == 200, "\(link.text)")
        try await site.tenant.read(as: .administrator) { (session: Session) throws in
            #expect(try session.comments("Book", "B-1", kind: "Attachment").count == 1)
        }
    }

    @Test func `an upload is private unless it is asked to be public`() async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        let cases: [(fields: [(String, String)], isPrivate: Int64)] = [
            ([], 1), ([("is_private", "")], 1), ([("is_private", "1")], 1), ([("is_private", "0")], 0),
        ]
        for (number, (fields, isPrivate)) in cases.enumerated() {
            let name = "plan\(number).txt"
            let answer = try await upload(site, fields, (name, Array(name.utf8)))
            #expect(answer.message["is_private"]?.int == isPrivate, "\(fields)")
            let place = isPrivate == 1 ? "/private/files/" : "/files/"
            #expect(answer.message["file_url"]?.string == place + name)
            let stranger = try await site.send(.get, place + name, headers: [:])
            #expect(stranger.status == (isPrivate == 1 ? 404 : 200))
        }
        let attached = try await site.send(
            .post, "/api/method/frappe.client.attach_file", json: #"{"filename": "a.txt", "filedata": "text"}"#)
        #expect(attached.message["is_private"] == 1, "\(attached.text)")
        let link = try await site.send(
            .post, "/api/resource/File", json: #"{"file_url": "https://example.com/x", "file_name": "x"}"#)
        #expect(link.json["data"]?["is_private"] == 1, "\(link.text)")
    }

    /// Names that a file must not get, however it is renamed: of kinds that are not taken, however they are written, and
    /// of a kind that its bytes were not looked at for.
    private static let banned = [
        "plan.exe", "plan.EXE", "plan.exe ", "plan.exe.", "plan.ex\u{200B}e", "plan.\u{AD}exe", "plan.exe\u{2060}",
        "x/plan.php", "plan.txt.js\u{FE0F}p", "plan.pdf", "plan",
    ]

    @Test(arguments: banned) func `renaming a file does not pass the ban on endings`(name: String) async throws {
        let folder = FileFolder()
        let site = try await site(folder)
        let file = try await upload(site, [], ("plan.txt", Array("text".utf8))).message["name"]?.string ?? ""
        let escaped = JSON.string(name).text
        let ways: [(HTTPRequest.Method, String, String)] = [
            (.put, "/api/resource/File/\(file)", #"{"file_name": \#(escaped)}"#),
            (
                .post, "/api/method/frappe.client.set_value",
                #"{"doctype": "File", "name": "\#(file)", "fieldname": "file_name", "value": \#(escaped)}"#
            ),
            (
                .post, "/api/method/frappe.client.set_value",
                #"{"doctype": "File", "name": "\#(file)", "fieldname": {"file_name": \#(escaped)}}"#
            ),
        ]
        for (method, path, body) in ways {
            let answer = try await site.send(method, path, json: body)
            #expect(answer.status == 417 && answer.json["code"] == "bad_file", "\(path): \(answer.text)")
        }
        let isBannedKind = name != "plan.pdf" && name != "plan"
        if isBannedKind {
            for body in [
                #"{"file_url": "https://example.com/x", "file_name": \#(escaped)}"#,
                #"{"file_url": "/private/files/plan.txt", "file_name": \#(escaped)}"#,
            ] {
                let answer = try await site.send(.post, "/api/resource/File", json: body)
                #expect(answer.status == 417 && answer.json["code"] == "bad_file", "\(answer.text)")
            }
        }
        let fine = try await site.send(
            .put, "/api/resource/File/\(file)", json: #"{"file_name": "Other Plan.TXT"}"#)
        #expect(fine.status == 200 && fine.json["data"]?["file_name"] == "Other Plan.TXT", "\(fine.text)")
    }

    private static let ranges: [(header: String, range: Range<Int64>?)] = [
        ("bytes=0-0", 0..<1), ("bytes=5-", 5..<10), ("bytes=-3", 7..<10), ("bytes=-30", 0..<10), ("bytes=5-99", 5..<10),
        ("bytes=10-", 0..<0), ("bytes=-0", 0..<0), ("bytes=3-2", nil), ("bytes=a-b", nil), ("lines=0-1", nil),
        ("bytes=0-1,3-4", nil), ("bytes=", nil), ("bytes=-", nil),
        ("bytes=0-9223372036854775807", 0..<10), ("bytes=9-9223372036854775807", 9..<10),
        ("bytes=9223372036854775807-9223372036854775807", 0..<0), ("bytes=-9223372036854775807", 0..<10),
        ("bytes=0-9223372036854775808", nil), ("bytes=-9223372036854775808", nil),
    ]

    @Test(arguments: ranges) func `reads ranges as the standard says`(header: String, range: Range<Int64>?) {
        #expect(FileDownload.range(header, of: 10) == range)
    }
}
