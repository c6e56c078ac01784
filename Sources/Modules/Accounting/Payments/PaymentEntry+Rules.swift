public import Documents
internal import Values

extension PaymentEntry: Controller {
    public static func validate(_ payment: Doc<Self>, in session: Session) throws {
        let company = try Trade.prepare(payment.document, in: session)
        try fillAccounts(payment, company, in: session)
        try fillParty(payment, in: session)
        try fillReferences(payment, in: session)
        try fillAmounts(payment)
        Trade.setStatus(payment.document, in: session)
    }

    public static func beforeSubmit(_ payment: Doc<Self>, in session: Session) throws {
        guard payment.differenceAmount.isZero else {
            throw Problem(
                .unbalanced, "The difference of \(payment.differenceAmount) must be zero", field: "difference_amount",
                fix: "Change the amounts, the allocation or the deductions.")
        }
    }

    public static func onSubmit(_ payment: Doc<Self>, in session: Session) throws {
        guard let day = payment.postingDate else { return }
        try GeneralLedger.post(
            postings(of: payment), for: payment.document, on: day, company: payment.company, in: session)
    }

    public static func beforeCancel(_ payment: Doc<Self>, in session: Session) throws {
        Trade.setStatus(payment.document, in: session)
    }

    public static func onCancel(_ payment: Doc<Self>, in session: Session) throws {
        try GeneralLedger.reverse(payment.document, in: session)
    }

    public static func onTrash(_ payment: Doc<Self>, in session: Session) throws {
        try GeneralLedger.refuseDeletion(of: payment.document, in: session)
    }

    // MARK: - Filling

    /// Takes the accounts that are not given from the mode of payment and the company.
    private static func fillAccounts(_ payment: Doc<Self>, _ company: Doc<Company>, in session: Session) throws {
        let isReceipt = payment.paymentType == "Receive"
        let own = try PaymentAccounts.own(of: payment.modeOfPayment, company, in: session)
        // A refund comes from the account of suppliers and goes to that of customers.
        let kind = session.registry.registered(PartyKind.self).first { $0.doctype == payment.partyType }
        let isDebtor = kind.map { $0.accountType == AccountType.receivable } ?? isReceipt
        let partyAccount = isDebtor ? company.defaultReceivableAccount : company.defaultPayableAccount
        if payment.paidFrom.isEmpty { payment.paidFrom = isReceipt ? partyAccount : own }
        if payment.paidTo.isEmpty { payment.paidTo = payment.paymentType == "Pay" ? partyAccount : own }
        payment.paidFromAccountCurrency = company.defaultCurrency
        payment.paidToAccountCurrency = company.defaultCurrency
        payment.sourceExchangeRate = .one
        payment.targetExchangeRate = .one
        guard payment.paidFrom != payment.paidTo else {
            throw Problem(.sameAccount, "The money is paid from and to \(payment.paidFrom)", field: "paid_to")
        }
        let types = try session.values(of: "Account", [payment.paidFrom, payment.paidTo], ["account_type"])
        let partySide = isReceipt ? payment.paidFrom : payment.paidTo
        let isParty = payment.paymentType != "Internal Transfer"
        for (account, field) in [(payment.paidFrom, "paid_from"), (payment.paidTo, "paid_to")] {
            guard let type = types[account]?[0].text else { continue }
            let isPartyAccount = [AccountType.receivable, AccountType.payable].contains(type)
            if isParty, account == partySide, !isPartyAccount {
                throw Problem(.invalidAccount, "\(account) is no account of customers or suppliers", field: field)
            }
            if !(isParty && account == partySide), isPartyAccount {
                throw Problem(.invalidAccount, "\(account) is an account of customers or suppliers", field: field)
            }
        }
        if isParty, types[partySide] == nil {
            throw Problem(
                .invalidAccount, "Account \(partySide) does not exist", field: isReceipt ? "paid_from" : "paid_to")
        }
    }

