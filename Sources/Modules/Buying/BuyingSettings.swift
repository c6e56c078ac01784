public import Documents
internal import Values

/// What a company decides for all of its buying.
public struct BuyingSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Buying Settings", module: "Buying", naming: .prompt, .single,
        permissions: [.manage("System Manager"), .manage("Purchase Manager"), .read("Purchase User")],
        summary: "What is decided for all buying of the company.")

    public let suppMasterName = Select(
        ["Supplier Name", "Naming Series", "Auto Name"], .label("Supplier Naming By"), .fallback("Supplier Name"),
        .description(
            """
            What new suppliers are called by: Auto Name is what the DocType says. Those that a file brings keep their \
            numbers with a series.
            """))
    public init() {}
}
