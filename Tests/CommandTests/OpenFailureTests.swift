import Foundation
import Storage
import TestSupport
import Testing
import Values

/// What is said where a database cannot be opened, written or reached: which one, why, and what to do.
@Suite struct OpenFailureTests {
    /// A case of a company in a directory: how it comes to be, by a shell where `$1` is the directory, and what is said.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var shell = ""
        var command = ["doctor"]
        /// Below the company's directory.
        var path = ""
        var words: [String]
        /// Needs a file system of its own, or a user that is not root.
        var wrapper: [String] = []

        var testDescription: String { name }
    }

    private static let nobody = geteuid() == 0 ? ["/usr/sbin/runuser", "-u", "nobody", "--"] : []

    static let cases: [Case] = [
        Case(
            name: "no company", path: "/nowhere",
            words: ["There is no company in", "/nowhere", "Make one with `cauldron serve`"]),
        Case(
            name: "a part of the path is a file", shell: "touch $1/file", command: ["user", "list"], path: "/file/x",
            words: ["There is no company in", "/file/x"]),
        Case(
            name: "nothing can be made there", shell: "touch $1/file", command: ["serve", "--port", "0"],
            path: "/file/x",
            words: ["/file/x cannot be made", "Not a directory", "a part of that path is a file"]),
        Case(
            name: "a directory in its place", shell: "mkdir -p $1/d/tenant.db", path: "/d",
            words: ["/d/tenant.db cannot be opened", "it is no file", "Move it away"]),
        Case(
            name: "no database", shell: "head -c 9000 /dev/zero | tr '\\0' x > $1/tenant.db; rm -f $1/tenant.db-*",
            words: ["tenant.db is not a database", "restore a backup"]),
        Case(
            name: "not to be entered", shell: "chmod 0 $1",
            words: ["The company in", "may not be entered: Permission denied", "chown"], wrapper: nobody),
        Case(
            name: "not to be read", shell: "chmod 755 $1; chmod 0 $1/tenant.db",
            words: ["tenant.db cannot be opened", "it may not be read: Permission denied", "chown"], wrapper: nobody),
        Case(
            name: "not to be written", shell: "chmod 755 $1; chmod 644 $1/tenant.db", command: ["user", "list"],
            words: ["tenant.db cannot be opened", "may not be written: Permission denied", "chown"],
            wrapper: nobody),
    ]

    @Test(arguments: cases)
    func `a company in a directory says which, why and what to do`(example: Case) async throws {
        let company = try await Company()
        let prepared = try await Binary.run(
            program: "/bin/sh", ["-c", example.shell, "sh", company.directory])
        #expect(prepared.status == 0, "\(prepared.errors)")
        defer { _ = unsafe chmod(company.directory, 0o700) }
        let words = example.wrapper + [Binary.path] + example.command + ["--data", company.directory + example.path]
        let ran = try await Binary.run(program: words[0], Array(words.dropFirst()), seconds: 60)
        #expect(ran.status == 3, "\(ran.output)\(ran.errors)")
        for word in example.words { #expect(ran.errors.contains(word), "\(word) is not in: \(ran.errors)") }
        #expect(ran.errors.split(separator: "\n").count == 1, "\(ran.errors)")
    }

    @Test(.enabled(if: Mounted.isPossible))
    func `a read-only file system is named`() async throws {
        let company = try await Company()
        let script = """
            mount -t tmpfs none /mnt && cp -a "$1"/. /mnt && mount -o remount,ro /mnt && exec "$2" user list --data /mnt
            """
        let ran = try await Binary.run(
            program: "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script, "sh", company.directory, Binary.path])
        #expect(ran.status == 3)
        #expect(ran.errors.contains("/mnt/tenant.db cannot be opened"), "\(ran.errors)")
        #expect(
            ran.errors.contains("Read-only file system") && ran.errors.contains("Mount the file system for writing"))
    }

    @Test func `a company of a newer version is not touched`() async throws {
        let company = try await Company()
        try await company.damage("UPDATE _company SET value = '99' WHERE name = 'format'")
        for command in [["doctor"], ["user", "list"], ["serve", "--port", "0"]] {
            let ran = try await Binary.run(command + ["--data", company.directory], seconds: 60)
            #expect(ran.status == 3)
            #expect(ran.errors.contains("is of a newer version: its format is 99"), "\(ran.errors)")
            #expect(ran.errors.contains("Use the version that wrote it"))
        }
    }

    @Test func `a directory that is served names the process`() async throws {
        let company = try await Company()
        let server = try await Served(company.directory)
        let ran = try await company.run("serve", "--port", "0")
        #expect(ran.status == 3)
        #expect(ran.errors.contains("\(company.directory) is in use by process \(server.id)"), "\(ran.errors)")
        try await server.stop()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a database on a server says which, why and what to do`() async throws {
        let cluster = try PostgresCluster(isDurable: true)
        let rules = cluster.directory + "/data/pg_hba.conf"
        let old = try String(contentsOfFile: rules, encoding: .utf8)
        try ("local all locked scram-sha-256\nlocal all banned reject\n" + old).write(
            to: URL(fileURLWithPath: rules), atomically: false, encoding: .utf8)
        for statement in [
            "CREATE ROLE locked LOGIN PASSWORD 'right'", "CREATE ROLE poor LOGIN", "CREATE ROLE banned LOGIN",
            "CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0",
            "SELECT pg_reload_conf()",
        ] { try cluster.administer(statement) }
        let schema = cluster.newSchema()
        let cases: [(address: String, words: [String])] = [
            (
                "postgres://ana:secret@nowhere.invalid/acme",
                ["nowhere.invalid", "could not translate host name", "Check the host"]
            ),
            ("postgres://ana:secret@127.0.0.1:1/acme", ["127.0.0.1", "refused", "Start the server"]),
            ("postgres:///acme?host=/nowhere&password=secret", ["/nowhere", "No such file", "Start the server"]),
            (cluster.address(database: "absent"), ["absent", "does not exist", "createdb"]),
            (schema.replacing("user=postgres", with: "user=unknown"), ["unknown", "does not exist", "createuser"]),
            (schema.replacing("user=postgres", with: "user=locked"), ["no password supplied", "PGPASSWORD"]),
            (
                schema.replacing("user=postgres", with: "user=locked&password=secret"),
                ["password authentication failed", "PGPASSWORD"]
            ),
            (schema.replacing("user=postgres", with: "user=banned"), ["pg_hba.conf", "admit"]),
            (schema.replacing("user=postgres", with: "user=poor"), ["permission denied", "GRANT CREATE"]),
            (cluster.address(database: "bytes", schema: "x"), ["has the encoding SQL_ASCII", "createdb -E UTF8"]),
        ]
        let data = NSTemporaryDirectory() + "cauldron-failure-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: data) }
        for (address, words) in cases {
            let ran = try await Binary.run(
                ["serve", "--data", data, "--database", address, "--port", "0"], seconds: 60)
            #expect(ran.status == 3, "\(address)")
            for word in ["The database postgres://", "cannot be used: "] + words {
                #expect(ran.errors.contains(word), "\(word) is not in: \(ran.errors)")
            }
            #expect(!ran.errors.contains("secret"), "\(ran.errors)")
            #expect(ran.errors.split(separator: "\n").count == 1, "\(ran.errors)")
        }
    }
}

/// Whether tests may mount a file system of their own.
enum Mounted {
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["-m", "/bin/sh", "-c", "mount -t tmpfs none /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
