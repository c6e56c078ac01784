internal import Documents
internal import Values

extension Arguments {
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

extension JSONObject {
    /// The same without the members that are null, and without those of its rows.
    var withoutNulls: JSONObject {
        JSONObject(
            members.filter { !$0.value.isNull }.map { key, value in
                guard case .array(let rows) = value else { return (key, value) }
                return (key, .array(rows.map { row in row.object.map { .object($0.withoutNulls) } ?? row }))
            })
    }
}
