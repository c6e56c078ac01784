import Foundation
import TestSupport
import Testing
import Values

/// Pictures made small by the server that users start, and by the program that it starts.
@Suite struct ThumbnailCommandTests {
    private static let program = BuiltProgram.path("cauldron-thumbnail")

    /// Writes bytes beside a company and gives the path.
    private static func write(_ bytes: [UInt8], _ path: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The processes that a process has started and not let go yet.
    private static func children(of process: pid_t) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { name in
            // Behind the name of the program, which may hold what it likes, stand the state and the parent.
            guard Int(name) != nil, let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first == "\(process)"
        }
    }

    @Test func `a served company gives its pictures small, and its backup does not grow by them`() async throws {
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let server = try await Served(company.directory)
        let photo = TestPicture.bytes(
            TestPicture.corners(800, 400).encoded(.jpg), .jpg, with: TestPicture.exif(6, secret: "48.1374 N"))
        let sent = try Self.write(photo, company.path("photo.jpg"))
        let uploaded = try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)")
        #expect(uploaded.status == 200 && uploaded.body.contains("/private/files/photo.jpg?thumbnail=300"))
        let before = try await company.run("backup", company.path("before"), "--json")
        let target = company.path("small.jpg")
        let small = try await server.curl(keys, "/private/files/photo.jpg?thumbnail=300", "-o", target)
        #expect(small.status == 200)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: target)))
        let picture = try #require(TestPicture(bytes))
        #expect(picture.width == 150 && picture.height == 300)
        for (corner, colour) in zip(picture.corners, [TestPicture.Colour.blue, .red, .white, .green]) {
            #expect(corner.isAbout(colour))
        }
        #expect(try await server.curl([:], "/private/files/photo.jpg?thumbnail=300").status != 200)
        // A picture that is none, and afterwards the server is as well as before.
        let bomb = try Self.write(TestPicture.emptyPNG(60_000, 60_000), company.path("bomb.png"))
        #expect(try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(bomb)").status == 200)
        let refused = try await server.curl(keys, "/private/files/bomb.png?thumbnail=300")
        #expect(refused.status == 417 && refused.body.contains("no_thumbnail"))
        #expect(try await server.curl(keys, "/healthz").body.hasPrefix("ok"))
        #expect(Self.children(of: server.id).isEmpty, "what was started has ended and is forgotten")

        let derived = try FileManager.default.contentsOfDirectory(atPath: company.directory + "/files/derived")
        #expect(derived.count == 2)
        let after = try await company.run("backup", company.path("after"), "--json")
        #expect(try before.json["files"]?.int == 1 && after.json["files"]?.int == 2)
        try await server.stop()
        let restored = company.path("restored")
        #expect(try await Binary.run(["restore", company.path("after"), "--data", restored]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: restored + "/files/derived"))
        let again = try await Served(restored)
        #expect(try await again.curl(keys, "/private/files/photo.jpg?thumbnail=300", "-o", target).status == 200)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: target))) == bytes)
        try await again.stop()
        #expect(try await Binary.run(["doctor", "--data", restored]).status == 0)
    }

    // MARK: The program

    /// Runs the program on what a command of the shell gives, and gives its exit code; that of a signal is negative.
    private func run(_ input: String, _ arguments: [String] = ["64"]) async throws -> Int32 {
        // What it says goes where it does in the server: it may write no file.
        let script = "exec \"$@\" < <(\(input)) > >(cat >/dev/null) 2>/dev/null"
        return try await Binary.run(program: "/bin/bash", ["-c", script, "bash", Self.program] + arguments).status
    }

    private func run(_ bytes: [UInt8]) async throws -> Int32 {
        let path = NSTemporaryDirectory() + "cauldron-picture-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await run("cat '\(Self.write(bytes, path))'")
    }

    @Test func `the program makes the sizes there are, and says by a number why it does not`() async throws {
        #expect(try await run(TestPicture.corners(100, 100).encoded(.png)) == 0)
        for arguments in [[], ["65"], ["300x300"], ["-1"], ["64", "64"]] {
            #expect(try await run("true", arguments) == 64)
        }
        #expect(try await run("true") == 10)
        #expect(try await run(TestPicture.emptyPNG(60_000, 60_000)) == 11)
        #expect(try await run("head -c 70000000 /dev/zero") == 12)
        #expect(try await run(TestPicture.emptyPNG(7_000, 7_000)) == 13)
    }

    @Test func `the program has given up all it does not need before it reads anything`() async throws {
        let script = "exec \"$0\" 64 < <(exec sleep 60) > >(cat >/dev/null) 2>/dev/null"
        let process = try Running("/bin/bash", ["-c", script, Self.program])
        defer { process.signal(SIGKILL) }
        func read(_ name: String) -> String {
            (try? String(contentsOfFile: "/proc/\(process.id)/\(name)", encoding: .utf8)) ?? ""
        }
        #expect(try await wait(30) { read("status").contains("Seccomp:\t2") })
        #expect(read("status").contains("NoNewPrivs:\t1") && read("status").contains("Threads:\t1"))
        let limits = read("limits").split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        for (name, most) in [("Max open files", 0), ("Max processes", 0), ("Max file size", 0), ("Max cpu time", 10)] {
            let words = name.split(separator: " ")
            let line = limits.first { $0.starts(with: words) }
            #expect(line.flatMap { Int($0[words.count]) } == most, "\(name)")
        }
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.id)/fd")
        #expect(open.sorted() == ["0", "1", "2"])
    }

    @Test func `a large picture is made small in the memory there is`() async throws {
        // 48 million pixels, as phones have them.
        let picture = TestPicture(8_000, 6_000) { x, y in TestPicture.Colour(x & 255, y & 255, 0) }
        #expect(try await run(picture.encoded(.jpg)) == 0)
    }

    /// A photo that is read again and again: each of its scans adds nothing to all of its pixels.
    @Test(.timeLimit(.minutes(3))) func `a picture that takes too long is given up`() async throws {
        var bytes: [UInt8] = [0xFF, 0xD8]
        // 4,000 pixels square, in progressive scans; one code in each of the tables.
        bytes += [0xFF, 0xC2, 0, 17, 8, 0x0F, 0xA0, 0x0F, 0xA0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
        bytes += [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
        for table: UInt8 in [0x00, 0x10] {
            bytes += [0xFF, 0xC4, 0, 20, table, 1] + [UInt8](repeating: 0, count: 15) + [0]
        }
        bytes += [0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0, 0]
        for _ in 0..<100_000 { bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0] }
        let status = try await run(bytes + [0xFF, 0xD9])
        #expect([-SIGKILL, -SIGXCPU, -SIGALRM].contains(status), "\(status)")
    }
}
