public import Documents
internal import Values

/// A set of prices, for selling or buying.
public struct PriceList: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Price List", module: "Stock", naming: .field("price_list_name"), .renamable,
        permissions: [
            .manage("Sales Master Manager"), .manage("Purchase Master Manager"), .manage("Item Manager"),
            .read("Sales User"), .read("Purchase User"), .read("Stock User"), .read("Accounts User"),
        ], summary: "A set of prices, for selling or buying.")

    public let priceListName = Data(.required, .setOnlyOnce, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let currency = Link("Currency", .required, .inListView)
    public let buying = Check(.inListView)
    public let selling = Check(.inListView)
    public init() {}
}

/// The price of an item in a price list.
public struct ItemPrice: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Item Price", module: "Stock", naming: .hash, title: "item_name",
        permissions: [
            .manage("Sales Master Manager"), .manage("Purchase Master Manager"), .manage("Item Manager"),
            .read("Sales User"), .read("Purchase User"), .read("Stock User"), .read("Accounts User"),
        ], indexes: [["item_code", "price_list"]], summary: "The price of an item in a price list.")

    public let itemCode = Link(Item.self, .required, .inListView, .inStandardFilter)
    public let itemName = Data(.readOnly, .fetch("item_code", "item_name"))
    public let uom = Link(UOM.self, .fetch("item_code", "stock_uom"), .fetchIfEmpty)
    public let priceList = Link(PriceList.self, .required, .inListView, .inStandardFilter)
    public let buying = Check(.readOnly, .fetch("price_list", "buying"))
    public let selling = Check(.readOnly, .fetch("price_list", "selling"))
    public let currency = Link("Currency", .readOnly, .fetch("price_list", "currency"))
    public let priceListRate = Currency(.required, .inListView, .nonNegative)
    public let validFrom = DateField(.today)
    public let validUpto = DateField()
    public init() {}
}

extension ItemPrice: Controller {
    public static func validate(_ price: Doc<Self>, in session: Session) throws {
        if let from = price.validFrom, let upto = price.validUpto, upto < from {
            throw Problem(.invalid, "The price ends on \(upto), before it begins on \(from)", field: "valid_upto")
        }
    }
}
