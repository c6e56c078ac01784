public import Documents
internal import Values

/// When a part of an invoice is due.
public struct PaymentDue: FieldGroup {
    /// What the days or months are counted from.
    public let dueDateBasedOn = Select(
        ["", fromInvoice, fromEndOfMonth, monthsFromEndOfMonth], .fetch("payment_term", "due_date_based_on"),
        .fetchIfEmpty, .inListView)
    /// So many days later.
    public let creditDays = IntField(.nonNegative, .fetch("payment_term", "credit_days"), .fetchIfEmpty, .inListView)
    /// So many months later.
    public let creditMonths = IntField(.nonNegative, .fetch("payment_term", "credit_months"), .fetchIfEmpty)
    /// The fields of the group.
    public init() {}

    static let fromInvoice = "Day(s) after invoice date"
    static let fromEndOfMonth = "Day(s) after the end of the invoice month"
    static let monthsFromEndOfMonth = "Month(s) after the end of the invoice month"

    /// The day on which what is invoiced on `day` is due by a term or a row of a template.
    static func due(_ day: Day, by row: Document) -> Day {
        switch row.text("due_date_based_on") {
        case fromEndOfMonth: day.endOfMonth.adding(days: row.int("credit_days"))
        case monthsFromEndOfMonth: day.endOfMonth.adding(months: row.int("credit_months")).endOfMonth
        default: day.adding(days: row.int("credit_days"))
        }
    }

    /// Refuses what is later than anybody waits.
    ///
    /// - Throws: ``Problem/Kind/outOfBounds``.
    static func check(_ row: Document) throws {
        for (field, most) in [("credit_days", mostDays), ("credit_months", mostDays / 30)] where row.int(field) > most {
            throw Problem(
                .outOfBounds, "\(Text.title(field)) are at most \(most)", field: field,
                row: row.idx == 0 ? nil : row.idx)
        }
    }

    private static let mostDays = 3_660
}

/// A term of payment, such as 30 days after the invoice.
public struct PaymentTerm: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Payment Term", module: "Accounts", naming: .field("payment_term_name"), .renamable,
        permissions: PaymentTermsTemplate.permissions, summary: "When something is due.")

    public let paymentTermName = Data(.required, .setOnlyOnce, .inListView)
    public let invoicePortion = Percent(.nonNegative)
    public let dueDateBasedOn = Select(
        [PaymentDue.fromInvoice, PaymentDue.fromEndOfMonth, PaymentDue.monthsFromEndOfMonth],
        .fallback(PaymentDue.fromInvoice), .inListView)
    public let creditDays = IntField(.nonNegative, .inListView)
    public let creditMonths = IntField(.nonNegative)
    public let description = SmallText()
    public init() {}

    public static func validate(_ term: Doc<Self>, in session: Session) throws { try PaymentDue.check(term.document) }
}

/// The terms on which customers or suppliers are paid, which invoices are due by.
public struct PaymentTermsTemplate: DocTypeSchema, Controller {
    static let permissions: [Permission] = [
        .manage("Accounts Manager"), .read("Accounts User"), .read("Sales User"), .read("Sales Manager"),
        .read("Purchase User"), .read("Purchase Manager"),
    ]

    public static let doctype = DocTypeInfo(
        "Payment Terms Template", module: "Accounts", naming: .field("template_name"), .renamable,
        permissions: permissions, summary: "The terms that invoices are due by.")

    public let templateName = Data(.required, .setOnlyOnce, .inListView)
    public let terms = Table(PaymentTermsTemplateDetail.self, .required)
    public init() {}

    public static func validate(_ template: Doc<Self>, in session: Session) throws {
        var sum = Exact.zero
        for row in template.terms {
            try PaymentDue.check(row.document)
            sum += row.invoicePortion
        }
        guard template.terms.isEmpty || sum == .hundred else {
            throw Problem(
                .amountsDiffer, "The portions of the terms come to \(sum) percent, not to 100", field: "terms")
        }
    }

    /// The day on which the last part of an invoice of that day is due; nil where the template has no terms.
    static func due(_ day: Day, by template: String, in session: Session) throws -> Day? {
        guard let document = try session.lookUp("Payment Terms Template", template) else { return nil }
        return document.table("terms").map { PaymentDue.due(day, by: $0) }.max()
    }
}

/// A part of what is invoiced, and when it is due.
public struct PaymentTermsTemplateDetail: DocTypeSchema {
    public static let doctype = DocTypeInfo("Payment Terms Template Detail", module: "Accounts", kind: .child)
    public let paymentTerm = Link(PaymentTerm.self, .inListView)
    public let description = SmallText(.fetch("payment_term", "description"), .fetchIfEmpty)
    public let invoicePortion = Percent(.required, .nonNegative, .inListView)
    public let due = PaymentDue()
    public init() {}
}
