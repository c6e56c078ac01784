internal import Documents
internal import Metadata
internal import Values

/// Version 2's work on many documents: each by itself, with what was done and what was not.
enum BulkMethods {
    static let all = [delete, update]

    private static let docs = Method.Parameter.optional(
        "docs",
        "Objects of doctype and name, for an update with the fields that change; up to \(Limits.documentsPerCall).")
    private static let doctype = Method.Parameter.optional("doctype", "The DocType of all of them.")

    private static let delete = Method(
        "bulk_delete", writes: true,
        parameters: [
            docs, doctype,
            .optional(
                "names", "Instead of docs: the names of the documents of doctype.", of: .argument("doctype")),
        ],
        summary: "Deletes documents, each by itself, and says which could not be."
    ) { arguments, session in
        let only = arguments.text("doctype")
        var wanted: [JSON]
        if let only, arguments["docs"] == nil {
            wanted = try arguments.names("names").map { ["doctype": .string(only), "name": .string($0)] }
        } else {
            wanted = try arguments.elements("docs")
        }
        let (done, failed, _) = try run(wanted, only, session) { doctype, name, _ in
            Command(.delete, doctype, name)
        }
        return answer("deleted", done, failed)
    }

    private static let update = Method(
        "bulk_update", writes: true, parameters: [docs, doctype],
        summary: "Changes documents, each by itself, and says which could not be.", form: .whole
    ) { arguments, session in
        let only = arguments.text("doctype")
        let (done, failed, documents) = try run(arguments.elements("docs"), only, session) { doctype, name, object in
            var changes = object
            for key in ["doctype", "name", "flags"] { changes.removeValue(forKey: key) }
            return Command(.save, doctype, name, changes)
        }
        return ["message": answer("updated", done, failed), "docs": .array(documents.map { session.present($0) })]
    }

    /// Does what `command` makes of each object. Of documents of one DocType only the names are told.
    private static func run(
        _ elements: [JSON], _ only: String?, _ session: Session,
        _ command: (String, String, JSONObject) -> Command
    ) throws -> (done: [JSON], failed: [JSON], documents: [Document]) {
        var (done, failed, documents): ([JSON], [JSON], [Document]) = ([], [], [])
        for (index, element) in elements.enumerated() {
            guard case .object(let object) = element else {
                failed.append(failure(Problem(.malformed, "Document \(index + 1) is not an object"), [:], only))
                continue
            }
            let doctype = only ?? object["doctype"]?.string ?? ""
            let name = object["name"].flatMap { $0.string ?? $0.int.map(String.init) } ?? ""
            let told: JSONObject = ["doctype": .string(doctype), "name": .string(name)]
            if doctype.isEmpty || name.isEmpty {
                let missing = doctype.isEmpty ? "doctype" : "name"
                failed.append(
                    failure(Problem(.mandatory, "The document has no \(missing)", field: missing), told, only))
                continue
            }
            let one = try session.bulk([command(doctype, name, object)])[0]
            if let problem = one.problem {
                failed.append(failure(problem, told, only))
            } else {
                done.append(only == nil ? .object(told) : .string(name))
                if let document = one.document { documents.append(document) }
            }
        }
        return (done, failed, documents)
    }

    private static func failure(_ problem: Problem, _ told: JSONObject, _ only: String?) -> JSON {
        var failure = told
        if only != nil { failure.removeValue(forKey: "doctype") }
        failure["error"] = .string(problem.message)
        for (key, value) in problem.json.object?.members ?? [] where failure[key] == nil && key != "message" {
            failure[key] = value
        }
        return .object(failure)
    }

    private static func answer(_ word: String, _ done: [JSON], _ failed: [JSON]) -> JSON {
        .object([
            word: .array(done), "failed": .array(failed), "total": .int(Int64(done.count + failed.count)),
            "success_count": .int(Int64(done.count)), "failure_count": .int(Int64(failed.count)),
        ])
    }
}
