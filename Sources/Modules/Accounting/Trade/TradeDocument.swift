public import Documents
internal import Values

/// A DocType whose documents sell, buy, move or pay. The module that declares it registers it; each of its documents then
/// passes all ``TradeRule``s.
public struct TradeDocument: Sendable {
    /// What its documents do.
    public enum Deed: Sendable {
        /// Goods or services go to a customer.
        case sells
        /// They come from a supplier.
        case buys
        /// Goods change their place.
        case moves
        /// Money or a debt changes hands.
        case pays
    }

    /// Where its documents name whom they are with.
    public enum PartyFields: Sendable {
        /// Its documents are with nobody, such as a movement between own warehouses.
        case none
        /// A field of the head that links to documents of one DocType.
        case field(String, of: String)
        /// A field of the head that names the DocType, and one that names the document.
        case dynamic(type: String, name: String)
        /// The same in the rows of a table.
        case rows(of: String, type: String, name: String)
    }

    /// Whom a document is with, and where it says so.
    public struct Party: Sendable {
        /// The DocType, such as `Customer`.
        public let type: String
        /// The name.
        public let name: String
        /// The field that holds the name.
        public let field: String
        /// The row it stands in, from 1; nil in the head.
        public let row: Int?
    }

    /// The DocType.
    public let doctype: String
    /// What its documents do.
    public let deed: Deed
    /// Where they name whom they are with.
    public let party: PartyFields
    /// The field of the day they are of.
    public let day: String
    /// Whether a submitted one binds the other side; an offer does not.
    public let isBinding: Bool

    /// Documents of `doctype`, whose rows of goods, if they have any, stand in `items`.
    public init(_ doctype: String, _ deed: Deed, _ party: PartyFields, day: String, isBinding: Bool = true) {
        self.doctype = doctype
        self.deed = deed
        self.party = party
        self.day = day
        self.isBinding = isBinding
    }

    /// What is registered of the DocType, or nil.
    public static func find(_ doctype: String, in registry: Registry) -> TradeDocument? {
        registry.registered(TradeDocument.self).first { $0.doctype == doctype }
    }

    /// Whom a document is with; those that it does not name are left out.
    public func parties(of document: Document) -> [Party] {
        let parties: [Party] =
            switch party {
            case .none: []
            case .field(let field, let type):
                [Party(type: type, name: document.text(field), field: field, row: nil)]
            case .dynamic(let type, let field):
                [Party(type: document.text(type), name: document.text(field), field: field, row: nil)]
            case .rows(let table, let type, let field):
                document.table(table).map {
                    Party(type: $0.text(type), name: $0.text(field), field: field, row: $0.idx)
                }
            }
        return parties.filter { !$0.type.isEmpty && !$0.name.isEmpty }
    }
}

/// What holds for every document that sells, buys, moves or pays. The module that owns what is asked registers it.
public struct TradeRule: Sendable {
    /// Completes the document's rows, or refuses it. Run for each save and submit, before its figures are computed.
    public let run: @Sendable (Document, TradeDocument, Session) throws -> Void

    /// A rule that refuses by throwing.
    public init(_ run: @escaping @Sendable (Document, TradeDocument, Session) throws -> Void) { self.run = run }
}
