public import Documents
public import Storage

extension TenantAddress {
    /// A failure of this database for who runs the command: which database, why, and what to do.
    ///
    /// Clients over HTTP are told less: names of files and hosts are none of theirs.
    public func problem(for error: StorageError) -> Problem {
        switch self {
        case .directory(let directory): Self.problem(for: error, file: Tenant.databasePath(in: directory))
        case .postgres: Self.problem(for: error, server: shown)
        }
    }

    /// A failure of a database in a file.
    static func problem(for error: StorageError, file path: String) -> Problem {
        switch error {
        case .inaccessible(let words):
            let found = FileTrouble.find(path)
            return Problem(
                .unavailable, "The database \(path) cannot be opened: \(found?.why ?? ProblemText(words))",
                fix: found?.fix ?? "Check the disk and the owner of the directory.")
        case .corrupt(let words) where words.contains("not a database"):
            return Problem(
                .unavailable, "\(path) is not a database", fix: "Choose another directory, or restore a backup.")
        case .corrupt(let words):
            return Problem(
                .unavailable, "The database \(path) is damaged: \(words)",
                fix: "Restore the last backup, into another directory.")
        case .busy:
            return Problem(
                .unavailable, "Another process holds the database \(path)",
                fix: "End it; `fuser \(path)` tells which it is.")
        case .diskFull:
            return Problem(.diskFull, "The disk of \(path) is full; nothing was written", fix: "Free some space on it.")
        case .migration(let words), .failed(_, let words):
            return Problem(
                .unavailable, "The database \(path) cannot be used: \(words)",
                fix: "Look whether it is of this version of cauldron; `cauldron doctor` says more.")
        default: return Problem(error)
        }
    }

    /// A failure of a database on a server, in the server's own words.
    private static func problem(for error: StorageError, server address: String) -> Problem {
        let words: String
        switch error {
        case .unavailable(let message), .migration(let message), .failed(_, let message), .missing(let message),
            .corrupt(let message):
            words = message
        case .inaccessible(let message): words = message
        case .diskFull:
            return Problem(
                .diskFull, "The disk of the server of \(address) is full; nothing was written",
                fix: "Free some space on it.")
        case .busy:
            return Problem(
                .unavailable, "Others hold the database \(address)",
                fix: "Try again in a moment; pg_stat_activity tells who they are.")
        default: return Problem(error)
        }
        // Of several lines, as where several addresses were tried, the first says what people need.
        let why = words.split(separator: "\n").first.map(String.init) ?? "the server gives no reason"
        let lowered = words.lowercased()
        let fix = remedies.first { lowered.contains($0.part) }?.fix ?? "Check the address and the log of the server."
        return Problem(.unavailable, "The database \(address) cannot be used: \(why)", fix: fix)
    }

    /// What to do, by a part of what libpq and servers say.
    private static let remedies: [(part: String, fix: ProblemText)] = [
        ("could not translate host name", "Check the host in --database."),
        ("connection refused", "Start the server, or check host and port in --database."),
        (
            "no such file or directory",
            "Start the server, or check the host in --database: it names a socket that is not there."
        ),
        ("timeout expired", "Check host and port in --database, and the firewall between."),
        ("no password supplied", "Give the password by PGPASSWORD or in ~/.pgpass."),
        ("authentication failed", "Check the user in --database, and the password in PGPASSWORD or ~/.pgpass."),
        ("pg_hba.conf", "Let pg_hba.conf of the server admit this user and host."),
        ("has the encoding", "Make another with `createdb -E UTF8 -T template0`."),
        ("postgresql 13", "Use a server of a later version."),
        ("no schema", "Name one in --database: ?options=-csearch_path%3Dname."),
        ("permission denied", "Give the user the right to create the schema and its tables: GRANT CREATE ON DATABASE."),
        ("role", "Make the user with createuser, or name another in --database."),
        ("database", "Make it with `createdb -E UTF8 -T template0`, or name another in --database."),
        ("too many", "Let the server take more connections: max_connections."),
        ("remaining connection slots", "Let the server take more connections: max_connections."),
        ("ssl", "Check sslmode in --database, and the certificates."),
        ("starting up", "Wait until the server is ready."),
        ("shutting down", "Start the server again."),
    ]
}
