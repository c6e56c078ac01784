public import Documents
internal import Search
internal import Storage
public import Values

/// What tests do in a session, in few words.
extension Session {
    /// Inserts a document from what a client would send.
    @discardableResult
    public func make(_ doctype: String, _ object: JSONObject) throws -> Document {
        let document = try document(doctype, from: object)
        try insert(document)
        return document
    }

    /// Inserts and submits a document.
    @discardableResult
    public func submitted(_ doctype: String, _ object: JSONObject) throws -> Document {
        let document = try make(doctype, object)
        try submit(document)
        return document
    }

    /// Inserts and submits a document and returns its name.
    @discardableResult
    public func book(_ doctype: String, _ object: JSONObject) throws -> String { try submitted(doctype, object).name }

    /// Cancels a document by its name.
    public func cancel(_ doctype: String, _ name: String) throws { try cancel(try get(doctype, name)) }

    /// Makes the fiscal years that are calendar years.
    public func makeFiscalYears(_ years: ClosedRange<Int>) throws {
        for year in years {
            try make(
                "Fiscal Year",
                [
                    "year": .string("\(year)"), "year_start_date": .string("\(year)-01-01"),
                    "year_end_date": .string("\(year)-12-31"),
                ])
        }
    }

    /// Does all that is done by itself, part by part, in this transaction.
    public func runScheduledTasks() throws {
        for task in registry.registered(ScheduledTask.self) {
            var part = try task.run(self, nil)
            while case .from(let rest) = part { part = try task.run(self, rest) }
        }
    }

    // MARK: Methods

    /// Calls a method as a client does.
    @discardableResult
    public func call(_ method: String, _ arguments: JSONObject) throws -> JSON {
        guard let method = registry.methods[method] else { throw Problem(.notFound, "no method \(method)") }
        return try method.run(Arguments(arguments), self)
    }

    /// The document that a method proposes, as a client sends it back to be inserted.
    public func proposed(_ method: String, _ doctype: String, _ arguments: JSONObject) throws -> Document {
        guard case .object(let object) = try call(method, arguments) else {
            throw Problem(.malformed, "\(method) gave no document")
        }
        return try document(doctype, from: object)
    }

    /// The document that a `make_…` method proposes for another.
    public func proposed(_ method: String, _ doctype: String, from source: String) throws -> Document {
        try proposed(method, doctype, ["source_name": .string(source)])
    }

    /// Inserts and submits what a `make_…` method proposes, with these quantities instead where they are given, by the
    /// place of the row; rows of quantity 0 are left out.
    @discardableResult
    public func book(_ method: String, _ doctype: String, from source: String, qty: [Exact]? = nil) throws -> String {
        let document = try proposed(method, doctype, from: source)
        if let qty {
            for (row, qty) in zip(document.table("items"), qty) { row.set("qty", qty) }
            document.setTable("items", document.table("items").filter { !$0.exact("qty").isZero })
        }
        try insert(document)
        try submit(document)
        return document.name
    }

    /// Pays an invoice, all of it or this much.
    @discardableResult
    public func pay(_ doctype: String, _ invoice: String, _ amount: Exact? = nil) throws -> String {
        let payment = try proposed(
            "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry", "Payment Entry",
            ["dt": .string(doctype), "dn": .string(invoice)])
        if let amount {
            payment.set("paid_amount", amount)
            payment.set("received_amount", amount)
            for row in payment.table("references") { row.set("allocated_amount", amount) }
        }
        payment.set("reference_no", "Transfer 1")
        payment.set("reference_date", today)
        try insert(payment)
        try submit(payment)
        return payment.name
    }

    // MARK: Looking

    /// Fields of a document as text, numbers with up to 4 decimals.
    public func figures(_ doctype: String, _ name: String, _ fields: String...) throws -> [String] {
        let document = try get(doctype, name)
        return fields.map { field in
            guard let number = document[field].exact else { return document.text(field) }
            return number.rounded(4).description
        }
    }

    /// The sum of an account's entries by the ledger, debit less credit.
    public func balance(_ account: String) throws -> Exact {
        try transaction.first(
            "SELECT SUM(debit - credit) FROM gl_entry WHERE account = ?", [.text(account)], [.decimal(scale: 4)])?[0]
            .exact ?? .zero
    }

    /// The balance of a default account of a company, by the company's field.
    public func balance(default field: String, of company: String) throws -> Exact {
        try balance(get("Company", company).text(field))
    }

    /// What all checks of what is kept say.
    public func findings() throws -> [String] { try registry.checks.flatMap { try $0.run(self) } }
}

extension Session {
    /// Gives a document a name that versions before names had one form let be: past all checks.
    public func callAsBefore(_ doctype: String, _ name: String, _ former: String) throws {
        let type = try registry.doctype(doctype)
        try writeSearch()
        var assignments = "name = ?"
        var arguments: [Value] = [.text(former)]
        if case .field(let field) = type.naming {
            assignments += ", \(quoted(field)) = ?"
            arguments.append(.text(former))
        }
        try transaction.execute(
            "UPDATE \(quoted(type.table)) SET \(assignments) WHERE name = ?", arguments + [.text(name)])
        for (field, _) in type.tables {
            let child = try registry.doctype(field.options ?? "")
            try transaction.execute(
                "UPDATE \(quoted(child.table)) SET parent = ? WHERE parent = ? AND parenttype = ?",
                [.text(former), .text(name), .text(doctype)])
        }
        for table in ["_skeleton", "_search_shape"] {
            try transaction.execute("DELETE FROM \(table) WHERE doctype = ?", [.text(doctype)])
        }
        // As when the company is opened by this version.
        try followMetadata()
    }
}
