public import Values

/// One field as a row `DocField` of Frappe's JSON, read and written.
///
/// What has a meaning here stands in the properties of ``FieldDefinition``; all else, and spellings that mean the same as
/// what would be written (`"reqd": 0`, `"length": "40"`), stay in ``FieldDefinition/properties`` and are written as they came.
extension FieldDefinition {
    /// The field that a row of `fields` describes.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` that names the field and the property.
    public init(json: JSON) throws {
        guard case .object(let object) = json else {
            throw Problem(.badMetadata, "A field must be an object", field: "fields")
        }
        guard let name = object["fieldname"]?.string, !name.isEmpty else {
            throw Problem(
                .badMetadata, "A field has no fieldname", field: "fieldname", fix: "Give every field a fieldname.")
        }
        guard let word = object["fieldtype"]?.string, let type = FieldType(rawValue: word) else {
            throw Problem(
                .badMetadata,
                "\(Self.short(name)): there is no field type \(Self.short(object["fieldtype"]?.text ?? ""))",
                field: "fieldtype", fix: "Use one of Frappe's field types, such as Data or Link.")
        }
        self.init(name, type)
        // A default is read as the type says, and the options of a Select come before it.
        if object["label"] == nil {
            flags.insert(.unlabelled)
            if type.column == nil, !type.isTable { label = "" }
        }
        for (key, value) in object.members { try apply(key, value) }
    }

