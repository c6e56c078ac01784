internal import Accounting
internal import Documents
internal import Values

/// What a bill from a supplier posts to the general ledger, in company currency.
///
/// - Cr the payable account: what is owed, with the supplier.
/// - Dr Stock Received But Not Billed: what the receipt (or, billed before it, the order) put there for the quantity.
/// - Dr or Cr the stock adjustment account: what the bill's price differs from that, so that Stock Received But Not
///   Billed comes back to zero. ERPNext leaves the difference there by default.
/// - Dr the row's expense account for all else.
/// - Dr the tax accounts, or Cr for taxes that are deducted; taxes of the category Valuation were booked by the receipt.
/// - Dr or Cr the round-off account.
enum PurchaseInvoicePostings {
    static func post(_ invoice: Doc<PurchaseInvoice>, in session: Session) throws {
        let company = try Companies.get(invoice[\.head.company], in: session)
        guard let day = invoice.postingDate else { return }
        let postings =
            try [owed(invoice)] + rows(invoice, company)
            + Invoices.taxPostings(of: invoice.document, isSale: false, against: invoice.supplier, company: company)
        try GeneralLedger.post(postings, for: invoice.document, on: day, company: company.name, in: session)
    }

    /// What is owed to the supplier.
    private static func owed(_ invoice: Doc<PurchaseInvoice>) -> GLPosting {
        let against = Set<Name>(invoice.items.map(\.expenseAccount)).sorted().joined(separator: ", ")
        return GLPosting(
            account: invoice.creditTo, credit: Trade.baseAmountDue(invoice.document),
            party: ("Supplier", invoice.supplier),
            against: Text.beginning(against, Limits.lineCharacters), costCenter: invoice.costCenter,
            dueDate: invoice.dueDate, remarks: invoice.remarks)
    }

    private static func rows(_ invoice: Doc<PurchaseInvoice>, _ company: Doc<Company>) throws -> [GLPosting] {
        var postings: [GLPosting] = []
        for row in invoice.items {
            let center = row[\.line.costCenter].isEmpty ? invoice.costCenter : row[\.line.costCenter]
            postings.append(
                GLPosting(
                    account: row.expenseAccount, debit: row.bookedAmount, against: invoice.supplier, costCenter: center)
            )
            let difference = row[\.line.baseNetAmount] - row.bookedAmount
            guard !difference.isZero else { continue }
            guard !company.stockAdjustmentAccount.isEmpty else {
                throw Problem(
                    .mandatory,
                    "\(company.name) has no stock adjustment account for the difference of \(difference.rounded(2))",
                    field: "rate", row: row.idx, fix: "Set stock_adjustment_account of the Company.")
            }
            postings.append(
                GLPosting(
                    account: company.stockAdjustmentAccount, debit: difference, against: invoice.supplier,
                    costCenter: center))
        }
        return postings
    }
}
