import Foundation
import Synchronization
import Testing

/// A program that runs. What it prints goes to files, so that it never waits for a reader.
///
/// Started without Foundation's `Process`, which fails where many files are open, as they are while all tests run.
final class Running: Sendable {
    private let process: pid_t
    private let arguments: [String]
    private let folder: String
    private let ended = Mutex<Int32?>(nil)

    init(_ program: String, _ arguments: [String], input: String = "") throws {
        self.arguments = arguments
        folder = NSTemporaryDirectory() + "cauldron-run-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: URL(fileURLWithPath: folder + "/in"))
        process = try Self.start(program, arguments, folder)
        let thread = Thread { [self] in
            var status: Int32 = 0
            // Looked at first and let go under the lock, so that no signal can reach another process of that number.
            var info = unsafe siginfo_t()
            while unsafe waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            ended.withLock { ended in
                unsafe waitpid(process, &status, 0)
                let signal = status & 0x7F
                ended = signal == 0 ? (status >> 8) & 0xFF : -signal
            }
        }
        thread.start()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func start(
        _ program: String, _ arguments: [String], _ folder: String
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, folder + "/in", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", O_WRONLY | O_CREAT, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", O_WRONLY | O_CREAT, 0o600)
        // What the tests have open, such as the sockets of servers in this process, is not the program's.
        for descriptor in 3...highestDescriptor() { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, program, &actions, nil, &words, environ)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
    }

    /// A file descriptor above all that are open, with some room for those that are opened meanwhile.
    private static func highestDescriptor() -> Int32 {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return (open.compactMap { Int32($0) }.max() ?? 1000) + 100
    }

    /// Its number.
    var id: pid_t { process }

    /// What it printed until now.
    var output: String { (try? String(contentsOfFile: folder + "/out", encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: folder + "/err", encoding: .utf8)) ?? "" }
    /// Its exit code once it has ended; that of a signal is negative.
    var status: Int32? { ended.withLock { $0 } }

    /// Sends it a signal, unless it has ended.
    func signal(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { kill(process, signal) }
        }
    }

    /// Waits for its end; kills it and records an issue when that takes longer.
    func finish(within seconds: Double) async throws -> Ran {
        if try await !wait(seconds, until: { self.status != nil }) {
            Issue.record("\(arguments) took longer than \(seconds) s: \(output) \(errors)")
            signal(SIGKILL)
            _ = try await wait(10) { self.status != nil }
        }
        return Ran(status: status ?? -1, output: output, errors: errors)
    }
}
