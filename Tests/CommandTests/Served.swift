import Foundation
import Testing
import Values

/// A company that `cauldron serve` serves on a free port.
final class Served: Sendable {
    let url: String
    private let process: Running

    /// Starts the server, `through` another program if need be, and waits until it answers.
    init(
        _ directory: String, database: String? = nil, through wrapper: [String] = [], options: [String] = []
    ) async throws {
        let place = database.map { ["--database", $0] } ?? []
        let words =
            wrapper + [Binary.path, "serve", "--data", directory, "--port", "0", "--json"] + place + options
        process = try Running(words[0], Array(words.dropFirst()))
        let process = process
        try await wait(30) { process.output.contains("\n") || process.status != nil }
        guard let line = process.output.split(separator: "\n").first,
            let url = try? JSON.parse(String(line))["url"]?.string
        else {
            process.signal(SIGKILL)
            throw Failure(text: "the server did not start: \(process.output)\(process.errors)")
        }
        self.url = url
    }

    struct Failure: Error { let text: String }

    deinit { if process.status == nil { process.signal(SIGKILL) } }

    /// The number of its process.
    var id: pid_t { process.id }
    /// What it has written to its log.
    var log: String { process.errors }

    /// What `curl` prints for a request: the body, and behind it the status on a line of its own.
    func curl(_ keys: JSON, _ path: String, _ arguments: String...) async throws -> (status: Int, body: String) {
        let token = "token \(keys["api_key"]?.string ?? ""):\(keys["api_secret"]?.string ?? "")"
        let ran = try await Binary.run(
            program: "/usr/bin/curl",
            ["-s", "-w", "\n%{http_code}", "-H", "Authorization: \(token)"] + arguments + [url + path])
        let lines = ran.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    /// Whether it still runs.
    var runs: Bool { process.status == nil }

    /// What it has printed as errors.
    var errors: String { process.errors }

    /// Ends it with a signal and waits for that.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) async throws -> Ran {
        process.signal(signal)
        return try await process.finish(within: 30)
    }
}
