internal import Documents
import Lists
internal import Values

/// Made-up values, and the documents they link to.
extension GenericDocTypes {
    /// A document of a DocType, with a value for each field that takes one.
    mutating func object(for type: DocType, depth: Int) throws -> JSONObject {
        var object: JSONObject = [:]
        if type.naming == .prompt { object["__newname"] = .string("Document \(next())") }
        for field in type.fields where !isOwnBusiness(field) && field.name != "naming_series" {
            if field.type.isTable {
                let child = try session.registry.doctype(field.options ?? "")
                if depth == 0 {
                    // Two, so that their order counts.
                    object[field.name] = .array(
                        try (0..<2).map { _ in .object(try self.object(for: child, depth: depth + 1)) })
                }
            } else if field.type == .dynamicLink {
                object[field.name] = nil
            } else if let value = try value(of: field, in: type, depth: depth) {
                object[field.name] = value
            }
        }
        for field in type.fields where field.type == .dynamicLink && !isOwnBusiness(field) {
            guard let selector = type.field(field.options ?? "") else { continue }
            let choices =
                selector.type == .select ? selector.options?.split(separator: "\n").map(String.init) ?? [] : ["Role"]
            guard let target = choices.first(where: { session.registry.find($0)?.kind == .document }),
                let name = try document(of: target, depth: depth)
            else {
                object[selector.name] = nil
                continue
            }
            object[selector.name] = .string(target)
            object[field.name] = .string(name)
        }
        return object
    }

    /// The name of a document to link to, made where there is none.
    private mutating func document(of doctype: String, depth: Int) throws -> String? {
        if let name = made[doctype] { return name }
        if doctype == "DocType" { return "Role" }
        guard let type = session.registry.find(doctype), type.kind == .document, !type.isVirtual else { return nil }
        let row = try session.list(ListQuery(doctype, limit: 1)).rows.first
        if let name = row?[0].text { return name }
        guard depth < 4 else { return nil }
        // While it is being made nothing links to it.
        made[doctype] = ""
        let document = try session.document(doctype, from: try object(for: type, depth: depth + 1))
        try session.insert(document)
        made[doctype] = document.name
        return document.name
    }

    private mutating func value(of field: FieldDefinition, in type: DocType, depth: Int) throws -> JSON? {
        switch field.type {
        case .link:
            let isNeeded = field.flags.contains(.required) || depth == 0
            guard isNeeded, field.options != type.name, let name = try document(of: field.options ?? "", depth: depth),
                !name.isEmpty
            else { return nil }
            return .string(name)
        case .data:
            switch field.options {
            case "Email": return .string("user\(next())@example.com")
            case "URL": return "https://example.com/page"
            case "Phone": return "+43 1 234567"
            case "IBAN": return "DE89370400440532013000"
            case "Name": return "Ana Maria"
            default: return .string("Text \(next())")
            }
        case .select:
            return field.options?.split(separator: "\n").first.map { .string(String($0)) }
        case .check: return 1
        case .int, .longInt: return 3
        case .currency: return .decimal(Exact("12.5") ?? .zero)
        case .float, .percent: return .decimal(Exact("1.25") ?? .zero)
        case .rating: return .decimal(Exact("0.6") ?? .zero)
        case .duration: return 90
        case .date: return "2026-02-03"
        case .datetime: return "2026-02-03 04:05:06"
        case .time: return "09:30:00"
        case .color: return "#29cd42"
        case .phone: return "+43 1 234567"
        case .json: return "{\"a\":1}"
        case .geolocation: return "{\"type\":\"Point\",\"coordinates\":[16,48]}"
        case .textEditor, .htmlEditor: return "<p>Text</p>"
        case .code where field.options == "JSON": return "{}"
        case .attach, .attachImage, .signature, .image, .barcode, .icon: return nil
        default: return field.type.column == .text ? .string("Text \(next())") : nil
        }
    }
}
