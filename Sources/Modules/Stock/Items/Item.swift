public import Documents
internal import Storage
internal import Values

/// Something that is bought, kept or sold.
public struct Item: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Item", module: "Stock", naming: .field("item_code"), .renamable, title: "item_name",
        search: ["item_name", "description", "item_group"],
        permissions: [
            .manage("Item Manager"), .manage("Stock Manager"), .read("Stock User"), .read("Sales User"),
            .read("Sales Manager"), .read("Purchase User"), .read("Purchase Manager"), .read("Accounts User"),
            .read("Accounts Manager"), .select("Sales Master Manager"), .select("Purchase Master Manager"),
        ], summary: "Something that is bought, kept or sold.")

    public let namingSeries = Select(["", "STO-ITEM-.YYYY.-"], .label("Series"), .noCopy)
    public let itemCode = Data(.required, .setOnlyOnce, .inListView)
    public let itemName = Data(.inListView, .inStandardFilter, .description("The code, unless it is given."))
    public let itemGroup = Link(ItemGroup.self, .required, .inListView, .inStandardFilter, .indexed)
    public let stockUom = Link(
        UOM.self, .required, .inListView,
        .description("The unit stock is counted in. Frozen once it stands in documents."))
    public let disabled = Check(.inStandardFilter)
    public let endOfLife = DateField(.description("From this day on it is not bought, moved or sold."))
    public let isStockItem = Check(.fallback(1), .description("Its stock is kept. Frozen once it stands in documents."))
    public let isSalesItem = Check(.fallback(1))
    public let isPurchaseItem = Check(.fallback(1))
    public let allowNegativeStock = Check(.description("Stock may go below zero."))
    public let description = SmallText()
    public let brand = Data()
    public let image = AttachImage()
    public let warrantyPeriod = Data(.label("Warranty Period (in days)"))
    public let shelfLifeInDays = IntField(.nonNegative)
    public let weightPerUnit = FloatField(.nonNegative)
    public let weightUom = Link(UOM.self)
    public let countryOfOrigin = Data()
    public let defaultManufacturerPartNo = Data()
    public let barcodes = Table(ItemBarcode.self)
    public let valuation = Section("Valuation")
    public let valuationMethod = Select(["", "Moving Average"])
    public let valuationRate = CurrencyField(
        .nonNegative, .description("Taken where stock has no rate of its own yet."))
    public let standardRate = CurrencyField(
        .nonNegative, .description("The selling price where no price list says another."))
    public let reordering = Section("Reordering")
    public let reorderLevel = FloatField(.nonNegative)
    public let safetyStock = FloatField(.nonNegative)
    public let leadTimeDays = IntField(.nonNegative)
    public let minOrderQty = FloatField(.nonNegative, .label("Minimum Order Qty"))
    public let units = Section("Units of Measure")
    public let purchaseUom = Link(UOM.self)
    public let salesUom = Link(UOM.self)
    public let uoms = Table(UOMConversionDetail.self)
    public let defaults = Section("Defaults")
    public let itemDefaults = Table(ItemDefault.self)
    public init() {}
}

/// A code that stands on an item, or on a package of it.
public struct ItemBarcode: DocTypeSchema {
    public static let doctype = DocTypeInfo("Item Barcode", module: "Stock", kind: .child)

    public let barcode = Data(.required, .inListView, .unique)
    public let barcodeType = Select(
        [
            "", "EAN", "UPC-A", "EAN-13", "EAN-8", "GS1", "GTIN", "GTIN-14", "ISBN", "ISBN-10", "ISBN-13", "ISSN",
            "JAN",
            "PZN", "UPC", "CODE-39",
        ], .inListView)
    public let uom = Link(UOM.self, .inListView)
    public init() {}
}

/// Where an item is kept and which accounts it uses in one company.
public struct ItemDefault: DocTypeSchema {
    public static let doctype = DocTypeInfo("Item Default", module: "Stock", kind: .child)

    public let company = Link("Company", .required, .inListView)
    public let defaultWarehouse = Link("Warehouse", .inListView)
    public let defaultPriceList = Link("Price List")
    public let buyingCostCenter = Link("Cost Center")
    public let expenseAccount = Link("Account", .inListView)
    public let sellingCostCenter = Link("Cost Center")
    public let incomeAccount = Link("Account", .inListView)
    public init() {}
}

extension Item: Controller {
    public static func validate(_ item: Doc<Self>, in session: Session) throws {
        if item.itemName.isEmpty { item.itemName = item.itemCode }
        if item.description.isEmpty { item.description = item.itemName }
        try checkFactors(item)
        var companies: Set<Name> = []
        for row in item.itemDefaults where !companies.insert(row.company).inserted {
            throw Problem(
                .givenTwice, "Row \(row.idx): \(row.company) has item defaults already", field: "company", row: row.idx,
                fix: "Keep one row for each company.")
        }
        try freeze(item, in: session)
    }

    public static func onTrash(_ item: Doc<Self>, in session: Session) throws {
        guard try !ItemUse.hasMovements(item.name, in: session) else {
            throw Problem(
                .linked, "Item \(item.name) has stock movements", fix: "Set disabled instead of deleting it.")
        }
        try session.remove(Bin.figures(in: session), where: "item_code", is: .text(item.name))
    }

    /// The stock unit is one of itself; other units have a factor and stand once.
    private static func checkFactors(_ item: Doc<Self>) throws {
        var units: Set<Name> = []
        for row in item.uoms {
            if row.uom == item.stockUom, row.conversionFactor != .one {
                throw Problem(
                    .wrongFactor, "Row \(row.idx): the conversion factor of the stock unit \(row.uom) must be 1",
                    field: "conversion_factor", row: row.idx)
            }
            guard row.conversionFactor.isPositive else {
                throw Problem(
                    .wrongFactor, "Row \(row.idx): the conversion factor of \(row.uom) must be above 0",
                    field: "conversion_factor", row: row.idx)
            }
            guard units.insert(row.uom).inserted else {
                throw Problem(
                    .givenTwice, "Row \(row.idx): the unit \(row.uom) stands twice", field: "uom", row: row.idx)
            }
        }
    }

    /// What the ledger was written with cannot change afterwards, nor what drafts and orders count with.
    private static func freeze(_ item: Doc<Self>, in session: Session) throws {
        guard !item.document.isNew else { return }
        let frozen = ["stock_uom", "is_stock_item"].filter {
            item.document.storedValue($0) != item.document[$0]
        }
        guard let field = frozen.first else { return }
        let label = item.document.doctype.field(field)?.label ?? field
        if try ItemUse.hasMovements(item.name, in: session) {
            throw Problem(
                .frozen, "\(label) of Item \(item.name) cannot change because there are stock movements of it",
                field: field,
                fix: "Make a new item and move the stock to it.")
        }
        guard let holder = try ItemUse.document(with: item.name, in: session) else { return }
        throw Problem(
            .frozen,
            "\(label) of Item \(item.name) cannot change because it stands in \(holder.doctype) \(holder.name)",
            field: field, fix: "Take it out there or cancel that first, or make a new item.")
    }
}

extension Problem.Kind {
    /// A conversion factor that cannot be.
    package static let wrongFactor = Self("wrong_factor")
    /// An item whose stock is not kept, or no such item where one is needed.
    package static let noStockItem = Self("no_stock_item")
    /// A movement from a warehouse to itself.
    package static let sameWarehouse = Self("same_warehouse")
}
