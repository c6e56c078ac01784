import Documents
import Foundation
import PostgresStorage
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@Suite struct DoctorTests {
    @Test func `a company in order has nothing to tell`() async throws {
        let company = try await Company()
        let text = try await company.run("doctor")
        #expect(text.status == 0, "\(text.output)")
        #expect(text.output.hasSuffix("no problems\n"))
        let json = try await company.run("doctor", "--json").json
        #expect(json["ok"] == true)
        #expect(json["problems"] == 0)
        let names = (json["checks"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(Set(["account balances", "stock bins", "audit chain", "links", "event numbers"]).isSubset(of: names))
    }

    /// Damage, the check that tells of it, and words of what it says.
    private static let damages: [(String, String, String)] = [
        (
            "UPDATE gl_entry SET debit = debit + 10000 WHERE name = (SELECT min(name) FROM gl_entry WHERE debit > 0)",
            "account balances", ""
        ),
        (
            "UPDATE gl_entry SET debit = debit + 10000 WHERE name = (SELECT min(name) FROM gl_entry WHERE debit > 0)",
            "vouchers balance", ""
        ),
        ("UPDATE _account_balance SET debit = debit + 1 WHERE debit > 0", "account balances", "Cash - A"),
        ("DELETE FROM gl_entry WHERE voucher_type = 'Journal Entry'", "vouchers are posted", "Journal Entry"),
        ("UPDATE sales_invoice SET outstanding_amount = 0", "outstanding amounts", "Sales Invoice"),
        ("UPDATE bin SET actual_qty = actual_qty + 1 WHERE item_code = 'Chai'", "stock bins", "Chai"),
        ("UPDATE stock_ledger_entry SET stock_value_difference = 0 WHERE item_code = 'Chai'", "stock accounts", ""),
        (
            "UPDATE customer SET website = 'evil.example' WHERE name = 'Alfreds'", "documents and audit log",
            "Customer Alfreds is not what the audit log says of its last insert"
        ),
        (
            "UPDATE sales_invoice_item SET rate = 1 WHERE item_code = 'Chang'", "documents and audit log",
            "is not what the audit log says"
        ),
        ("DELETE FROM customer WHERE name = 'Bolido'", "documents and audit log", "Customer Bolido is gone"),
        (
            """
            INSERT INTO uom (name, owner, creation, modified, modified_by, docstatus, idx, uom_name)
            VALUES ('Zz', 'x', 1, 1, 'x', 0, 0, 'Zz')
            """, "documents and audit log", "UOM Zz is not in the audit log"
        ),
        ("UPDATE _audit SET actor = 'somebody' WHERE number = 7", "audit chain", "audit entry 7 has been changed"),
        ("DELETE FROM _audit WHERE number = 7", "audit chain", "audit entry 7 is missing"),
        ("DELETE FROM _event WHERE number = 9", "event numbers", "event 9 is missing"),
        (
            """
            DELETE FROM _event WHERE number >=
            (SELECT max(number) FROM _event WHERE type = 'cauldron.journal_entry.submitted')
            """, "events and audit log",
            "Journal Entry"
        ),
        ("UPDATE item SET item_group = 'Nowhere' WHERE name = 'Chai'", "links", "item_group names Item Group Nowhere"),
        ("DELETE FROM journal_entry", "rows of tables", "Journal Entry"),
        (
            "UPDATE sales_invoice_item SET docstatus = 0 WHERE item_code = 'Chang'", "rows of tables", "has docstatus 0"
        ),
        ("DELETE FROM sales_invoice_item WHERE idx = 1", "rows of tables", "not numbered from 1"),
        ("UPDATE _series SET current = 1 WHERE prefix LIKE 'ACC-SINV%'", "series counters", "stands at 1"),
        ("DELETE FROM _series", "series counters", "no counter"),
        ("ALTER TABLE customer DROP COLUMN website", "tables", "website"),
        ("SELECT 1", "tables", "rule against changing a ledger"),
    ]

    @Test(arguments: damages)
    func `finds damage that was done behind its back`(statement: String, check: String, words: String) async throws {
        let company = try await Company()
        try await company.damage(statement)
        let ran = try await company.run("doctor", "--json")
        #expect(ran.status == 1)
        let json = try ran.json
        #expect(json["ok"] == false)
        let finding = json["checks"]?.array?.first { $0["name"]?.string == check }
        #expect(finding?["ok"] == false, "\(ran.output)")
        let problems = (finding?["problems"]?.array ?? []).compactMap(\.string)
        #expect(problems.contains { words.isEmpty || $0.contains(words) }, "\(problems)")
    }

    @Test(arguments: damages)
    func `finds the same damage on a server`(statement: String, check: String, words: String) async throws {
        let company = try await Company()
        let schema = try PostgresCluster.shared.get().newSchema()
        _ = try await TenantMove(
            from: .directory(company.directory), to: .postgres(schema), data: company.path("files")
        ).run(modules: Company.modules)
        for (table, trigger) in try PostgresAdministration.run(Self.triggers, at: schema).map({ ($0[0], $0[1]) }) {
            try PostgresAdministration.run("DROP TRIGGER \"\(trigger ?? "")\" ON \"\(table ?? "")\"", at: schema)
        }
        let moments = "'2020-01-01', '2020-01-01'"
        try PostgresAdministration.run(statement.replacing("'x', 1, 1, 'x'", with: "'x', \(moments), 'x'"), at: schema)
        let findings = Mutex<[Doctor.Finding]>([])
        let database = try await TenantAddress.postgres(schema).openDatabase(limits: TenantFile.patient)
        let all = try await Doctor(modules: Company.modules, data: company.path("files")).run(
            on: database, at: Tenant.systemClock()
        ) { finding in
            findings.withLock { $0.append(finding) }
        }
        await database.close()
        #expect(findings.withLock(\.count) == all.count)
        let finding = try #require(all.first { $0.name == check })
        #expect(!finding.isFine)
        #expect(finding.problems.contains { words.isEmpty || $0.contains(words) }, "\(finding.problems)")
        // What fails in one check leaves the others their own words.
        #expect(!all.contains { $0.problems.contains { $0.contains("current transaction is aborted") } })
        #expect(all.contains { $0.isFine })
    }

    private static let triggers = """
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
        WHERE NOT tgisinternal AND c.relnamespace = CAST(current_schema() AS REGNAMESPACE)
        """

    @Test func `finds counters of patterns and rules that names have overtaken`() async throws {
        let company = try await Company()
        try await company.with { tenant in
            try await tenant.write(as: .administrator) { session in
                try session.insert(
                    session.document(
                        "DocType",
                        from: [
                            "name": "Errand", "module": "Core", "custom": 1, "autoname": "ERRAND-.####",
                            "fields": [["fieldname": "kind", "fieldtype": "Data"]],
                            "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                        ]))
                try session.insert(
                    session.document(
                        "DocType",
                        from: [
                            "name": "Parcel", "module": "Core", "custom": 1, "autoname": "naming_series:",
                            "fields": [
                                ["fieldname": "naming_series", "fieldtype": "Select", "options": "PARCEL-.###.-P"]
                            ],
                            "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                        ]))
            }
            try await tenant.write(as: .administrator) { session in
                try session.insert(
                    session.document(
                        "Document Naming Rule",
                        from: [
                            "document_type": "Errand", "prefix": "R-", "prefix_digits": 3,
                            "conditions": [["field": "kind", "condition": "=", "value": "R"]],
                        ]))
            }
            try await tenant.write(as: .administrator) { session in
                for kind in ["", "", "R", "R"] as [JSON] {
                    try session.insert(session.document("Errand", from: ["kind": kind]))
                }
                for _ in 0..<2 { try session.insert(session.new("Parcel")) }
            }
        }
        let fine = try await company.run("doctor")
        #expect(fine.status == 0, "\(fine.output)")
        try await company.damage(
            "UPDATE _series SET current = 1 WHERE prefix IN ('ERRAND-', 'PARCEL-') OR prefix LIKE 'Document Naming Rule/%'"
        )
        let finding = try await company.run("doctor", "--json").json["checks"]?.array?.first {
            $0["name"]?.string == "series counters"
        }
        let problems = (finding?["problems"]?.array ?? []).compactMap(\.string)
        for name in ["ERRAND-0002", "R-002"] {
            #expect(problems.contains { $0.hasSuffix("stands at 1, but there is Errand \(name)") }, "\(problems)")
        }
        #expect(problems.contains("the series PARCEL- stands at 1, but there is Parcel PARCEL-002-P"), "\(problems)")
    }

    @Test func `finds a damaged file, and goes on with what can be read`() async throws {
        let company = try await Company()
        let page = try await company.read { transaction in
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'gl_entry:account'"
            return try transaction.first(sql, [], [.integer])?[0].int ?? 0
        }
        try #require(page > 1)
        let file = URL(fileURLWithPath: company.directory + "/tenant.db")
        var bytes = try Data(contentsOf: file)
        let start = Int(page - 1) * 4096
        bytes.replaceSubrange(start..<start + 4096, with: Data(repeating: 0x55, count: 4096))
        try bytes.write(to: file)
        let ran = try await company.run("doctor", "--json")
        #expect(ran.status == 1, "\(ran.errors)")
        let findings = try ran.json["checks"]?.array ?? []
        #expect(findings.first { $0["name"]?.string == "database file" }?["ok"] == false, "\(ran.output)")
        #expect(findings.count > 10)
    }

    @Test func `a file that is no database cannot be examined`() async throws {
        let company = try await Company()
        try Data("nothing of the kind, at all".utf8).write(to: URL(fileURLWithPath: company.directory + "/tenant.db"))
        let ran = try await company.run("doctor", "--json")
        #expect(ran.status == 3)
        #expect(try ran.errorJSON["error"]?["code"] == "unavailable")
    }
}
