public import Documents
internal import Values

/// A way to pay, such as cash or bank transfer, with the account it goes to in each company.
public struct ModeOfPayment: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Mode of Payment", module: "Accounts", naming: .field("mode_of_payment"), .renamable,
        permissions: [
            .manage("Accounts Manager"), .read("Accounts User"), .read("Sales User"), .read("Purchase User"),
        ],
        summary: "A way to pay.")

    public let modeOfPayment = Data(.required, .setOnlyOnce, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let type = Select(["", "Cash", "Bank", "General", "Phone"], .inListView)
    public let accounts = Table(ModeOfPaymentAccount.self)
    public init() {}
}

/// The account of a company that a mode of payment goes to.
public struct ModeOfPaymentAccount: DocTypeSchema {
    public static let doctype = DocTypeInfo("Mode of Payment Account", module: "Accounts", kind: .child)
    public let company = Link(Company.self, .required, .inListView)
    public let defaultAccount = Link(Account.self, .required, .inListView)
    public init() {}
}