    /// Sets a property by Frappe's name.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    package mutating func apply(_ key: String, _ value: JSON) throws {
        if key == "doctype" {
            if value == "DocField" { return }
        }
        properties[key] = nil
        try set(key, value)
        let written = written(key)
        if written != value { properties[key] = value }
    }

    /// The row of Frappe's JSON, keys in alphabetical order.
    public var json: JSONObject {
        var members: [String: JSON] = [:]
        for key in Self.keys { members[key] = written(key) }
        for (key, value) in properties.members { members[key] = value }
        return JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// The properties that mean something here, besides the switches.
    private static let texts = [
        "depends_on", "default", "description", "fetch_from", "fieldname", "fieldtype", "formula", "label",
        "length", "mandatory_depends_on", "options", "permlevel", "precision",
        "read_only_depends_on",
    ]

    /// The switches by Frappe's names.
    package static let switches: [(key: String, flag: FieldFlags)] = [
        ("reqd", .required), ("read_only", .readOnly), ("hidden", .hidden), ("unique", .unique),
        ("in_list_view", .inListView), ("in_standard_filter", .inStandardFilter), ("search_index", .indexed),
        ("no_copy", .noCopy), ("allow_on_submit", .allowOnSubmit), ("set_only_once", .setOnlyOnce),
        ("non_negative", .nonNegative), ("fetch_if_empty", .fetchIfEmpty), ("bold", .bold),
        ("links_to_cancelled", .linksToCancelled), ("links_to_hidden", .linksToHidden),
        ("ignore_user_permissions", .ignoreUserPermissions),
        ("mask", .masked), ("in_global_search", .inGlobalSearch), ("is_virtual", .virtual),
        ("allow_bulk_edit", .allowBulkEdit), ("ignore_xss_filter", .ignoreXSSFilter),
        ("report_hide", .reportHidden), ("print_hide", .printHidden), ("allow_in_quick_entry", .inQuickEntry),
        ("translatable", .translatable),
    ]
    private static let switchByKey = Dictionary(switches.map { ($0.key, $0.flag) }, uniquingKeysWith: { a, _ in a })

    /// Every property that means something here.
    static let keys = texts + switches.map(\.key)

    /// The property as it is written, or nil when it is left out.
    func written(_ key: String) -> JSON? {
        if let flag = Self.switchByKey[key] {
            // What has no column is computed when it is read.
            if flag == .virtual, expression != nil { return 1 }
            // The link to what is amended always may, in every DocType.
            if flag == .linksToCancelled, name == "amended_from" { return nil }
            return flags.contains(flag) ? 1 : JSON?.none
        }
        switch key {
        case "fieldname": return .string(name)
        case "fieldtype": return .string(type.rawValue)
        case "label": return flags.contains(.unlabelled) || label.isEmpty ? JSON?.none : .string(label)
        case "options": return options.map(JSON.string)
        case "description": return description.map(JSON.string)
        case "default": return fallbackText.map(JSON.string)
        case "fetch_from": return fetchFrom.map { .string("\($0.link).\($0.field)") }
        case "length": return length.map { .int(Int64($0)) }
        case "precision": return precision.map { .string(String($0)) }
        case "permlevel": return permlevel == 0 ? JSON?.none : .int(Int64(permlevel))
        case "depends_on": return dependsOn.map(JSON.string)
        case "mandatory_depends_on": return mandatoryDependsOn.map(JSON.string)
        case "read_only_depends_on": return readOnlyDependsOn.map(JSON.string)
        case "formula": return formula.map(JSON.string)
        default: return nil
        }
    }

    /// The default as Frappe writes it.
    var fallbackText: String? {
        switch fallback {
        case .value(let value): value.description
        case .today: "Today"
        case .now: "Now"
        case .user: "__user"
        case .linked(let doctype): ":\(doctype)"
        case nil: nil
        }
    }

    private mutating func set(_ key: String, _ value: JSON) throws {
        if let flag = Self.switchByKey[key] {
            if try isOn(key, value) { flags.insert(flag) } else { flags.remove(flag) }
            return
        }
        switch key {
        case "fieldname":
            name = try text(key, value) ?? name
            if flags.contains(.unlabelled), !label.isEmpty { label = Text.title(name) }
        case "fieldtype":
            guard let type = try FieldType(rawValue: text(key, value) ?? "") else {
                throw bad(key, "there is no field type \(Self.short(value.text))")
            }
            let literal = fallbackText
            self.type = type
            if let literal { fallback = try fallback(.string(literal)) }
        case "label":
            let given = try text(key, value)
            flags.subtract(.unlabelled)
            if let given { label = given } else { flags.insert(.unlabelled) }
        case "options": options = try text(key, value)?.normalized
        case "description": description = try text(key, value)
        case "default":
            fallback = try self.fallback(value)
            if case .value(.text(let text))? = fallback { fallback = .value(.text(text.normalized)) }
        case "fetch_from":
            let parts = (try text(key, value) ?? "").split(separator: ".", omittingEmptySubsequences: false)
            // What names no field of a link is kept and does nothing, as in Frappe.
            fetchFrom =
                parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
                ? (String(parts[0]), String(parts[1])) : nil
        case "length":
            let given = try whole(key, value)
            length = given == 0 ? nil : given
        case "precision":
            let given = try text(key, value)
            precision = given.flatMap { Int($0) }
            if given != nil, precision == nil { throw bad(key, "it must be a whole number") }
        case "permlevel": permlevel = try whole(key, value)
        case "depends_on": dependsOn = try text(key, value)
        case "mandatory_depends_on": mandatoryDependsOn = try text(key, value)
        case "read_only_depends_on": readOnlyDependsOn = try text(key, value)
        case "formula": formula = try text(key, value)
        default: break
        }
    }

    /// What a new document gets, from the words of a DocType.
    private func fallback(_ value: JSON) throws -> FieldDefault? {
        guard let text = try text("default", value) else { return nil }
        let word = text.lowercased()
        switch type.column {
        case nil: return nil
        case .integer where type == .check && !["0", "1", "true", "false"].contains(word):
            throw bad("default", "a Check is 0 or 1")
        case .day where word == "today" || word == "now": return .today
        case .timestamp where word == "today" || word == "now", .time where word == "now": return .now
        default: break
        }
        if word == "__user" || word == "user" && (type == .link || type == .data) { return .user }
        if text.hasPrefix(":"), type != .select { return .linked(String(text.dropFirst())) }
        do {
            let literal = try self.value(of: .string(text))
            return literal.isNull ? nil : .value(literal)
        } catch let problem as Problem {
            throw bad("default", problem.text)
        }
    }

    /// Text; nil for what is empty. Numbers become text.
    private func text(_ key: String, _ value: JSON) throws -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .int, .decimal: return value.text
        case .bool(let flag): return flag ? "1" : "0"
        default: throw bad(key, "it must be text")
        }
    }

    private func whole(_ key: String, _ value: JSON) throws -> Int {
        switch value {
        case .null: return 0
        case .bool(let flag): return flag ? 1 : 0
        case .string(let text):
            if text.isEmpty { return 0 }
            if let number = Int(text) { return number }
        default: if let number = value.int { return Int(number) }
        }
        throw bad(key, "it must be a whole number, not \(Self.short(value.text))")
    }

    private func isOn(_ key: String, _ value: JSON) throws -> Bool { try whole(key, value) != 0 }

    private func bad(_ key: String, _ text: ProblemText) -> Problem {
        Problem(.badMetadata, "\(Self.short(name)): \(key): \(text)", field: key)
    }

    /// At most 60 characters of what somebody sent.
    package static func short(_ text: String) -> String { text.count > 60 ? String(text.prefix(60)) + "…" : text }
}

extension Problem.Kind {
    /// A DocType, field or property that cannot be.
    public static let badMetadata = Self("bad_metadata", exception: "ValidationError")
    /// A change of metadata that would lose what documents hold.
    public static let losesData = Self("loses_data", exception: "ValidationError")
}
