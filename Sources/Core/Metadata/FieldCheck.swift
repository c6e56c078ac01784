internal import Expressions
internal import Values

/// The check of one field of a description: what it is called, what its options name, which properties fit its type.
package struct FieldCheck {
    private let field: FieldDefinition
    private let definition: DocTypeDefinition
    private let catalog: any DocTypeCatalog

    init(_ field: FieldDefinition, _ definition: DocTypeDefinition, _ catalog: any DocTypeCatalog) {
        self.field = field
        self.definition = definition
        self.catalog = catalog
    }

    /// Names that a document has anyway.
    package static let reserved: Set<String> = [
        "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype",
    ]

    /// Names that a document, or a row of a table, has anyway.
    package static func reserved(in kind: DocType.Kind) -> Set<String> {
        kind == .child ? reserved.union(DocType.childStandard.map(\.name)) : reserved
    }

    /// Names of fields for which a document has something of its own: they stand in a description, and what the document has
    /// anyway is meant.
    package static let standing: Set<String> = [
        "idx", "owner", "_user_tags", "_comments", "_assign", "_liked_by", "_seen",
    ]

    /// Columns that each table of PostgreSQL has anyway (its manual, "System Columns").
    static let systemColumns: Set<String> = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]

    /// Runs all checks and notes what each finds.
    func run(_ findings: inout MetadataFindings) {
        guard !Self.standing.contains(field.name) else {
            findings.warn(
                "fieldname", of: field.name, "every document has it, and what is said of it here is only kept")
            return
        }
        findings.run(field.name) { _ in try checkName() }
        findings.run(field.name) { _ in try checkSizes() }
        findings.run(field.name) { try checkOptions(&$0) }
        findings.run(field.name) { try checkProperties(&$0) }
        findings.run(field.name) { _ in try checkDefault() }
        checkFetch(&findings)
        findings.run(field.name) { try checkExpressions(&$0, strictly: false) }
    }

    private func checkName() throws {
        let bytes = field.name.utf8
        let isGood = bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        guard isGood, let first = bytes.first, !(0x30...0x39).contains(first) else {
            throw bad("fieldname", "a name holds small letters, digits and _ and begins with a letter")
        }
        guard bytes.count <= 63 else { throw bad("fieldname", "a name has at most 63 characters") }
        guard !Self.reserved(in: definition.info.kind).contains(field.name), !Self.systemColumns.contains(field.name),
            !field.name.hasPrefix("_")
        else {
            throw bad("fieldname", "the name is reserved")
        }
    }

    private func checkSizes() throws {
        guard Text.length(field.label) <= Limits.lineCharacters else {
            throw Problem(
                .tooLong,
                "\(field.name): label: it has \(Text.length(field.label)) characters, more than \(Limits.lineCharacters)",
                field: "label")
        }
        for (key, text) in [
            ("options", field.options), ("description", field.description), ("depends_on", field.dependsOn),
            ("mandatory_depends_on", field.mandatoryDependsOn), ("read_only_depends_on", field.readOnlyDependsOn),
            ("formula", field.formula), ("default", field.fallbackText),
        ] {
            guard let text, text.utf8.count > Limits.metadataText else { continue }
            throw Problem(
                .tooLong, "\(field.name): \(key): it has more than \(Limits.metadataText) bytes", field: key)
        }
        for (key, value) in field.properties.members {
            try DocTypeDefinition.checkSize(key, value, "\(field.name): ")
        }
    }

    private func checkOptions(_ findings: inout MetadataFindings) throws {
        let options = field.options ?? ""
        switch field.type {
        case .link:
            guard !options.isEmpty else { throw bad("options", "a Link needs the DocType it links to") }
            guard let target = catalog.find(options) else { throw noDocType(options) }
            if target.kind == .child { throw bad("options", "\(options) are rows of a table, to which nothing links") }
        case .table, .tableMultiSelect:
            guard !options.isEmpty else { throw bad("options", "a table needs the DocType of its rows") }
            if options == definition.name { throw bad("options", "a DocType cannot be a table of itself") }
            guard let target = catalog.find(options) else { throw noDocType(options) }
            guard target.kind == .child else { throw bad("options", "\(options) is not for rows of a table") }
            if definition.info.kind == .child { throw bad("options", "rows of a table have no tables of their own") }
            if field.type == .tableMultiSelect, !target.fields.contains(where: { $0.type == .link }) {
                throw bad("options", "the rows of a Table MultiSelect need a Link, and \(options) has none")
            }
        case .dynamicLink:
            guard let selector = definition.field(options) else {
                throw bad("options", "a Dynamic Link needs the field that holds the DocType; there is no \(options)")
            }
            let isGood =
                selector.type == .link && selector.options == "DocType" || selector.type == .select
                || selector.type == .data || selector.type == .readOnly
            guard isGood else { throw bad("options", "\(options) must be a Link to DocType or a Select") }
        case .image:
            let holdsImage = definition.field(options).map { $0.type == .attach || $0.type == .attachImage } ?? false
            if !options.isEmpty, !holdsImage {
                findings.warn("options", of: field.name, "\(FieldDefinition.short(options)) is no field with an image")
            }
        case .rating:
            guard options.isEmpty || Int(options).map({ (3...10).contains($0) }) == true else {
                throw bad("options", "a Rating has 3 to 10 stars")
            }
        case .data:
            // Other words stand in shipped files and have no effect there either.
            break
        default: break
        }
    }

    private func noDocType(_ name: String) -> Problem { bad("options", Self.isMissing(name)) }

    /// How a problem of a DocType that is not there ends.
    package static func isMissing(_ name: String) -> ProblemText {
        "there is no DocType \(FieldDefinition.short(name))"
    }

    private func checkProperties(_ findings: inout MetadataFindings) throws {
        let flags = field.flags
        if field.type.column == nil, !field.type.isTable {
            for (key, flag) in [("reqd", FieldFlags.required), ("unique", .unique)] where flags.contains(flag) {
                findings.warn(key, of: field.name, "a \(field.type.rawValue) holds no value")
            }
        } else if flags.contains(.unique), ![.data, .link, .readOnly, .int, .longInt, .phone].contains(field.type) {
            throw bad("unique", "only Data, Link, Read Only and Int can be unique")
        }
        if flags.contains(.indexed), !field.type.isIndexable {
            findings.warn("search_index", of: field.name, "a \(field.type.rawValue) is not kept in an index")
        }
        if flags.isSuperset(of: [.required, .hidden]), field.fallback == nil, !isFilled {
            throw bad("hidden", "what is required and hidden needs a default")
        }
        if flags.contains(.virtual), field.formula != nil {
            throw bad("is_virtual", "what a formula gives is stored")
        }
        if let precision = field.precision, !(0...9).contains(precision) {
            throw bad("precision", "it is a number from 0 to 9")
        }
        if let length = field.length, field.type.column == .text, !(1...Limits.textCharacters).contains(length) {
            throw bad("length", "it is a number from 1 to \(Limits.textCharacters)")
        }
        if let length = field.length, field.type.isLine, length > 1000 {
            throw bad("length", "it is a number from 1 to 1000")
        }
        guard (0...9).contains(field.permlevel) else { throw bad("permlevel", "it is a number from 0 to 9") }
        if let columns = field.properties["columns"]?.int, !(0...12).contains(columns) {
            throw bad("columns", "it is a number from 0 to 12")
        }
    }

    /// Whether something else than a person gives its value.
    private var isFilled: Bool {
        field.fetchFrom != nil || field.formula != nil || field.type.isNumeric || field.type.isTable
            || field.flags.contains(.readOnly) || ["naming_series", "amended_from"].contains(field.name)
    }

    private func checkDefault() throws {
        guard case .value(let value)? = field.fallback else { return }
        if field.type == .check, value.int != 0, value.int != 1 { throw bad("default", "a Check is 0 or 1") }
        if field.type == .select, let options = field.options, !options.isEmpty,
            !field.choices.contains(where: { $0 == value.text ?? "" })
        {
            throw bad("default", "\(FieldDefinition.short(value.description)) is none of the options")
        }
        if case .outOfRange = value { throw bad("default", "the number is too large") }
    }

    /// What fetches nothing is kept: another version of the DocType, or a field that is added to it, may have what it lacks.
    private func checkFetch(_ findings: inout MetadataFindings) {
        guard let (link, source) = field.fetchFrom else { return }
        func warn(_ text: String) { findings.warn("fetch_from", of: field.name, text) }
        guard field.type.column != nil else { return warn("a \(field.type.rawValue) holds no value") }
        guard let linkField = definition.field(link) else {
            return warn("there is no field \(FieldDefinition.short(link))")
        }
        guard linkField.type == .link else { return warn("\(link) is no Link") }
        guard let target = catalog.find(linkField.options ?? "") else { return }
        guard target.stores(source) else {
            return warn("\(target.name) has no field \(FieldDefinition.short(source)) that is stored")
        }
        if !target.gives(source) { warn("a password is not copied") }
    }

    /// Conditions and formulas compile and make sense of the fields there are. A condition in one of Frappe's dialects that
    /// is no expression counts as none, unless it is checked `strictly`.
    func checkExpressions(_ findings: inout MetadataFindings, strictly: Bool) throws {
        for (key, text) in [
            ("depends_on", field.dependsOn), ("mandatory_depends_on", field.mandatoryDependsOn),
            ("read_only_depends_on", field.readOnlyDependsOn),
        ] {
            guard let text else { continue }
            if let fault = FieldCondition.fault(of: text) {
                guard FieldCondition.cel(text) == nil, !strictly else { throw bad(key, ProblemText(fault)) }
                findings.warn(key, of: field.name, "it is no condition and counts as none: \(fault)")
            }
            guard let cel = FieldCondition.cel(text) else { continue }
            let result = try typed(cel, .form, key)
            guard result == .bool || result == .dyn else {
                throw bad(key, "a condition is true or false, not \(result)")
            }
        }
        guard let formula = field.formula else { return }
        let result = try typed(formula, .formula, "formula")
        guard field.mayHold(result) else { throw bad("formula", "a \(field.type.rawValue) does not hold \(result)") }
    }

    /// The type of what an expression in CEL gives, checked against the fields there are.
    private func typed(
        _ text: String, _ environment: ExpressionEnvironment, _ key: String
    ) throws -> ExpressionStaticType {
        let scope = DocTypeShape(definition, catalog).scope
        do {
            let typed = environment.typed(scope.types, results: scope.results)
            return try Expression.compile(cel: text, typed).resultType ?? .dyn
        } catch {
            throw bad(key, ProblemText(error.description))
        }
    }

    /// Whether formulas can be computed, each after those it reads.
    static func checkFormulas(_ fields: [FieldDefinition]) throws {
        guard fields.contains(where: { $0.formula != nil }) else { return }
        _ = try FieldRules.ordered(fields)
    }

    private func bad(_ key: String, _ text: ProblemText) -> Problem {
        Problem(.badMetadata, "\(FieldDefinition.short(field.name)): \(key): \(text)", field: key)
    }
}
