internal import Values

/// Net amounts, taxes and totals of a document, computed from numbers alone, as ERPNext computes them.
///
/// Charges on a previous row go on from the exact amounts of that row; what is shown of each row is rounded once. All is
/// in the currency of the document.
struct TaxMath {
    /// A row of goods or services.
    struct Line {
        var qty: Exact
        /// Rate × qty, rounded.
        var amount: Exact
    }

    /// How a tax or charge is computed.
    enum Basis {
        case actual, netTotal, itemQuantity
        /// The place of another row, from 0.
        case previousAmount(Int)
        case previousTotal(Int)
    }

    /// A tax or charge.
    struct Tax {
        var basis: Basis
        /// Percent, or the charge for one unit.
        var rate: Exact = .zero
        /// The amount of an actual charge.
        var amount: Exact = .zero
        /// Amounts of the lines include it.
        var isIncluded = false
        /// 1 when it is added to the total, -1 when it is deducted, 0 when it does not count.
        var sign: Exact = .one
    }

    /// A discount on the whole document.
    struct Discount {
        var isOnNetTotal = false
        /// Percent; when it is zero the amount holds.
        var percentage: Exact = .zero
        var amount: Exact = .zero
    }

    /// What is wrong with a discount.
    enum Failure: Error, Equatable {
        /// It is more than what it is taken from.
        case discountTooLarge
    }

    /// What came out.
    struct Result {
        /// Net amount of each line.
        var net: [Exact] = []
        /// Amount of each tax before and after the discount.
        var taxes: [Exact] = []
        var taxesAfterDiscount: [Exact] = []
        /// The total up to and with each tax.
        var runningTotals: [Exact] = []
        var discount = Exact.zero
        var netTotal = Exact.zero
        var grandTotal = Exact.zero
    }

    var lines: [Line]
    var taxes: [Tax]
    var discount = Discount()
    var money = MoneyRules()

    /// Computes the taxes, the totals and what each row bears of them.
    ///
    /// - Throws: ``Failure``.
    func result() throws(Failure) -> Result {
        let before = netAmounts()
        let total = lines.sum(\.amount)
        let charged = self.charged(before)
        let included = taxes.indices.last { taxes[$0].isIncluded }
        var rounded = self.rounded(charged)
        if let included {
            // What was priced with taxes costs what was priced: the rounding of the parts goes to the last such tax.
            let parts = before.sum() + taxes.indices.sum { taxes[$0].isIncluded ? taxes[$0].sign * rounded[$0] : .zero }
            rounded[included] += taxes[included].sign * (total - parts)
        }
        var result = Result()
        result.taxes = rounded
        let grandBefore = before.sum() + signed(rounded)
        result.discount = discountAmount(net: before.sum(), grand: grandBefore)
        if result.discount.isZero {
            result.net = before
            result.taxesAfterDiscount = rounded
        } else {
            try applyDiscount(to: &result, before: before, grandBefore: grandBefore)
        }
        result.netTotal = result.net.sum()
        var running = result.netTotal
        for (tax, amount) in zip(taxes, result.taxesAfterDiscount) {
            running += tax.sign * amount
            result.runningTotals.append(running)
        }
        result.grandTotal = running
        return result
    }

    // MARK: - Taxes

    /// What the lines cost without the taxes their amounts include.
    private func netAmounts() -> [Exact] {
        guard taxes.contains(where: \.isIncluded) else { return lines.map(\.amount) }
        // Of an included row: the part of the net amount it is, and what of it goes with the quantity alone.
        var fractions: [Exact] = []
        var perUnit: [Exact] = []
        var fraction = Exact.one
        var unit = Exact.zero
        for tax in taxes {
            var own = Exact.zero
            var ownUnit = Exact.zero
            if tax.isIncluded {
                let percent = tax.rate * .percent
                switch tax.basis {
                case .actual: break
                case .netTotal: own = percent
                case .itemQuantity: ownUnit = tax.rate
                case .previousAmount(let row): (own, ownUnit) = (percent * fractions[row], percent * perUnit[row])
                case .previousTotal(let row):
                    let (sum, sumUnit) = cumulative(fractions, perUnit, through: row)
                    (own, ownUnit) = (percent * sum, percent * sumUnit)
                }
            }
            fractions.append(own)
            perUnit.append(ownUnit)
            fraction += tax.sign * own
            unit += tax.sign * ownUnit
        }
        return lines.map { money.quotient($0.amount - unit * $0.qty, by: fraction) }
    }

