import Documents
import Foundation
import HTTPTypes
import Identity
import ObjectStorage
import Pictures
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Small pictures of files, which come from where the file is and need the rights that it needs.
@Suite(.bothEngines) struct ThumbnailTests {
    /// The library with a folder for files.
    private struct Place {
        let folder = FileFolder()
        let site: Site

        init(program: String = BuiltProgram.path("cauldron-thumbnail"), derivedBytes: Int64 = 1 << 20) async throws {
            var configuration = GatewayConfiguration()
            configuration.objects = try FolderStore(folder.path, derivedBytes: derivedBytes)
            configuration.thumbnailer = Thumbnailer(program: program)
            site = try await Site.make(configuration)
        }

        /// The thumbnails that are kept, by name.
        var kept: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/derived")) ?? []).sorted()
        }

        /// Uploads a file and gives what the answer says of it.
        func upload(
            _ name: String, _ bytes: [UInt8], _ fields: JSONObject = [:], by user: String? = nil
        ) async throws -> JSON {
            var body: JSONObject = [
                "filename": .string(name), "decode_base64": 1,
                "filedata": .string(Foundation.Data(bytes).base64EncodedString()),
            ]
            for (key, value) in fields.members { body[key] = value }
            var headers: [String: String]?
            if let user { headers = try await ["Cookie": site.signIn(user), "X-Frappe-CSRF-Token": ""] }
            let answer = try await site.send(
                .post, "/api/method/upload_file", json: JSON.object(body).text, headers: headers)
            #expect(answer.status == 200, "\(answer.text)")
            return answer.message
        }
    }

    private static func header(_ answer: Answer, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { answer.headers[$0] }
    }

    @Test func `a picture is given small where its file says`() async throws {
        let place = try await Place()
        let file = try await place.upload("Photo of it.png", TestPicture.corners(800, 400).encoded(.png))
        #expect(file["file_url"] == "/private/files/Photo of it.png")
        #expect(file["thumbnail_url"] == "/private/files/Photo of it.png?thumbnail=300")
        let small = try await place.site.send(.get, "/private/files/Photo%20of%20it.png?thumbnail=300")
        #expect(small.status == 200, "\(small.text)")
        let picture = try #require(TestPicture(small.body))
        #expect(picture.width == 300 && picture.height == 150)
        for (corner, colour) in zip(picture.corners, [TestPicture.Colour.red, .green, .blue, .white]) {
            #expect(corner.isAbout(colour))
        }
        #expect(Self.header(small, "Content-Type") == "image/jpeg")
        #expect(Self.header(small, "Cache-Control") == "private, no-cache")
        #expect(Self.header(small, "X-Content-Type-Options") == "nosniff")
        #expect(Self.header(small, "Content-Security-Policy")?.contains("sandbox") == true)
        #expect(Self.header(small, "Content-Disposition")?.hasPrefix("inline; filename=\"Photo of it.jpg\"") == true)
        // It is what is read of it everywhere, and follows the file.
        let name = try #require(file["name"]?.string)
        let read = try await place.site.send(.get, "/api/resource/File/\(name)")
        #expect(read.data["thumbnail_url"] == file["thumbnail_url"])
        let listed = try await place.site.send(
            .get, "/api/resource/File?fields=[\"thumbnail_url\"]&filters={\"thumbnail_url\":[\"is\",\"set\"]}")
        #expect(listed.data.array?.first?["thumbnail_url"] == file["thumbnail_url"] && listed.data.array?.count == 1)
        let opened = try await place.site.send(.put, "/api/resource/File/\(name)", json: #"{"is_private": 0}"#)
        #expect(opened.data["thumbnail_url"] == "/files/Photo of it.png?thumbnail=300", "\(opened.text)")
        let open = try await place.site.send(.get, "/files/Photo%20of%20it.png?thumbnail=300", headers: [:])
        #expect(open.status == 200 && open.body == small.body)
        #expect(Self.header(open, "Cache-Control") == "public, max-age=3600")
        let text = try await place.upload("a.txt", [65])
        #expect(text["thumbnail_url"] == .null || text["thumbnail_url"] == nil)
    }

    @Test func `who may not have a file does not get it small, whichever way it is asked for`() async throws {
        let place = try await Place()
        let site = place.site
        try await site.fill()
        let bytes = TestPicture.corners(400, 400).encoded(.png)
        let own = try await place.upload("own.png", bytes)
        let attached = try await place.upload("shelf.png", bytes, ["doctype": "Book", "docname": "B-1"])
        // The same bytes are made small for somebody who may, so that they are kept.
        for name in ["own.png", "shelf.png"] {
            #expect(try await site.send(.get, "/private/files/\(name)?thumbnail=64").status == 200)
        }
        let scoped = try await site.tenant.identity.makeKey(
            for: "lib@example.com", label: "shelves", scopes: #"[{"doctype": "Shelf", "rights": ["read"]}]"#,
            at: site.tenant.now())
        let nobody = try await site.signIn("nobody@example.com")
        let reader = try await site.signIn("reader@example.com")
        let strangers: [[String: String]] = [
            [:], ["Cookie": nobody], ["Authorization": "token \(scoped.key):\(scoped.secret)"],
            ["Cookie": "sid=0123456789"],
        ]
        for name in ["own.png", "shelf.png"] {
            for headers in strangers {
                for query in ["", "?thumbnail=64", "?thumbnail=300", "?thumbnail=64&download=1", "?thumbnail=1"] {
                    for verb in [HTTPRequest.Method.get, .head] {
                        let answer = try await site.send(verb, "/private/files/\(name)\(query)", headers: headers)
                        #expect(answer.status == 404, "\(headers) \(name) \(query): \(answer.status)")
                    }
                    let etag = "\"\(own["content_hash"]?.string ?? "")-\(Thumbnails.name(of: 64))\""
                    let known = try await site.send(
                        .get, "/private/files/\(name)\(query)",
                        headers: headers.merging(["If-None-Match": etag]) { first, _ in first })
                    #expect(known.status == 404)
                }
            }
        }
        // Who may read the book has what is attached to it, and not what is somebody's own.
        #expect(
            try await site.send(.get, "/private/files/shelf.png?thumbnail=64", headers: ["Cookie": reader]).status
                == 200)
        #expect(
            try await site.send(.get, "/private/files/own.png?thumbnail=64", headers: ["Cookie": reader]).status == 404)
        // The address of a private file under the public path is nobody's.
        #expect(try await site.send(.get, "/files/own.png?thumbnail=64").status == 404)
        // The method of the File asks for the File.
        let ask = #"{"dt": "File", "dn": "\#(attached["name"]?.string ?? "")", "method": "make_thumbnail"}"#
        for headers in [[:], ["Cookie": nobody]] as [[String: String]] {
            let answer = try await site.send(.post, "/api/method/run_doc_method", json: ask, headers: headers)
            #expect([403, 404].contains(answer.status), "\(answer.text)")
        }
    }

    @Test func `a File says where it is small in the sizes there are`() async throws {
        let place = try await Place()
        let file = try await place.upload("a.png", TestPicture.corners(700, 700).encoded(.png))
        let name = try #require(file["name"]?.string)
        func call(_ arguments: String) async throws -> Answer {
            try await place.site.send(
                .post, "/api/method/run_doc_method",
                json: #"{"dt": "File", "dn": "\#(name)", "method": "make_thumbnail", "args": \#(arguments)}"#)
        }
        #expect(try await call("{}").message == "/private/files/a.png?thumbnail=300")
        for side in Thumbnail.sizes {
            let made = try await call(#"{"width": \#(side), "height": \#(side), "crop": 0}"#)
            #expect(made.message == .string("/private/files/a.png?thumbnail=\(side)"))
            let small = try await place.site.send(.get, "/private/files/a.png?thumbnail=\(side)")
            #expect(TestPicture(small.body)?.width == side)
        }
        let modern = try await place.site.send(.post, "/api/v2/document/File/\(name)/method/make_thumbnail", json: "{}")
        #expect(modern.data == "/private/files/a.png?thumbnail=300", "\(modern.text)")
        for arguments in [#"{"width": 301}"#, #"{"width": 300, "height": 150}"#, #"{"crop": 1}"#] {
            let answer = try await call(arguments)
            #expect(answer.status == 417 && answer.json["code"] == "not_an_option", "\(answer.text)")
        }
        // Only what is made can be asked for.
        for size in ["", "0", "1", "299", "300x300", "0300", "-300", "3e2", "99999999999999999999", "large"] {
            let answer = try await place.site.send(.get, "/private/files/a.png?thumbnail=\(size)")
            #expect(answer.status == 417 && answer.json["code"] == "not_an_option", "\(size): \(answer.text)")
        }
        #expect(place.kept.count == Thumbnail.sizes.count)
        let book = try await place.site.send(
            .post, "/api/method/run_doc_method", json: #"{"dt": "Shelf", "dn": "x", "method": "make_thumbnail"}"#)
        #expect(book.status == 403, "\(book.text)")
    }

    @Test(arguments: TestPicture.Format.allCases)
    func `pictures of every format come out small and in their colours`(format: TestPicture.Format) async throws {
        let place = try await Place()
        _ = try await place.upload("a.\(format)", TestPicture.corners(640, 480).encoded(format))
        let small = try await place.site.send(.get, "/private/files/a.\(format)?thumbnail=150")
        let picture = try #require(TestPicture(small.body), "\(small.text)")
        #expect(picture.width == 150 && picture.height == 113)
        for (corner, colour) in zip(picture.corners, [TestPicture.Colour.red, .green, .blue, .white]) {
            #expect(corner.isAbout(colour))
        }
        // None is made larger.
        _ = try await place.upload("b.\(format)", TestPicture.corners(40, 20).encoded(format))
        let same = try await place.site.send(.get, "/private/files/b.\(format)?thumbnail=150")
        let unchanged = try #require(TestPicture(same.body))
        #expect(unchanged.width == 40 && unchanged.height == 20)
    }

    /// What is seen of the corners of a picture that says how it is to be turned.
    private static let seen: [[TestPicture.Colour]] = [
        [.red, .green, .blue, .white], [.green, .red, .white, .blue], [.white, .blue, .green, .red],
        [.blue, .white, .red, .green], [.red, .blue, .green, .white], [.blue, .red, .white, .green],
        [.white, .green, .blue, .red], [.green, .white, .red, .blue],
    ]

    @Test(arguments: [TestPicture.Format.jpg, .png, .webp])
    func `photos of phones stand upright, and tell nothing of where they were taken`(
        format: TestPicture.Format
    ) async throws {
        let place = try await Place()
        let bytes = TestPicture.corners(400, 200).encoded(format)
        for value in 1...8 {
            let secret = "48.1374 N 11.5755 E \(value)"
            let photo = TestPicture.bytes(bytes, format, with: TestPicture.exif(value, secret: secret))
            _ = try await place.upload("p\(value).\(format)", photo)
            let small = try await place.site.send(.get, "/private/files/p\(value).\(format)?thumbnail=64")
            let picture = try #require(TestPicture(small.body), "\(small.text)")
            #expect(
                value < 5 ? (picture.width, picture.height) == (64, 32) : (picture.width, picture.height) == (32, 64))
            for (corner, colour) in zip(picture.corners, Self.seen[value - 1]) {
                #expect(corner.isAbout(colour), "\(value): \(picture.corners)")
            }
            #expect(!small.text.contains("48.1374") && !small.text.contains("Exif"))
        }
    }

    @Test func `what lets something shine through still does`() async throws {
        let place = try await Place()
        let logo = TestPicture(400, 400) { x, _ in
            x < 200 ? TestPicture.Colour(255, 0, 0, alpha: 255) : TestPicture.Colour(0, 0, 255, alpha: 0)
        }
        _ = try await place.upload("logo.png", logo.encoded(.png))
        let small = try await place.site.send(.get, "/private/files/logo.png?thumbnail=64")
        #expect(Self.header(small, "Content-Type") == "image/png")
        let picture = try #require(TestPicture(small.body))
        #expect(picture[8, 8].isAbout(.red) && picture[56, 56].alpha == 0)
        // The colour of what is not seen does not come through at the edge.
        #expect((0..<64).allSatisfy { picture[$0, 32].alpha == 0 || picture[$0, 32].blue < 40 })
    }

    @Test func `a thumbnail is asked for like everything else`() async throws {
        let place = try await Place()
        _ = try await place.upload("a.png", TestPicture.corners(400, 400).encoded(.png))
        let path = "/private/files/a.png?thumbnail=150"
        let key = "token \(place.site.librarian.key):\(place.site.librarian.secret)"
        let whole = try await place.site.send(.get, path)
        let head = try await place.site.send(.head, path)
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(Self.header(head, "Content-Length") == String(whole.body.count))
        let tag = try #require(Self.header(whole, "ETag"))
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let again = try await place.site.send(.get, path, headers: ["Authorization": key, "If-None-Match": known])
            #expect(again.status == 304 && again.body.isEmpty && Self.header(again, "ETag") == tag)
        }
        // Another size is something else, and so is the file.
        for other in ["/private/files/a.png?thumbnail=64", "/private/files/a.png"] {
            let answer = try await place.site.send(.get, other, headers: ["Authorization": key, "If-None-Match": tag])
            #expect(answer.status == 200 && Self.header(answer, "ETag") != tag)
        }
        let kept = try await place.site.send(.get, path + "&download=1")
        #expect(Self.header(kept, "Content-Disposition")?.hasPrefix("attachment; filename=\"a.jpg\"") == true)
        #expect(try await place.site.send(.post, path).status == 405)
    }

    // MARK: Hostile pictures

    private static let hostile: [(name: String, bytes: [UInt8], what: String)] = [
        ("bomb.png", TestPicture.emptyPNG(60_000, 60_000), "50 million pixels"),
        ("huge.png", TestPicture.emptyPNG(4_294_967_295, 4_294_967_295), "50 million pixels"),
        ("nothing.png", TestPicture.emptyPNG(0, 10), "cannot be read"),
        ("empty.png", TestPicture.emptyPNG(7_000, 7_000), "cannot be read"),
        ("cut.png", Array(TestPicture.corners(300, 300).encoded(.png).prefix(60)), "cannot be read"),
        ("cut.webp", Array(TestPicture.corners(300, 300).encoded(.webp).prefix(60)), "cannot be read"),
        ("cut.jpg", Array(TestPicture.corners(300, 300).encoded(.jpg).prefix(10)), "no picture"),
        ("cut.gif", Array(TestPicture.corners(300, 300).encoded(.gif).prefix(20)), "cannot be read"),
        ("bomb.gif", Array("GIF89a".utf8) + [255, 255, 255, 255, 0x80, 0, 0, 0, 0, 0, 1, 1, 1], "50 million pixels"),
        (
            "bomb.jpg",
            [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 255, 255, 255, 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0],
            "50 million pixels"
        ),
        (
            "bomb.webp",
            Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8X".utf8)
                + [10, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255], "50 million pixels"
        ),
        ("page.gif", Array("GIF89a/*<svg onload=alert(1)>*/=1;".utf8), "million pixels"),
    ]

    @Test(arguments: hostile) func `a picture that cannot be made small is refused, and served as it is`(
        name: String, bytes: [UInt8], what: String
    ) async throws {
        let place = try await Place()
        _ = try await place.upload(name, bytes)
        for attempt in 1...2 {
            let answer = try await place.site.send(.get, "/private/files/\(name)?thumbnail=300")
            #expect(answer.status == 417 && answer.json["code"] == "no_thumbnail", "\(attempt): \(answer.text)")
            #expect(answer.json["message"]?.string ?? answer.text != "" && answer.text.contains(what), "\(answer.text)")
        }
        let whole = try await place.site.send(.get, "/private/files/\(name)")
        #expect(whole.status == 200 && whole.body == bytes)
        #expect(place.kept.count == 1, "that it cannot be made is known the second time")
    }

    @Test func `damaged pictures of every kind are made small or refused, and nothing else`() async throws {
        let place = try await Place()
        var dice = Dice(seed: 31)
        for format in TestPicture.Format.allCases {
            let whole = TestPicture.bytes(
                TestPicture.corners(120, 90).encoded(format), format, with: TestPicture.exif(6))
            for number in 1...5 {
                var bytes = whole
                for _ in 0..<dice.roll(1...20) { bytes[dice.roll(16...bytes.count - 1)] = UInt8(dice.roll(0...255)) }
                bytes = Array(bytes.prefix(dice.roll(bytes.count / 2...bytes.count)))
                _ = try await place.upload("d\(number).\(format)", bytes)
                let answer = try await place.site.send(.get, "/private/files/d\(number).\(format)?thumbnail=64")
                let isRefused = answer.status == 417 && answer.json["code"] == "no_thumbnail"
                #expect(isRefused || answer.status == 200 && TestPicture(answer.body) != nil, "\(answer.text)")
            }
        }
    }

    @Test func `drawings and other files are not made small`() async throws {
        let place = try await Place()
        let files: [(String, [UInt8])] = [
            ("a.svg", Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)), ("a.pdf", Array("%PDF-1.7".utf8)),
            ("a.txt", [65]), ("a.bmp", Array("BM".utf8)),
        ]
        for (name, bytes) in files {
            let file = try await place.upload(name, bytes)
            #expect(file["thumbnail_url"]?.string == nil)
            let answer = try await place.site.send(.get, "/private/files/\(name)?thumbnail=300")
            #expect(answer.status == 417 && answer.json["code"] == "no_thumbnail", "\(answer.text)")
        }
        #expect(place.kept.isEmpty)
    }

    @Test(arguments: ["/nowhere/cauldron-thumbnail", "/bin/true", "/bin/cat"])
    func `without the program there are files and no thumbnails`(program: String) async throws {
        let place = try await Place(program: program)
        let bytes = TestPicture.corners(400, 400).encoded(.png)
        _ = try await place.upload("a.png", bytes)
        let answer = try await place.site.send(.get, "/private/files/a.png?thumbnail=300")
        #expect(answer.status == 503 && answer.json["code"] == "unavailable", "\(answer.text)")
        #expect(try await place.site.send(.get, "/private/files/a.png").body == bytes)
        #expect(place.kept.isEmpty, "it is no fault of the picture")
    }

    // MARK: What is kept

    @Test func `the same picture is made once, and goes with the file`() async throws {
        let place = try await Place()
        let bytes = TestPicture.corners(400, 400).encoded(.png)
        let first = try await place.upload("a.png", bytes)
        let second = try await place.upload("b.png", bytes)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await place.site.send(.get, "/private/files/\(number % 2 == 0 ? "a" : "b").png?thumbnail=64")
                }
            }
            var answers: [Answer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
        let hash = try #require(first["content_hash"]?.string)
        #expect(place.kept == ["\(hash).\(Thumbnails.name(of: 64))"])
        for file in [first, second] {
            let name = try #require(file["name"]?.string)
            #expect(try await place.site.send(.delete, "/api/resource/File/\(name)").status == 202)
        }
        for name in ["a.png", "b.png"] {
            #expect(try await place.site.send(.get, "/private/files/\(name)?thumbnail=64").status == 404)
        }
        let store = try #require(try? FolderStore(place.folder.path))
        try await store.collect(keeping: [hash], idleFor: 0)
        #expect(place.kept.count == 1)
        try await store.collect(keeping: [], idleFor: 0)
        #expect(place.kept.isEmpty)
    }

    @Test func `what is kept is bounded, and what had to go is made again`() async throws {
        let place = try await Place(derivedBytes: 40_960)
        for number in 0..<15 {
            let picture = TestPicture(100 + number, 100) { x, y in TestPicture.Colour(x, y, number) }
            _ = try await place.upload("\(number).png", picture.encoded(.png))
            #expect(try await place.site.send(.get, "/private/files/\(number).png?thumbnail=64").status == 200)
            #expect(place.kept.count <= 12)
        }
        for number in 0..<15 {
            #expect(try await place.site.send(.get, "/private/files/\(number).png?thumbnail=64").status == 200)
        }
    }

    @Test func `companies have their own, also of the same picture`() async throws {
        let town = try await Town.make()
        let picture = Foundation.Data(TestPicture.corners(100, 100).encoded(.png)).base64EncodedString()
        let body = #"{"filename": "same.png", "decode_base64": 1, "filedata": "\#(picture)"}"#
        let acme = try #require(town.libraries["acme"])
        let sent = try await town.send(
            .post, "/api/method/upload_file", to: "acme.example", ["Authorization": acme.token], body: body)
        #expect(sent.status == 200, "\(sent.text)")
        let path = "/private/files/same.png?thumbnail=64"
        let own = try await town.send(.get, path, to: "acme.example", ["Authorization": acme.token])
        #expect(own.status == 200, "\(own.text)")
        for other in ["beta", ""] {
            let library = try #require(town.libraries[other])
            for headers in [
                ["Authorization": library.token], ["Authorization": acme.token], ["Cookie": acme.cookie], [:],
            ] {
                let answer = try await town.send(.get, path, to: Town.host(other), headers)
                #expect([401, 404].contains(answer.status), "\(headers): \(answer.status)")
            }
        }
        let kept = FileManager.default.enumerator(atPath: town.place.data)?.compactMap { $0 as? String } ?? []
        #expect(
            kept.filter { $0.hasSuffix(Thumbnails.name(of: 64)) }.allSatisfy {
                $0.hasPrefix("tenants/acme/files/derived/")
            })
        #expect(kept.contains { $0.hasSuffix(Thumbnails.name(of: 64)) })
        await town.close()
    }
}
