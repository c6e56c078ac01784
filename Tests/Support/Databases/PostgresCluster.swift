internal import Foundation
internal import PostgresStorage
internal import Synchronization

/// A PostgreSQL server that belongs to one process of tests. It runs in a temporary directory, listens on a socket in it,
/// and goes with the process, however that ends.
///
/// With `CAULDRON_TEST_POSTGRES` set to an address, ``shared`` is the server there instead.
public final class PostgresCluster: Sendable {
    /// Where it listens, up to the name of the database.
    private let host: String
    /// Where it keeps its files and its socket.
    public let directory: String
    private let names = Atomic(0)
    private let shell: Mutex<Shell?>

    /// What holds the shell that runs the server: it ends when its input does.
    fileprivate struct Shell: @unchecked Sendable {
        let process: Process
        let input: FileHandle
        let output: FileHandle
    }

    /// The server that ordinary tests share. It does not write through to the disk.
    public static let shared = Result { try PostgresCluster(isDurable: false) }

    /// Starts a server; one that `isDurable` keeps what it has acknowledged when it is killed.
    public init(isDurable: Bool) throws {
        if !isDurable, let address = ProcessInfo.processInfo.environment["CAULDRON_TEST_POSTGRES"] {
            host = address
            directory = ""
            shell = Mutex(nil)
            return
        }
        directory =
            "/tmp/cauldron-postgres-\(ProcessInfo.processInfo.processIdentifier)-\(Int.random(in: 0..<1_000_000))"
        host = ""
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.script, "cluster", directory, isDurable ? "on" : "off"]
        let (input, output) = (Pipe(), Pipe())
        // No other child may hold the end that tells the shell that we are gone.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let shell = Shell(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
        let answer = shell.line()
        guard answer == "ready" else { throw Failure(words: answer) }
        self.shell = Mutex(shell)
    }

    /// The server did not start.
    public struct Failure: Error {
        let words: String
    }

    /// The address of a database of this server.
    public func address(database: String, schema: String? = nil) -> String {
        let options = schema.map { "options=-csearch_path%3D\($0)" } ?? ""
        if directory.isEmpty { return host + (host.contains("?") ? "&" : "?") + options }
        let folder = directory.split(separator: "/").map { "%2F\($0)" }.joined()
        return "postgres:///\(database)?host=\(folder)&user=postgres&\(options)"
    }

    /// The address of a schema that nobody uses.
    public func newSchema() -> String {
        let number = names.add(1, ordering: .relaxed).newValue
        return address(database: "postgres", schema: "t\(ProcessInfo.processInfo.processIdentifier)_\(number)")
    }

    /// Runs a statement as the owner of the server, outside of any transaction.
    @discardableResult
    public func administer(_ sql: String) throws -> [[String?]] {
        try PostgresAdministration.run(sql, at: address(database: "postgres"))
    }

    /// Stops the server, `immediate`ly as if the power failed or letting what runs finish, and starts it again.
    public func restart(immediate: Bool, pause: Duration = .zero) throws {
        try tell(immediate ? "crash" : "stop")
        Thread.sleep(forTimeInterval: Double(pause.components.seconds) + Double(pause.components.attoseconds) / 1e18)
        try tell("start")
    }

    /// Stops the server, as if the power failed.
    public func stop() throws { try tell("crash") }

    /// Starts the server again.
    public func start() throws { try tell("start") }

    private func tell(_ word: String) throws {
        let answer = try shell.withLock { shell in
            guard let shell else { return "the server is not ours" }
            try shell.input.write(contentsOf: Data("\(word)\n".utf8))
            return shell.line()
        }
        guard answer == "ready" else { throw Failure(words: answer) }
    }

    /// Makes a server in `$1` and does what it is told until its input ends; `$2` says whether to write through.
    private static let script = #"""
        trap '' INT TERM HUP
        directory=$1 fsync=$2
        for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v initdb)" 2>/dev/null); do
            [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] && break
        done
        [ -x "$bin/initdb" ] || { echo "there is no PostgreSQL server here: scripts/setup test installs it"; exit 1; }
        as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        # What processes that are gone could not remove.
        for old in /tmp/cauldron-postgres-*; do
            owner=${old#/tmp/cauldron-postgres-}; owner=${owner%%-*}
            [ -d "$old" ] && ! kill -0 "$owner" 2>/dev/null || continue
            as "$bin/pg_ctl" -D "$old/data" -m immediate -w stop >/dev/null 2>&1
            rm -rf "$old"
        done
        mkdir -p "$directory" && chmod 700 "$directory"
        if [ "$(id -u)" = 0 ]; then chown postgres "$directory"; fi
        cd "$directory"
        make() { as "$bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --no-sync --no-instructions "$@" >log 2>&1; }
        # A database that orders text by language shows where our order would depend on it.
        make --locale-provider=icu --icu-locale=en-US --locale=C.UTF-8 || { rm -rf data; make --locale=C.UTF-8; } ||
            { rm -rf data; make --locale=C; } || { tail -1 log; exit 1; }
        cat >>data/postgresql.conf <<CONF
        listen_addresses = ''
        unix_socket_directories = '$directory'
        max_connections = 400
        shared_buffers = 128MB
        fsync = $fsync
        full_page_writes = $fsync
        wal_level = minimal
        max_wal_senders = 0
        max_wal_size = 2GB
        max_locks_per_transaction = 256
        autovacuum = off
        CONF
        if [ "$(id -u)" = 0 ]; then chown postgres data/postgresql.conf; fi
        start() { as "$bin/pg_ctl" -D "$directory/data" -l "$directory/server.log" -w -t 60 start >log 2>&1 </dev/null; }
        stop() { as "$bin/pg_ctl" -D "$directory/data" -m "$1" -w stop >log 2>&1; }
        answer() { if [ $? = 0 ]; then echo ready; else tail -1 log; fi; }
        start; answer
        while read -r word; do
            case $word in
                start) start; answer ;;
                stop) stop fast; answer ;;
                crash) stop immediate; answer ;;
            esac
        done
        stop immediate
        cd / && rm -rf "$directory"
        """#
}

extension PostgresCluster.Shell {
    /// The next line the shell writes.
    fileprivate func line() -> String {
        var bytes: [UInt8] = []
        while let byte = try? output.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
