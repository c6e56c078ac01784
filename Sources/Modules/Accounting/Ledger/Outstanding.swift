internal import Documents
internal import Storage
internal import Values

/// What of an invoice is not paid yet: kept on the invoice, equal to the sum of its rows in the payment ledger.
enum Outstanding {
    /// An invoice that is paid or credited by other vouchers.
    struct Target: Hashable {
        let type: String
        let name: String

        /// Whether both are the same invoice.
        static func == (l: Target, r: Target) -> Bool { l.type == r.type && l.name == r.name }
    }

    /// How the DocTypes that have an outstanding amount name their party and account.
    static let invoices: [Name: (party: String, account: String)] = [
        "Sales Invoice": ("customer", "debit_to"), "Purchase Invoice": ("supplier", "credit_to"),
    ]

    /// Sets the outstanding amounts of the invoices that rows of another voucher are against, and their statuses.
    ///
    /// - Throws: ``Problem/Kind/overAllocated`` when more is paid than is due; ``Problem/Kind/brokenLink`` when the invoice
    ///   is not submitted or of another party or account.
    static func update(_ rows: [Doc<PaymentLedgerEntry>], after voucher: Document, in session: Session) throws {
        var byType: [Name: Set<Name>] = [:]
        for row in rows where !(row.againstVoucherNo == voucher.name && row.againstVoucherType == voucher.doctype.name)
        {
            if invoices[row.againstVoucherType] != nil {
                byType[row.againstVoucherType, default: []].insert(row.againstVoucherNo)
            }
        }
        for (type, names) in byType.sorted(by: { $0.key < $1.key }) {
            let type = type.text
            let sums = try amounts(of: type, names, in: session)
            let documents = try session.privileged { try session.getMany(type, names.sorted()) }
            let found = Dictionary(documents.map { (Name($0.name), $0) }, uniquingKeysWith: { first, _ in first })
            for row in rows where row.againstVoucherType == type && names.contains(row.againstVoucherNo) {
                try check(row, found[row.againstVoucherNo], reversing: !row.reverses.isEmpty)
            }
            for document in documents {
                let outstanding = sums[document.name] ?? .zero
                guard !outstanding.isNegative else {
                    throw Problem(
                        .overAllocated,
                        "\(type) \(document.name) has only \(document.exact("outstanding_amount")) outstanding",
                        fix: "Allocate at most what is outstanding.")
                }
                document.set("outstanding_amount", outstanding)
                Trade.setStatus(document, in: session)
            }
            try session.saveDerived(documents)
        }
    }

    private static func check(_ row: Doc<PaymentLedgerEntry>, _ document: Document?, reversing: Bool) throws {
        let name = "\(row.againstVoucherType) \(row.againstVoucherNo)"
        guard let document else { throw Problem(.brokenLink, "\(name) does not exist", field: "reference_name") }
        guard !reversing, let fields = invoices[row.againstVoucherType] else { return }
        guard document.docstatus == .submitted else {
            throw Problem(.brokenLink, "\(name) is \(document.docstatus.word)", field: "reference_name")
        }
        guard document.text(fields.party) == row.party, document.text(fields.account) == row.account else {
            throw Problem(
                .brokenLink,
                "\(name) is for \(document.text(fields.party)) on \(document.text(fields.account)), not for \(row.party) on \(row.account)",
                field: "reference_name")
        }
    }

    /// The sums of the payment ledger for vouchers of one DocType.
    static func amounts(of type: String, _ names: Set<Name>, in session: Session) throws -> [Name: Exact] {
        var sums: [Name: Exact] = [:]
        for chunk in names.sorted().chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf("against_voucher_no", count: chunk.count)
            try session.transaction.forEach(
                """
                SELECT against_voucher_no, SUM(amount) FROM payment_ledger_entry
                WHERE \(condition) AND against_voucher_type = ? GROUP BY against_voucher_no
                """, chunk.map(Value.text) + [.text(type)], [.text, .decimal(scale: 4)]
            ) { row in sums[row[0].text ?? ""] = row[1].exact ?? .zero }
        }
        return sums
    }

    /// The vouchers, other than itself, that still pay a voucher.
    static func payers(of voucher: Document, in session: Session) throws -> [(type: String, name: String)] {
        try session.transaction.query(
            """
            SELECT voucher_type, voucher_no FROM payment_ledger_entry
            WHERE against_voucher_no = ? AND against_voucher_type = ? AND NOT (voucher_type = ? AND voucher_no = ?)
            GROUP BY voucher_type, voucher_no HAVING SUM(amount) <> 0 ORDER BY voucher_no LIMIT 10
            """,
            [
                .text(voucher.name), .text(voucher.doctype.name), .text(voucher.doctype.name), .text(voucher.name),
            ], [.text, .text]
        ).map { ($0[0].text ?? "", $0[1].text ?? "") }
    }
}
