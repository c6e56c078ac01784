import Foundation
import Testing
import Values

/// A company that `cauldron serve` serves on a free port.
final class Served: Sendable {
    let url: String
    private let process: Running

    /// Starts the server and waits until it answers.
    init(_ directory: String, database: String? = nil) async throws {
        let place = database.map { ["--database", $0] } ?? []
        process = try Running(Binary.path, ["serve", "--data", directory, "--port", "0", "--json"] + place)
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
