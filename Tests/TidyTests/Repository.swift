import Foundation

/// The files of this repository.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below a folder, in the order of their paths.
    static func swiftFiles(below folder: String) -> [SwiftSource] {
        let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        let paths = files?.compactMap { $0 as? String } ?? []
        precondition(!paths.isEmpty, "there is no \(folder) in \(root.path)")
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            let path = "\(folder)/\(path)"
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
            return SwiftSource(path: path, text: text)
        }
    }

    /// The module that a file below `Sources` belongs to: `Sources/<layer>/<module>/…`, or `Sources/cauldron/…`.
    static func module(of file: SwiftSource) -> String? {
        let parts = file.path.split(separator: "/").map(String.init)
        guard parts.count > 2, parts[0] == "Sources" else { return nil }
        if parts[1] == "cauldron" { return parts[1] }
        return parts.count > 3 ? parts[2] : nil
    }

    /// The files at or below a path that git tracks; none where this is not a git repository.
    static func trackedFiles(at path: String) throws -> [String] {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "-C", root.path, "ls-files", "--", path]
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        try git.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return [] }
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
