internal import Documents
internal import Values

/// Computes the figures of one trade document and writes them into it.
struct TradeCalculation {
    let document: Document
    let session: Session
    let money: MoneyRules
    let baseMoney: MoneyRules
    private let items: [Document]
    private let taxes: [Document]
    private let conversion: Exact

    init(document: Document, session: Session, money: MoneyRules, baseMoney: MoneyRules) {
        self.session = session
        self.document = document
        self.money = money
        self.baseMoney = baseMoney
        items = document.table("items")
        taxes = document.table("taxes")
        conversion = document.has("conversion_rate") ? document.exact("conversion_rate") : .one
    }

    func run() throws {
        for item in items { try session.checking(item) { try fillLine(item) } }
        let math = TaxMath(
            lines: items.map { TaxMath.Line(qty: $0.exact("qty"), amount: $0.exact("amount")) },
            taxes: try taxes.map(tax), discount: try discount(), money: money)
        let result: TaxMath.Result
        do {
            result = try math.result()
        } catch {
            throw Problem(
                .outOfBounds, "The discount is more than what it can be taken from", field: "discount_amount",
                fix: "Give a smaller discount.")
        }
        fillNet(result)
        fillTaxes(result)
        fillTotals(result)
        spreadValuationTaxes()
    }

    // MARK: - Rows

    /// Rate from list price and discount, and the amount: the exact product, rounded once.
    private func fillLine(_ item: Document) throws {
        let qty = item.exact("qty")
        guard qty.isPositive else {
            throw Problem(.outOfBounds, "Row \(item.idx): the quantity must be above zero", field: "qty", row: item.idx)
        }
        if !item.exact("conversion_factor").isPositive { put(item, "conversion_factor", .one) }
        if item.has("uom"), item.text("uom").isEmpty, item.has("stock_uom") { item.set("uom", item.text("stock_uom")) }
        put(item, "stock_qty", qty * item.exact("conversion_factor"))
        fillRate(item)
        let rate = item.exact("rate")
        guard !rate.isNegative else {
            throw Problem(.negative, "Row \(item.idx): the rate must not be negative", field: "rate", row: item.idx)
        }
        let amount = money.round(rate * qty)
        put(item, "amount", amount)
        put(item, "base_rate", rate * conversion)
        put(item, "base_amount", base(amount))
    }

    private func fillRate(_ item: Document) {
        let list = item.exact("price_list_rate")
        guard list.isPositive else { return }
        let percentage = item.exact("discount_percentage")
        let fromPercentage = list * (.one - percentage * .percent)
        let rateStays = !item.isNew && item.storedValue("rate") == item["rate"]
        let discounted = ["price_list_rate", "discount_percentage"].contains { item.storedValue($0) != item[$0] }
        if rateStays && discounted || item.exact("rate").isZero {
            let isByAmount = percentage.isZero && item.exact("discount_amount").isPositive
            item.set("rate", isByAmount ? list - item.exact("discount_amount") : fromPercentage)
        }
        let rate = item.exact("rate")
        put(item, "discount_amount", rate < list ? list - rate : .zero)
        if rate != fromPercentage.rounded(9) {
            put(item, "discount_percentage", rate < list ? (list - rate) * .hundred / list : .zero)
        }
    }

    private func fillNet(_ result: TaxMath.Result) {
        for (item, net) in zip(items, result.net) {
            let qty = item.exact("qty")
            let netRate = net == item.exact("amount") ? item.exact("rate") : net / qty
            put(item, "net_amount", net)
            put(item, "net_rate", netRate)
            put(item, "base_net_amount", base(net))
            put(item, "base_net_rate", netRate * conversion)
        }
    }

    // MARK: - Taxes

    private func tax(_ row: Document) throws -> TaxMath.Tax {
        func refuse(_ message: ProblemText, _ field: String) -> Problem {
            Problem(.invalidTaxRow, "Tax row \(row.idx): \(message)", field: field, row: row.idx)
        }
        var tax = TaxMath.Tax(basis: .netTotal, rate: row.exact("rate"), amount: money.round(row.exact("tax_amount")))
        tax.isIncluded = row.isSet("included_in_print_rate")
        if row.text("category") == "Valuation" { tax.sign = .zero }
        if row.text("add_deduct_tax") == "Deduct" { tax.sign = -tax.sign }
        func previous() throws -> Int {
            guard let number = Int(row.text("row_id")), number >= 1, number < row.idx else {
                throw refuse("row_id must name a row above it", "row_id")
            }
            return number - 1
        }
        switch row.text("charge_type") {
        case "Actual": tax.basis = .actual
        case "On Net Total": tax.basis = .netTotal
        case "On Item Quantity": tax.basis = .itemQuantity
        case "On Previous Row Amount": tax.basis = .previousAmount(try previous())
        case "On Previous Row Total": tax.basis = .previousTotal(try previous())
        default: throw refuse("the charge type is missing", "charge_type")
        }
        if tax.isIncluded {
            if case .actual = tax.basis {
                throw refuse("an Actual charge cannot be included in the rates", "charge_type")
            }
            if tax.sign.isZero { throw refuse("a Valuation charge cannot be included in the rates", "category") }
            let needed: Range<Int> =
                switch tax.basis {
                case .previousAmount(let index): index..<index + 1
                case .previousTotal(let index): 0..<index + 1
                default: 0..<0
                }
            guard needed.allSatisfy({ taxes[$0].isSet("included_in_print_rate") }) else {
                throw refuse("it can be included only when the rows it is on are", "included_in_print_rate")
            }
        }
        return tax
    }