    private static func fillParty(_ payment: Doc<Self>, in session: Session) throws {
        if payment.paymentType == "Internal Transfer" {
            payment.partyType = ""
            payment.party = ""
            payment.partyName = ""
            payment.title = payment.paymentType
            return
        }
        guard !payment.partyType.isEmpty, !payment.party.isEmpty else {
            throw Problem(
                .mandatory, "A payment needs a party", field: payment.partyType.isEmpty ? "party_type" : "party",
                fix: "Give party_type and party.")
        }
        payment.partyName = payment.party
        if let type = session.registry.find(payment.partyType), let title = type.titleField {
            payment.partyName = try session.value(of: type.name, payment.party, title).text ?? payment.party
        }
        payment.title = payment.partyName
    }

    /// Reads the invoices and refuses to allocate more than is outstanding, of each in all rows together.
    private static func fillReferences(_ payment: Doc<Self>, in session: Session) throws {
        if payment.paymentType == "Internal Transfer" { payment.references = [] }
        payment.references = payment.references.filter { !$0.allocatedAmount.isZero || !$0.referenceName.isEmpty }
        let byType = Dictionary(grouping: payment.references, by: \.referenceDoctype)
        for (type, rows) in byType.sorted(by: { $0.key < $1.key }) {
            guard let fields = Outstanding.invoices[type], session.registry.find(type) != nil else {
                throw Problem(
                    .notPayable, "Row \(rows[0].idx): a payment cannot settle a \(type)", field: "reference_doctype",
                    row: rows[0].idx, fix: "Use one of: \(Outstanding.invoices.names.sorted().joined(separator: ", "))."
                )
            }
            let found = try session.values(
                of: type, Set(rows.map(\.referenceName)),
                [
                    "docstatus", "outstanding_amount", "due_date", fields.party, fields.account, "base_grand_total",
                    "company",
                ])
            var left = found.mapValues { $0[1].exact ?? .zero }
            for row in rows {
                let name = row.referenceName
                guard let values = found[name] else { continue }
                try check(payment, row, values)
                row.dueDate = values[2].day
                row.totalAmount = values[5].exact ?? .zero
                row.outstandingAmount = left[name] ?? .zero
                row.exchangeRate = .one
                left[name] = (left[name] ?? .zero) - row.allocatedAmount
                guard left[name]?.isNegative == false else {
                    throw Problem(
                        .overAllocated,
                        "Row \(row.idx): \(type) \(name) has \(row.outstandingAmount) outstanding, less than \(row.allocatedAmount)",
                        field: "allocated_amount", row: row.idx, fix: "Allocate at most what is outstanding.")
                }
            }
        }
    }

    private static func check(
        _ payment: Doc<Self>, _ row: Doc<PaymentEntryReference>, _ invoice: [Value]
    ) throws {
        let name = "\(row.referenceDoctype) \(row.referenceName)"
        func refuse(_ message: ProblemText) -> Problem {
            Problem(.brokenLink, "Row \(row.idx): \(name) \(message)", field: "reference_name", row: row.idx)
        }
        guard invoice[0].int == 1 else { throw refuse("is not submitted") }
        guard invoice[6].text == payment.company else { throw refuse("belongs to \(invoice[6].description)") }
        guard invoice[3].text == payment.party else {
            throw refuse("is for \(invoice[3].description), not for \(payment.party)")
        }
        let account = payment.paymentType == "Receive" ? payment.paidFrom : payment.paidTo
        guard invoice[4].text == account else { throw refuse("is on \(invoice[4].description), not on \(account)") }
        let expected = row.referenceDoctype == "Sales Invoice" ? "Receive" : "Pay"
        guard payment.paymentType == expected else { throw refuse("is settled by a payment of type \(expected)") }
    }

