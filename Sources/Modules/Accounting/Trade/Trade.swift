public import Documents
internal import Storage
public import Values

/// The arithmetic and the states that all trade documents share, by ERPNext's field names, for types of modules below.
public enum Trade {
    /// Fills company, currency, rates, line amounts, taxes, totals and rounding. Called first in `validate` of every
    /// trade document. Its rows stand in `items`, its taxes in `taxes` if it has any.
    ///
    /// All figures follow from what the document says, so that calculating again changes nothing.
    ///
    /// - Returns: the company of the document.
    /// - Throws: ``Problem`` that names field and row.
    @discardableResult
    public static func calculate(_ document: Document, in session: Session) throws -> Doc<Company> {
        let company = try prepare(document, in: session)
        let calculation = TradeCalculation(
            document: document, session: session,
            money: try MoneyRules(for: document.text("currency"), of: company, in: session),
            baseMoney: try MoneyRules(of: company, in: session))
        try calculation.run()
        return company
    }

    /// Fills company, currency and conversion rate of a document's head, lets it pass all ``TradeRule``s, and returns its
    /// company. Called first in `validate` of every ``TradeDocument`` that ``calculate(_:in:)`` is not called for.
    ///
    /// Without a company the document takes the first that there is.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` without any company or without the rate of a foreign currency; what the rules
    ///   refuse.
    @discardableResult
    public static func prepare(_ document: Document, in session: Session) throws -> Doc<Company> {
        if document.text("company").isEmpty {
            let first = try session.transaction.first(
                "SELECT name FROM company ORDER BY creation, name LIMIT 1", [], [.text])
            guard let name = first?[0].text else {
                throw Problem(.mandatory, "There is no Company yet", field: "company", fix: "Create a Company first.")
            }
            document.set("company", name)
        }
        let company = try Companies.get(document.text("company"), in: session)
        try session.checking { try fillCurrency(of: document, company) }
        guard let kind = TradeDocument.find(document.doctype.name, in: session.registry) else {
            preconditionFailure("\(document.doctype.name) is no registered trade document")
        }
        for rule in session.registry.registered(TradeRule.self) {
            try session.checking { try rule.run(document, kind, session) }
        }
        return company
    }

    private static func fillCurrency(of document: Document, _ company: Doc<Company>) throws {
        guard document.has("currency") else { return }
        if document.text("currency").isEmpty { document.set("currency", company.defaultCurrency) }
        guard document.has("conversion_rate") else { return }
        if document.text("currency") == company.defaultCurrency {
            document.set("conversion_rate", Exact.one)
        } else if !document.exact("conversion_rate").isPositive {
            throw Problem(
                .mandatory,
                "The conversion rate from \(document.text("currency")) to \(company.defaultCurrency) is missing",
                field: "conversion_rate", fix: "Give conversion_rate.")
        }
    }

    /// What is to be paid for the document, in company currency: the rounded total, or the grand total where it is not
    /// rounded.
    public static func baseAmountDue(_ document: Document) -> Exact {
        document.isSet("disable_rounded_total")
            ? document.exact("base_grand_total") : document.exact("base_rounded_total")
    }
}