    private func cumulative(_ fractions: [Exact], _ perUnit: [Exact], through row: Int) -> (Exact, Exact) {
        var sum = Exact.one
        var sumUnit = Exact.zero
        for index in 0...row {
            sum += taxes[index].sign * fractions[index]
            sumUnit += taxes[index].sign * perUnit[index]
        }
        return (sum, sumUnit)
    }

    /// The exact amount of each tax.
    private func charged(_ net: [Exact]) -> [Exact] {
        let netTotal = net.sum()
        let quantity = lines.sum(\.qty)
        var amounts: [Exact] = []
        var totals: [Exact] = []
        for tax in taxes {
            let percent = tax.rate * .percent
            let amount: Exact =
                switch tax.basis {
                case .actual: tax.amount
                case .netTotal: netTotal * percent
                case .itemQuantity: quantity * tax.rate
                case .previousAmount(let row): amounts[row] * percent
                case .previousTotal(let row): totals[row] * percent
                }
            amounts.append(amount)
            totals.append((totals.last ?? netTotal) + tax.sign * amount)
        }
        return amounts
    }

    private func rounded(_ amounts: [Exact]) -> [Exact] { amounts.map { money.round($0) } }

    private func signed(_ amounts: [Exact]) -> Exact { zip(taxes, amounts).sum { $0.sign * $1 } }

    // MARK: - Discount

    private func discountAmount(net: Exact, grand: Exact) -> Exact {
        if discount.percentage.isZero { return money.round(discount.amount) }
        return money.round((discount.isOnNetTotal ? net : grand) * discount.percentage * .percent)
    }

    /// Takes the discount from the net amounts in proportion, so that with the taxes on them it comes to its amount.
    private func applyDiscount(to result: inout Result, before: [Exact], grandBefore: Exact) throws(Failure) {
        let netTotal = before.sum()
        var reduction = result.discount
        if !discount.isOnNetTotal {
            // Charges that do not depend on the net amounts take no part: what is charged when these are zero.
            let fixed = signed(charged(before.map { _ in .zero }))
            let variable = netTotal + signed(charged(before)) - fixed
            guard variable.isPositive else { throw .discountTooLarge }
            reduction = money.quotient(result.discount * netTotal, by: variable)
        }
        guard !reduction.isNegative, reduction <= netTotal, netTotal.isPositive else { throw .discountTooLarge }
        // Shares of running sums are rounded, so that each line is off by less than a cent and all come to the whole.
        var running = Exact.zero
        var taken = Exact.zero
        result.net = before.map { amount in
            running += amount
            let share = money.quotient(reduction * running, by: netTotal)
            defer { taken = share }
            return amount - (share - taken)
        }
        result.taxesAfterDiscount = rounded(charged(result.net))
        guard !discount.isOnNetTotal,
            let last = taxes.indices.last(where: { dependsOnNet($0) && !taxes[$0].sign.isZero })
        else { return }
        let difference = grandBefore - result.discount - result.net.sum() - signed(result.taxesAfterDiscount)
        result.taxesAfterDiscount[last] += taxes[last].sign * difference
    }

    private func dependsOnNet(_ index: Int) -> Bool {
        switch taxes[index].basis {
        case .actual, .itemQuantity: false
        case .netTotal, .previousTotal: true
        case .previousAmount(let row): dependsOnNet(row)
        }
    }
}

extension Exact {
    /// 0.01
    static var percent: Exact { Exact(units: 1, scale: 2) }
}
