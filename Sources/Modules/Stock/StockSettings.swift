public import Documents
internal import Values

/// What a company decides for all of its stock.
public struct StockSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Stock Settings", module: "Stock", naming: .prompt, .single,
        permissions: [.manage("System Manager"), .manage("Stock Manager"), .read("Stock User")],
        summary: "What is decided for all stock of the company.")

    public let itemNamingBy = Select(
        ["Item Code", "Naming Series"], .label("Item Naming By"), .fallback("Item Code"),
        .description("What new items are called by. With a series an item that is given a code keeps it."))
    public let checkItemPriceUniqueness = Check(
        .fallback(1), .label("Check Item Price Uniqueness"),
        .description("An item has one price for a list, unit and party from a day on."))
    public init() {}

    /// Whether an item has at most one price that begins on a day; so it is where nobody has saved the settings.
    static func checksPrices(in session: Session) throws -> Bool {
        try session.lookUp("Stock Settings", "Stock Settings").map { Doc<Self>($0).checkItemPriceUniqueness } ?? true
    }
}
