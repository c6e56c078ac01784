internal import Expressions
internal import Values

/// The conditions and formulas of a DocType's fields, compiled once.
///
/// A condition that cannot be compiled has no effect here; the check of a description refuses it before.
struct FieldRules: Sendable {
    /// When a field counts at all, by its name.
    private(set) var depends: [String: FieldCondition] = [:]
    /// When a value is required.
    private(set) var mandatory: [String: FieldCondition] = [:]
    /// When clients may not change it.
    private(set) var readOnly: [String: FieldCondition] = [:]
    /// The formulas, each behind those it reads.
    private(set) var formulas: [(field: String, expression: Expression)] = []

    /// Whether there is none.
    var isEmpty: Bool { depends.isEmpty && mandatory.isEmpty && readOnly.isEmpty && formulas.isEmpty }

    init(_ fields: [FieldDefinition]) {
        for field in fields {
            depends[field.name] = Self.condition(field.dependsOn)
            mandatory[field.name] = Self.condition(field.mandatoryDependsOn)
            readOnly[field.name] = Self.condition(field.readOnlyDependsOn)
        }
        if fields.contains(where: { $0.formula != nil }) { formulas = (try? Self.ordered(fields)) ?? [] }
    }

    private static func condition(_ text: String?) -> FieldCondition? { text.flatMap { try? FieldCondition($0) } }

    /// The formulas in an order in which each finds what it reads.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` when one is no CEL, or when formulas read each other in a circle.
    static func ordered(_ fields: [FieldDefinition]) throws -> [(field: String, expression: Expression)] {
        var compiled: [String: Expression] = [:]
        var order: [String] = []
        for field in fields {
            guard let text = field.formula else { continue }
            guard field.type.column != nil else {
                throw Problem(
                    .badMetadata, "\(field.name): formula: a \(field.type.rawValue) holds no value", field: "formula")
            }
            do {
                compiled[field.name] = try Expression.compile(cel: text, DocumentScope.formula)
            } catch {
                throw Problem(.badMetadata, "\(field.name): formula: \(error.description)", field: "formula")
            }
            order.append(field.name)
        }
        var done: Set<String> = []
        var result: [(field: String, expression: Expression)] = []
        while !order.isEmpty {
            let ready = order.filter { name in
                compiled[name]?.fields(of: "doc").allSatisfy { compiled[$0] == nil || done.contains($0) } ?? true
            }
            guard !ready.isEmpty else {
                throw Problem(
                    .badMetadata,
                    "\(order[0]): formula: the formulas of \(order.joined(separator: ", ")) read each other",
                    field: "formula")
            }
            for name in ready { if let expression = compiled[name] { result.append((name, expression)) } }
            done.formUnion(ready)
            order.removeAll { done.contains($0) }
        }
        return result
    }
}

extension Session {
    /// Gives back what a client changed of fields that may not be changed as the document stands.
    func restoreReadOnly(_ document: Document) throws {
        let scope = RuleScope(document, self)
        try restoreReadOnly(document, scope)
        for row in document.allRows where !row.doctype.rules.readOnly.isEmpty {
            try restoreReadOnly(row, RuleScope(row, in: scope, self))
        }
    }

    private func restoreReadOnly(_ document: Document, _ scope: RuleScope) throws {
        let rules = document.doctype.rules
        guard !rules.readOnly.isEmpty, !document.sent.isEmpty else { return }
        for slot in document.sent.sorted() {
            let field = document.doctype.columns[slot]
            guard let condition = rules.readOnly[field.name], try holds(condition, field, scope) else { continue }
            if let stored = document.stored {
                document.values[slot] = stored[slot]
            } else {
                document.values[slot] = field.fallback.map(value) ?? .null
            }
        }
    }

    /// Computes the formulas of the rows, then those of the document.
    ///
    /// - Throws: ``Problem/Kind/formulaFailed`` that names the field.
    func computeFormulas(_ document: Document) throws {
        let scope = RuleScope(document, self)
        for row in document.allRows where !row.doctype.rules.formulas.isEmpty {
            try compute(row, in: scope, row: row.idx)
        }
        if !document.doctype.rules.formulas.isEmpty { try compute(document, in: nil, row: nil) }
    }

    private func compute(_ document: Document, in parent: RuleScope?, row: Int?) throws {
        for (name, expression) in document.doctype.rules.formulas {
            guard let slot = document.doctype.slot(of: name) else { continue }
            let field = document.doctype.columns[slot]
            do {
                // Each formula sees what those before it gave.
                let value = try expression.value(in: RuleScope(document, in: parent, self).scope)
                guard let json = value.json else {
                    throw ExpressionProblem(.noSuchOverload, "the formula gives nothing that a field can hold")
                }
                document.values[slot] = try field.value(of: json, row: row)
            } catch let problem as ExpressionProblem {
                throw Problem(
                    .formulaFailed, "\(field.label) cannot be computed: \(problem.description)", field: name, row: row)
            }
        }
    }

    /// Whether a field counts as the document stands.
    func counts(_ field: FieldDefinition, of document: Document, _ scope: RuleScope) throws -> Bool {
        guard let condition = document.doctype.rules.depends[field.name] else { return true }
        return try holds(condition, field, scope)
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
            } else {
                isEmpty = document.table(field.name).isEmpty
            }
            guard isEmpty, try holds(condition, field, scope), try counts(field, of: document, scope) else { continue }
            throw Problem(
                .mandatory, "\(row.map { "Row \($0): " } ?? "")\(field.label) is missing", field: field.name, row: row,
                fix: "Give \(field.name).")
        }
    }

    private func holds(_ condition: FieldCondition, _ field: FieldDefinition, _ scope: RuleScope) throws -> Bool {
        do {
            return try condition.expression.holds(in: scope.scope)
        } catch {
            throw Problem(
                .formulaFailed, "A condition of \(field.label) cannot be decided: \(error.description)",
                field: field.name)
        }
    }
}

extension Problem.Kind {
    /// A formula or condition of a field that cannot be evaluated for the document.
    public static let formulaFailed = Self("formula_failed")
}
