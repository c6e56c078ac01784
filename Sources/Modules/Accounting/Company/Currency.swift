public import Documents
internal import Values

/// A currency, and what its smaller unit and its symbol are.
public struct Currency: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Currency", module: "Geo", naming: .field("currency_name"), sort: ("name", false),
        permissions: [.manage("System Manager"), .manage("Accounts Manager"), .read("All")], summary: "A currency.")

    public let currencyName = Data(.required, .setOnlyOnce, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let fraction = Data(.description("What the smaller unit is called, such as Cent."))
    public let fractionUnits = IntField(
        .fallback(100), .description("How many of the smaller unit make one: 100, 1000 or 1."))
    public let smallestCurrencyFractionValue = FloatField(.description("The smallest coin; totals are rounded to it."))
    public let symbol = Data(.inListView)
    public let symbolOnRight = Check()
    public let numberFormat = Select([""] + SystemSettings.numberFormats)
    public init() {}
}

extension Currency {
    /// Adds the currency if it is not there and the code is one of ISO 4217's form.
    static func ensure(_ code: String, in session: Session) throws {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return }
        guard try !session.exists("Currency", code) else { return }
        let unit = try session.new(Currency.self)
        unit.currencyName = code
        unit.enabled = true
        unit.fractionUnits = withoutFraction.contains(code) ? 1 : (withThousandth.contains(code) ? 1000 : 100)
        unit.symbol = symbols[code] ?? code
        try session.privileged { try session.insert(unit) }
    }

    /// Currencies whose smaller unit is not used, by ISO 4217.
    private static let withoutFraction: Set = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    /// Currencies of a thousand smaller units, by ISO 4217.
    private static let withThousandth: Set = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
    private static let symbols = [
        "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "CHF": "CHF", "AUD": "$", "CAD": "$",
        "BRL": "R$", "ZAR": "R", "KRW": "₩",
    ]
}
