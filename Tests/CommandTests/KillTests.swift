import Foundation
import Storage
import Testing
import Values

@Suite(.serialized) struct KillTests {
    /// Set to repeat a run that failed.
    private static let seed = ProcessInfo.processInfo.environment["KILL_SEED"].flatMap(UInt64.init) ?? 20_260_101

    @Test(.timeLimit(.minutes(5)))
    func `killed 30 times under load, it keeps every acknowledged document and no half one`() async throws {
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        var random = Seeded(state: Self.seed)
        var kept: [String: Load.Acknowledged] = [:]
        for round in 1...30 {
            let server = try await Served(company.directory)
            try await quickCheck(company, kept: [], round)
            let path = company.path("acks-\(round)")
            let load = try Load(server.url, keys, path, seconds: 10, seed: round)
            // Not after a time: a busy machine answers less in it.
            let answers = 6 + Int(random.next() % 16)
            try await wait(20) { load.acknowledged.count >= answers }
            let moment = Int(random.next() % 50)
            try await Task.sleep(for: .milliseconds(moment))
            try await server.stop(SIGKILL)
            let acknowledged = try await load.finish()
            #expect(acknowledged.count >= answers)
            for document in acknowledged { kept[document.name] = document }
            let restarted = try await Served(company.directory)
            try await quickCheck(company, kept: acknowledged, round)
            try await restarted.stop(round.isMultiple(of: 2) ? SIGKILL : SIGTERM)
            if Self.isLogged {
                print("kill \(round): after \(answers) answers and \(moment) ms, \(acknowledged.count) acknowledged")
            }
        }
        #expect(kept.count > 300, "the load was too small to show anything")
        try await quickCheck(company, kept: Array(kept.values), 31)
        let doctor = try await company.run("doctor", "--json")
        #expect(doctor.status == 0, "seed \(Self.seed): \(doctor.output)")
    }

    private static let isLogged = ProcessInfo.processInfo.environment["KILL_LOG"] != nil

    /// What must hold after every restart, in a few statements.
    private func quickCheck(_ company: Company, kept: [Load.Acknowledged], _ round: Int) async throws {
        let findings = try await company.read { transaction -> [String] in
            var findings = try kept.compactMap { try $0.missing(in: transaction) }
            for (what, sql) in Self.halves {
                for row in try transaction.query(sql, [], [.text]) { findings.append("\(row[0]): \(what)") }
            }
            return findings
        }
        #expect(findings == [], "round \(round), seed \(Self.seed)")
    }

    /// Statements that give the names of documents of which only a part is there.
    private static let halves: [(String, String)] = [
        ("without rows", "SELECT name FROM journal_entry WHERE name NOT IN (SELECT parent FROM journal_entry_account)"),
        ("without rows", "SELECT name FROM sales_invoice WHERE name NOT IN (SELECT parent FROM sales_invoice_item)"),
        (
            "rows without a document",
            "SELECT parent FROM journal_entry_account WHERE parent NOT IN (SELECT name FROM journal_entry)"
        ),
        (
            "rows without a document",
            "SELECT parent FROM sales_invoice_item WHERE parent NOT IN (SELECT name FROM sales_invoice)"
        ),
        (
            "submitted but not posted",
            """
            SELECT name FROM journal_entry WHERE docstatus > 0
            AND name NOT IN (SELECT voucher_no FROM gl_entry WHERE voucher_type = 'Journal Entry')
            """
        ),
        (
            "posted but not submitted",
            "SELECT voucher_no FROM gl_entry WHERE voucher_type = 'Journal Entry' AND voucher_no NOT IN (SELECT name FROM journal_entry WHERE docstatus > 0)"
        ),
        (
            "does not balance",
            "SELECT voucher_no FROM gl_entry GROUP BY voucher_type, voucher_no HAVING sum(debit) <> sum(credit)"
        ),
        ("event gap", "SELECT 'events' FROM (SELECT count(*) n, max(number) m FROM _event) WHERE n <> m"),
        ("audit gap", "SELECT 'audit' FROM (SELECT count(*) n, max(number) m FROM _audit) WHERE n <> m"),
        (
            "no audit entry",
            "SELECT name FROM sales_invoice WHERE name NOT IN (SELECT name FROM _audit WHERE doctype = 'Sales Invoice')"
        ),
    ]
}

/// Numbers that follow from a seed (SplitMix64).
struct Seeded {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
