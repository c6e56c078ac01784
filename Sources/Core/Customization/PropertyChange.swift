internal import Documents
internal import Metadata
internal import Values

/// One property setter put over a description. What the engine and the controllers of a shipped DocType rest on stays.
struct PropertyChange {
    private let change: CustomMetadata.SetProperty
    private let shipped: DocType?

    init(_ change: CustomMetadata.SetProperty, ships shipped: DocType?) {
        self.change = change
        self.shipped = shipped
    }

    /// What may only be switched on, because code rests on it.
    private static let onlyStricter: Set<String> = [
        "reqd", "read_only", "unique", "set_only_once", "non_negative", "mask", "no_copy",
    ]
    /// What a DocType is, which no setter changes.
    private static let fixed: Set<String> = [
        "name", "module", "custom", "istable", "issingle", "is_virtual", "is_tree", "is_submittable",
        "nsm_parent_field",
        "doctype", "cauldron_kind", "fields", "permissions",
    ]

    /// Sets the property.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    func apply(to definition: inout DocTypeDefinition) throws {
        switch change.kind {
        case "DocType": try applyToDocType(&definition)
        case "DocField": try applyToField(&definition)
        default: try applyToRow(&definition)
        }
    }

    private func applyToDocType(_ definition: inout DocTypeDefinition) throws {
        if change.property == "field_order" {
            guard let names = (try? JSON.parse(change.value))?.array else { throw bad("it must be a list of names") }
            definition.put(names.compactMap(\.string))
            return
        }
        guard !Self.fixed.contains(change.property) else { throw bad("it cannot be changed") }
        if change.property == "allow_rename", isOn, DocType.neverRenamed.contains(change.doctype) {
            throw bad("documents of \(change.doctype) keep their names")
        }
        if shipped != nil {
            guard change.property != "autoname" else { throw bad("a shipped DocType keeps its rule for names") }
            if change.property == "track_changes", shipped?.tracksChanges == true, !isOn {
                throw bad("changes of a shipped DocType stay tracked")
            }
        }
        try definition.info.apply(change.property, value(for: definition.info.properties[change.property]))
    }

    private func applyToField(_ definition: inout DocTypeDefinition) throws {
        guard let place = definition.fields.firstIndex(where: { $0.name == change.field }) else {
            throw bad("there is no such field")
        }
        guard change.property != "fieldname" else { throw bad("a field keeps its name") }
        if let own = shipped?.fields.first(where: { $0.name == change.field }) {
            try keep(own, definition.fields[place])
        }
        try definition.fields[place].apply(change.property, value(for: nil))
        if change.property == "options", change.field == "naming_series" { beginWithOffered(&definition.fields[place]) }
    }

    /// A new document begins with the first of the series, where the one it began with is offered no more.
    private func beginWithOffered(_ series: inout FieldDefinition) {
        guard case .value(.text(let first))? = series.fallback, !series.choices.contains(where: { $0 == first }) else {
            return
        }
        series.fallback = series.choices.first { !$0.isEmpty }.map { .value(.text(String($0))) }
    }

    /// Refuses what would weaken a field that modules declare.
    private func keep(_ own: FieldDefinition, _ now: FieldDefinition) throws {
        switch change.property {
        case "fieldtype":
            guard let type = FieldType(rawValue: change.value), type.column == own.type.column,
                type.isTable == own.type.isTable, !own.type.isTable, own.type != .link, own.type != .dynamicLink,
                own.type != .password, type != .password, type != .link
            else { throw bad("a shipped \(own.type.rawValue) cannot become a \(FieldDefinition.short(change.value))") }
        case "options" where own.type == .select && own.name != "naming_series":
            let offered = Set(Text.lines(change.value))
            for choice in own.choices where !offered.contains(choice) {
                throw bad("the shipped option \(choice.isEmpty ? "\"\"" : String(choice)) must stay")
            }
        case "options" where own.type.isTable || own.type == .link || own.type == .dynamicLink:
            throw bad("a shipped \(own.type.rawValue) points where it points")
        case "is_virtual", "formula", "fetch_from", "links_to_cancelled", "links_to_hidden", "ignore_xss_filter":
            throw bad("it is the shipped DocType's")
        case let key where Self.onlyStricter.contains(key):
            let flag = FieldDefinition.switches.first { $0.key == key }?.flag ?? []
            if own.flags.contains(flag), !isOn { throw bad("it may be made stricter, not weaker") }
        case "length":
            guard let length = Int(change.value), length >= own.longest || length == 0 else {
                throw bad("a shipped field is not made shorter")
            }
        case "permlevel":
            guard let level = Int(change.value), level >= own.permlevel else { throw bad("it is not made weaker") }
        default: break
        }
    }

    /// Sets a property of a row of links, actions or states, which its name or place tells.
    private func applyToRow(_ definition: inout DocTypeDefinition) throws {
        let key = ["DocType Link": "links", "DocType Action": "actions", "DocType State": "states"][change.kind]
        guard let key, case .array(var rows)? = definition.info.properties[key] else {
            throw bad("there is no such row")
        }
        let label = key == "links" ? "link_doctype" : key == "actions" ? "label" : "title"
        let wanted = change.row.isEmpty ? change.field : change.row
        guard let place = rows.firstIndex(where: { $0["name"]?.string == wanted || $0[label]?.string == wanted }),
            case .object(var row) = rows[place]
        else { throw bad("there is no such row") }
        row[change.property] = .string(change.value)
        rows[place] = .object(row)
        definition.info.properties[key] = .array(rows)
    }

    private var isOn: Bool { change.value == "1" || change.value.lowercased() == "true" }

    /// The value as JSON: whole numbers as numbers, else text.
    private func value(for given: JSON?) -> JSON {
        if change.value.utf8.count < 10, let number = Int64(change.value), change.property != "default",
            change.property != "precision", change.property != "options", change.property != "label"
        {
            return .int(number)
        }
        return change.value.isEmpty ? .null : .string(change.value)
    }

    private func bad(_ text: ProblemText) -> Problem {
        let place = change.field.isEmpty ? "" : "\(change.field): "
        return Problem(
            .badMetadata, "\(change.doctype): \(place)\(change.property): \(text)", field: change.property)
    }
}
