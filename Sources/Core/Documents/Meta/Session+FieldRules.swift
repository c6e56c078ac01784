internal import Expressions
internal import Values

extension Session {
    /// Gives back what a client changed of fields that may not be changed as the document stands. What would then be
    /// missing is taken: nobody is told to give what was given.
    func restoreReadOnly(_ document: Document) throws {
        let scope = RuleScope(document, self)
        try restoreReadOnly(document, scope)
        for row in document.allRows where !row.doctype.rules.readOnly.isEmpty {
            try restoreReadOnly(row, RuleScope(row, in: scope, self))
        }
    }

    private func restoreReadOnly(_ document: Document, _ scope: RuleScope) throws {
        let rules = document.doctype.rules
        guard !rules.readOnly.isEmpty else { return }
        for table in document.sentTables.sorted() {
            let field = document.doctype.tables[table].field
            guard let condition = rules.readOnly[field.name], try holds(condition, field, scope) else { continue }
            let present = document.storedRows.isEmpty ? [] : document.storedRows[table]
            if present.isEmpty, try isRequired(field, of: document, scope) { continue }
            document.rows[table] = present
        }
        for slot in document.sent.sorted() {
            let field = document.doctype.columns[slot]
            guard let condition = rules.readOnly[field.name], try holds(condition, field, scope) else { continue }
            let present = document.stored?[slot] ?? fallback(of: document.doctype, slot) ?? .null
            if present.isEmpty, try isRequired(field, of: document, scope) { continue }
            document.values[slot] = present
        }
    }

    /// Whether a document without a value of the field is refused.
    private func isRequired(_ field: FieldDefinition, of document: Document, _ scope: RuleScope) throws -> Bool {
        if field.flags.contains(.required) { return true }
        return try document.doctype.rules.mandatory[field.name].map { try holds($0, field, scope) } ?? false
    }

    /// Computes the formulas of the rows, then those of the document.
    ///
    /// - Throws: ``Problem/Kind/formulaFailed`` that names the field.
    func computeFormulas(_ document: Document) throws {
        let scope = RuleScope(document, self)
        try document.forEachRow { row in
            if row.doctype.rules.computes { try compute(row, in: scope, row: row.idx) }
        }
        if document.doctype.rules.computes { try compute(document, in: nil, row: nil) }
    }

    private func compute(_ document: Document, in parent: RuleScope?, row: Int?) throws {
        if let problem = document.doctype.rules.formulaProblem { throw problem }
        for (name, expression) in document.doctype.rules.formulas {
            guard let slot = document.doctype.slot(of: name) else { continue }
            let field = document.doctype.columns[slot]
            do {
                // Each formula sees what those before it gave.
                let value = try expression.value(in: RuleScope(document, in: parent, self).scope)
                document.values[slot] = try field.value(of: value, row: row)
            } catch let problem as ExpressionProblem {
                throw Problem(
                    .formulaFailed, "\(field.label) cannot be computed: \(problem.description)", field: name, row: row)
            }
        }
    }

    /// Whether a field counts as the document stands.
    package func counts(_ field: FieldDefinition, of document: Document, _ scope: RuleScope) throws -> Bool {
        guard let conditions = document.doctype.rules.depends[field.name] else { return true }
        return try conditions.allSatisfy { try holds($0, field, scope) }
    }

    /// Refuses a document that lacks what a condition asks for.
    ///
    /// - Throws: ``Problem/Kind/mandatory``.
    func checkMandatoryConditions(_ document: Document, _ scope: RuleScope, row: Int?) throws {
        let type = document.doctype
        guard !type.rules.mandatory.isEmpty else { return }
        for field in type.fields {
            guard let condition = type.rules.mandatory[field.name] else { continue }
            let isEmpty: Bool
            if let slot = type.slot(of: field.name) {
                isEmpty = document.values[slot].isEmpty
            } else if field.type.isTable {
                isEmpty = document.table(field.name).isEmpty
            } else {
                // A break or a heading holds nothing that could be missing.
                continue
            }
            guard isEmpty, try holds(condition, field, scope), try counts(field, of: document, scope) else { continue }
            throw Problem(
                .mandatory, "\(row.map { "Row \($0): " } ?? "")\(field.label) is missing", field: field.name, row: row,
                fix: "Give \(field.name).")
        }
    }

    /// Whether a condition of a field holds.
    ///
    /// - Throws: ``Problem/Kind/formulaFailed`` that names the field.
    package func holds(_ condition: FieldCondition, _ field: FieldDefinition, _ scope: RuleScope) throws -> Bool {
        do {
            return try condition.expression.get().holds(in: scope.scope)
        } catch {
            throw Problem(
                .formulaFailed, "A condition of \(field.label) cannot be decided: \(error.description)",
                field: field.name)
        }
    }
}

extension FieldDefinition {
    /// What a formula gives, as the field's type: a span of time is a time of the day or a number of seconds.
    ///
    /// - Throws: ``ExpressionProblem`` for what no field can hold; ``Problem``.
    fileprivate func value(of result: ExpressionValue, row: Int?) throws -> Value {
        if case .duration(let span) = result {
            switch type.column {
            case .time:
                guard (0..<86_400_000_000_000).contains(span.nanoseconds) else { break }
                return .time(TimeOfDay(microseconds: span.nanoseconds / 1000))
            case .decimal:
                return try value(of: JSON.decimal(Exact(span.nanoseconds) / Exact(1_000_000_000)), row: row)
            default: break
            }
        }
        guard let json = result.json else {
            throw ExpressionProblem(.noSuchOverload, "the formula gives nothing that a field can hold")
        }
        return try value(of: json, row: row)
    }
}

extension Problem.Kind {
    /// A formula or condition of a field that cannot be evaluated for the document.
    public static let formulaFailed = Self("formula_failed")
}
