internal import Accounting
public import Documents
internal import Values

/// Somebody the company sells to.
public struct Customer: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Customer", module: "Selling", naming: .field("customer_name"), .renamable, title: "customer_name",
        search: ["customer_group", "territory", "mobile_no", "email_id"],
        permissions: [
            .work("Sales User"), .manage("Sales Manager"), .read("Accounts User"), .read("Accounts Manager"),
            .read("Stock User"), .read("Stock Manager"), .select("Item Manager"), .select("Sales Master Manager"),
            .select("Purchase Master Manager"),
        ],
        summary: "Somebody the company sells to.")

    public let namingSeries = Select(["", "CUST-.YYYY.-"], .label("Series"), .noCopy)
    public let customerName = Data(.required, .inListView, .bold)
    public let customerType = Select(
        ["Company", "Individual", "Partnership"], .required, .fallback("Company"), .inStandardFilter)
    public let customerGroup = Link(CustomerGroup.self, .inListView, .inStandardFilter)
    public let territory = Link(Territory.self, .inListView, .inStandardFilter)
    public let salutation = Data()
    public let gender = Data()
    public let marketSegment = Data()
    public let industry = Data()
    public let disabled = Check()
    public let isFrozen = Check(.description("Only the role for frozen entries trades with it."))
    public let image = AttachImage()
    public let accountManager = Link(User.self, .linksToHidden)

    public let money = Section("Currency and Limits")
    public let defaultCurrency = Link(Currency.self, .label("Billing Currency"))
    public let paymentTerms = Link(PaymentTermsTemplate.self, .label("Default Payment Terms Template"))
    public let creditLimit = CurrencyField(
        .nonNegative,
        .description(
            "Orders, deliveries and invoices that would take what is owed beyond it are refused; 0 is no limit."))

    public let contact = Section("Address and Contact")
    public let customerPrimaryAddress = Link(Address.self)
    public let primaryAddress = SmallText(.description("The address as it is printed."))
    public let customerPrimaryContact = Link(Contact.self)
    public let mobileNo = Data()
    public let emailID = Data(.named("email_id"))
    public let website = Data()
    public let taxID = Data(.named("tax_id"), .label("Tax ID"))

    public let more = Section("More")
    public let language = Data()
    public let customerPosID = Data(.named("customer_pos_id"), .label("Customer POS ID"), .noCopy)
    public let customerDetails = SmallText()
    public init() {}

    /// Refuses a group that only gathers others, as ERPNext does; a territory may be such.
    public static func validate(_ customer: Doc<Self>, in session: Session) throws {
        try Groups.refuseGathering("customer_group", of: customer.document, in: session)
    }

    /// A customer that something was booked for stays; else its addresses and contacts are let go.
    public static func onTrash(_ customer: Doc<Self>, in session: Session) throws {
        try Party.refuseIfBooked("Customer", customer.name, in: session)
        try Party.unlink("Customer", customer.name, in: session)
    }
}
