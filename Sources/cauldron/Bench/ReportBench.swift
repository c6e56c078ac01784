import Documents
import Foundation
import Identity
import Storage
import Tenancy
import Values

/// Measures long reports over HTTP: a General Ledger of 100,000 rows, whole and its first page, and Accounts Receivable of
/// 22,000 open invoices, with the most memory that the server held meanwhile.
struct ReportBench {
    private static let rows = 100_000
    private static let invoices = 22_000
    let place: BenchPlace
    let seconds: Double

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base) { try await measure($0) }
    }

    private func measure(_ tenant: Tenant) async throws -> [Measurement] {
        try await TrialBalanceBench(place: place, seconds: seconds).fill(tenant, from: 0, to: Self.rows)
        try await fillInvoices(tenant)
        let keys = try await tenant.identity.generateKeys(for: "Administrator", at: tenant.now())
        let server = try ServedProcess(place: place, company: BenchCompany.base + "_copy")
        defer { server.stop() }
        _ = try await server.waitForAnswer()
        let idle = server.peakMegabytes
        let socket = try Socket(port: server.port)
        let token = "Authorization: token \(keys.key):\(keys.secret)\r\n"
        func time(_ report: String, _ more: String = "") async throws -> Double {
            let year = tenant.now().day
            let filters: JSON = [
                "company": .string(BenchCompany.company), "from_date": .string(year.startOfYear.description),
                "to_date": .string(year.endOfYear.description), "report_date": .string(year.endOfYear.description),
            ]
            let query = [report, filters.text].map {
                $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            }
            let target = "/api/method/frappe.desk.query_report.run?report_name=\(query[0])&filters=\(query[1])\(more)"
            let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(token)\r\n".utf8)
            try socket.exchange(request)
            return try await 1 / rate(for: seconds / 2) { _ in try socket.exchange(request) }
        }
        let ledger = try await time("General Ledger")
        let page = try await time("General Ledger", "&limit_page_length=100")
        let receivable = try await time("Accounts Receivable")
        return [
            Measurement(name: "General Ledger of 100,000 rows over HTTP", rate: ledger * 1_000, unit: "ms"),
            Measurement(name: "its first page of 100 rows", rate: page * 1_000, unit: "ms"),
            Measurement(name: "Accounts Receivable of 22,000 open invoices", rate: receivable * 1_000, unit: "ms"),
            Measurement(
                name: "most memory with long reports", rate: server.peakMegabytes, unit: "MB",
                yardstick: ("the start", idle)),
        ]
    }

    private func fillInvoices(_ tenant: Tenant) async throws {
        let start = tenant.now().day.startOfYear.number
        try await tenant.database.write { transaction in
            let columns = [
                "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "posting_date", "due_date",
                "company", "account_type", "account", "party_type", "party", "voucher_type", "voucher_no",
                "against_voucher_type", "against_voucher_no", "amount",
            ]
            let moment = Value.timestamp(Timestamp(Day(number: start)))
            let rows = (0..<Self.invoices).map { number -> [Value] in
                let day = Value.day(Day(number: start + Int32(number % 365)))
                let invoice = Value.text("B-INV-\(number)")
                return [
                    .text("bench-\(number)"), .text("bench"), moment, moment, .text("bench"), .int(1), .int(0), day,
                    day,
                    .text(BenchCompany.company), .text("Receivable"), .text("Debtors - B"), .text("Customer"),
                    .text("Customer \(number % BenchCompany.customers)"), .text("Sales Invoice"), invoice,
                    .text("Sales Invoice"), invoice, .decimal(units: Int64(number % 900 + 1) * 10_000, scale: 4),
                ]
            }
            try transaction.insert(into: "payment_ledger_entry", columns, rows)
        }
    }
}
