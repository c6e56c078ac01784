internal import Collaboration
internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Methods about the life of documents, under the names Frappe's clients call them by.
enum LifecycleMethods {
    static let all = [
        clientRename, rename, updateTitle, discard, restore, bulkRestore, linkedWith, deletePreview, delete, lock,
        unlock,
        seen, deleteItems, bulkUpdate, bulk, copy,
    ]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))

    // MARK: Names

    private static let clientRename = Method(
        "frappe.client.rename_doc", writes: true,
        parameters: [
            doctype, .required("old_name", "The name it has.", of: .argument("doctype")),
            .required("new_name", "The name it gets."),
            .optional("merge", "1 merges it into the document of the new name."),
        ], summary: "Renames a document, or merges it into another."
    ) { arguments, session in
        .string(
            try session.rename(
                arguments.required("doctype"), arguments.required("old_name"), to: arguments.required("new_name"),
                merge: arguments.flag("merge") ?? false))
    }

    private static let rename = Method(
        "frappe.rename_doc", writes: true,
        parameters: [
            doctype, .required("old", "The name it has.", of: .argument("doctype")),
            .required("new", "The name it gets."),
            .optional("merge", "1 merges it into the document of the new name."),
        ], summary: "Renames a document, or merges it into another."
    ) { arguments, session in
        .string(
            try session.rename(
                arguments.required("doctype"), arguments.required("old"), to: arguments.required("new"),
                merge: arguments.flag("merge") ?? false))
    }

    private static let updateTitle = Method(
        "frappe.model.rename_doc.update_document_title", writes: true,
        parameters: [
            doctype, .required("docname", "The document.", of: .argument("doctype")),
            .optional("title", "Its new title."),
            .optional("name", "Its new name."), .optional("merge", "1 merges it into the document of the new name."),
        ], summary: "Changes the title and the name of a document."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        var name = try arguments.required("docname")
        if let title = arguments.text("title"), let field = try session.registry.doctype(doctype).titleField {
            let document = try session.get(doctype, name)
            if document.text(field) != title {
                try session.apply([field: .string(title)], to: document)
                try session.save(document)
            }
        }
        if let new = arguments.text("name"), new != name {
            name = try session.rename(doctype, name, to: new, merge: arguments.flag("merge") ?? false)
        }
        return .string(name)
    }

    // MARK: Ends and returns

    private static let discard = Method(
        "frappe.desk.form.save.discard", writes: true, parameters: [doctype, name],
        summary: "Ends a draft that will not be submitted."
    ) { arguments, session in
        let document = try session.get(arguments.required("doctype"), arguments.required("name"))
        try session.discard(document)
        return session.present(document)
    }

    private static let restore = Method(
        "frappe.core.doctype.deleted_document.deleted_document.restore", writes: true,
        parameters: [.required("name", "The Deleted Document.", of: .doctype("Deleted Document"))],
        summary: "Brings a deleted document back."
    ) { arguments, session in .string(try session.restore(arguments.required("name")).name) }

    private static let bulkRestore = Method(
        "frappe.core.doctype.deleted_document.deleted_document.bulk_restore", writes: true,
        parameters: [.required("docnames", "A list of Deleted Documents.", of: .doctype("Deleted Document"))],
        summary: "Brings deleted documents back; says which could not be."
    ) { arguments, session in
        var (restored, invalid): ([JSON], [JSON]) = ([], [])
        for name in try arguments.names("docnames") {
            do {
                try session.savepoint { _ = try session.restore(name) }
                restored.append(.string(name))
            } catch is Problem {
                invalid.append(.string(name))
            } catch let error as StorageError where error.isAboutData {
                invalid.append(.string(name))
            }
        }
        return ["restored": .array(restored), "invalid": .array(invalid), "failed": []]
    }

    private static let linkedWith = Method(
        "frappe.desk.form.linked_with.get",
        parameters: [doctype, .required("docname", "The document.", of: .argument("doctype"))],
        summary: "The documents that link to a document, by DocType."
    ) { arguments, session in
        let preview = try session.deletePreview(arguments.required("doctype"), arguments.required("docname"))
        var found: JSONObject = [:]
        for linked in preview.linked where !linked.names.isEmpty {
            found[linked.doctype] = .array(linked.names.map { ["name": .string($0)] })
        }
        return .object(found)
    }

    private static let deletePreview = Method(
        "cauldron.delete_preview", parameters: [doctype, name],
        summary: "What links to a document and what would be deleted with it."
    ) { arguments, session in
        try session.deletePreview(arguments.required("doctype"), arguments.required("name")).json
    }

    private static let delete = Method(
        "cauldron.delete", writes: true,
        parameters: [
            doctype, name, .optional("cascade", "1 deletes the drafts and cancelled documents that link to it, too."),
        ], summary: "Deletes a document, with cascade also what links to it."
    ) { arguments, session in
        let (doctype, name) = (try arguments.required("doctype"), try arguments.required("name"))
        let cascade = arguments.flag("cascade") ?? false
        try session.delete(doctype, name, cascade: cascade)
        return try session.deletedCopy(of: doctype, name).map { ["deleted_document": .string($0)] } ?? .null
    }

    private static let copy = Method(
        "cauldron.copy", parameters: [doctype, name], summary: "A draft like a document, not yet inserted."
    ) { arguments, session in
        unsaved(
            session.present(try session.copy(session.get(arguments.required("doctype"), arguments.required("name")))))
    }

    /// A document that is still to be saved, or a row of it: without what it gets then, and without empty fields.
    private static func unsaved(_ json: JSON) -> JSON {
        guard case .object(let object) = json else { return json }
        let members = object.members.compactMap { key, value -> (String, JSON)? in
            if value.isNull || savedFields.contains(key) { return nil }
            guard case .array(let rows) = value else { return (key, value) }
            return (key, .array(rows.map(unsaved)))
        }
        return .object(JSONObject(members))
    }

    private static let savedFields: Set = [
        "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent", "parenttype",
        "parentfield",
    ]

    // MARK: Locks

    private static let lock = Method(
        "cauldron.lock", writes: true,
        parameters: [
            doctype, name, .optional("seconds", "For how long; 900 unless it is said."), .optional("reason", "Why."),
        ], summary: "Holds a document: nobody else changes it until then."
    ) { arguments, session in
        let document = try session.get(arguments.required("doctype"), arguments.required("name"))
        let seconds = try arguments.int("seconds", in: 1...Limits.lockSeconds) ?? 900
        let lock = try session.lock(document, for: seconds, reason: arguments.text("reason") ?? "")
        return ["locked_by": .string(lock.user), "until": .string(lock.until.description)]
    }

    private static let unlock = Method(
        "cauldron.unlock", writes: true, parameters: [doctype, name], summary: "Lets go of a document."
    ) { arguments, session in
        try session.unlock(session.get(arguments.required("doctype"), arguments.required("name")))
        return .null
    }

    private static let seen = Method(
        "cauldron.seen", writes: true, parameters: [doctype, name], summary: "Notes that the user has seen a document."
    ) { arguments, session in
        try session.markSeen(arguments.required("doctype"), arguments.required("name"))
        return .null
    }

    // MARK: Many at once

    private static let deleteItems = Method(
        "frappe.desk.reportview.delete_items", writes: true,
        parameters: [.required("items", "A list of names."), doctype],
        summary: "Deletes documents; those it may not stay."
    ) { arguments, session in
        let results = try session.bulk(commands("delete", arguments, names: "items"))
        return .array(results.filter { $0.problem != nil }.map(\.json))
    }

    private static let bulkUpdate = Method(
        "frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs", writes: true,
        parameters: [
            doctype, .required("docnames", "A list of names.", of: .argument("doctype")),
            .optional("action", "submit, cancel, discard or update."),
            .optional("data", "The fields to set, for update."),
        ], summary: "Submits, cancels, discards or changes documents; gives the names of those it could not."
    ) { arguments, session in
        let word = arguments.text("action") ?? "submit"
        let results = try session.bulk(commands(word, arguments, names: "docnames", fields: "data"))
        return .array(results.filter { $0.problem != nil }.map { .string($0.name) })
    }

    private static let bulk = Method(
        "cauldron.bulk", writes: true,
        parameters: [
            doctype, .required("names", "A list of names.", of: .argument("doctype")),
            .required("action", "update, submit, cancel, discard, delete, assign or tag."),
            .optional("fields", "What to set, for update."),
            .optional("assign_to", "A list of users, for assign.", of: .doctype("User")),
            .optional("description", "What is to be done, for assign."), .optional("tag", "The tag, for tag."),
            .optional("all_or_nothing", "1 undoes all when one fails."),
            .optional("rehearse", "1 only says what would happen, and what of it would fail."),
        ], summary: "Does one thing to many documents, with a result for each."
    ) { arguments, session in
        let work = try commands(arguments.required("action"), arguments)
        let whole = arguments.flag("all_or_nothing") ?? false
        if try arguments.isRehearsal {
            var results: [BulkResult] = []
            let shown = try session.rehearse {
                results = try $0.bulk(work, allOrNothing: whole)
            }.shown
            guard case .object(var object) = shown else { return shown }
            object["results"] = .array(results.map(\.json))
            return .object(object)
        }
        return .array(try session.bulk(work, allOrNothing: whole).map(\.json))
    }

    /// One thing that is done to each of the documents of a list.
    private static func commands(
        _ word: String, _ arguments: Arguments, names list: String = "names", fields: String = "fields"
    ) throws -> [Command] {
        let word = word.lowercased() == "update" ? Command.Action.save.rawValue : word
        let action: Command.Action
        do {
            action = try Command.action(word, of: [.save, .submit, .cancel, .discard, .delete, .assign, .tag])
        } catch {
            throw Problem(
                .notAnOption, "\(word.prefix(40)) is nothing that is done to many documents", field: "action",
                fix: "Use update, submit, cancel, discard, delete, assign or tag.")
        }
        var content: JSONObject = [:]
        switch action {
        case .tag: content["tag"] = .string(try arguments.required("tag"))
        case .assign:
            content["assign_to"] = .array(try arguments.names("assign_to").map(JSON.string))
            content["description"] = arguments.text("description").map(JSON.string)
        case .save:
            guard case .object(let object)? = try arguments.json(fields), !object.isEmpty else {
                throw Problem(
                    .mandatory, "The argument \(fields) is missing", field: fields, fix: "Send the fields to set.")
            }
            content = object
        default: break
        }
        let doctype = try arguments.required("doctype")
        return try arguments.names(list).map { Command(action, doctype, $0, content) }
    }
}
