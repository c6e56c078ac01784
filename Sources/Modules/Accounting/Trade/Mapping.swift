public import Documents
public import Values

/// Makes an unsaved document from a submitted one, such as a Delivery Note from a Sales Order, declared as data.
public struct Mapping: Sendable {
    let source: String
    let target: String
    let fields: KeyValuePairs<String, String>
    let rowLink: String
    let rowDetail: String
    let quantity: (@Sendable (Document) -> Exact)?
    let skipTaxes: Bool
    let after: (@Sendable (Document, Document, Session) throws -> Void)?

    /// Fields of the same name are copied unless they are `noCopy`; `fields` says which source field goes to which
    /// other one, in the head and in rows.
    ///
    /// - Parameters:
    ///   - rowLink: The field of a new row that names the source document.
    ///   - rowDetail: The field of a new row that names the source row.
    ///   - quantity: What is left of a source row; rows with nothing left are not taken. Nil takes all of every row.
    ///   - after: Called with the source and the new document before its totals are computed.
    public init(
        from source: String, to target: String, fields: KeyValuePairs<String, String> = [:], rowLink: String,
        rowDetail: String,
        quantity: (@Sendable (Document) -> Exact)?, skipTaxes: Bool = false,
        after: (@Sendable (Document, Document, Session) throws -> Void)? = nil
    ) {
        self.source = source
        self.target = target
        self.fields = fields
        self.rowLink = rowLink
        self.rowDetail = rowDetail
        self.quantity = quantity
        self.skipTaxes = skipTaxes
        self.after = after
    }

    /// The unsaved document, or `given` with the rows that it gets from the source. When only a part of the source is left, its actual charges and its discount amount are
    /// taken in proportion to the amounts of the rows.
    ///
    /// - Throws: ``Problem/Kind/transition`` when the source is not submitted, ``Problem/Kind/nothingLeft`` when no row is
    ///   left or `rows` are none of it, ``Problem/Kind/forbidden`` without the right to read the one and create the other,
    ///   ``Problem/Kind/differsFromSource`` when `given` is for another party, company or currency.
    public func make(
        from name: String, into given: Document? = nil, rows wanted: Set<Name>? = nil, in session: Session
    ) throws -> Document {
        let original = try session.get(source, name)
        let made = try given ?? session.new(target)
        try session.require(.create, made.doctype)
        guard original.docstatus == .submitted else {
            throw Problem(
                .transition, "\(source) \(name) is \(original.docstatus.word)", fix: "Submit it first."
            ).about(original)
        }
        if ["Closed", "On Hold", "Lost"].contains(original.text("status")) {
            throw Problem(.transition, "\(source) \(name) is \(original.text("status"))", fix: "Open it again first.")
                .about(original)
        }
        if given == nil { copy(original, to: made) } else { try requireFit(of: made, to: original) }
        let rows = try takeRows(of: original, wanted, for: made, in: session)
        guard !rows.isEmpty else {
            throw Problem(.nothingLeft, "Nothing is left of \(source) \(name) for a \(target)").about(original)
        }
        made.setTable("items", (given?.table("items") ?? []) + rows)
        // What somebody has begun keeps its own taxes and discount.
        if given != nil {
            try Trade.calculate(made, in: session)
            return made
        }
        let share = self.share(of: original, rows)
        if !skipTaxes { try takeTaxes(of: original, for: made, share, in: session) }
        if share != .one, made.has("discount_amount"), made.exact("additional_discount_percentage").isZero {
            made.set("discount_amount", (made.exact("discount_amount") * share).rounded(2))
        }
        try after?(original, made, session)
        try Trade.calculate(made, in: session)
        return made
    }

