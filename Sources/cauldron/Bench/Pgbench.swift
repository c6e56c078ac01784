import Documents
import Foundation

/// `pgbench`, which comes with PostgreSQL: what its server does in a second without us.
struct Pgbench {
    let url: String
    let seconds: Double

    /// Makes its tables, which hold a million accounts.
    func prepare() throws { try run(["-i", "-q", "-s", "10"]) }

    /// Transactions a second of so many clients, each of three changes, a select and an insert.
    func changes(clients: Int = 1) throws -> (name: String, rate: Double) {
        (
            "pgbench, \(clients) client\(clients == 1 ? "" : "s")",
            try rate(["-c", String(clients), "-j", String(min(2, clients))])
        )
    }

    /// Selects by key a second of eight clients.
    func selects() throws -> (name: String, rate: Double) {
        ("pgbench -S, 8 clients", try rate(["-S", "-c", "8", "-j", "2"]))
    }

    private func rate(_ options: [String]) throws -> Double {
        let output = try run(["-n", "-M", "prepared", "-T", String(max(1, Int(seconds)))] + options)
        let line = output.split(separator: "\n").first { $0.hasPrefix("tps = ") } ?? ""
        guard let rate = line.split(separator: " ").lazy.compactMap({ Double($0) }).first else {
            throw Problem(.inconsistent, "pgbench did not say how fast it was")
        }
        return rate
    }

    @discardableResult
    private func run(_ options: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pgbench"] + options + [url]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try withSignals { try process.run() }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Problem(
                .unavailable, "pgbench failed, or is not there",
                fix: "Install postgresql-contrib, or see that it is in PATH.")
        }
        return text
    }

    /// Runs `body` with no signal held back, which a child inherits: the threads of tasks hold them back, and pgbench
    /// ends by SIGALRM.
    private func withSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }
}
