public import Documents
internal import Values

/// What a company's accountants decide for all of it.
public struct AccountsSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Accounts Settings", module: "Accounts", naming: .prompt, .single,
        permissions: [.manage("System Manager"), .manage("Accounts Manager"), .read("Accounts User")],
        summary: "What accountants decide for the whole company.")

    public let checkSupplierInvoiceUniqueness = Check(
        .fallback(1), .label("Check Supplier Invoice Number Uniqueness"),
        .description("A supplier's bill number is entered once a fiscal year."))
    public let creditController = Link(
        Role.self, .label("Role allowed to bypass Credit Limit"),
        .description("May submit what exceeds a credit limit."))
    public init() {}

    /// The settings as they are; the defaults where nobody has saved them.
    public static func current(in session: Session) throws -> Doc<Self> {
        if let saved = try session.lookUp("Accounts Settings", "Accounts Settings") { return Doc(saved) }
        let settings = try session.new(Self.self)
        settings.checkSupplierInvoiceUniqueness = true
        return settings
    }
}
