public import Documents
internal import Values

/// A kind of those whom a company trades with, and where they stand in its books.
public struct PartyKind: Sendable {
    /// The DocType, such as `Customer`.
    public let doctype: String
    /// The type of the accounts it stands on: `Receivable` or `Payable`.
    public let accountType: String

    private init(_ doctype: String, _ accountType: String) {
        self.doctype = doctype
        self.accountType = accountType
    }

    /// Who owes the company.
    public static func debtor(_ doctype: String) -> PartyKind { PartyKind(doctype, AccountType.receivable) }
    /// Whom the company owes.
    public static func creditor(_ doctype: String) -> PartyKind { PartyKind(doctype, AccountType.payable) }
}

/// What holds for customers, suppliers and other parties of trade documents.
enum Parties {
    /// Refuses documents with who is disabled, and with who is frozen unless the actor may post to what is frozen. One
    /// statement for each kind of party. Cancelling stays possible.
    static let rule = TradeRule { document, kind, session in
        let parties = kind.parties(of: document)
        for (type, named) in Dictionary(grouping: parties, by: \.type).sorted(by: { $0.key < $1.key }) {
            guard let doctype = session.registry.find(type) else { continue }
            let fields = ["disabled", "is_frozen"].filter { doctype.field($0) != nil }
            guard !fields.isEmpty else { continue }
            let found = try session.facts(of: type, Set(named.map(\.name)), fields)
            for party in named {
                guard let values = found[party.name] else { continue }
                for (field, value) in zip(fields, values) where value.int == 1 {
                    if field == "is_frozen", try mayPostToFrozen(document, session) { continue }
                    throw refusal(of: party, field)
                }
            }
        }
    }

    private static func mayPostToFrozen(_ document: Document, _ session: Session) throws -> Bool {
        PostingRules(company: try Companies.get(document.text("company"), in: session), session: session)
            .mayPostToFrozen
    }

    private static func refusal(of party: TradeDocument.Party, _ field: String) -> Problem {
        let isDisabled = field == "disabled"
        let place = party.row.map { "Row \($0): " } ?? ""
        return Problem(
            isDisabled ? .partyDisabled : .partyFrozen,
            "\(place)\(party.type) \(party.name) is \(isDisabled ? "disabled" : "frozen")", field: party.field,
            row: party.row, fix: isDisabled ? "Enable it, or choose another." : "Unfreeze it, or choose another.")
    }
}

extension Problem.Kind {
    /// A document with a customer or supplier that is disabled.
    public static let partyDisabled = Self("party_disabled", exception: "PartyDisabled")
    /// A document with a customer or supplier that is frozen.
    public static let partyFrozen = Self("party_frozen", exception: "PartyFrozen")
}
