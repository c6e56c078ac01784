import Documents
import TestSupport
import Values

/// A small company's DocTypes, to try the engine on.
struct Part: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Part", module: "Workshop", naming: .field("code"), title: "title", search: ["title"],
        permissions: [.manage("Manager"), .work("Worker"), .read("Visitor")])
    let code = Data(.required)
    let title = Data(.required, .inListView)
    let colour = Select(["", "Red", "Blue"])
    let barcode = Data(.unique)
    let price = CurrencyField(.nonNegative)
    let weight = FloatField()
    let isSold = Check(.fallback(1))
    let made = DateField(.today)
    let seen = DatetimeField()
    let stock = IntField()
    let rating = Percent(.readOnly)
    init() {}
}

struct JobPart: DocTypeSchema {
    static let doctype = DocTypeInfo("Job Part", module: "Workshop", kind: .child)
    let part = Link(Part.self, .required)
    let title = Data(.fetch("part", "title"), .readOnly)
    let qty = FloatField(.required, .fallback(1))
    let price = CurrencyField(.fetch("part", "price"), .fetchIfEmpty)
    let amount = CurrencyField(.readOnly)
    let note = Data(.allowOnSubmit)
    init() {}
}

struct Job: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Job", module: "Workshop", naming: .series(["JOB-.YYYY.-", "SPECIAL-"]), .submittable, title: "subject",
        permissions: [
            .manage("Manager"), .work("Worker"), Permission("Clerk", [.read, .create, .write], ifOwner: true),
        ])
    let subject = Data(.required)
    let part = Link(Part.self)
    let cause = Link("Job")
    let aboutType = Data()
    let about = DynamicLink("about_type")
    let parts = Table(JobPart.self)
    let total = CurrencyField(.readOnly)
    let remark = SmallText(.allowOnSubmit)
    init() {}

    static func validate(_ job: Doc<Self>, in session: Session) throws {
        for row in job.parts { row.amount = row.qty * row.price }
        job.total = job.parts.sum(\.amount)
        if job.subject == "refuse" { throw Problem(.refused, "Refused by the controller", field: "subject") }
    }
    static func onSubmit(_ job: Doc<Self>, in session: Session) throws {
        let entry = try session.new(Work.self)
        entry.job = job.name
        entry.amount = job.total
        try session.append([entry])
        if job.subject == "fail after posting" { throw Problem(.refused, "Too late") }
    }
    static func onCancel(_ job: Doc<Self>, in session: Session) throws {
        let entry = try session.new(Work.self)
        entry.job = job.name
        entry.amount = job.total.negated
        try session.append([entry])
    }
}

struct Work: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Work", module: "Workshop", kind: .ledger, permissions: [.read("Manager")])
    let job = Link(Job.self, .indexed)
    let amount = CurrencyField()
    let doubled = CurrencyField(.computed("amount * 2"))
    init() {}
}

struct Shelf: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Shelf", module: "Workshop", naming: .prompt, tree: "parent_shelf", permissions: [.manage("Manager")])
    let parentShelf = Link("Shelf")
    let isGroup = Check()
    init() {}
}
