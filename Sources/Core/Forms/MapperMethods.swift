internal import Documents
internal import Metadata
internal import Values

/// The methods by which forms of Frappe's clients call those that make one document from another.
enum MapperMethods {
    static let all = [make, map]

    private static let method = Method.Parameter.required(
        "method", "What makes the document, such as that of an order's delivery.")

    private static let make = Method(
        "frappe.model.mapper.make_mapped_doc",
        parameters: [
            method, .required("source_name", "The document it is made from."),
            .optional("selected_children", "Lists of rows by table: only those are taken."),
            .optional("args", "What the method is called with besides."),
        ], summary: "The unsaved document that another method makes from one."
    ) { arguments, session in
        var content = try arguments.object("args")
        content["source_name"] = .string(try arguments.required("source_name"))
        content["selected_children"] = arguments["selected_children"]
        return try call(arguments.required("method"), content, session)
    }

    private static let map = Method(
        "frappe.model.mapper.map_docs",
        parameters: [
            method, .required("source_names", "A list of documents it is made from."),
            .optional("target_doc", "The unsaved document that takes what they give."),
            .optional("args", "What the method is called with besides."),
        ], summary: "The unsaved document that another method makes from several, one after the other."
    ) { arguments, session in
        let content = try arguments.object("args")
        var made = try arguments.json("target_doc")
        for name in try arguments.names("source_names") {
            var one = content
            one["source_name"] = .string(name)
            one["target_doc"] = made
            made = try call(arguments.required("method"), one, session)
        }
        return made ?? .null
    }

    /// Calls a method that makes a document: it only reads, and takes the name of its source.
    private static func call(_ name: String, _ content: JSONObject, _ session: Session) throws -> JSON {
        guard let method = session.registry.methods[name], !method.writes,
            method.parameters.contains(where: { $0.name == "source_name" })
        else {
            throw Problem(
                .noSuchMethod, "There is no method \(name.prefix(140)) that makes one document from another",
                field: "method", fix: "See /openapi.json.")
        }
        let known = Set(method.parameters.map(\.name))
        for key in content.members.map(\.key) where !known.contains(key) { session.remarks.ignore(key) }
        return try method.run(Arguments(content), session)
    }
}
