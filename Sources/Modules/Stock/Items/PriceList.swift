public import Documents
internal import Storage
internal import Values

/// A set of prices, for selling or buying.
public struct PriceList: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Price List", module: "Stock", naming: .field("price_list_name"), .renamable,
        permissions: [
            .manage("Sales Master Manager"), .manage("Purchase Master Manager"), .manage("Item Manager"),
            .read("Sales User"), .read("Purchase User"), .read("Stock User"), .read("Accounts User"),
            .select("Stock Manager"),
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
    public let customer = Link("Customer", .description("The price is for this customer alone."))
    public let supplier = Link("Supplier", .description("The price is of this supplier alone."))
    public let buying = Check(.readOnly, .fetch("price_list", "buying"))
    public let selling = Check(.readOnly, .fetch("price_list", "selling"))
    public let currency = Link("Currency", .readOnly, .fetch("price_list", "currency"))
    public let priceListRate = CurrencyField(.required, .inListView, .nonNegative)
    public let validFrom = DateField(.today)
    public let validUpto = DateField()
    public let packingUnit = IntField(.nonNegative)
    public let leadTimeDays = IntField(.nonNegative, .label("Lead Time in days"))
    public let note = SmallText()
    public let reference = Data(.inListView)
    public init() {}
}

extension ItemPrice: Controller {
    public static func validate(_ price: Doc<Self>, in session: Session) throws {
        if let from = price.validFrom, let upto = price.validUpto, upto < from {
            throw Problem(
                .datesOutOfOrder, "The price ends on \(upto), before it begins on \(from)", field: "valid_upto")
        }
        try refuseSecond(price, in: session)
    }

    /// Refuses a second price for the same from the same day on: nothing would say which one holds. A price that begins later
    /// takes the place of an earlier one, so that they may overlap.
    private static func refuseSecond(_ price: Doc<Self>, in session: Session) throws {
        let fields = ["price_list", "uom", "customer", "supplier", "valid_from"]
        guard
            price.document.isNew
                || (["item_code"] + fields).contains(where: {
                    price.document.storedValue($0) != price.document[$0]
                })
        else { return }
        guard try StockSettings.checksPrices(in: session) else { return }
        let conditions = fields.map { price.document[$0].isEmpty ? "\($0) IS NULL" : "\($0) = ?" }
        let other = try session.transaction.first(
            """
            SELECT name FROM item_price WHERE item_code = ? AND name <> ? AND \(conditions.joined(separator: " AND "))
            LIMIT 1
            """,
            [.text(price.itemCode), .text(price.name)] + fields.map { price.document[$0] }.filter { !$0.isEmpty },
            [.text])
        guard let other else { return }
        throw Problem(
            .duplicatePrice,
            "Item Price \(other[0].description) says what \(price.itemCode) costs in \(price.priceList) from the same day on",
            field: "valid_from", fix: "Change that one, or let this one begin on another day.")
    }
}

extension Problem.Kind {
    /// A second price for the same item, list, unit, party and day.
    package static let duplicatePrice = Self("duplicate_item_price", exception: "ItemPriceDuplicateItem")
}
