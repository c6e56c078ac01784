internal import Documents
internal import Values

/// Where the database of a company is: a file in a directory, or a schema of a PostgreSQL server.
public enum TenantAddress: Sendable, Equatable {
    /// In the file `tenant.db` of this directory.
    case directory(String)
    /// At this `postgres://` or `postgresql://` address, which libpq reads. The schema is the first of its `search_path`.
    case postgres(String)

    /// Reads an address: a PostgreSQL URL, or else a directory.
    ///
    /// - Throws: ``Problem/Kind/malformed`` for a URL of another kind, or an empty text.
    public init(_ text: String) throws {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            self = .postgres(text)
        } else if text.isEmpty || text.contains("://") {
            throw Problem(
                .malformed, "\(text.isEmpty ? "Nothing" : Self.withoutPassword(text)) is no address of a company",
                fix: "Give a directory, or postgres://user@host/database.")
        } else {
            self = .directory(text)
        }
    }

    /// Where the files of the company and its audit key are: the directory itself, or `data` for a database on a server.
    func folder(_ data: String?) -> String? {
        if case .directory(let path) = self { path } else { data }
    }

    /// The address as it may be shown: without a password.
    public var shown: String {
        switch self {
        case .directory(let path): path
        case .postgres(let url): Self.withoutPassword(url)
        }
    }

    /// Takes the password out of the part before `@` and out of the parameters.
    private static func withoutPassword(_ url: String) -> String {
        var url = url
        if let scheme = url.firstRange(of: "://") {
            let rest = url[scheme.upperBound...]
            let host = rest.prefix { $0 != "/" && $0 != "?" }
            if let at = host.lastIndex(of: "@"), let colon = host[..<at].firstIndex(of: ":") {
                url.replaceSubrange(colon..<at, with: ":***")
            }
        }
        for key in ["password=", "sslpassword="] {
            for range in url.ranges(of: key).reversed() {
                let end = url[range.upperBound...].firstIndex { $0 == "&" } ?? url.endIndex
                url.replaceSubrange(range.upperBound..<end, with: "***")
            }
        }
        return url
    }
}
