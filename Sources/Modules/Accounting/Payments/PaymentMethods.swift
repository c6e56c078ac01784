internal import Documents
internal import Values

/// Making payments from invoices.
enum PaymentMethods {
    static let getPaymentEntry = Method(
        "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
        parameters: [
            .required("dt", "Sales Invoice or Purchase Invoice."), .required("dn", "Its name.", of: .argument("dt")),
            .optional("party_amount", "How much is paid; all that is outstanding when it is left out."),
            .optional("bank_account", "The own account.", of: .doctype("Account")),
        ], summary: "Makes an unsaved Payment Entry that settles an invoice."
    ) { arguments, session in
        let payment = try make(
            for: arguments.required("dt"), arguments.required("dn"), amount: try amount(arguments),
            bank: arguments.text("bank_account"), in: session)
        guard case .object(var object) = session.present(payment.document) else { return .null }
        object["__islocal"] = .int(1)
        return .object(object)
    }

    private static func amount(_ arguments: Arguments) throws -> Exact? {
        guard let text = arguments.text("party_amount") else { return nil }
        guard let amount = Exact(text), amount.isInRange else {
            throw Problem(.wrongType, "party_amount must be a number", field: "party_amount")
        }
        return amount.isZero ? nil : amount
    }

    /// An unsaved payment of what is outstanding of an invoice.
    static func make(
        for type: String, _ name: String, amount: Exact?, bank: String?, in session: Session
    ) throws -> Doc<PaymentEntry> {
        guard let fields = Outstanding.invoices[type], session.registry.find(type) != nil else {
            throw Problem(.notPayable, "A payment cannot be made from a \(type)", field: "dt")
        }
        let invoice = try session.get(type, name)
        let payment = try session.new(PaymentEntry.self)
        try session.require(.create, payment.document.doctype)
        let outstanding = invoice.exact("outstanding_amount")
        guard invoice.docstatus == .submitted, outstanding.isPositive else {
            throw Problem(.nothingLeft, "\(type) \(name) has nothing outstanding").about(invoice)
        }
        let company = try Companies.get(invoice.text("company"), in: session)
        let isReceipt = type == "Sales Invoice"
        let own = try bank ?? PaymentAccounts.own(of: "", company, in: session)
        let amount = amount ?? outstanding
        payment.paymentType = isReceipt ? "Receive" : "Pay"
        payment.postingDate = session.today
        payment.company = company.name
        payment.partyType = isReceipt ? "Customer" : "Supplier"
        payment.party = invoice.text(fields.party)
        payment.partyName = invoice.text("\(fields.party)_name")
        payment.paidFrom = isReceipt ? invoice.text(fields.account) : own
        payment.paidTo = isReceipt ? own : invoice.text(fields.account)
        payment.paidFromAccountCurrency = company.defaultCurrency
        payment.paidToAccountCurrency = company.defaultCurrency
        payment.sourceExchangeRate = .one
        payment.targetExchangeRate = .one
        payment.paidAmount = amount
        payment.receivedAmount = amount
        payment.costCenter = invoice.text("cost_center")
        let row = try session.new(PaymentEntryReference.self)
        row.referenceDoctype = type
        row.referenceName = name
        row.dueDate = invoice.day("due_date")
        row.totalAmount = invoice.exact("base_grand_total")
        row.outstandingAmount = outstanding
        row.allocatedAmount = amount > outstanding ? outstanding : amount
        payment.references = [row]
        payment.totalAllocatedAmount = row.allocatedAmount
        payment.unallocatedAmount = amount - row.allocatedAmount
        return payment
    }
}
