internal import Documents
internal import Foundation
internal import Values

/// Folders and files of a company are for their owner alone.
enum PrivateFolder {
    /// Makes a folder, with those above it that are missing, that only its owner may enter. One that is there stays as it is.
    ///
    /// - Returns: the folders that were made, the uppermost first.
    /// - Throws: ``Problem/Kind/unavailable``.
    @discardableResult
    static func make(_ path: String) throws -> [String] {
        let missing = missing(path)
        for folder in missing {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                let reason = unsafe String(cString: strerror(errno))
                throw Problem(
                    .unavailable, "The directory \(folder) cannot be made: \(reason)",
                    fix: FileTrouble.remedy(errno) ?? "Choose another, or its owner.")
            }
        }
        return missing
    }

    /// The folders that would have to be made for a path, the uppermost first.
    static func missing(_ path: String) -> [String] {
        var missing: [String] = []
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        while !path.isEmpty, path != "/", path != ".", !FileManager.default.fileExists(atPath: path) {
            missing.append(path)
            path = path.parentPath
        }
        return missing.reversed()
    }

    /// What of a company's directory others than its owner may read or enter: the directory itself, unless it holds
    /// things of others as well, and what in it is the company's.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the directory cannot be read.
    static func open(in directory: String) throws -> [String] {
        guard try TenantBackup.exists(directory) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw Problem(.unavailable, "The directory \(directory) cannot be read", fix: "Check its owner.")
        }
        let own = names.filter(isOwn)
        var open = own.map { "\(directory)/\($0)" }.filter(isOpen)
        if open.contains(directory + "/files"),
            let within = FileManager.default.enumerator(atPath: directory + "/files")
        {
            while let path = within.nextObject() as? String {
                if isOpen("\(directory)/files/\(path)") { open.append("\(directory)/files/\(path)") }
            }
        }
        if own.count == names.count, !own.isEmpty, isOpen(directory) { open.append(directory) }
        return open
    }

    /// Takes from others what ``open(in:)`` finds, as far as this user may.
    static func close(_ directory: String) throws {
        for path in try open(in: directory) {
            guard let mode = mode(path) else { continue }
            // Who may not change it cannot: `doctor` says so.
            _ = unsafe chmod(path, mode & 0o700)
        }
    }

    private static func isOwn(_ name: String) -> Bool {
        name == "lock" || name == "files" || name == "demo.json" || name == Restoring.folderName
            || name == "tenants" || name == "deleted" || name == OperatorKey.fileName
            || name.hasPrefix("tenant.db") || name.hasPrefix("audit.")
    }

    private static func isOpen(_ path: String) -> Bool { mode(path).map { $0 & 0o077 != 0 } ?? false }

    /// The permissions of a file or folder; nil where there is none, or it is a link.
    private static func mode(_ path: String) -> mode_t? {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFLNK else { return nil }
        return facts.st_mode & 0o7777
    }
}
