public import Documents
internal import Values

/// Where to and whom: what every document that sells says of addresses and contacts.
public struct CustomerContact: FieldGroup {
    /// Begins the section of the form.
    public let addresses = Section("Address and Contact")
    /// The address that the bill goes to.
    public let customerAddress = Link("Address")
    /// The same as it is printed.
    public let addressDisplay = SmallText()
    /// The address that the goods go to.
    public let shippingAddressName = Link("Address")
    /// The same as it is printed.
    public let shippingAddress = SmallText()
    /// Whom it is with.
    public let contactPerson = Link("Contact")
    /// The name as it is printed.
    public let contactDisplay = SmallText()
    /// The number of the mobile phone.
    public let contactMobile = SmallText()
    /// The e-mail address.
    public let contactEmail = Data()
    /// The fields of the group.
    public init() {}
}

/// Where from and whom: what every document that buys says of addresses and contacts.
public struct SupplierContact: FieldGroup {
    /// Begins the section of the form.
    public let addresses = Section("Address and Contact")
    /// The address of the supplier.
    public let supplierAddress = Link("Address")
    /// The same as it is printed.
    public let addressDisplay = SmallText()
    /// Whom it is with.
    public let contactPerson = Link("Contact")
    /// The name as it is printed.
    public let contactDisplay = SmallText()
    /// The number of the mobile phone.
    public let contactMobile = SmallText()
    /// The e-mail address.
    public let contactEmail = Data()
    /// The fields of the group.
    public init() {}
}