    private func discount() throws -> TaxMath.Discount {
        let percentage = document.exact("additional_discount_percentage")
        let amount = document.exact("discount_amount")
        guard !percentage.isNegative, percentage <= .hundred else {
            throw Problem(
                .outOfBounds, "The additional discount must be between 0 and 100 percent",
                field: "additional_discount_percentage")
        }
        guard !amount.isNegative else {
            throw Problem(.negative, "The discount must not be negative", field: "discount_amount")
        }
        return TaxMath.Discount(
            isOnNetTotal: document.text("apply_discount_on") == "Net Total", percentage: percentage, amount: amount)
    }

    private func sign(_ row: Document) -> Exact {
        row.text("category") == "Valuation" ? .zero : (row.text("add_deduct_tax") == "Deduct" ? -1 : 1)
    }

    private func fillTaxes(_ result: TaxMath.Result) {
        var running = items.sum { $0.exact("base_net_amount") }
        for (index, row) in taxes.enumerated() {
            let after = base(result.taxesAfterDiscount[index])
            running += sign(row) * after
            put(row, "tax_amount", result.taxes[index])
            put(row, "tax_amount_after_discount_amount", result.taxesAfterDiscount[index])
            put(row, "total", result.runningTotals[index])
            put(row, "base_tax_amount", base(result.taxes[index]))
            put(row, "base_tax_amount_after_discount_amount", after)
            put(row, "base_total", running)
        }
    }

    /// What of the taxes counts to the value of the goods, on each row in proportion to its net amount.
    private func spreadValuationTaxes() {
        guard let first = items.first, first.has("item_tax_amount") else { return }
        let amount = taxes.filter { $0.text("category").hasPrefix("Valuation") }.sum { row in
            let amount = row.exact("base_tax_amount_after_discount_amount")
            return row.text("add_deduct_tax") == "Deduct" ? -amount : amount
        }
        let total = items.sum { $0.exact("base_net_amount") }
        var running = Exact.zero
        var taken = Exact.zero
        for item in items {
            running += item.exact("base_net_amount")
            let share = total.isZero ? .zero : baseMoney.quotient(amount * running, by: total)
            item.set("item_tax_amount", share - taken)
            taken = share
        }
    }

    // MARK: - Totals

    private func fillTotals(_ result: TaxMath.Result) {
        let baseNet = items.sum { $0.exact("base_net_amount") }
        let baseGrand = baseNet + taxes.sum { sign($0) * $0.exact("base_tax_amount_after_discount_amount") }
        let isRounded = !document.isSet("disable_rounded_total")
        let rounded = isRounded ? money.cashRounded(result.grandTotal) : .zero
        let baseRounded =
            !isRounded ? .zero : (rounded == result.grandTotal && conversion == .one ? baseGrand : base(rounded))
        let figures: [(String, Exact)] = [
            ("total_qty", items.sum { $0.exact("qty") }), ("total", items.sum { $0.exact("amount") }),
            ("base_total", items.sum { $0.exact("base_amount") }), ("net_total", result.netTotal),
            ("base_net_total", baseNet), ("total_taxes_and_charges", result.grandTotal - result.netTotal),
            ("base_total_taxes_and_charges", baseGrand - baseNet), ("discount_amount", result.discount),
            ("base_discount_amount", base(result.discount)), ("grand_total", result.grandTotal),
            ("base_grand_total", baseGrand), ("rounded_total", rounded), ("base_rounded_total", baseRounded),
            ("rounding_adjustment", isRounded ? rounded - result.grandTotal : .zero),
            ("base_rounding_adjustment", isRounded ? baseRounded - baseGrand : .zero),
        ]
        for (field, figure) in figures { put(document, field, figure) }
    }

    // MARK: - Helpers

    private func base(_ amount: Exact) -> Exact { baseMoney.round(amount * conversion) }

    private func put(_ document: Document, _ field: String, _ number: Exact) {
        if document.has(field) { document.set(field, number) }
    }
}
