internal import Foundation
internal import Values

/// A program that is sent bytes and answers with bytes. It has neither the words of this process's environment, nor its signals
/// and its terminal; files and sockets that were not opened to be closed by a new program it closes itself.
///
/// What it is called with waits for the program; it runs on threads that may.
final class ChildProcess: Sendable {
    /// What became of it.
    enum End: Equatable {
        /// It ended by itself with this number.
        case exited(Int32)
        /// A signal ended it.
        case killed(Int32)
    }

    /// The program could not be started, or was lost.
    struct Failure: Error, Equatable {
        let code: Int32
    }

    private let socket: Int32
    private let process: pid_t

    /// Starts a program; when it neither takes nor gives a byte for so many seconds, it is not waited for any longer.
    ///
    /// - Throws: ``Failure``.
    init(_ program: String, _ arguments: [String], patience seconds: Int) throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Self.stream, 0, &pair) == 0 else { throw Failure(code: errno) }
        defer { close(pair[1]) }
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            unsafe setsockopt(pair[0], SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        do {
            process = try Self.start(program, arguments, pair[1])
        } catch {
            close(pair[0])
            throw error
        }
        socket = pair[0]
    }

    /// Sends it bytes; says whether it took them all, which it does not when it has ended.
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { buffer in
                // Without a signal where nobody reads any more.
                unsafe Foundation.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Tells it that nothing more comes, and waits for all it says, at most so many bytes, and its end.
    ///
    /// - Throws: ``Failure``.
    func finish(upTo most: Int) throws -> (end: End, bytes: [UInt8]) {
        shutdown(socket, Int32(SHUT_WR))
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= most {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return (try end(), bytes)
    }

    /// Ends it, whatever it does. It must not be finished, too.
    func abandon() {
        kill(process, SIGKILL)
        _ = try? end()
    }

    /// Waits for its end. Who has closed its output and goes on is ended.
    private func end() throws -> End {
        close(socket)
        var status: Int32 = 0
        var found = unsafe waitpid(process, &status, WNOHANG)
        if found == 0 {
            // What has nobody to talk to has nothing to do; a moment is left to it to go by itself.
            for _ in 0..<100 where found == 0 {
                usleep(10_000)
                found = unsafe waitpid(process, &status, WNOHANG)
            }
            if found == 0 {
                kill(process, SIGKILL)
                repeat { found = unsafe waitpid(process, &status, 0) } while found < 0 && errno == EINTR
            }
        }
        guard found == process else { throw Failure(code: errno) }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }

    private static let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    private static func start(_ program: String, _ arguments: [String], _ socket: Int32) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // What this process does with signals is not the program's, and those of its terminal are not for it.
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        // Where the libraries are that it is linked with, if that is said; nothing else.
        let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ["LD_LIBRARY_PATH=\($0)"] } ?? []
        var environment = unsafe libraries.map { unsafe strdup($0) } + [nil]
        defer { for word in unsafe words + environment { unsafe free(word) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, program, &actions, &attributes, &words, &environment)
        guard code == 0 else { throw Failure(code: code) }
        return process
    }
}
