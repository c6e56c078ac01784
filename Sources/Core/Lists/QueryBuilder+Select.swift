internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension QueryBuilder {
    /// What the answer shows. Fields that the actor may not see are left out.
    mutating func select() throws -> Selection {
        guard query.fields.count <= Limits.listFields else {
            throw Problem(.tooMany, "More than \(Limits.listFields) fields", field: "fields")
        }
        var selection = Selection()
        for field in query.fields {
            switch field {
            case .string(let text): selection.columns += try select(text)
            case .object(let object):
                if let table = try nestedTable(object) {
                    selection.tables.append(table)
                } else {
                    selection.columns.append(try function(object))
                }
            default: throw Problem(.malformed, "A field is a name or an aggregate, not \(field.text)", field: "fields")
            }
        }
        isGrouped = isGrouped || selection.columns.contains { $0.isAggregate }
        selection.shown = selection.columns.count
        if selection.shown == 0, selection.tables.isEmpty, let field = unknownFields.first { throw unknown(field) }
        guard selection.shown > 0 || !selection.tables.isEmpty else {
            throw Problem(
                query.fields.isEmpty ? .malformed : .forbidden, "A list needs at least one field that you may see",
                field: "fields")
        }
        return selection
    }

    private mutating func select(_ text: String) throws -> [Selected] {
        if type.slot(of: text) != nil { return shown(try own(text, of: 0, type.table)) }
        var source = plain(text)
        var given: String?
        if source.utf8.contains(UInt8(ascii: " ")), let range = source.lowercased().ranges(of: " as ").last {
            given = try alias(String(source[range.upperBound...]))
            source = String(source[..<range.lowerBound])
        }
        if source == "*" || source == "\(type.name).*" {
            return try type.columns.filter { $0.type != .password && !$0.flags.contains(.virtual) }
                .flatMap { shown(try own($0.name, of: 0, type.table)) }
        }
        if let open = source.firstIndex(of: "("), source.hasSuffix(")") {
            let inner = source[source.index(after: open)...].dropLast()
            return [try aggregate(String(source[..<open]), .string(String(inner)), given ?? source)]
        }
        if source.hasSuffix(".*"), let table = type.field(String(source.dropLast(2))), table.type.isTable {
            let child = try session.registry.doctype(table.options ?? "")
            return try child.columns.filter { $0.type != .password && !$0.flags.contains(.virtual) }
                .flatMap { shown(try column("\(table.name).\($0.name)")) }
        }
        return try known(source) { builder in builder.shown(try builder.column(source), as: given) }
    }

    /// What `body` selects, or nothing where the name of a field is unknown: that is noted, and passed over or refused by who
    /// uses the statement. What is no name at all is refused here.
    private mutating func known(
        _ name: String, _ body: (inout QueryBuilder) throws -> [Selected]
    ) throws -> [Selected] {
        let before = self
        do {
            return try body(&self)
        } catch let problem as Problem where problem.kind == .unknownField && Self.isName(name) {
            self = before
            unknownFields.append(name)
            return []
        }
    }

    /// Letters, digits and `_`, with dots between steps.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= Limits.lineCharacters
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
                    || $0 == 0x2E
            }
    }

    private func shown(_ column: ListColumn, as name: String? = nil) -> [Selected] {
        guard !column.isHidden else { return [] }
        return [
            Selected(
                sql: column.sql, name: name ?? column.field.name, field: column.field.type, type: column.type,
                isMasked: column.isMasked)
        ]
    }

    func alias(_ text: String) throws -> String {
        let name = plain(text)
        guard name.utf8.count <= Limits.lineCharacters else { throw unknown(text) }
        return name
    }

    /// `{"items": ["item_code", "qty"]}`: the rows of a table with each document.
    private mutating func nestedTable(_ object: JSONObject) throws -> NestedTable? {
        guard let (name, value) = object.members.first, case .array(let fields) = value,
            let table = type.field(name), table.type.isTable
        else { return nil }
        guard object.count == 1 else { throw unknown(JSON.object(object).text) }
        let access = sources[0].access
        guard access.opens(name) else {
            throw Problem(.forbidden, "\(table.label) is not open to you", field: name)
        }
        let child = try session.registry.doctype(table.options ?? "")
        let (place, _) = use(child, as: nil, through: type)
        var columns: [Selected] = []
        for field in fields {
            guard case .string(let text) = field else { throw unknown(field.text) }
            let names = text == "*" ? child.columns.map(\.name) : [plain(text)]
            for name in names {
                if text == "*", child.columns.contains(where: { $0.name == name && $0.isUnlisted }) { continue }
                columns += shown(try own(name, of: place, child.table))
            }
        }
        return NestedTable(
            table.name, of: type, child, columns.isEmpty ? shown(try own("name", of: place, child.table)) : columns)
    }
}

extension FieldDefinition {
    /// Not part of what `*` means.
    var isUnlisted: Bool { type == .password || flags.contains(.virtual) }
}
