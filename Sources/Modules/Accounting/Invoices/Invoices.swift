public import Documents
internal import Storage
internal import Values

/// What invoices to customers and from suppliers have in common.
public enum Invoices {
    /// Sets posting and due date, the outstanding amount of an invoice that is not posted yet, and its status. Called in
    /// `validate` after ``Trade/calculate(_:in:)``.
    ///
    /// - Throws: ``Problem`` when it is due before it is posted or comes to less than nothing.
    public static func prepare(_ invoice: Document, in session: Session) throws {
        if invoice.day("posting_date") == nil { invoice.set("posting_date", session.today) }
        if invoice.day("due_date") == nil, let day = invoice.day("posting_date") {
            let terms = invoice.text("payment_terms_template")
            let due = try terms.isEmpty ? nil : PaymentTermsTemplate.due(day, by: terms, in: session)
            invoice.set("due_date", due ?? day)
        }
        try session.checking {
            guard let due = invoice.day("due_date"), let posted = invoice.day("posting_date"), due < posted else {
                return
            }
            throw Problem(
                .datesOutOfOrder, "The due date \(due) is before the posting date \(posted)", field: "due_date")
        }
        let amount = Trade.baseAmountDue(invoice)
        try session.checking {
            if amount.isNegative { throw Problem(.negative, "The invoice comes to \(amount)", field: "grand_total") }
        }
        invoice.set("outstanding_amount", amount)
        Trade.setStatus(invoice, in: session)
    }

    /// The lines of the taxes and of the rounding of an invoice or another trade document; `isSale` credits what is added,
    /// a purchase debits it. Taxes that count to the value of goods alone are left out.
    public static func taxPostings(
        of invoice: Document, isSale: Bool, against: String, company: Doc<Company>
    ) -> [GLPosting] {
        var postings = invoice.table("taxes").filter { $0.text("category") != "Valuation" }.map { tax in
            var amount = tax.exact("base_tax_amount_after_discount_amount")
            if tax.text("add_deduct_tax") == "Deduct" { amount = -amount }
            return GLPosting(
                account: tax.text("account_head"), debit: isSale ? .zero : amount, credit: isSale ? amount : .zero,
                against: against, costCenter: tax.text("cost_center"), voucherDetail: tax.name)
        }
        let rounding = invoice.isSet("disable_rounded_total") ? .zero : invoice.exact("base_rounding_adjustment")
        if !rounding.isZero {
            postings.append(
                GLPosting(
                    account: company.roundOffAccount, debit: isSale ? .zero : rounding,
                    credit: isSale ? rounding : .zero,
                    against: against, costCenter: company.roundOffCostCenter))
        }
        return postings
    }

    /// Refuses to cancel an invoice that payments are allocated to, and sets what a cancelled one has outstanding: nothing.
    /// Called in `beforeCancel`.
    ///
    /// - Throws: ``Problem/Kind/linked``.
    public static func prepareCancel(_ invoice: Document, in session: Session) throws {
        let payers = try Outstanding.payers(of: invoice, in: session)
        if let payer = payers.first {
            throw Problem(
                .linked, "\(invoice.doctype.name) \(invoice.name) is linked to by \(payer.type) \(payer.name)",
                fix: "Cancel \(payer.type) \(payer.name) first.")
        }
        invoice.set("outstanding_amount", Exact.zero)
        Trade.setStatus(invoice, in: session)
    }

    /// Gives every invoice that has become due since its status was set the status Overdue, some at a time.
    static let overdue = ScheduledTask("accounting.overdue") { session, from in
        var after = from?["name"]?.string ?? ""
        let first = from?["doctype"]?.string ?? ""
        for name in Outstanding.invoices.names.sorted() where name >= first {
            guard let type = session.registry.find(name) else { continue }
            let names = try session.transaction.query(
                """
                SELECT name FROM \(type.table) WHERE docstatus = 1 AND status IN ('Unpaid', 'Partly Paid')
                AND due_date < ? AND name > ? ORDER BY name LIMIT \(overdueAtOnce)
                """, [.day(session.today), .text(after)], [.text]
            ).compactMap { $0[0].text }
            let invoices = try session.privileged { try session.getMany(name, names) }
            for invoice in invoices { Trade.setStatus(invoice, in: session) }
            try session.saveDerived(invoices)
            if names.count == overdueAtOnce, let last = names.last {
                return .from(["doctype": .string(name), "name": .string(last)])
            }
            after = ""
        }
        return .none
    }

    /// How many invoices are changed in one transaction.
    private static let overdueAtOnce = 200
}
