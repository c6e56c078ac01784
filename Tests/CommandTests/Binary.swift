import Foundation
import TestSupport
import Testing
import Values

/// The built command, run as its users run it.
enum Binary {
    /// Where it is.
    static let path = BuiltProgram.path("cauldron")

    /// Runs the command to its end; stops it and records an issue when that takes longer than `seconds`.
    static func run(
        _ arguments: [String], input: String = "", seconds: Double = 120
    ) async throws -> Ran {
        let run = try Running(path, arguments, input: input)
        return try await run.finish(within: seconds)
    }

    /// Runs another program to its end.
    static func run(program: String, _ arguments: [String], seconds: Double = 120) async throws -> Ran {
        try await Running(program, arguments).finish(within: seconds)
    }
}

/// What a run of a program came to.
struct Ran: Sendable {
    /// Its exit code; that of a signal is negative.
    let status: Int32
    let output: String
    let errors: String

    /// What it printed, as JSON.
    var json: JSON {
        get throws { try JSON.parse(output.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// What it printed as its error, as JSON.
    var errorJSON: JSON {
        get throws { try JSON.parse(errors.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}

/// Waits until something holds, and says whether it came to hold in time.
@discardableResult
func wait(_ seconds: Double, until holds: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try !holds() {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}

/// The repository the tests belong to.
enum Repository {
    static func path(_ path: String) -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent(path).path
    }
}
