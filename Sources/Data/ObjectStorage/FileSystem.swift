internal import Foundation

/// A file that is open until nobody holds it.
final class OpenFile: Sendable {
    private let descriptor: Int32

    /// Opens a file to read it.
    ///
    /// - Throws: ``ObjectStorageError/notFound``.
    init(reading path: String) throws {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? ObjectStorageError.notFound : FileSystem.failure("open a file")
        }
    }

    /// Makes a file that nobody else may read.
    init(creating path: String) throws {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.failure("make a file") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Adds all of the bytes.
    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { buffer in
                unsafe Foundation.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileSystem.failure("write a file") }
            done += count
        }
    }

    /// Reads at most so many bytes from a place; none behind the end.
    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let more = unsafe pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + filled)
                if more < 0, errno == EINTR { continue }
                if more < 0 { failed = true }
                if more <= 0 { break }
                filled += more
            }
        }
        if failed { throw FileSystem.failure("read a file") }
        return bytes
    }

    /// Brings what was written to stable storage.
    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw FileSystem.failure("synchronize a file") }
    }
}

/// What is asked of the file system besides reading and writing.
enum FileSystem {
    /// The size of a file and when it was last written, in seconds since 1970; nil when there is none.
    static func facts(_ path: String) throws -> (size: Int64, changed: Int64)? {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("look at a file")
        }
        return (Int64(facts.st_size), Int64(facts.st_mtim.tv_sec))
    }

    /// The names of what is in a folder, but `.` and `..`; none when there is no such folder.
    static func names(in folder: String) throws -> [String] {
        guard let handle = unsafe opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw failure("read a folder")
        }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func makeFolder(_ path: String) throws {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make a folder") }
    }

    /// Moves a file to its place in one step; one that is there already is replaced by the same bytes.
    static func move(_ path: String, to place: String) throws {
        guard unsafe rename(path, place) == 0 else { throw failure("move a file") }
    }

    /// Gives a file another name, unless something has it.
    static func link(_ path: String, to name: String) throws {
        guard unsafe Foundation.link(path, name) == 0 || errno == EEXIST else { throw failure("name a file") }
    }

    /// Removes a file; one that is not there is no error.
    static func remove(_ path: String) throws {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("remove a file") }
    }

    /// Brings the names in a folder to stable storage.
    static func synchronize(folder: String) throws {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open a folder") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronize a folder") }
    }

    /// What the system's last error means.
    static func failure(_ what: String) -> ObjectStorageError {
        let code = errno
        return code == ENOSPC || code == EDQUOT ? .diskFull : .failed(what, code: code)
    }
}
