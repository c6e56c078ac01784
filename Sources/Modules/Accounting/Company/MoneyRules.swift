public import Documents
public import Values

/// How a company rounds amounts of one currency.
public struct MoneyRules: Equatable, Sendable {
    /// Decimals of the currency: 2 for cents.
    public var decimals: Int
    /// The rounding method of the company.
    public var rounding: Rounding
    /// The smallest coin that totals are rounded to; zero for the smallest unit.
    public var smallestCoin = Exact.zero

    /// Rules of this many decimals, without coins.
    public init(decimals: Int = 2, rounding: Rounding = .commercial) {
        self.decimals = decimals
        self.rounding = rounding
    }

    /// The rules for `currency`, or for the company's own. What is no Currency counts in cents, and so does one whose
    /// smaller units are not 1, 100 or 1000.
    ///
    /// - Throws: what the look-up of the Currency throws.
    public init(for currency: String? = nil, of company: Doc<Company>, in session: Session) throws {
        self.init(rounding: company.roundingMethod == "Banker's Rounding" ? .bankers : .commercial)
        guard let unit = try session.lookUp("Currency", currency ?? company.defaultCurrency) else { return }
        switch unit.int("fraction_units") {
        case 1: decimals = 0
        case 1000: decimals = 3
        default: decimals = 2
        }
        smallestCoin = unit.exact("smallest_currency_fraction_value")
    }

    /// The amount as the currency counts it.
    public func round(_ amount: Exact) -> Exact { amount.rounded(decimals, rounding) }

    /// The quotient as the currency counts it, rounded once from the exact one.
    public func quotient(_ amount: Exact, by divisor: Exact) -> Exact {
        amount.divided(by: divisor, decimals: decimals, rounding)
    }

    /// The nearest amount that can be paid with coins.
    public func cashRounded(_ amount: Exact) -> Exact {
        guard smallestCoin.isPositive else { return round(amount) }
        return round(amount.divided(by: smallestCoin, decimals: 0, rounding) * smallestCoin)
    }
}
