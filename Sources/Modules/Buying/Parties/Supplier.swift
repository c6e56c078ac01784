internal import Accounting
public import Documents
internal import Selling
internal import Values

/// Somebody the company buys from.
public struct Supplier: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Supplier", module: "Buying", naming: .field("supplier_name"), .renamable, title: "supplier_name",
        search: ["supplier_group", "country", "mobile_no", "email_id"],
        permissions: [
            .work("Purchase User"), .manage("Purchase Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"), .select("Item Manager"), .select("Sales Master Manager"),
            .select("Purchase Master Manager"),
        ],
        summary: "Somebody the company buys from.")

    public let namingSeries = Select(["", "SUP-.YYYY.-"], .label("Series"), .noCopy)
    public let supplierName = Data(.required, .inListView, .bold)
    public let supplierType = Select(
        ["Company", "Individual", "Partnership"], .required, .fallback("Company"), .inStandardFilter)
    public let supplierGroup = Link(SupplierGroup.self, .inListView, .inStandardFilter)
    public let country = Data(.inListView, .inStandardFilter)
    public let disabled = Check()
    public let isFrozen = Check(.description("Only the role for frozen entries trades with it."))
    public let onHold = Check(
        .description("Nothing new of the hold type is done with it, until the release date has passed."))
    public let holdType = Select(["", "All", "Invoices", "Payments"], .description("All where it is empty."))
    public let releaseDate = DateField(.description("The last day of the hold; it has no end where this is empty."))
    public let isTransporter = Check()
    public let image = AttachImage()

    public let money = Section("Currency and Bills")
    public let defaultCurrency = Link(Currency.self, .label("Billing Currency"))
    public let paymentTerms = Link(PaymentTermsTemplate.self, .label("Default Payment Terms Template"))
    public let taxID = Data(.named("tax_id"), .label("Tax ID"))

    public let contact = Section("Address and Contact")
    public let supplierPrimaryAddress = Link(Address.self)
    public let primaryAddress = SmallText(.description("The address as it is printed."))
    public let supplierPrimaryContact = Link(Contact.self)
    public let mobileNo = Data()
    public let emailID = Data(.named("email_id"))
    public let website = Data()

    public let more = Section("More")
    public let language = Data()
    public let supplierDetails = SmallText()
    public init() {}

    /// A supplier that something was booked for stays; else its addresses and contacts are let go.
    public static func onTrash(_ supplier: Doc<Self>, in session: Session) throws {
        try Party.refuseIfBooked("Supplier", supplier.name, in: session)
        try Party.unlink("Supplier", supplier.name, in: session)
    }
}

/// A tree of the kinds of suppliers.
public struct SupplierGroup: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Supplier Group", module: "Buying", naming: .field("supplier_group_name"), .renamable,
        tree: "parent_supplier_group",
        permissions: [
            .read("Purchase User"), .manage("Purchase Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"),
        ],
        summary: "A kind of suppliers; groups stand in a tree.")

    public let supplierGroupName = Data(.required, .setOnlyOnce, .inListView)
    public let parentSupplierGroup = Link("Supplier Group", .inListView)
    public let isGroup = Check(.inListView, .description("It gathers other groups."))
    public init() {}

    public static func validate(_ group: Doc<Self>, in session: Session) throws {
        try Groups.checkPlace(of: group.document, under: "parent_supplier_group", in: session)
    }
}
