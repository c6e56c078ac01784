internal import Documents
internal import Foundation
internal import Values

/// A directory taken for this process, until it is let go or the process ends, however it ends.
public final class DirectoryLock: Sendable {
    private let descriptor: Int32
    /// The lock, and the directories that were made for it, the uppermost first.
    private let made: (file: String, directories: [String])

    /// Takes a directory, which is made where it is missing, unless it must be there. Workers may be beside it where `withWorkers`
    /// says so; else it is alone.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` while another process has it, or where it is missing.
    public init(_ directory: String, mustExist: Bool = false, withWorkers: Bool = false) throws {
        if mustExist, unsafe access(directory, F_OK) != 0 { throw TenantFile.missing(directory) }
        let directories = mustExist ? [] : try TenantFile.makeDirectory(directory)
        let path = directory + "/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TenantFile.trouble(of: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory) is in use by process \(owner ?? "of unknown number")",
                fix: "Stop that server, or choose another directory with --data.")
        }
        guard withWorkers || WorkerLock.take(descriptor, F_WRLCK) else {
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory) is in use by a worker", fix: "Stop `cauldron worker`, and try again.")
        }
        // Who let it go may have removed it, and then another has taken a new one.
        var (held, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_ino == named.st_ino else {
            close(descriptor)
            throw Problem(.unavailable, "\(directory) was in use until a moment ago", fix: "Try again.")
        }
        // The number is for people; the lock itself is the kernel's, and goes with the process.
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
        made = (path, directories)
    }

    /// Takes a directory as soon as others let it go, within some seconds.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when they do not.
    public static func patiently(_ directory: String, seconds: Int) async throws -> DirectoryLock {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            do {
                return try DirectoryLock(directory)
            } catch {
                guard ContinuousClock.now < end else { throw error }
            }
            // The lock of another process comes free without a sign; who waits is cancelled with its task.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Removes the lock and what directories were made for it, so that nothing is left of a work that failed. What holds
    /// anything else stays.
    public func undo() {
        guard !made.directories.isEmpty else { return }
        _ = unsafe unlink(made.file)
        for directory in made.directories.reversed() { _ = unsafe rmdir(directory) }
    }

    /// Lets the directory go.
    public func release() {
        flock(descriptor, LOCK_UN)
        _ = WorkerLock.take(descriptor, F_UNLCK)
    }

    deinit { close(descriptor) }
}

/// A directory that a worker uses beside a server and other workers, until it is let go or the process ends.
public final class WorkerLock: Sendable {
    private let descriptor: Int32

    /// Takes a part in a directory, which must be there.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` while somebody has it alone, or where it is missing.
    public init(_ directory: String) throws {
        guard unsafe access(directory, F_OK) == 0 else { throw TenantFile.missing(directory) }
        let path = directory + "/lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TenantFile.trouble(of: path) }
        guard Self.take(descriptor, F_RDLCK) else {
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory) is in use by somebody who must have it alone", fix: "Try again in a moment."
            )
        }
    }

    /// Takes or lets go the part of the lock that workers share; false where others do not let it.
    ///
    /// It is a lock of the open file, so that it goes with it, and that of another in this process is another's.
    fileprivate static func take(_ descriptor: Int32, _ kind: Int32) -> Bool {
        var range = flock(l_type: Int16(kind), l_whence: Int16(SEEK_SET), l_start: 1, l_len: 1, l_pid: 0)
        return unsafe fcntl(descriptor, setLock, &range) == 0
    }

    /// `F_OFD_SETLK` of Linux, which the C library shows to GNU programs only.
    private static let setLock: Int32 = 37

    deinit { close(descriptor) }
}
