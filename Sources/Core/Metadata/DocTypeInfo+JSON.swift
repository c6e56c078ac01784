package import Values

/// What is said of the whole of a DocType, by the keys of Frappe's JSON.
///
/// What has a meaning here stands in the properties of ``DocTypeInfo``; all else, and spellings that mean the same as what
/// would be written, stay in ``DocTypeInfo/properties`` and are written as they came.
extension DocTypeInfo {
    /// The switches by Frappe's names.
    private static let flags: [(key: String, flag: Switch)] = [
        ("is_submittable", .submittable), ("issingle", .single), ("is_virtual", .virtual), ("allow_rename", .renamable),
        ("allow_import", .importable), ("allow_auto_repeat", .repeatable), ("track_seen", .tracksSeen),
        ("custom", .custom),
    ]
    private static let flagByKey = Dictionary(flags.map { ($0.key, $0.flag) }, uniquingKeysWith: { a, _ in a })

    /// Every key that means something here.
    static let keys =
        [
            "autoname", "cauldron_kind", "description", "doctype", "in_create", "is_tree", "istable", "module", "name",
            "nsm_parent_field", "permissions", "search_fields", "sort_field", "sort_order", "title_field",
            "track_changes",
        ] + flags.map(\.key)

    /// Whether the documents form a tree.
    var isTree: Bool { tree != nil || saysTree }

    /// Whether the description says that they do.
    private var saysTree: Bool { properties["is_tree"].map { $0 == 1 || $0 == true || $0 == "1" } ?? false }

    /// A field for the parent makes no tree by itself: then it is kept and does nothing.
    mutating func settleTree() {
        guard let parent = tree, !saysTree else { return }
        tree = nil
        properties["nsm_parent_field"] = .string(parent)
    }

    /// Sets a property by its key.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    package mutating func apply(_ key: String, _ value: JSON) throws {
        properties[key] = nil
        try set(key, value)
        if written(key) != value { properties[key] = value }
    }

    /// The property as it is written, or nil when it is left out.
    func written(_ key: String) -> JSON? {
        // Whether it was made here is not said when it goes elsewhere.
        if key == "custom" { return nil }
        if let flag = Self.flagByKey[key] { return switches.contains(flag) ? 1 : JSON?.none }
        switch key {
        case "doctype": return "DocType"
        case "name": return .string(name)
        case "module": return module.isEmpty ? JSON?.none : .string(module)
        case "istable": return kind == .child ? 1 : JSON?.none
        case "in_create": return kind == .ledger || kind == .kept ? 1 : JSON?.none
        case "cauldron_kind": return kind == .ledger ? "ledger" : kind == .kept ? "kept" : JSON?.none
        case "is_tree": return tree == nil ? JSON?.none : 1
        case "nsm_parent_field":
            return tree == nil || tree == "parent_" + Text.table(self.name) ? JSON?.none : tree.map(JSON.string)
        case "track_changes":
            return kind == .document && !switches.contains(.untracked) ? 1 : JSON?.none
        case "autoname": return naming.text.map(JSON.string)
        case "title_field": return title.map(JSON.string)
        case "search_fields": return search.isEmpty ? JSON?.none : .string(search.joined(separator: ","))
        case "sort_field": return sort.map { .string($0.field) }
        case "sort_order": return sort.map { $0.descending ? "DESC" : "ASC" }
        case "description": return summary.isEmpty ? JSON?.none : .string(summary)
        case "permissions": return permissions.isEmpty ? JSON?.none : .array(permissions.map { .object($0.json) })
        default: return nil
        }
    }

    private mutating func set(_ key: String, _ value: JSON) throws {
        if let flag = Self.flagByKey[key] {
            if try isOn(key, value) { switches.insert(flag) } else { switches.remove(flag) }
            return
        }
        switch key {
        case "doctype":
            guard value == "DocType" else { throw bad(key, "it must be DocType") }
        case "name": name = try text(key, value) ?? ""
        case "module": module = try text(key, value) ?? ""
        case "istable":
            if try isOn(key, value) { kind = .child } else if kind == .child { kind = .document }
        case "cauldron_kind":
            switch try text(key, value) {
            case "ledger": kind = .ledger
            case "kept": kind = .kept
            case nil: break
            case let word?: throw bad(key, "it is ledger or kept, not \(FieldDefinition.short(word))")
            }
        case "nsm_parent_field": tree = try text(key, value)
        case "track_changes":
            if try isOn(key, value) { switches.remove(.untracked) } else { switches.insert(.untracked) }
        case "autoname": naming = DocType.Naming(text: try text(key, value) ?? "")
        case "title_field": title = try text(key, value)
        case "search_fields":
            search = (try text(key, value) ?? "").split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        case "sort_field":
            sort = try text(key, value).map { ($0, sort?.descending ?? true) }
        case "sort_order":
            let word = try text(key, value)?.uppercased() ?? "DESC"
            guard word == "ASC" || word == "DESC" else { throw bad(key, "it is ASC or DESC") }
            sort = (sort?.field ?? "modified", word == "DESC")
        case "description": summary = try text(key, value) ?? ""
        case "permissions":
            if value.isNull || value == "" {
                permissions = []
                return
            }
            guard case .array(let rows) = value else { throw bad(key, "it must be a list of rows") }
            guard rows.count <= Limits.permissions else {
                throw Problem(.tooMany, "There are more than \(Limits.permissions) permissions", field: key)
            }
            permissions = try rows.map(Permission.init(json:))
        default: break
        }
    }

    private func text(_ key: String, _ value: JSON) throws -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .int, .decimal: return value.text
        default: throw bad(key, "it must be text")
        }
    }

    private func isOn(_ key: String, _ value: JSON) throws -> Bool {
        switch value {
        case .null, "", "0": return false
        case .bool(let flag): return flag
        case "1": return true
        default:
            guard let number = value.int else { throw bad(key, "it must be 0 or 1") }
            return number != 0
        }
    }

    private func bad(_ key: String, _ text: ProblemText) -> Problem {
        Problem(.badMetadata, "\(FieldDefinition.short(name)): \(key): \(text)", field: key)
    }
}

extension Permission {
    /// The row of `permissions` that Frappe's JSON has.
    package init(json: JSON) throws {
        guard case .object(let object) = json, let role = object["role"]?.string, !role.isEmpty else {
            throw Problem(.badMetadata, "A row of permissions has no role", field: "permissions")
        }
        func isOn(_ key: String) -> Bool {
            switch object[key] {
            case nil, .null?, ""?, "0"?, 0?, false?: false
            default: true
            }
        }
        let given = object["permlevel"] ?? 0
        let level = given.isNull ? 0 : given.int ?? given.string.flatMap { Int64($0) } ?? -1
        guard (0...9).contains(level) else {
            throw Problem(.badMetadata, "permlevel is a number from 0 to 9", field: "permlevel")
        }
        self.init(
            role, Set(Right.allCases.filter { isOn($0.rawValue) }), ifOwner: isOn("if_owner"), permlevel: Int(level))
    }

    /// The row of `permissions`, keys in alphabetical order.
    package var json: JSONObject {
        var members: [String: JSON] = ["role": .string(role)]
        if ifOwner { members["if_owner"] = 1 }
        if permlevel > 0 { members["permlevel"] = .int(Int64(permlevel)) }
        for right in rights { members[right.rawValue] = 1 }
        return JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

extension Substring {
    /// The text without spaces around it.
    package var trimmed: String {
        var part = self
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }
}
