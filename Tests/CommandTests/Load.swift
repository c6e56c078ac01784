import Foundation
import Storage
import Synchronization
import Tenancy
import Testing
import Values

/// Clients that write to a served company at the same time and note what the server acknowledged.
final class Load: Sendable {
    private let program: Running
    private let path: String

    /// Clients of the server at `url`; those that are `patient` go on when it says that its database is away.
    init(
        _ url: String, _ keys: JSON, _ path: String, seconds: Double, seed: Int, clients: Int = 4,
        isPatient: Bool = false
    ) throws {
        self.path = path
        program = try Running(
            "/usr/bin/env",
            [
                "python3", Repository.path("Tests/Clients/load.py"), url, keys["api_key"]?.string ?? "",
                keys["api_secret"]?.string ?? "", path, "\(seconds)", "\(clients)", "\(seed)",
            ] + (isPatient ? ["patient"] : []))
    }

    /// A document as the server last acknowledged it.
    struct Acknowledged: Sendable {
        let doctype: String
        let name: String
        let docstatus: Int64
        let rows: Int64
        let postings: Int64

        /// Says what is missing of it; nil when it is there with its rows and postings.
        func missing(in transaction: any Transaction) throws -> String? {
            let (table, child) =
                doctype == "Sales Invoice"
                ? ("sales_invoice", "sales_invoice_item") : ("journal_entry", "journal_entry_account")
            let row = try transaction.first(
                """
                SELECT d.docstatus, (SELECT count(*) FROM \(child) WHERE parent = d.name AND docstatus = d.docstatus),
                  (SELECT count(*) FROM gl_entry WHERE voucher_type = ? AND voucher_no = d.name),
                  (SELECT COALESCE(sum(debit) - sum(credit), 0) FROM gl_entry
                   WHERE voucher_type = ? AND voucher_no = d.name)
                FROM \(table) d WHERE d.name = ?
                """, [.text(doctype), .text(doctype), .text(name)], [.integer, .integer, .integer, .integer])
            guard let row else { return "\(doctype) \(name) is gone" }
            let status = row[0].int ?? -1
            // What was asked for and not acknowledged may have been done, too.
            if status < docstatus { return "\(doctype) \(name) was acknowledged as \(docstatus) and is \(status)" }
            if row[1].int != rows { return "\(doctype) \(name) has \(row[1]) rows instead of \(rows)" }
            let expected = status == 0 ? 0 : status == 1 ? postings : 2 * postings
            if row[2].int != expected { return "\(doctype) \(name) has \(row[2]) postings instead of \(expected)" }
            return row[3].int == 0 ? nil : "\(doctype) \(name) does not balance"
        }
    }

    /// Records an issue for each document that is not in the company of a directory.
    static func expect(_ documents: [Acknowledged], in directory: String) async throws {
        try await expect(documents, at: .directory(directory))
    }

    /// Records an issue for each document that is not in the company at an address.
    static func expect(_ documents: [Acknowledged], at address: TenantAddress) async throws {
        let database = try await address.openDatabase()
        let missing = try await database.read { transaction in
            try documents.compactMap { try $0.missing(in: transaction) }
        }
        await database.close()
        #expect(missing == [])
    }

    /// What was acknowledged until now, each document once in its last state.
    var acknowledged: [Acknowledged] { Self.read(path) }

    /// Waits until the clients have ended.
    func finish() async throws -> [Acknowledged] {
        let ran = try await program.finish(within: 60)
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        return acknowledged
    }

    /// Ends the clients before their time is over.
    func stop() async throws {
        program.signal(SIGKILL)
        _ = try await program.finish(within: 60)
    }

    private static func read(_ path: String) -> [Acknowledged] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        var order: [String] = []
        var last: [String: Acknowledged] = [:]
        // The last line may be half written.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        for line in lines {
            guard let json = try? JSON.parse(String(line)), let doctype = json["doctype"]?.string,
                let name = json["name"]?.string
            else {
                Issue.record("the clients wrote \(line)")
                continue
            }
            if last[name] == nil { order.append(name) }
            last[name] = Acknowledged(
                doctype: doctype, name: name, docstatus: json["docstatus"]?.int ?? 0, rows: json["rows"]?.int ?? 0,
                postings: json["postings"]?.int ?? 0)
        }
        return order.compactMap { last[$0] }
    }
}
