package import Expressions
internal import Values

/// The conditions and formulas of a DocType's fields, compiled once.
///
/// A condition in one of Frappe's dialects that is none counts as none. The check of a description refuses what else cannot
/// be compiled; where such a rule is there all the same, saving a document that it concerns fails and says why.
package struct FieldRules: Sendable {
    /// When a field counts at all, by its name: its own condition and those of its tab, section and column.
    package private(set) var depends: [String: [FieldCondition]] = [:]
    /// When a value is required.
    package private(set) var mandatory: [String: FieldCondition] = [:]
    /// When clients may not change it.
    package private(set) var readOnly: [String: FieldCondition] = [:]
    /// The formulas, each behind those it reads.
    package private(set) var formulas: [(field: String, expression: Expression)] = []
    /// Why the formulas cannot be computed.
    package private(set) var formulaProblem: Problem?

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

    /// Whether what a field is depends on the document.
    package func isConditional(_ field: String) -> Bool {
        depends[field] != nil || mandatory[field] != nil || readOnly[field] != nil
    }

    /// Whether there are formulas, or should be.
    package var computes: Bool { !formulas.isEmpty || formulaProblem != nil }

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
                compiled[field.name] = try Expression.compile(cel: text, .formula)
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

extension ExpressionEnvironment {
    /// What formulas may use: what conditions may, and the sum of a list of numbers.
    static let formula = ExpressionEnvironment(
        variables: ["doc", "parent", "now", "frappe.session.user"],
        functions: ["frappe.user.has_role": 1...1, "sum": 1...1])
}
