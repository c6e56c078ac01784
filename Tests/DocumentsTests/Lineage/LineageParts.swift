import Collaboration
import Documents
import History
import Storage
import TestSupport
import Values

/// A row with a value of each kind.
struct PastLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Past Line", module: "Archive", kind: .child)
    let label = Data()
    let many = IntField(.allowOnSubmit)
    let price = CurrencyField()
    let weight = FloatField()
    let day = DateField()
    let at = TimeField()
    init() {}
}

/// A tag of a document, in a second table.
struct PastTag: DocTypeSchema {
    static let doctype = DocTypeInfo("Past Tag", module: "Archive", kind: .child)
    let tag = Data(.required)
    init() {}
}

/// A submittable document with a column of each kind.
struct PastOrder: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Past Order", module: "Archive", naming: .series(["PO-.#####"]), .submittable,
        permissions: [.manage("Manager"), Permission("Clerk", [.read, .create, .write, .delete], ifOwner: true)])
    let title = Data()
    let note = SmallText(.allowOnSubmit)
    let secret = Password()
    let body = JSONField()
    let colour = Select(["", "Red", "Blue"])
    let customer = Link("Past Customer")
    let isOpen = Check(.allowOnSubmit)
    let count = IntField()
    let total = CurrencyField(.allowOnSubmit)
    let weight = FloatField()
    let share = Percent()
    let day = DateField()
    let moment = DatetimeField()
    let time = TimeField()
    let lines = Table(PastLine.self, .allowOnSubmit)
    let tags = Table(PastTag.self)
    init() {}
}

/// A plain document that may be renamed.
struct PastCustomer: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Past Customer", module: "Archive", naming: .prompt, .renamable, title: "title", search: ["title"],
        permissions: [.manage("Manager"), .work("Seller")])
    let title = Data()
    let territory = Data()
    let hint = Data(.level(1))
    let phone = Data(.masked)
    let credit = CurrencyField()
    let lines = Table(PastLine.self)
    init() {}
}

/// What there is one of.
struct PastSettings: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Past Settings", module: "Archive", naming: .controller, .single, permissions: [.manage("Manager")])
    let rate = IntField(.fallback(7))
    init() {}
}

/// A document whose changes are not kept.
struct PastNote: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Past Note", module: "Archive", naming: .prompt, .untracked, permissions: [.manage("Manager")])
    let text = Data()
    init() {}
}

/// A ledger.
struct PastEntry: DocTypeSchema {
    static let doctype = DocTypeInfo("Past Entry", module: "Archive", kind: .ledger, permissions: [.read("Manager")])
    let text = Data()
    let amount = CurrencyField()
    init() {}
}

/// A company of these DocTypes.
struct Archive: TestCompany {
    let company: TemporaryCompany
    static let manager = Actor(user: "mia@example.com", roles: ["Manager"])
    static let start = Timestamp("2024-02-29 23:59:58.999999") ?? Timestamp(microseconds: 0)

    init() async throws {
        company = try await TemporaryCompany(actor: Self.manager, noon: Self.start) { registry in
            registry.add(
                PastCustomer.self, PastLine.self, PastTag.self, PastOrder.self, PastNote.self, PastEntry.self,
                PastSettings.self)
        }
    }

    /// The moment that many microseconds after the start.
    static func moment(_ microseconds: Int) -> Timestamp { start.adding(microseconds: Int64(microseconds)) }

    /// Writes at the moment that many microseconds after the start.
    @discardableResult
    func write<T: Sendable>(_ microseconds: Int, _ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        try await write(at: Self.moment(microseconds), body)
    }

    /// The document as it was, as JSON text; nil when there was none.
    func past(_ doctype: String, _ name: String, _ microseconds: Int) async throws -> JSON? {
        try await read { session in
            do {
                return try session.get(doctype, name, asOf: Self.moment(microseconds)).json
            } catch let problem as Problem where problem.kind == .notFound {
                return JSON?.none
            }
        }
    }
}
