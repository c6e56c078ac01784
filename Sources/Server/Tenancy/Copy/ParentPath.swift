extension String {
    /// The folder that the last part of a path is in: empty for a name alone, `/` for what is in the root.
    ///
    /// `NSString.deletingLastPathComponent` says the same, but traps on a path of one character.
    package var parentPath: String {
        var path = self[...]
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "" }
        path = path[..<slash]
        while path.hasSuffix("/") { path.removeLast() }
        return path.isEmpty ? "/" : String(path)
    }
}
