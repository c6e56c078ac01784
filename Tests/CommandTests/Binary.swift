import Foundation
import Synchronization
import Testing
import Values

/// The built command, run as its users run it.
enum Binary {
    /// Where it is: beside the program that runs the tests, whatever the build directory.
    static let path: String = {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let places = [beside.path, executableDirectory, Repository.path(".build/debug")]
        return places.map { $0 + "/cauldron" }.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? Repository.path(".build/debug/cauldron")
    }()

    private static let executableDirectory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// Runs the command to its end; stops it and records an issue when that takes longer than `seconds`.
    static func run(
        _ arguments: [String], input: String = "", seconds: Double = 120, in directory: String? = nil
    ) async throws -> Ran {
        let run = try Running(path, arguments, input: input, directory: directory)
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

/// A program that runs. What it prints goes to files, so that it never waits for a reader.
final class Running: Sendable {
    private let process: Process
    private let folder: String
    private let ended = Mutex<Int32?>(nil)

    init(_ program: String, _ arguments: [String], input: String = "", directory: String? = nil) throws {
        folder = NSTemporaryDirectory() + "cauldron-run-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: URL(fileURLWithPath: folder + "/in"))
        for name in ["/out", "/err"] { FileManager.default.createFile(atPath: folder + name, contents: nil) }
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle(forReadingAtPath: folder + "/in")
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
        process.standardError = FileHandle(forWritingAtPath: folder + "/err")
        process.terminationHandler = { [weak self] process in
            let status = process.terminationStatus
            let code = process.terminationReason == .uncaughtSignal ? -status : status
            self?.ended.withLock { $0 = code }
        }
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What it printed until now.
    var output: String { (try? String(contentsOfFile: folder + "/out", encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: folder + "/err", encoding: .utf8)) ?? "" }
    /// Its exit code once it has ended.
    var status: Int32? { ended.withLock { $0 } }

    /// Sends it a signal.
    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end; kills it and records an issue when that takes longer.
    func finish(within seconds: Double) async throws -> Ran {
        if try await !wait(seconds, until: { self.status != nil }) {
            Issue.record("\(process.arguments ?? []) took longer than \(seconds) s: \(output) \(errors)")
            signal(SIGKILL)
            _ = try await wait(10) { self.status != nil }
        }
        return Ran(status: status ?? -1, output: output, errors: errors)
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
