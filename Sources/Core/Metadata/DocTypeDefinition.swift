public import Values

/// A DocType as it is described: what is said of the whole, and its fields. It becomes a ``DocType`` when it is in order.
///
/// Reading Frappe's DocType JSON and writing it again gives the same keys and values; keys are then in alphabetical order,
/// fields in the order of the form.
public struct DocTypeDefinition: Sendable {
    /// What is said of the whole of it.
    public var info: DocTypeInfo
    /// Its fields in the order of the form.
    public var fields: [FieldDefinition]

    /// A description.
    init(info: DocTypeInfo, fields: [FieldDefinition]) {
        self.info = info
        self.fields = fields
    }

    /// Its name.
    public var name: String { info.name }

    /// The field of that name.
    package func field(_ name: String) -> FieldDefinition? { fields.first { $0.name == name } }

    /// Reads Frappe's DocType JSON. Whether the description is in order is asked by
    /// ``findings(in:only:)``.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` with all that cannot be read; ``Problem/Kind/tooMany`` when it has more fields than ``Limits/fields``.
    public init(json: JSON) throws {
        guard case .object(let object) = json else {
            throw Problem(.badMetadata, "A DocType must be an object", field: "doctype")
        }
        guard let name = object["name"]?.string, !name.isEmpty else {
            throw Problem(.badMetadata, "The DocType has no name", field: "name", fix: "Give it a name.")
        }
        info = DocTypeInfo(name, module: "", naming: .controller, .untracked)
        let rows = object["fields"].flatMap { $0.isNull || $0 == "" ? nil : $0 } ?? []
        guard case .array(let elements) = rows else {
            throw Problem(.badMetadata, "fields must be a list", field: "fields")
        }
        guard elements.count <= Limits.fields else {
            throw Problem(
                .tooMany, "\(FieldDefinition.short(name)) has \(elements.count) fields, more than \(Limits.fields)",
                field: "fields")
        }
        fields = []
        var findings = MetadataFindings(of: name)
        for element in elements {
            findings.run(element["fieldname"]?.string) { _ in fields.append(try FieldDefinition(json: element)) }
        }
        findings.run { _ in try order(by: object["field_order"]) }
        for (key, value) in object.members where key != "fields" && key != "field_order" {
            findings.run { _ in try info.apply(key, value) }
        }
        info.settleTree()
        resolve()
        if !findings.problems.isEmpty { throw Problem(findings.problems) }
    }

    /// Puts the fields in the order of these names; those it does not name go to the end.
    private mutating func order(by names: JSON?) throws {
        guard let names = names?.array, !names.isEmpty else { return }
        guard names.count <= Limits.fields * 2 else {
            throw Problem(.tooMany, "field_order has more than \(Limits.fields * 2) names", field: "field_order")
        }
        put(names.compactMap(\.string))
    }

    /// Puts the fields in the order of these names; those it does not name go to the end.
    package mutating func put(_ order: [String]) {
        let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        fields = fields.enumerated().sorted {
            let (one, two) = (places[$0.element.name] ?? .max, places[$1.element.name] ?? .max)
            return one == two ? $0.offset < $1.offset : one < two
        }.map(\.element)
    }

    /// Finds what one part says of another: the series among the fields, the field of a tree's parent.
    package mutating func resolve() {
        if case .series = info.naming, let field = field("naming_series") {
            info.naming = .series(field.choices.filter { !$0.isEmpty }.map(String.init))
        }
        if info.isTree, info.tree == nil {
            let parent = "parent_" + Text.table(info.name)
            if field(parent) != nil { info.tree = parent }
        }
    }

    /// Frappe's DocType JSON.
    public var json: JSON {
        var members: [String: JSON] = [:]
        for key in DocTypeInfo.keys { members[key] = info.written(key) }
        for (key, value) in info.properties.members { members[key] = value }
        members["fields"] = .array(fields.map { .object($0.json) })
        members["field_order"] = .array(fields.map { .string($0.name) })
        return .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// The DocType.
    ///
    /// `members` gives for each stored property of a Swift schema the name of its field; empty for others.
    package func made(members: [String] = []) -> DocType { DocType(info: info, fields: fields, members: members) }
}

extension DocType {
    /// How it is described.
    public var definition: DocTypeDefinition { DocTypeDefinition(info: info, fields: described) }
}
