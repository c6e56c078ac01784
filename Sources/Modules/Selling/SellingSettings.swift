public import Documents
internal import Values

/// What a company decides for all of its selling.
public struct SellingSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Selling Settings", module: "Selling", naming: .prompt, .single,
        permissions: [.manage("System Manager"), .manage("Sales Manager"), .read("Sales User")],
        summary: "What is decided for all selling of the company.")

    public let custMasterName = Select(
        ["Customer Name", "Naming Series", "Auto Name"], .label("Customer Naming By"), .fallback("Customer Name"),
        .description(
            """
            What new customers are called by: Auto Name is what the DocType says. Those that a file brings keep their \
            numbers with a series.
            """))
    public init() {}
}
