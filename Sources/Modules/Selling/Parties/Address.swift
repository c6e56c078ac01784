public import Documents
internal import Values

/// Where a customer, supplier or the company itself can be found.
public struct Address: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Address", module: "Selling", naming: .controller, .renamable, title: "address_title",
        search: ["address_line1", "city", "country"],
        permissions: Address.permissions, summary: "Where a customer, supplier or the company can be found.")

    static let permissions: [Permission] = [
        .work("Sales User"), .manage("Sales Manager"), .work("Purchase User"), .manage("Purchase Manager"),
        .read("Accounts User"), .read("Accounts Manager"), .read("Stock User"), .read("Stock Manager"),
    ]

    public let addressTitle = Data(.inListView)
    public let addressType = Select(
        [
            "Billing", "Shipping", "Office", "Personal", "Plant", "Postal", "Shop", "Subsidiary", "Warehouse",
            "Current",
            "Permanent", "Other",
        ], .required, .fallback("Billing"), .inListView)
    public let addressLine1 = Data(.required, .length(240), .named("address_line1"))
    public let addressLine2 = Data(.length(240), .named("address_line2"))
    public let city = Data(.required, .inListView)
    public let county = Data()
    public let state = Data()
    public let country = Data(.required, .inListView)
    public let pincode = Data(.label("Postal Code"))
    public let emailID = Data(.named("email_id"))
    public let phone = Data()
    public let fax = Data()
    public let isPrimaryAddress = Check()
    public let isShippingAddress = Check()
    public let disabled = Check()
    public let links = Table(DynamicLinkRow.self)
    public init() {}

    /// The title and the type, then `-1`, `-2`, … where that is taken. The title is that of the first link if none is given.
    public static func autoname(_ address: Doc<Self>, in session: Session) throws -> String {
        if address.addressTitle.isEmpty { address.addressTitle = address.links.first?.linkName ?? "" }
        guard !address.addressTitle.isEmpty else {
            throw Problem(.mandatory, "Address Title is missing", field: "address_title", fix: "Give address_title.")
        }
        return try freeName("\(address.addressTitle)-\(address.addressType)", "Address", in: session)
    }

    /// `wanted`, or `wanted-1`, `wanted-2`, … : the first that no document has, found in one statement.
    static func freeName(_ wanted: String, _ doctype: String, in session: Session) throws -> String {
        let candidates = [wanted] + (1...99).map { "\(wanted)-\($0)" }
        let taken = try session.values(of: doctype, candidates, ["name"])
        return candidates.first { taken[$0] == nil } ?? "\(wanted)-\(session.newIdentifier())"
    }
}

/// Somebody to talk to at a customer or supplier.
public struct Contact: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Contact", module: "Selling", naming: .controller, .renamable, title: "full_name",
        search: ["email_id", "company_name"],
        permissions: Address.permissions, summary: "Somebody to talk to at a customer or supplier.")

    public let firstName = Data(.required)
    public let middleName = Data()
    public let lastName = Data()
    public let fullName = Data(.readOnly, .inListView)
    public let salutation = Data()
    public let gender = Data()
    public let status = Select(["Passive", "Open", "Replied"], .fallback("Passive"), .inStandardFilter)
    public let user = Link(User.self, .linksToHidden)
    public let address = Link(Address.self)
    public let unsubscribed = Check()
    public let designation = Data()
    public let department = Data()
    public let image = AttachImage()
    public let companyName = Data(.inListView)
    public let emailID = Data(.named("email_id"), .inListView)
    public let phone = Data()
    public let mobileNo = Data()
    public let isPrimaryContact = Check()
    public let emailIDs = Table(ContactEmail.self, .named("email_ids"), .label("Email Addresses"))
    public let phoneNos = Table(ContactPhone.self, .label("Contact Numbers"))
    public let links = Table(DynamicLinkRow.self)
    public init() {}

    /// The full name, then `-1`, `-2`, … where that is taken.
    public static func autoname(_ contact: Doc<Self>, in session: Session) throws -> String {
        var name = fullName(of: contact)
        if let link = contact.links.first, !link.linkName.isEmpty { name += "-\(link.linkName)" }
        return try Address.freeName(name, "Contact", in: session)
    }

    public static func validate(_ contact: Doc<Self>, in session: Session) throws {
        contact.fullName = fullName(of: contact)
        let document = contact.document
        let addresses = document.table("email_ids")
        if addresses.count == 1 { addresses[0].set("is_primary", true) }
        try take("email_id", "is_primary", of: addresses, as: "email_id", in: document)
        let numbers = document.table("phone_nos")
        try take("phone", "is_primary_phone", of: numbers, as: "phone", in: document)
        try take("phone", "is_primary_mobile_no", of: numbers, as: "mobile_no", in: document)
    }

    /// Takes from the row that is the primary one, if any, what the contact is reached by.
    private static func take(
        _ value: String, _ flag: String, of rows: [Document], as field: String, in contact: Document
    ) throws {
        let primary = rows.filter { $0.isSet(flag) }
        guard primary.count < 2 else {
            throw Problem(
                .givenTwice, "Row \(primary[1].idx): there is another that is the primary one", field: flag,
                row: primary[1].idx, fix: "Leave one of them.")
        }
        if let row = primary.first { contact.set(field, row.text(value)) }
    }

    private static func fullName(of contact: Doc<Self>) -> String {
        [contact.firstName, contact.middleName, contact.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// An e-mail address of a contact.
public struct ContactEmail: DocTypeSchema {
    public static let doctype = DocTypeInfo("Contact Email", module: "Selling", kind: .child)
    public let emailID = Data(.required, .inListView, .named("email_id"))
    public let isPrimary = Check(.inListView)
    public init() {}
}

/// A number by which a contact is called.
public struct ContactPhone: DocTypeSchema {
    public static let doctype = DocTypeInfo("Contact Phone", module: "Selling", kind: .child)
    public let phone = Data(.required, .inListView, .label("Number"))
    public let isPrimaryPhone = Check(.inListView)
    public let isPrimaryMobileNo = Check(.inListView)
    public init() {}
}

/// A document that an address or contact belongs to.
public struct DynamicLinkRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("Dynamic Link", module: "Selling", kind: .child)
    public let linkDoctype = Data(.required, .inListView, .indexed, .named("link_doctype"))
    public let linkName = DynamicLink("link_doctype", .required, .inListView, .indexed)
    public let linkTitle = Data(.readOnly)
    public init() {}
}
