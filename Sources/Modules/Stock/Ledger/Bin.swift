public import Documents
internal import Values

/// The stock of an item in a warehouse now, kept by everything that posts to the stock ledger.
public struct Bin: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Bin", module: "Stock", kind: .kept, sort: ("item_code", false),
        permissions: [
            .read("Stock User"), .read("Stock Manager"), .read("Item Manager"), .read("Sales User"),
            .read("Sales Manager"), .read("Purchase User"), .read("Purchase Manager"), .read("Accounts User"),
            .read("Accounts Manager"),
        ], summary: "The stock of an item in a warehouse now.")

    public let itemCode = Link(Item.self, .required, .inListView, .inStandardFilter, .indexed)
    public let warehouse = Link(Warehouse.self, .required, .inListView, .inStandardFilter, .indexed)
    public let actualQty = FloatField(.inListView)
    public let reservedQty = FloatField(.inListView, .description("Ordered by customers and not yet delivered."))
    public let orderedQty = FloatField(.inListView, .description("Ordered from suppliers and not yet received."))
    public let projectedQty = FloatField(.inListView, .computed("actual_qty + ordered_qty - reserved_qty"))
    public let stockUom = Link(UOM.self)
    public let valuationRate = FloatField(.description("The moving average; the last one where there is no stock."))
    public let stockValue = CurrencyField(.inListView)
    public let entries = IntField(.hidden, .description("How many movements the ledger has."))
    public let lastPostingDate = DateField(.hidden, .description("The latest day of a movement."))
    public init() {}

    /// The bins as what is kept of the stock ledger and of orders.
    static func figures(in session: Session) throws -> Figures {
        try Figures(of: "Bin", in: session)
    }

    /// The name of the bin of an item in a warehouse. A `|` in the item's code is written `\|`, so that no two bins
    /// have the same name.
    static func name(_ item: String, _ warehouse: String) -> String {
        guard item.utf8.contains(where: { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "\\") }) else {
            return "\(item)|\(warehouse)"
        }
        var escaped = ""
        for character in item {
            if character == "|" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return "\(escaped)|\(warehouse)"
    }
}
