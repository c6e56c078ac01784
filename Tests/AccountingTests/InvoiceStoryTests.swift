import Accounting
import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct InvoiceStoryTests {
    @Test func `a company gets a chart of accounts, cost centers and its default accounts`() async throws {
        let books = try await Books()
        try await books.run { session in
            let company = try session.get(Company.self, "Acme")
            #expect(company.defaultReceivableAccount == "Debtors - A")
            #expect(company.defaultPayableAccount == "Creditors - A")
            #expect(company.defaultIncomeAccount == "Sales - A")
            #expect(company.defaultInventoryAccount == "Stock In Hand - A")
            #expect(company.stockReceivedButNotBilled == "Stock Received But Not Billed - A")
            #expect(company.roundOffAccount == "Round Off - A")
            #expect(company.writeOffAccount == "Write Off - A")
            #expect(company.costCenter == "Main - A")
            let debtors = try session.get(Account.self, "Debtors - A")
            #expect(debtors.rootType == "Asset")
            #expect(debtors.accountType == "Receivable")
            #expect(debtors.parentAccount == "Accounts Receivable - A")
            let links = company.document.doctype.fields.filter { $0.options == "Account" }
            #expect(links.allSatisfy { !company.document.text($0.name).isEmpty })
        }
    }

    @Test func `an invoice is posted, paid in two parts, and all of it taken back`() async throws {
        let books = try await Books()
        try await books.run { session in
            let invoice = try session.invoice(
                qty: 3, rate: "33.335",
                taxes: [["charge_type": "On Net Total", "account_head": "VAT - A", "rate": 20, "description": "VAT"]])
            #expect(invoice.name == "ACC-SINV-2026-00001")
            #expect(invoice.exact("net_total") == .of("100.01"))
            #expect(invoice.exact("grand_total") == .of("120.01"))
            #expect(invoice.text("status") == "Unpaid")
            #expect(try session.balance("Debtors - A") == .of("120.01"))
            #expect(try session.balance("Sales - A") == .of("-100.01"))
            #expect(try session.balance("VAT - A") == .of("-20"))
            #expect(try session.findings() == [])
        }
        let method = try #require(
            books.registry.methods["erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry"])
        for (amount, left, status) in [("20.01", "100", "Partly Paid"), ("100", "0", "Paid")] {
            try await books.run { session in
                let made = try method.run(
                    Arguments(["dt": "Sales Invoice", "dn": "ACC-SINV-2026-00001", "party_amount": .string(amount)]),
                    session)
                let payment = try session.submitted("Payment Entry", made.object ?? [:])
                #expect(payment.exact("total_allocated_amount") == .of(amount))
                let invoice = try session.get("Sales Invoice", "ACC-SINV-2026-00001")
                #expect(invoice.exact("outstanding_amount") == .of(left))
                #expect(invoice.text("status") == status)
                #expect(try session.findings() == [])
            }
        }
        await books.expect(.linked) { session in
            try session.cancel(session.get("Sales Invoice", "ACC-SINV-2026-00001"))
        }
        try await books.run { session in
            for name in ["ACC-PAY-2026-00001", "ACC-PAY-2026-00002"] {
                try session.cancel(session.get("Payment Entry", name))
            }
            let invoice = try session.get("Sales Invoice", "ACC-SINV-2026-00001")
            #expect(invoice.exact("outstanding_amount") == .of("120.01"))
            try session.cancel(invoice)
            #expect(invoice.text("status") == "Cancelled")
            #expect(invoice.exact("outstanding_amount").isZero)
            for account in ["Debtors - A", "Sales - A", "VAT - A", "Bank - A"] {
                #expect(try session.balance(account).isZero)
            }
            let entries = try session.privileged {
                try session.getMany(
                    "GL Entry",
                    session.transaction.query("SELECT name FROM gl_entry", [], [.text]).compactMap { $0[0].text })
            }
            #expect(entries.count == 14)
            #expect(entries.allSatisfy { $0.isSet("is_cancelled") })
            #expect(try session.findings() == [])
        }
    }
}
