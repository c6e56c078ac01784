import Foundation
import Tenancy
import Testing
import Values

/// What README.md and the guide tell a newcomer to type, typed.
@Suite struct GuideTests {
    /// The shell commands of a page, by the empty lines between them, that talk to the server or to a company in a directory.
    private static func blocks(_ page: String) throws -> [String] {
        let text = try String(contentsOfFile: Repository.path(page), encoding: .utf8)
            .replacing(page == Self.guide ? try Self.ownCompany() : "", with: "")
        return text.components(separatedBy: "```sh\n").dropFirst().flatMap { part -> [String] in
            let block = part.components(separatedBy: "```")[0]
            guard block.contains("$url") || block.contains("data/northwind"), !block.contains("createdb") else {
                return []
            }
            return block.components(separatedBy: "\n\n")
        }
    }

    private static let guide = "docs/guide.md"

    /// The part of the guide that is about another company than the demo.
    private static func ownCompany() throws -> String {
        let text = try String(contentsOfFile: Repository.path(guide), encoding: .utf8)
        let heading = "## A company of your own\n"
        let behind = try #require(text.components(separatedBy: heading).dropFirst().first)
        return heading + behind.components(separatedBy: "\n## ")[0]
    }

    @Test func `the guide leads from an empty directory to a paid invoice`() async throws {
        let folder = NSTemporaryDirectory() + "cauldron-own-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var blocks = try Self.ownCompany().components(separatedBy: "```sh\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        let byCommand = blocks.removeFirst()
        #expect(blocks.count == 4)

        func run(_ commands: String, in directory: String, url: String = "", input: String = "") async throws -> Ran {
            // The server is started here, where it is stopped again.
            let lines = commands.split(separator: "\n", omittingEmptySubsequences: false).filter {
                !$0.contains("cauldron serve") && !$0.hasPrefix("url=")
            }
            let script = """
                set -e; cd \(folder); url=\(url); curl() { command curl --fail-with-body "$@"; }
                \(lines.joined(separator: "\n").replacing(".build/release/cauldron", with: Binary.path)
                    .replacing("data/acme", with: directory).replacing("PASSWORD", with: "the-first-password"))
                """
            return try await Running("/bin/bash", ["-c", script], input: input).finish(within: 120)
        }
        let made = try await run(byCommand, in: "command", input: "a long password\n")
        #expect(made.status == 0, "\(made.output)\(made.errors)")
        let served = try await Served(folder + "/call")
        let ran = try await run(
            blocks.joined(separator: "\n"), in: "call", url: served.url, input: "the-first-password\n")
        #expect(ran.status == 0, "\(ran.output)\n\(ran.errors.prefix(2_000))")
        #expect(ran.output.contains(#""status":"Paid""#))
        try await served.stop()
        for directory in ["command", "call"] {
            let doctor = try await Binary.run(["doctor", "--data", "\(folder)/\(directory)"])
            #expect(doctor.status == 0, "\(doctor.output)")
        }
    }

    @Test func `every command of README and guide does what it is there for`() async throws {
        let directory = NSTemporaryDirectory() + "cauldron-guide-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let copy = directory + ".copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        _ = try await TenantBackup.write(of: SharedDemo.directory(), to: copy)
        _ = try await TenantBackup.restore(copy, into: directory, at: Tenant.systemClock())
        let demo = try Running(Binary.path, ["demo", "--json", "--data", directory, "--port", "0"])
        defer { demo.signal(SIGKILL) }
        _ = try await wait(60) { demo.output.contains("\n") }
        let access = try JSON.parse(demo.output.trimmingCharacters(in: .whitespacesAndNewlines))
        let url = try #require(access["url"]?.string)
        let password = try #require(access["password"]?.string)

        var invoice = "NAME"
        var count = 0
        for page in ["README.md", Self.guide] {
            for block in try Self.blocks(page) {
                let commands =
                    block
                    .replacing("url=http://127.0.0.1:8000", with: "url=\(url)").replacing("PASSWORD", with: password)
                    .replacing("/NAME", with: "/\(invoice)").replacing("\"NAME\"", with: "\"\(invoice)\"")
                    .replacing(".build/release/cauldron", with: Binary.path)
                    .replacing("data/northwind", with: directory)
                let script = """
                    set -e; cd \(directory); url=\(url); curl() { command curl --fail-with-body "$@"; }
                    \(commands)
                    """
                let ran = try await Binary.run(program: "/bin/bash", ["-c", script])
                #expect(ran.status == 0, "\(page):\n\(block)\n\(ran.output.prefix(2_000))\n\(ran.errors.prefix(500))")
                if let found = ran.output.firstMatch(of: /"name":"(ACC-SINV-[^"]+)"/) { invoice = String(found.1) }
                count += 1
            }
        }
        #expect(count > 12)
        #expect(invoice != "NAME")
    }
}
