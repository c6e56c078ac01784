internal import AccountingData
public import Documents
package import Values

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
        let facts = CurrencyFacts.named(code) ?? CurrencyFacts(code: code, name: code, units: 100, symbol: code)
        try session.privileged { try session.insert(session.document("Currency", from: facts.content)) }
    }
}

/// What is known of a currency of ISO 4217 that is legal tender somewhere.
package struct CurrencyFacts: Sendable {
    /// Three letters.
    package let code: String
    /// What it is called in English.
    package let name: String
    /// How many of its smaller unit make one.
    package let units: Int
    /// What stands beside amounts.
    package let symbol: String
    /// What its smaller unit is called; empty where that is not known.
    package var fraction = ""
    /// Whether it is offered at once.
    package var isCommon = false

    /// The document of it, to be inserted.
    package var content: JSONObject {
        [
            "currency_name": .string(code), "enabled": 1, "fraction": .string(fraction),
            "fraction_units": .int(Int64(units)), "symbol": .string(symbol),
        ]
    }

    /// All of them, by their codes.
    package static let all: [CurrencyFacts] = {
        let text = unsafe String(cString: accounting_currencies())
        guard let rows = try? JSON.parse(text).array else {
            preconditionFailure("the currencies that are compiled in can be read")
        }
        return rows.map { row in
            CurrencyFacts(
                code: row["code"]?.string ?? "", name: row["name"]?.string ?? "",
                units: row["units"]?.int.map(Int.init) ?? 100,
                symbol: row["symbol"]?.string ?? "", fraction: row["fraction"]?.string ?? "",
                isCommon: row["common"]?.bool ?? false)
        }
    }()

    /// The currency of a code; nil where there is none.
    package static func named(_ code: String) -> CurrencyFacts? { all.first { $0.code == code } }
}
