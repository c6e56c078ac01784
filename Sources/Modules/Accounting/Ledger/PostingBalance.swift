internal import Documents
internal import Values

/// Postings brought into the form in which they are written: one side each, merged, balanced.
enum PostingBalance {
    /// The difference that goes to the round-off account; more is an error.
    static let tolerance = Exact(units: 5, scale: 2)

    /// Merges lines that differ in nothing but the amount, nets their sides and leaves out what comes to zero.
    static func merged(_ postings: [GLPosting]) -> [GLPosting] {
        struct Key: Hashable {
            let account: Name, costCenter: Name, party: [Name], against: [Name], detail: Name, due: Day?
            let isOfStock: Bool
        }
        var places: [Key: Int] = [:]
        var merged: [GLPosting] = []
        for posting in postings {
            let key = Key(
                account: Name(posting.account), costCenter: Name(posting.costCenter),
                party: posting.party.map { [Name($0.type), Name($0.name)] } ?? [],
                against: posting.againstVoucher.map { [Name($0.type), Name($0.name)] } ?? [],
                detail: Name(posting.voucherDetail), due: posting.dueDate, isOfStock: posting.isOfStock)
            if let place = places[key] {
                merged[place].debit += posting.debit
                merged[place].credit += posting.credit
            } else {
                places[key] = merged.count
                merged.append(posting)
            }
        }
        return merged.compactMap { posting in
            var posting = posting
            // What the columns hold: 4 decimals.
            let balance = (posting.debit - posting.credit).rounded(4)
            guard balance != .zero else { return nil }
            posting.debit = balance.isNegative ? .zero : balance
            posting.credit = balance.isNegative ? -balance : .zero
            return posting
        }
    }

    /// Adds what is missing to balance, within the tolerance, to the company's round-off account.
    ///
    /// - Throws: ``Problem/Kind/unbalanced``.
    static func balanced(_ postings: [GLPosting], for company: Doc<Company>) throws -> [GLPosting] {
        let debit = postings.sum(\.debit)
        let credit = postings.sum(\.credit)
        let difference = debit - credit
        guard difference.isInRange else {
            throw Problem(.outOfRange, "The amounts are larger than the ledger can hold")
        }
        if difference.isZero { return postings }
        guard difference.magnitude <= tolerance else {
            throw Problem(
                .unbalanced, "Debit \(debit) and credit \(credit) differ by \(difference.magnitude)",
                field: "difference",
                fix: "Make both sides equal.")
        }
        return postings + [
            GLPosting(
                account: company.roundOffAccount, credit: difference, costCenter: company.roundOffCostCenter,
                remarks: "Rounding")
        ]
    }
}
