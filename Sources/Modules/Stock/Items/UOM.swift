public import Documents

/// A unit of measure, such as Nos or Kg.
public struct UOM: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "UOM", module: "Stock", naming: .field("uom_name"), .renamable,
        permissions: [.manage("Item Manager"), .manage("Stock Manager"), .read("All")],
        summary: "A unit of measure.")

    public let uomName = Data(.required, .setOnlyOnce, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let mustBeWholeNumber = Check(.description("Quantities in this unit have no decimals."))
    public init() {}
}

/// How many of an item's stock unit one of another unit is.
public struct UOMConversionDetail: DocTypeSchema {
    public static let doctype = DocTypeInfo("UOM Conversion Detail", module: "Stock", kind: .child)

    public let uom = Link(UOM.self, .required, .inListView)
    public let conversionFactor = FloatField(.required, .inListView, .nonNegative)
    public init() {}
}
