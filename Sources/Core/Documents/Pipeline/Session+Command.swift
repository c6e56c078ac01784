internal import Values

extension Session {
    /// Does what a command says, with the rights of who acts.
    ///
    /// - Throws: ``Problem``; then nothing of it is done, once the transaction is taken back to where it began.
    @discardableResult
    public func perform(_ command: Command) throws -> CommandResult {
        if command.action == .call {
            guard let method = registry.methods[command.target] else {
                throw Problem(.noSuchMethod, "There is no method \(command.target.prefix(140))")
            }
            guard actor.mayCall(method.name) else {
                throw Problem(.forbidden, "The API key is not good for the method \(method.name)")
            }
            return CommandResult(document: nil, answer: try method.run(Arguments(command.content), self))
        }
        return CommandResult(document: try carryOut(command), answer: .null)
    }

    /// What a command would do; see ``rehearse(_:)-((Session)->Void)``.
    public func rehearse(_ command: Command) throws -> Changeset {
        try rehearse { _ = try $0.perform(command) }
    }

    /// What commands would do one after the other.
    public func rehearse(_ commands: [Command]) throws -> Changeset {
        try rehearse { session in for command in commands { try session.perform(command) } }
    }

    private func carryOut(_ command: Command) throws -> Document? {
        let arguments = Arguments(command.content)
        switch command.action {
        case .insert: return try create(command.target, command.content)
        case .save: return try change(command.target, named(command), command.content)
        case .put: return try put(command.target, command.content)
        case .submit:
            guard !command.content.isEmpty else {
                let document = try target(of: command)
                try submit(document)
                return document
            }
            var content = command.content
            content["docstatus"] = 1
            if let name = command.name { return try change(command.target, name, content) }
            return try put(command.target, content)
        case .cancel:
            let document = try target(of: command)
            try cancel(document)
            return document
        case .discard:
            let document = try target(of: command)
            try discard(document)
            return document
        case .amend:
            let amended = try amend(target(of: command))
            try insert(amended)
            return amended
        case .delete:
            let type = try registry.doctype(command.target)
            if type.kind == .child { return try changeRow(type, named(command), nil) }
            try delete(command.target, named(command), cascade: arguments.flag("cascade") ?? false)
            return nil
        case .rename:
            let name = try rename(
                command.target, named(command), to: arguments.required("new_name"),
                merge: arguments.flag("merge") ?? false)
            return try get(command.target, name)
        case .restore: return try restore(named(command))
        case .assign, .tag:
            guard let body = registry.actions[command.action] else {
                throw Problem(.noSuchMethod, "Nothing here can \(command.action.rawValue) documents")
            }
            try body(command.target, named(command), arguments, self)
            return try target(of: command)
        case .call: return nil
        }
    }

    private func named(_ command: Command) throws -> String {
        guard let name = command.name, !name.isEmpty else {
            throw Problem(.mandatory, "The argument name is missing", field: "name", fix: "Send name.")
        }
        return name
    }

    private func target(of command: Command) throws -> Document { try get(command.target, named(command)) }

    // MARK: - Documents and rows as clients send them

    /// Adds a document a client sent; a row of a table through what it belongs to.
    private func create(_ doctype: String, _ object: JSONObject) throws -> Document {
        let type = try registry.doctype(doctype)
        if type.kind == .child {
            guard let parent = object["parent"]?.string, let parentType = object["parenttype"]?.string else {
                throw Problem(
                    .mandatory, "A row of \(doctype) is added to a document", field: "parent",
                    fix: "Send parenttype and parent.")
            }
            return try addRow(type, object, to: parentType, parent)
        }
        let document = try self.document(doctype, from: object)
        try insert(document)
        return document
    }

    /// Changes a document as a client asks; a row of a table through what it belongs to.
    private func change(_ doctype: String, _ name: String, _ object: JSONObject) throws -> Document? {
        let type = try registry.doctype(doctype)
        if type.kind == .child { return try changeRow(type, name, object) }
        let document = try get(doctype, name)
        try apply(object, to: document)
        try save(document)
        return document
    }

    private func put(_ doctype: String, _ object: JSONObject) throws -> Document? {
        if let name = object["name"]?.string, object["__islocal"]?.int != 1, try find(doctype, name) != nil {
            return try change(doctype, name, object)
        }
        return try create(doctype, object)
    }

    /// Changes a row as `object` says; without it the row is taken away.
    private func changeRow(_ type: DocType, _ name: String, _ object: JSONObject?) throws -> Document? {
        let row = try get(type.name, name)
        let field = row.text("parentfield")
        let parent = try get(row.text("parenttype"), row.parent)
        // A row that is sent with its name alone stays as it is.
        let rows = parent.table(field).compactMap { row -> JSON? in
            guard var sent = row.name == name ? object : [:] else { return nil }
            sent["name"] = .string(row.name)
            return .object(sent)
        }
        try apply([field: .array(rows)], to: parent)
        try save(parent)
        return parent.table(field).first { $0.name == name }
    }

    private func addRow(
        _ type: DocType, _ object: JSONObject, to parentType: String, _ name: String
    ) throws -> Document {
        let parent = try get(parentType, name)
        let fitting = parent.doctype.tables.first {
            $0.field.options == type.name && (object["parentfield"]?.string ?? $0.field.name) == $0.field.name
        }
        guard let field = fitting?.field.name else {
            throw Problem(.unknownField, "\(parentType) has no rows of \(type.name)", field: "parenttype")
        }
        let before = Set(parent.table(field).map(\.name))
        var rows = parent.table(field).map { JSON.object(["name": .string($0.name)]) }
        rows.append(.object(object))
        try apply([field: .array(rows)], to: parent)
        try save(parent)
        guard let added = parent.table(field).last(where: { !before.contains($0.name) }) else {
            throw Problem(.inconsistent, "The row was not kept")
        }
        return added
    }
}
