public import Documents
public import Values

/// What clients ask while somebody fills in a trade document: what an item or a party brings along. It is what a draft of the
/// document works out, so that it is what saving it would make.
public enum DetailMethods {
    static let all = [partyDetails, partyAccount]

    private static let partyDetails = Method(
        "erpnext.accounts.party.get_party_details",
        parameters: [
            .required("party", "The customer or supplier.", of: .argument("party_type")),
            .optional("party_type", "Customer unless given."), .optional("doctype", "The DocType of the document."),
            .optional("company", "The company."), .optional("posting_date", "Its day."),
            .optional("currency", "Its currency."), .optional("price_list", "Its price list."),
            .optional("account", "Its account."), .optional("bill_date", "The day of the supplier's bill."),
        ], summary: "What a document with a party gets from it: names, account, currency, terms, taxes and addresses."
    ) { arguments, session in
        let (type, fields) = try party(arguments, session)
        let draft = try session.draft(type, fields)
        try refuse(draft.problems, about: fields.members.map(\.key))
        return .object(try shown(draft.document, session))
    }

    private static let partyAccount = Method(
        "erpnext.accounts.party.get_party_account",
        parameters: [
            .required("party_type", "Customer or Supplier."), .required("party", "It.", of: .argument("party_type")),
            .required("company", "The company.", of: .doctype("Company")),
        ], summary: "The account on which a party stands in a company's books."
    ) { arguments, session in
        let (type, fields) = try party(arguments, session)
        let document = try session.draft(type, fields).document
        guard case .object(let shown) = session.present(document) else { return .null }
        return shown["debit_to"] ?? shown["credit_to"] ?? .null
    }

    /// The DocType of a document with a party, and its fields as far as the arguments say them.
    private static func party(_ arguments: Arguments, _ session: Session) throws -> (String, JSONObject) {
        let kind = arguments.text("party_type") ?? "Customer"
        guard let usual = ["Customer": "Sales Invoice", "Supplier": "Purchase Invoice"][kind] else {
            throw Problem(
                .notAnOption, "\(kind.prefix(140)) is no party of trade documents", field: "party_type",
                fix: "Use Customer or Supplier.")
        }
        let type = try session.registry.doctype(arguments.text("doctype") ?? usual)
        let field = kind.lowercased()
        guard type.slot(of: field) != nil || type.slot(of: "party_name") != nil else {
            throw Problem(.notAnOption, "A \(type.name) has no \(field)", field: "doctype", fix: "Use \(usual).")
        }
        let party = JSON.string(try session.get(kind, arguments.required("party")).name)
        var fields: JSONObject = type.slot(of: field) != nil ? [field: party] : ["party_name": party]
        for (argument, field) in [
            ("company", "company"), ("posting_date", "posting_date"), ("posting_date", "transaction_date"),
            ("currency", "currency"), ("price_list", "selling_price_list"), ("price_list", "buying_price_list"),
            ("bill_date", "bill_date"), ("account", "debit_to"), ("account", "credit_to"),
        ] where type.slot(of: field) != nil {
            fields[field] = arguments[argument]
        }
        return (type.name, fields)
    }

    /// What a trade document of `type` with the head and the row of these fields makes of the row.
    ///
    /// - Throws: ``Problem`` for what of the fields cannot be.
    public static func row(of type: String, _ head: JSONObject, _ row: JSONObject, in session: Session) throws -> JSON {
        var object = head
        object["items"] = [.object(row)]
        let draft = try session.draft(type, object)
        try refuse(draft.problems.filter { $0.row == 1 && $0.table == "items" }, about: row.members.map(\.key))
        guard let made = draft.document.table("items").first,
            case .object(let document) = session.present(draft.document),
            case .object(var shown)? = document["items"]?.array?.first
        else { return [:] }
        for field in standard { shown.removeValue(forKey: field) }
        shown["doctype"] = .string(made.doctype.name)
        return .object(shown)
    }

    /// Refuses what is wrong about a field that was asked with; what is still missing somebody is about to fill in.
    private static func refuse(_ problems: [Problem], about fields: [String]) throws {
        let asked = Set(fields)
        guard let problem = problems.first(where: { $0.field.map(asked.contains) == true }) else { return }
        throw problem
    }

    private static func shown(_ document: Document, _ session: Session) throws -> JSONObject {
        guard case .object(var shown) = session.present(document) else { return [:] }
        for field in standard { shown.removeValue(forKey: field) }
        for (table, _) in document.doctype.tables where document.table(table.name).isEmpty {
            shown.removeValue(forKey: table.name)
        }
        return shown
    }

    private static let standard = [
        "doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent", "parentfield",
        "parenttype", "naming_series",
    ]
}