    /// That a document somebody has begun can take rows of the source: both are for the same party, company and currency.
    private func requireFit(of made: Document, to original: Document) throws {
        let renamed = Dictionary(fields.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        for field in ["company", "customer", "supplier", "currency"] where made.has(field) {
            let origin = original.has(field) ? field : renamed[field] ?? field
            guard original.has(origin), !original.text(origin).isEmpty else { continue }
            if made.text(field).isEmpty { made[field] = original[origin] }
            guard made.text(field) != original.text(origin) else { continue }
            throw Problem(
                .differsFromSource,
                "\(source) \(original.name) is for \(original.text(origin)), and the \(target) for \(made.text(field))",
                field: field, fix: "Make another \(target) of it.")
        }
    }

    /// The method clients call for it; its argument is `source_name`, its answer the unsaved document.
    public func method(_ dotted: String) -> Method {
        Method(
            dotted,
            parameters: [
                .required("source_name", "The \(source) to make it from.", of: .doctype(source)),
                .optional("target_doc", "The unsaved \(target) that gets the rows; a new one unless given."),
                .optional("selected_children", "Only these rows, as {\"items\": [names]}."),
            ], summary: "Makes an unsaved \(target) from a \(source)."
        ) { arguments, session in
            let document = try make(
                from: arguments.required("source_name"), into: begun(arguments, session), rows: rows(arguments),
                in: session)
            guard case .object(var object) = session.present(document) else { return .null }
            object["__islocal"] = .int(1)
            return .object(object)
        }
    }

    /// The document that somebody has begun, if it was sent.
    private func begun(_ arguments: Arguments, _ session: Session) throws -> Document? {
        switch try arguments.json("target_doc") {
        case .object(let object)?: return try session.document(target, from: object)
        case nil, .string("")?: return nil
        default: throw Problem(.malformed, "target_doc must be a document as a JSON object", field: "target_doc")
        }
    }

    /// The names of the rows that are asked for; nil for all.
    private func rows(_ arguments: Arguments) throws -> Set<Name>? {
        guard let items = try arguments.json("selected_children")?["items"]?.array, !items.isEmpty else { return nil }
        return Set(items.compactMap { $0.string ?? $0["name"]?.string }.map { Name($0) })
    }

    /// Copies what both have under the same name, then what `fields` says.
    private func copy(_ original: Document, to made: Document) {
        let standard: Set = [
            "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent", "parentfield",
            "parenttype", "status", "amended_from", "naming_series", "posting_date", "posting_time", "set_posting_time",
            "transaction_date", "due_date",
        ]
        for column in made.doctype.allColumns where !standard.contains(column.name) {
            guard let other = original.doctype.field(column.name), other.type == column.type,
                !column.flags.contains(.noCopy), !other.flags.contains(.noCopy)
            else { continue }
            // Figures the server computes, such as what is delivered or billed, belong to each document alone.
            if column.flags.contains(.readOnly), column.type.isNumeric { continue }
            made[column.name] = original[column.name]
        }
        for (from, to) in fields where original.has(from) && made.has(to) { made[to] = original[from] }
    }

    private func takeRows(
        of original: Document, _ wanted: Set<Name>?, for made: Document, in session: Session
    ) throws -> [Document] {
        let child = made.doctype.field("items")?.options ?? ""
        return try original.table("items").compactMap { row in
            if let wanted, !wanted.contains(Name(row.name)) { return nil }
            let left = quantity?(row) ?? row.exact("qty")
            guard left.isPositive else { return nil }
            let new = try session.new(child)
            copy(row, to: new)
            new.set("qty", left)
            if new.has(rowLink) { new.set(rowLink, original.name) }
            if new.has(rowDetail) { new.set(rowDetail, row.name) }
            return new
        }
    }

    /// What part of the source's amount its taken rows are.
    private func share(of original: Document, _ rows: [Document]) -> Exact {
        let all = original.table("items").sum { $0.exact("rate") * $0.exact("qty") }
        let taken = rows.sum { $0.exact("rate") * $0.exact("qty") }
        return all.isZero || taken >= all ? .one : taken / all
    }

    private func takeTaxes(of original: Document, for made: Document, _ share: Exact, in session: Session) throws {
        guard let table = made.doctype.field("taxes"), original.doctype.field("taxes")?.options == table.options else {
            return
        }
        let rows = try original.table("taxes").map { row in
            let new = try session.new(table.options ?? "")
            copy(row, to: new)
            if share != .one, new.text("charge_type") == "Actual" {
                new.set("tax_amount", (new.exact("tax_amount") * share).rounded(2))
            }
            return new
        }
        made.setTable("taxes", rows)
    }
}
