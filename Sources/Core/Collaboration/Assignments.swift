public import Documents
internal import Metadata
internal import Storage
public import Values

/// What is asked of those a document is assigned to.
public struct Assignment: Sendable {
    /// What is to be done.
    public var description: String
    /// `High`, `Medium` or `Low`.
    public var priority: String
    /// The day it is to be done by.
    public var date: Day?

    /// Work of this description; without one it is named after the document.
    public init(_ description: String = "", priority: String = "Medium", date: Day? = nil) {
        self.description = description
        self.priority = priority
        self.date = date
    }
}

extension Session {
    /// Gives a document to users to work on: each who does not have it yet gets an open ``ToDo``. Who could not read it
    /// gets to: it is shared with them. Needs the right to write the document, and to share it where it is.
    ///
    /// - Returns: the names of the new ToDos.
    /// - Throws: ``Problem/Kind/brokenLink`` for a user that does not exist or is disabled; ``Problem/Kind/forbidden`` for
    ///   one who could not read the document, without the right to share it.
    @discardableResult
    public func assign(
        _ doctype: String, _ name: String, to users: [String], _ assignment: Assignment = Assignment()
    ) throws -> [String] {
        guard users.count <= Limits.assignees else {
            throw Problem(.tooMany, "More than \(Limits.assignees) people at once", field: "assign_to")
        }
        let document = try get(doctype, name)
        let name = document.name
        try require(.write, document.doctype, document)
        let known = try values(of: "User", users, ["enabled"])
        for user in users where known[user]?[0].int != 1 {
            throw Problem(.brokenLink, "There is no user \(user) who can sign in", field: "assign_to")
        }
        let assigned = try DocumentMarks.marks(doctype, name, in: self).assigned
        var wanted: [String] = []
        for user in users where !assigned.contains(user) && !wanted.contains(user) { wanted.append(user) }
        guard !wanted.isEmpty else { return [] }
        let strangers = try wanted.filter { user in try user != actor.user && !canRead(document, user) }
        if let stranger = strangers.first, try !decision(.share, document.doctype, document).isAllowed {
            throw Problem(
                .forbidden,
                "\(stranger) may not read \(doctype) \(name), and \(actor.user) may not share it", field: "assign_to",
                fix: "Assign it to somebody who may read it, or ask somebody who may share it."
            ).about(document)
        }
        let todos = try wanted.map { user -> Document in
            let todo = try new(ToDo.self)
            todo.allocatedTo = user
            todo.referenceType = doctype
            todo.referenceName = name
            todo.priority = assignment.priority
            todo.date = assignment.date
            todo.description =
                assignment.description.isEmpty ? "Assignment for \(doctype) \(name)" : assignment.description
            return todo.document
        }
        try privileged { try insert(todos) }
        for (user, todo) in zip(wanted, todos) where user != actor.user {
            try share("ToDo", todo.name, with: user, writes: true)
            if strangers.contains(user) { try share(doctype, name, with: user, writes: false) }
        }
        for user in wanted {
            emit(
                "assignment.made", subject: "\(doctype)/\(name)",
                ["doctype": .string(doctype), "name": .string(name), "allocated_to": .string(user)])
        }
        return todos.map(\.name)
    }

    /// Ends the open assignment of a document to a user: done, or taken back. Who has the document may end its own; to
    /// take it from another needs the right to write it.
    ///
    /// - Throws: ``Problem/Kind/notFound`` when it is not assigned to the user.
    public func endAssignment(_ doctype: String, _ name: String, of user: String, isDone: Bool) throws {
        let document = try get(doctype, name)
        let name = document.name
        if user != actor.user { try require(.write, document.doctype, document) }
        let found = try transaction.first(
            """
            SELECT name FROM todo WHERE reference_type = ? AND reference_name = ? AND allocated_to = ?
            AND status = 'Open' ORDER BY name LIMIT 1
            """, [.text(doctype), .text(name), .text(user)], [.text])?[0].text
        guard let found else {
            throw Problem(.notFound, "\(doctype) \(name) is not assigned to \(user)").about(document)
        }
        try privileged {
            let todo = try get(ToDo.self, found)
            todo.status = isDone ? "Closed" : "Cancelled"
            try save(todo)
        }
        emit(
            isDone ? "assignment.completed" : "assignment.cancelled", subject: "\(doctype)/\(name)",
            ["doctype": .string(doctype), "name": .string(name), "allocated_to": .string(user)])
    }

    /// The open assignments of a document, oldest first.
    public func assignments(_ doctype: String, _ name: String) throws -> [JSON] {
        let name = try get(doctype, name).name
        return try transaction.query(
            """
            SELECT name, allocated_to, description, priority, date FROM todo
            WHERE reference_type = ? AND reference_name = ? AND status = 'Open' ORDER BY name
            """, [.text(doctype), .text(name)], [.text, .text, .text, .text, .day]
        ).map { row in
            [
                "name": JSON(row[0]), "owner": JSON(row[1]), "description": JSON(row[2]), "priority": JSON(row[3]),
                "date": JSON(row[4]),
            ]
        }
    }

    /// Whether another user may read a document.
    private func canRead(_ document: Document, _ user: String) throws -> Bool {
        guard let other = try User.actor(user, in: self) else { return false }
        let session = Session(actor: other, now: now, registry: registry, transaction: transaction, audit: auditKey) {
            ""
        }
        do {
            try session.require(.read, document.doctype, document)
            return true
        } catch let problem as Problem where problem.kind == .forbidden {
            return false
        }
    }

    /// Lets a user read a document, or also write it, whatever its roles say.
    private func share(_ doctype: String, _ name: String, with user: String, writes: Bool) throws {
        let rights: [Right: Bool] = writes ? [.read: true, .write: true] : [.read: true]
        _ = try privileged { try Sharing.set(doctype, name, user, rights, in: self) }
    }
}

extension Session {
    /// Refuses more assignments than one call makes.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/assignmentsPerCall``.
    package func requireFewAssignments(_ count: Int) throws {
        guard count > Limits.assignmentsPerCall else { return }
        throw Problem(
            .tooMany, "More than \(Limits.assignmentsPerCall) assignments in one call", field: "assign_to",
            fix: "Send fewer documents or users at once.")
    }
}
