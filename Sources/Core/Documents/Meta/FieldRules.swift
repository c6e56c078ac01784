internal import Expressions
internal import Values

/// The conditions and formulas of a DocType's fields, compiled once.
///
/// A condition in one of Frappe's dialects that is none counts as none. The check of a description refuses what else cannot
/// be compiled; where such a rule is there all the same, saving a document that it concerns fails and says why.
struct FieldRules: Sendable {
    /// When a field counts at all, by its name: its own condition and those of its tab, section and column.
    private(set) var depends: [String: [FieldCondition]] = [:]
    /// When a value is required.
    private(set) var mandatory: [String: FieldCondition] = [:]
    /// When clients may not change it.
    private(set) var readOnly: [String: FieldCondition] = [:]
    /// The formulas, each behind those it reads.
    private(set) var formulas: [(field: String, expression: Expression)] = []
    /// Why the formulas cannot be computed.
    private(set) var formulaProblem: Problem?

    init(_ fields: [FieldDefinition]) {
        var place = Place()
        for field in fields {
            let own = FieldCondition.holding(field.dependsOn)
            place.pass(field, own)
            let conditions = place.conditions + (field.type.isBreak ? [] : [own].compactMap { $0 })
            if !conditions.isEmpty { depends[field.name] = conditions }
            mandatory[field.name] = FieldCondition.holding(field.mandatoryDependsOn)
            readOnly[field.name] = FieldCondition.holding(field.readOnlyDependsOn)
        }
        guard fields.contains(where: { $0.formula != nil }) else { return }
        do {
            formulas = try Self.ordered(fields)
        } catch {
            formulaProblem = error as? Problem ?? Problem(.badMetadata, "A formula cannot be computed")
        }
    }

    /// Whether there are formulas, or should be.
    var computes: Bool { !formulas.isEmpty || formulaProblem != nil }

    /// The part of the form that a field stands in: a tab holds sections, a section columns.
    private struct Place {
        private var tab: FieldCondition?
        private var section: FieldCondition?
        private var column: FieldCondition?

        var conditions: [FieldCondition] { [tab, section, column].compactMap { $0 } }

        /// Begins another part with a break, whose condition is `condition`.
        mutating func pass(_ field: FieldDefinition, _ condition: FieldCondition?) {
            switch field.type {
            case .tabBreak: (tab, section, column) = (condition, nil, nil)
            case .sectionBreak: (section, column) = (condition, nil)
            case .columnBreak: column = condition
            default: break
            }
        }
    }

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
        // Each formula once the last of those it reads is there (Kahn).
        var readers: [String: [String]] = [:]
        var open: [String: Int] = [:]
        for name in order {
            let read = compiled[name]?.fields(of: "doc").filter { compiled[$0] != nil } ?? []
            open[name] = read.count
            for one in read { readers[one, default: []].append(name) }
        }
        var ready = order.filter { open[$0] == 0 }
        var result: [(field: String, expression: Expression)] = []
        var next = 0
        while next < ready.count {
            let name = ready[next]
            next += 1
            if let expression = compiled[name] { result.append((name, expression)) }
            for reader in readers[name] ?? [] {
                open[reader, default: 0] -= 1
                if open[reader] == 0 { ready.append(reader) }
            }
        }
        guard result.count == order.count else {
            let circle = order.filter { open[$0, default: 0] > 0 }
            throw Problem(
                .badMetadata,
                "\(circle[0]): formula: the formulas of \(circle.joined(separator: ", ")) read each other",
                field: "formula")
        }
        return result
    }
}

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
    func counts(_ field: FieldDefinition, of document: Document, _ scope: RuleScope) throws -> Bool {
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

    private func holds(_ condition: FieldCondition, _ field: FieldDefinition, _ scope: RuleScope) throws -> Bool {
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
