public import Documents
internal import Values

/// A currency. The type is not called Currency because that is the field that holds an amount of money.
public struct CurrencyUnit: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Currency", module: "Geo", naming: .field("currency_name"), sort: ("name", false),
        permissions: [.manage("System Manager"), .manage("Accounts Manager"), .read("All")], summary: "A currency.")

    public let currencyName = Data(.required, .setOnlyOnce, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let fraction = Data(.about("What the smaller unit is called, such as Cent."))
    public let fractionUnits = IntField(
        .fallback(100), .about("How many of the smaller unit make one: 100, 1000 or 1."))
    public let smallestCurrencyFractionValue = FloatField(.about("The smallest coin; totals are rounded to it."))
    public let symbol = Data(.inListView)
    public init() {}
}

extension CurrencyUnit {
    /// Adds the currency if it is not there and the code is one of ISO 4217's form.
    static func ensure(_ code: String, in session: Session) throws {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return }
        guard try !session.exists("Currency", code) else { return }
        let unit = try session.new(CurrencyUnit.self)
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

/// How amounts of one currency are rounded.
struct MoneyRules: Sendable {
    /// Decimals of the currency: 2 for cents.
    var decimals = 2
    /// The rounding method of the company.
    var rounding = Rounding.commercial
    /// The smallest coin that totals are rounded to; zero for the smallest unit.
    var smallestCoin = Exact.zero

    /// The amount as the currency counts it.
    func round(_ amount: Exact) -> Exact { amount.rounded(decimals, rounding) }

    /// The quotient as the currency counts it, rounded once.
    func quotient(_ amount: Exact, by divisor: Exact) -> Exact {
        amount.divided(by: divisor, decimals: decimals, rounding)
    }

    /// The nearest amount that can be paid with coins.
    func payable(_ amount: Exact) -> Exact {
        guard smallestCoin.isPositive else { return round(amount) }
        return round(amount.divided(by: smallestCoin, decimals: 0, rounding) * smallestCoin)
    }

    /// The rules of currencies for a company. What is no Currency counts in cents.
    static func rules(
        for currencies: Set<String>, company: Doc<Company>, in session: Session
    ) throws -> [String: MoneyRules] {
        let rounding: Rounding = company.roundingMethod == "Banker's Rounding" ? .bankers : .commercial
        var rules: [String: MoneyRules] = [:]
        for currency in currencies {
            var rule = MoneyRules(rounding: rounding)
            if let unit = try session.lookUp("Currency", currency) {
                let units = unit.int("fraction_units")
                rule.decimals = units == 1 ? 0 : (units == 1000 ? 3 : 2)
                rule.smallestCoin = unit.exact("smallest_currency_fraction_value")
            }
            rules[currency] = rule
        }
        return rules
    }
}
