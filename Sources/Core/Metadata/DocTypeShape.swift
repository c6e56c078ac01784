internal import Expressions
internal import Values

/// The fields of a DocType as expressions see them, from its description: the DocType itself may not be there yet.
struct DocTypeShape: ExpressionShape {
    private let definition: DocTypeDefinition
    private let catalog: any DocTypeCatalog

    init(_ definition: DocTypeDefinition, _ catalog: any DocTypeCatalog) {
        self.definition = definition
        self.catalog = catalog
    }

    var name: String { definition.name }

    func type(of field: String) -> ExpressionStaticType? {
        if let own = definition.field(field) { return type(of: own) }
        switch field {
        case "doctype": return .string
        case "__islocal", "__unsaved": return .int
        // What a DocType has without declaring it.
        case "naming_series", "amended_from": return .nullable(.string)
        default:
            let standard = DocType.standard + (definition.info.kind == .child ? DocType.childStandard : [])
            return standard.first { $0.name == field }.flatMap(type)
        }
    }

    private func type(of field: FieldDefinition) -> ExpressionStaticType? {
        if field.type.isTable {
            let rows = catalog.find(field.options ?? "").map { DocTypeShape($0.definition, catalog) }
            return .list(rows.map { .object($0) } ?? .dyn)
        }
        switch field.type.column {
        case .integer: return .int
        case .decimal: return .decimal
        case .day, .timestamp: return .nullable(.timestamp)
        case .time: return .nullable(.duration)
        case .text: return .nullable(.string)
        case .bytes: return .nullable(.bytes)
        case nil: return nil
        }
    }

    /// What is known of what conditions and formulas of the DocType's fields see.
    var scope: (types: [String: ExpressionStaticType], results: [String: ExpressionStaticType]) {
        let isRow = definition.info.kind == .child
        return (
            [
                "doc": .object(self), "parent": isRow ? .dyn : .object(self), "now": .timestamp,
                "frappe.session.user": .string,
            ], ["sum": .decimal, "frappe.user.has_role": .bool]
        )
    }
}

extension FieldDefinition {
    /// Whether what a formula gives may fit the field; what it is then decides at each save.
    func mayHold(_ result: ExpressionStaticType) -> Bool {
        switch (type.column, result) {
        case (_, .dyn), (_, .null): return true
        case (_, .nullable(let filled)): return mayHold(filled)
        case (.text, .list), (.text, .map), (.text, .object), (.text, .type), (.text, .bytes): return false
        case (.text, _): return true
        case (.integer, .string), (.decimal, .string), (.day, .string), (.timestamp, .string), (.time, .string):
            return true
        case (.integer, .bool), (.decimal, .bool), (.decimal, .duration): return true
        case (.integer, let number), (.decimal, let number): return [.int, .uint, .decimal, .number].contains(number)
        case (.day, .timestamp), (.timestamp, .timestamp), (.time, .duration): return true
        default: return false
        }
    }
}
