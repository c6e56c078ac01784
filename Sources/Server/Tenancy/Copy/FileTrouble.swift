internal import Documents
internal import Foundation
internal import Values

/// Finds out why the file system does not give a file, which the engine does not say.
enum FileTrouble {
    /// What stands in the way of reading and writing the database file at a path, and what to do about it; nil when
    /// nothing is found.
    static func find(_ path: String) -> (why: ProblemText, fix: ProblemText)? {
        let folder = path.parentPath
        let directory = folder.isEmpty ? "." : folder
        var facts = stat()
        guard unsafe stat(directory, &facts) == 0 else {
            return errno == ENOENT
                ? ("there is no directory \(directory)", "Make it, or choose another with --data.")
                : ("the directory \(directory) cannot be reached: \(words(errno))", remedy(errno) ?? mend)
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            return ("\(directory) is no directory", "Choose a directory with --data.")
        }
        if unsafe access(directory, X_OK) != 0 {
            return ("the directory \(directory) may not be entered: \(words(errno))", remedy(errno) ?? mend)
        }
        if unsafe stat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFREG else { return ("it is no file", "Move it away.") }
            for (right, word) in [(R_OK, "read"), (W_OK, "written")] where unsafe access(path, right) != 0 {
                return ("it may not be \(word): \(words(errno))", remedy(errno) ?? mend)
            }
        }
        // The engine keeps its log beside the file.
        if unsafe access(directory, W_OK) != 0 {
            return ("nothing can be written in \(directory): \(words(errno))", remedy(errno) ?? mend)
        }
        return nil
    }

    /// A path that the system does not let this process look at.
    static func problem(of path: String, _ code: Int32) -> Problem {
        Problem(.unavailable, "\(path) cannot be looked at: \(words(code))", fix: remedy(code) ?? mend)
    }

    /// What to do about an error of the system; nil when that is not known.
    static func remedy(_ code: Int32) -> ProblemText? {
        switch code {
        case EACCES, EPERM: "Run it as the owner of the directory, or give the directory to this user with chown."
        case EROFS: "Mount the file system for writing."
        case ENOSPC, EDQUOT: "Free some space on that disk."
        case ENOTDIR: "Choose a directory: a part of that path is a file."
        case EMFILE, ENFILE: "Allow more open files, such as by ulimit -n."
        default: nil
        }
    }

    private static let mend: ProblemText = "Check the disk and the owner of the directory."

    private static func words(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
