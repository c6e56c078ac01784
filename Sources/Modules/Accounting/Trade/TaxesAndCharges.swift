public import Documents
internal import Values

/// What a tax or charge of a sale and of a purchase have in common.
public struct TaxLine: FieldGroup {
    public let chargeType = Select(
        ["", "Actual", "On Net Total", "On Previous Row Amount", "On Previous Row Total", "On Item Quantity"],
        .required, .inListView)
    public let rowID = Data(.about("The row that a charge on a previous row is on, from 1."))
    public let accountHead = Link(Account.self, .required, .inListView)
    public let description = SmallText()
    public let includedInPrintRate = Check(.about("The rates of the items include it."))
    public let costCenter = Link(CostCenter.self)
    public let rate = FloatField(.inListView)
    public let taxAmount = Currency(.inListView)
    public let taxAmountAfterDiscountAmount = Currency(.readOnly)
    public let total = Currency(.readOnly, .inListView)
    public let baseTaxAmount = Currency(.readOnly)
    public let baseTaxAmountAfterDiscountAmount = Currency(.readOnly)
    public let baseTotal = Currency(.readOnly)
    /// The fields of the group.
    public init() {}
}

/// A tax or charge of a sale.
public struct SalesTaxesAndCharges: DocTypeSchema {
    public static let doctype = DocTypeInfo("Sales Taxes and Charges", module: "Accounts", kind: .child)
    public let line = TaxLine()
    public init() {}
}

/// A tax or charge of a purchase: it may count to the total, to the value of the goods, or to both, and may be deducted.
public struct PurchaseTaxesAndCharges: DocTypeSchema {
    public static let doctype = DocTypeInfo("Purchase Taxes and Charges", module: "Accounts", kind: .child)
    public let category = Select(["Total", "Valuation", "Valuation and Total"], .required, .fallback("Total"))
    public let addDeductTax = Select(["Add", "Deduct"], .required, .fallback("Add"))
    public let line = TaxLine()
    public init() {}
}
