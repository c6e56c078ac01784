import Documents
import Lists
import Reports
import Storage
import TestSupport
import Values

/// A small business for the tests of the gateway: a library that lends books.
enum Library {
    static let module = Module("Library", roles: ["Librarian", "Reader Role"], reports: [LibraryReports.loans]) {
        registry in
        registry.add(
            Shelf.self, Book.self, Author.self, LoanLine.self, Loan.self, LoanRow.self, Memo.self)
        registry.add(
            Method(
                "library.books", allowsGuests: true, parameters: [.optional("shelf", "Only those of this shelf.")],
                summary: "How many books there are."
            ) { arguments, session in
                var query = ListQuery("Book")
                if let shelf = arguments.text("shelf") { query.filters = ["shelf": .string(shelf)] }
                return try session.privileged { .int(Int64(try session.count(query))) }
            })
        registry.add(
            Method("library.add_shelf", writes: true, parameters: [.required("title")]) { arguments, session in
                let shelf = try session.new(Shelf.self)
                shelf.title = try arguments.required("title")
                try session.insert(shelf)
                return .string(shelf.name)
            })
        registry.add(
            Method("library.broken") { _, session in
                _ = try session.transaction.query("SELECT secret_column FROM nowhere", [], [.text])
                return .null
            })
    }
}

/// Where books stand.
struct Shelf: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Shelf", module: "Library", naming: .field("title"), tree: "parent_shelf",
        permissions: [.manage("Librarian"), .read("Reader Role")], summary: "Where books stand.")
    let title = Data(.required, .inListView)
    let parentShelf = Link("Shelf")
    init() {}
}

/// Who wrote a book: a row of it.
struct Author: DocTypeSchema {
    static let doctype = DocTypeInfo("Author", module: "Library", kind: .child)
    let authorName = Data(.required, .inListView)
    let share = Percent(.inListView)
    init() {}
}

/// A book.
struct Book: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Book", module: "Library", naming: .prompt, title: "title", search: ["title", "isbn"], sort: ("name", false),
        permissions: [.manage("Librarian"), .read("Reader Role")], summary: "Something to read.")
    let title = Data(.required, .inListView)
    let isbn = Data(.unique)
    let shelf = Link(Shelf.self, .inListView, .inStandardFilter)
    let shelfTitle = Data(.readOnly, .fetch("shelf", "title"))
    let binding = Select(["", "Hard", "Soft"], .inStandardFilter)
    let price = CurrencyField(.inListView, .nonNegative)
    let weight = FloatField()
    let pages = IntField()
    let printed = DateField()
    let seen = DatetimeField()
    let opens = TimeField()
    let lent = Check(.inStandardFilter)
    let code = Password()
    let extra = JSONField()
    let blurb = SmallText()
    let authors = Table(Author.self)
    init() {}

    static func validate(_ book: Doc<Self>, in session: Session) throws {
        if book.title == "Forbidden" {
            throw Problem(.refused, "This book is not bought", field: "title", fix: "Buy another.")
        }
    }
}

/// One book of a loan.
struct LoanLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Loan Line", module: "Library", kind: .child)
    let book = Link(Book.self, .required, .inListView)
    let days = IntField(.inListView, .fallback(14))
    let fee = CurrencyField(.inListView)
    init() {}
}

/// Books that somebody takes home. Submitting it posts the fee.
struct Loan: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Loan", module: "Library", naming: .series(["LOAN-.YYYY.-.####"]), .submittable,
        permissions: [.manage("Librarian")], summary: "Books that somebody takes home.")
    let reader = Data(.required, .inListView)
    let postingDate = DateField(.today, .inListView)
    let remark = Data(.allowOnSubmit)
    let lines = Table(LoanLine.self, .required)
    let total = CurrencyField(.readOnly, .inListView)
    init() {}

    static func validate(_ loan: Doc<Self>, in session: Session) throws { loan.total = loan.lines.sum(\.fee) }

    static func onSubmit(_ loan: Doc<Self>, in session: Session) throws { try post(loan, loan.total, session) }
    static func onCancel(_ loan: Doc<Self>, in session: Session) throws { try post(loan, -loan.total, session) }

    private static func post(_ loan: Doc<Self>, _ amount: Exact, _ session: Session) throws {
        let row = try session.new(LoanRow.self)
        row.voucherType = "Loan"
        row.voucherNo = loan.name
        row.postingDate = loan.postingDate
        row.amount = amount
        try session.append([row])
    }
}

/// The fees that were posted.
struct LoanRow: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Loan Row", module: "Library", kind: .ledger, permissions: [.read("Librarian")], summary: "Posted fees.")
    let postingDate = DateField(.inListView)
    let voucherType = Data()
    let voucherNo = DynamicLink("voucher_type", .indexed, .inListView)
    let amount = CurrencyField(.inListView)
    init() {}
}

/// Something everybody may write for oneself.
struct Memo: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Memo", module: "Library", naming: .hash,
        permissions: [Permission("All", [.read, .write, .create, .delete, .select], ifOwner: true)])
    let text = SmallText(.required, .inListView)
    init() {}
}

enum LibraryReports {
    static let loans = Report(
        "Loan Fees", module: "Library", doctype: "Loan Row", reading: .permitted,
        filters: [
            .required("from_date", .date, from: .of("Loan Row", "posting_date")),
            .optional("reader", .data, from: .none),
        ], summary: "What loans brought in."
    ) { arguments, session in
        var query = ListQuery("Loan Row", fields: ["posting_date", "voucher_no", "voucher_type", "amount"], limit: 0)
        query.filters = [["posting_date", ">=", .string(try arguments.required("from_date"))]]
        let rows = try session.list(query).rows
        var total = Exact.zero
        for row in rows { total += row[3].exact ?? .zero }
        return ReportResult(
            columns: [
                ReportColumn("posting_date", .date), ReportColumn("voucher_no", .dynamicLink, options: "voucher_type"),
                ReportColumn("voucher_type", .data), ReportColumn("amount", .currency),
            ], rows: rows.map { ReportRow($0) },
            summary: [ReportFigure("Total", Value(total, scale: 4), from: .of("Loan Row", "amount"))])
    }
}
