internal import Documents
internal import Values

extension Arguments {
    /// A document that came as an object or as JSON text.
    ///
    /// - Throws: ``Problem/Kind/mandatory``, ``Problem/Kind/malformed``.
    func document(_ names: String...) throws -> JSONObject {
        for name in names {
            guard let json = try json(name) else { continue }
            if case .object(let object) = json { return object }
            throw Problem(.malformed, "\(name) must be a document as a JSON object", field: name)
        }
        throw Problem(.mandatory, "The argument \(names[0]) is missing", field: names[0], fix: "Send \(names[0]).")
    }

    /// The document of a request to create or change one: `data`, or else all arguments; and the arguments that are then
    /// no part of it.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    func sentDocument(for type: DocType) throws -> (document: JSONObject, stray: [String]) {
        if let data = try json("data") {
            if case .object(let object) = data { return (object, stray(besides: ["data", "doctype", "name"])) }
            if type.field("data") == nil {
                throw Problem(.malformed, "data must be a document as a JSON object", field: "data")
            }
        }
        var object = values
        for name in Self.carried where type.field(name) == nil { object.removeValue(forKey: name) }
        return (object, [])
    }
}
