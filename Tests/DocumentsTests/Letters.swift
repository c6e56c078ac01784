import Documents
import TestSupport
import Values

/// DocTypes whose rights are split finely, to try what each right allows.
struct Letter: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Letter", module: "Post", naming: .series(["LET-"]), .submittable,
        permissions: [
            .manage("Manager"), Permission("Approver", [.read, .submit]),
            Permission("Author", [.read, .write, .create, .submit], ifOwner: true),
        ])
    let subject = Data(.required)
    let answers = Link("Letter")
    let weight = FloatField(.fetch("stamp", "price"))
    let stamp = Link(Stamp.self)
    let lines = Table(LetterLine.self)
    init() {}
}

struct LetterLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Letter Line", module: "Post", kind: .child)
    let text = Data()
    init() {}
}

struct Stamp: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Stamp", module: "Post", naming: .prompt,
        permissions: [.manage("Manager"), .read("Visitor"), .read("Author")])
    let price = CurrencyField()
    let secret = Password()
    init() {}
}

extension TemporaryCompany {
    /// A company that writes letters.
    static func letters() async throws -> TemporaryCompany {
        try await TemporaryCompany(actor: Workshop.manager, noon: Workshop.noon) { registry in
            registry.add(Stamp.self, LetterLine.self, Letter.self)
        }
    }
}
