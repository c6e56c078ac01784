import Documents
import Values

/// Makes documents of the demo as a program that calls the API would: from JSON, and by the methods that clients call.
struct DemoWriter {
    let session: Session

    /// Adds a document and returns its name.
    @discardableResult
    func insert(_ doctype: String, _ fields: JSONObject) throws -> String {
        let document = try session.document(doctype, from: fields)
        try session.insert(document)
        return document.name
    }

    /// Adds documents of one DocType at once.
    func insertAll(_ doctype: String, _ documents: [JSONObject]) throws {
        try session.insert(documents.map { try session.document(doctype, from: $0) })
    }

    /// Adds a document unless one of that name is there already.
    func ensure(_ doctype: String, _ name: String, _ fields: JSONObject) throws {
        if try !session.exists(doctype, name) { try insert(doctype, fields) }
    }

    /// Adds and submits a document and returns its name.
    func submit(_ doctype: String, _ fields: JSONObject) throws -> String {
        var fields = fields
        fields["docstatus"] = 1
        return try insert(doctype, fields)
    }

    /// Submits what a method proposes, with `changes` to it, and returns the name of the new document.
    func submit(
        _ doctype: String, from method: String, _ arguments: JSONObject, _ changes: JSONObject = [:]
    ) throws -> String {
        guard let method = session.registry.methods[method],
            case .object(var fields) = try method.run(Arguments(arguments), session)
        else { throw Problem(.notFound, "\(method) gave no document") }
        for (key, value) in changes.members { fields[key] = value }
        return try submit(doctype, fields)
    }
}

extension JSON {
    /// A day as documents hold it.
    init(_ day: Day) { self = .string(day.description) }
    /// A number as documents hold it.
    init(_ number: Exact) { self = .decimal(number) }
    /// A whole number.
    init(_ number: Int) { self = .int(Int64(number)) }
}
