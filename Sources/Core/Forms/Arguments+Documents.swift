public import Documents
public import Values

extension Arguments {
    /// A document that came as an object or as JSON text, by the first of these names that is there.
    ///
    /// - Throws: ``Problem/Kind/mandatory``, ``Problem/Kind/malformed``.
    public func document(_ names: String...) throws -> JSONObject {
        for name in names {
            guard let json = try json(name) else { continue }
            if case .object(let object) = json { return object }
            throw Problem(.malformed, "\(name) must be a document as a JSON object", field: name)
        }
        throw Problem(.mandatory, "The argument \(names[0]) is missing", field: names[0], fix: "Send \(names[0]).")
    }

    /// A list of objects that came as JSON or as text that holds it; at most ``Limits/documentsPerCall``.
    ///
    /// - Throws: ``Problem/Kind/malformed`` that names the element that is no object, ``Problem/Kind/tooMany``.
    public func documents(_ name: String) throws -> [JSONObject] {
        try elements(name).enumerated().map { index, element in
            guard case .object(let object) = element else {
                throw Problem(.malformed, "Document \(index + 1) is not an object", field: name, row: index + 1)
            }
            return object
        }
    }

    /// A list of what should be objects, each to be told by itself where it is none; at most
    /// ``Limits/documentsPerCall``.
    ///
    /// - Throws: ``Problem/Kind/malformed``, ``Problem/Kind/tooMany``.
    func elements(_ name: String) throws -> [JSON] {
        guard case .array(let elements)? = try json(name) else {
            throw Problem(.malformed, "\(name) must be a list of documents", field: name)
        }
        guard elements.count <= Limits.documentsPerCall else {
            throw Problem(
                .tooMany, "\(elements.count) documents are more than \(Limits.documentsPerCall) in one call",
                field: name, fix: "Send fewer at once.")
        }
        return elements
    }

    /// An argument that is an object, or JSON text of one; empty where it is missing.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    func object(_ name: String) throws -> JSONObject {
        switch try json(name) {
        case nil, .string("")?: return [:]
        case .object(let object)?: return object
        default: throw Problem(.malformed, "\(name) must be a JSON object", field: name)
        }
    }
}

extension JSONObject {
    /// The DocType that a document which a client sent says it is of.
    ///
    /// - Throws: ``Problem/Kind/mandatory``.
    public var sentDocType: String {
        get throws {
            guard let doctype = self["doctype"]?.string else {
                throw Problem(
                    .mandatory, "The document has no doctype", field: "doctype", fix: "Send doctype in the document.")
            }
            return doctype
        }
    }
}
