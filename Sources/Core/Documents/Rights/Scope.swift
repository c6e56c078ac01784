public import Values

/// What an API key is good for: some rights on documents, some methods. Its user's own rights hold besides.
public struct Scope: Sendable, Hashable {
    /// The DocType, or `*` for all.
    public let doctype: String
    /// The rights on its documents.
    public let rights: Set<Right>
    /// The methods that may be called: names, names that end in `*` for all that begin so, or `*`.
    public let methods: [String]

    /// A scope.
    public init(doctype: String = "*", rights: Set<Right> = [], methods: [String] = []) {
        self.doctype = doctype
        self.rights = rights
        self.methods = methods
    }

    /// Whether it covers a right on documents of a DocType. Who may read may also select.
    func allows(_ right: Right, _ doctype: String) -> Bool {
        guard self.doctype == "*" || self.doctype == doctype else { return false }
        return rights.contains(right) || right == .select && rights.contains(.read)
    }

    /// Whether it covers a method.
    func allows(method: String) -> Bool {
        methods.contains { pattern in
            pattern.hasSuffix("*") ? method.hasPrefix(String(pattern.dropLast())) : pattern == method
        }
    }

    // MARK: As JSON

    /// `{"doctype": …, "rights": […], "methods": […]}`.
    public var json: JSON {
        [
            "doctype": .string(doctype), "rights": .array(rights.map(\.rawValue).sorted().map(JSON.string)),
            "methods": .array(methods.map(JSON.string)),
        ]
    }

    /// Scopes from a list of objects; `rights` and `methods` may be `"*"`.
    ///
    /// - Throws: ``Problem/Kind/malformed``, ``Problem/Kind/wrongType``, ``Problem/Kind/tooMany``.
    public static func list(_ json: JSON) throws -> [Scope] {
        guard case .array(let elements) = json, !elements.isEmpty else {
            throw Problem(
                .malformed, "scopes must be a list of objects with doctype, rights and methods", field: "scopes",
                fix: #"Send [{"doctype": "Item", "rights": ["read"]}]."#)
        }
        guard elements.count <= Limits.keyScopes else {
            throw Problem(.tooMany, "\(elements.count) scopes are more than \(Limits.keyScopes)", field: "scopes")
        }
        return try elements.map(Scope.init(json:))
    }

    /// Scopes from the text a store keeps.
    public static func list(text: String) throws -> [Scope] {
        let json: JSON
        do {
            json = try JSON.parse(text)
        } catch {
            throw Problem(.inconsistent, "The scopes of a key cannot be read")
        }
        return try list(json)
    }

    private init(json: JSON) throws {
        guard case .object(let object) = json,
            object.members.allSatisfy({ ["doctype", "rights", "methods"].contains($0.key) })
        else {
            throw Problem(.malformed, "A scope is an object of doctype, rights and methods", field: "scopes")
        }
        self.init(
            doctype: object["doctype"]?.string ?? "*", rights: try Self.rights(object["rights"]),
            methods: try Self.texts(object["methods"], "methods"))
    }

    private static func rights(_ json: JSON?) throws -> Set<Right> {
        let names = try texts(json, "rights")
        if names.contains("*") { return Set(Right.allCases) }
        return try Set(
            names.map { name in
                guard let right = Right(rawValue: name) else {
                    throw Problem(.wrongType, "There is no right \(name)", field: "scopes")
                }
                return right
            })
    }

    private static func texts(_ json: JSON?, _ name: String) throws -> [String] {
        switch json {
        case nil, .null?: return []
        case .string(let text)?: return [text]
        case .array(let elements)?:
            let found = elements.compactMap(\.string)
            if found.count == elements.count, found.count <= Limits.keyScopes { return found }
        default: break
        }
        throw Problem(.malformed, "\(name) of a scope must be a list of texts", field: "scopes")
    }
}

extension Limits {
    /// The most scopes of an API key, and the most methods of a scope.
    public static let keyScopes = 100
}