    /// What is allocated, what is not, and what does not add up.
    private static func fillAmounts(_ payment: Doc<Self>) throws {
        let isTransfer = payment.paymentType == "Internal Transfer"
        if payment.receivedAmount.isZero { payment.receivedAmount = payment.paidAmount }
        if payment.paidAmount.isZero { payment.paidAmount = payment.receivedAmount }
        guard !payment.paidAmount.isZero else {
            throw Problem(.mandatory, "The paid amount is missing", field: "paid_amount", fix: "Give paid_amount.")
        }
        guard isTransfer || payment.paidAmount == payment.receivedAmount else {
            throw Problem(
                .amountsDiffer, "Paid and received amount differ in the same currency", field: "received_amount",
                fix: "Put the difference into deductions.")
        }
        payment.basePaidAmount = payment.paidAmount
        payment.baseReceivedAmount = payment.receivedAmount
        let allocated = payment.references.sum(\.allocatedAmount)
        let deductions = payment.deductions.sum(\.amount)
        payment.totalAllocatedAmount = allocated
        payment.baseTotalAllocatedAmount = allocated
        // What the party is credited or debited with: the money, and what is deducted on the way.
        let settled =
            payment.paymentType == "Pay" ? payment.paidAmount - deductions : payment.receivedAmount + deductions
        if isTransfer {
            payment.unallocatedAmount = .zero
            payment.differenceAmount = payment.paidAmount - payment.receivedAmount - deductions
        } else {
            payment.unallocatedAmount = settled > allocated ? settled - allocated : .zero
            payment.differenceAmount = settled < allocated ? allocated - settled : .zero
        }
    }

    // MARK: - Posting

    private static func postings(of payment: Doc<Self>) -> [GLPosting] {
        let isReceipt = payment.paymentType == "Receive"
        let party = (type: payment.partyType, name: payment.party)
        var postings: [GLPosting] = []
        func add(_ account: String, _ debit: Exact, against: String, _ change: (inout GLPosting) -> Void = { _ in }) {
            var posting = GLPosting(
                account: account, debit: debit, against: against, costCenter: payment.costCenter,
                remarks: payment.remarks)
            change(&posting)
            postings.append(posting)
        }
        if payment.paymentType == "Internal Transfer" {
            add(payment.paidTo, payment.receivedAmount, against: payment.paidFrom)
            add(payment.paidFrom, -payment.paidAmount, against: payment.paidTo)
        } else {
            let bank = isReceipt ? payment.paidTo : payment.paidFrom
            let account = isReceipt ? payment.paidFrom : payment.paidTo
            let side: Exact = isReceipt ? -1 : 1
            add(bank, -side * payment.paidAmount, against: payment.party)
            for row in payment.references {
                add(account, side * row.allocatedAmount, against: bank) {
                    $0.party = party
                    $0.againstVoucher = (row.referenceDoctype, row.referenceName)
                }
            }
            add(account, side * payment.unallocatedAmount, against: bank) { $0.party = party }
        }
        for row in payment.deductions {
            add(row.account, row.amount, against: payment.party) {
                if !row.costCenter.isEmpty { $0.costCenter = row.costCenter }
            }
        }
        return postings
    }
}

/// The own account that money goes to or comes from.
enum PaymentAccounts {
    /// The mode of payment's account in the company, else the company's bank, else its cash.
    static func own(of mode: String, _ company: Doc<Company>, in session: Session) throws -> String {
        if !mode.isEmpty, let document = try session.privileged({ try session.find("Mode of Payment", mode) }) {
            let modeOfPayment = Doc<ModeOfPayment>(document)
            if let row = modeOfPayment.accounts.first(where: { $0.company == company.name }) {
                return row.defaultAccount
            }
            if modeOfPayment.type == "Cash", !company.defaultCashAccount.isEmpty { return company.defaultCashAccount }
        }
        return company.defaultBankAccount.isEmpty ? company.defaultCashAccount : company.defaultBankAccount
    }
}
