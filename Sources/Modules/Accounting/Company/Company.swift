public import Documents
internal import Values

/// A company that keeps books. Inserting it makes its chart of accounts and cost centers and sets its default accounts.
public struct Company: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Company", module: "Setup", naming: .field("company_name"), search: ["abbr"],
        permissions: [
            .manage("System Manager"), .work("Accounts Manager"), .read("Accounts User"), .read("Auditor"),
            .read("Sales User"), .read("Sales Manager"), .read("Purchase User"), .read("Purchase Manager"),
            .read("Stock User"), .read("Stock Manager"), .select("Item Manager"),
        ], summary: "A company that keeps books.")

    public let companyName = Data(.required, .setOnlyOnce, .inListView)
    public let abbr = Data(
        .required, .setOnlyOnce, .unique, .length(10), .description("Stands behind the names of its accounts."))
    public let defaultCurrency = Link(Currency.self, .required, .setOnlyOnce, .inListView)
    public let country = Data()
    public let domain = Data()
    public let taxID = Data()
    public let dateOfEstablishment = DateField()
    public let dateOfIncorporation = DateField()
    public let dateOfCommencement = DateField()
    public let companyLogo = AttachImage()
    public let phoneNo = Data()
    public let fax = Data()
    public let email = Data()
    public let website = Data()
    public let registrationDetails = SmallText(.description("Numbers and words that have to stand on letters."))
    public let companyDescription = SmallText()
    public let monthlySalesTarget = CurrencyField(.nonNegative)
    public let chartOfAccounts = Select(
        ChartOfAccounts.names, .fallback(ChartOfAccounts.names[0]),
        .description("The accounts that a new company gets. Those of a custom chart are brought by whoever makes it."))
    public let accountsSection = Section("Accounts")
    public let defaultReceivableAccount = Link(Account.self)
    public let defaultPayableAccount = Link(Account.self)
    public let defaultIncomeAccount = Link(Account.self)
    public let defaultExpenseAccount = Link(Account.self)
    public let defaultCashAccount = Link(Account.self)
    public let defaultBankAccount = Link(Account.self)
    public let writeOffAccount = Link(Account.self)
    public let roundOffAccount = Link(Account.self)
    public let roundOffCostCenter = Link(CostCenter.self)
    public let costCenter = Link(CostCenter.self)
    public let stockSection = Section("Stock")
    public let enablePerpetualInventory = Check(.fallback(1))
    public let defaultInventoryAccount = Link(Account.self)
    public let stockReceivedButNotBilled = Link(Account.self)
    public let stockAdjustmentAccount = Link(Account.self)
    public let expensesIncludedInValuation = Link(Account.self)
    public let rulesSection = Section("Rules")
    public let roundingMethod = Select(
        ["Commercial Rounding", "Banker's Rounding"], .fallback("Commercial Rounding"))
    public let accountsFrozenTillDate = DateField(.description("Nothing is posted on this day or before it."))
    public let roleAllowedForFrozenEntries = Link(Role.self, .description("May post to frozen accounts and periods."))
    public init() {}

    public static func beforeInsert(_ company: Doc<Self>, in session: Session) throws {
        if company.abbr.isEmpty { company.abbr = abbreviation(of: company.companyName) }
        try checkAbbreviation(company.abbr, field: "abbr")
        try Currency.ensure(company.defaultCurrency, in: session)
    }

    public static func validate(_ company: Doc<Self>, in session: Session) throws {
        let type = company.document.doctype
        let links = type.fields.filter { $0.type == .link && ["Account", "Cost Center"].contains($0.options) }
        for target in ["Account", "Cost Center"] {
            let fields = links.filter { $0.options == target && !company.document[$0.name].isEmpty }
            let found = try session.values(
                of: target, Set(fields.map { company.document.text($0.name) }), ["company", "is_group"])
            for field in fields {
                guard let values = found[company.document.text(field.name)] else { continue }
                guard values[0].text == company.name, values[1].int == 0 else {
                    throw Problem(
                        .invalidAccount,
                        "\(field.label): \(company.document.text(field.name)) is a group or belongs to another company",
                        field: field.name)
                }
            }
        }
    }

    public static func afterInsert(_ company: Doc<Self>, in session: Session) throws {
        try CompanySetup.run(company, in: session)
    }
}

extension Company {
    /// The first letters or digits of the words of a name, at most ten; empty where it has none.
    package static func abbreviation(of name: String) -> String {
        let words = name.split(whereSeparator: \.isWhitespace)
        let signs = words.compactMap { word in word.first { $0.isLetter || $0.isNumber } }
        return String(String(signs.prefix(10)).uppercased().prefix(10))
    }

    /// Refuses an abbreviation that would not stand out behind a name.
    ///
    /// - Throws: ``Problem/Kind/invalidAbbreviation``.
    package static func checkAbbreviation(_ abbr: String, field: String) throws {
        guard abbr.contains(where: { $0 == "-" || $0.isWhitespace }) else { return }
        throw Problem(.invalidAbbreviation, "The abbreviation has no spaces and no dashes", field: field)
    }
}
