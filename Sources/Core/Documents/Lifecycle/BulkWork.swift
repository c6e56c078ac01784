internal import Storage
public import Values

/// One thing that is done to many documents.
public enum BulkAction: Sendable {
    /// Sets fields.
    case update(JSONObject)
    case submit
    case cancel
    case discard
    case delete
    /// Assigns to users.
    case assign([String], Assignment)
    /// Marks with a tag.
    case tag(String)
}

/// What came of it for one document.
public struct BulkResult: Sendable {
    /// The document.
    public let name: String
    /// Why nothing was done to it; nil when it was done.
    public let problem: Problem?

    /// The result for clients.
    public var json: JSON {
        guard let problem else { return ["name": .string(name), "ok": true] }
        var error: JSONObject = ["code": .string(problem.kind.code), "message": .string(problem.message)]
        error["field"] = problem.field.map(JSON.string)
        error["fix"] = problem.fix.map(JSON.string)
        return ["name": .string(name), "ok": false, "error": .object(error)]
    }
}

extension Session {
    /// Does one thing to many documents of a DocType, each by itself: what fails leaves the others as they are.
    ///
    /// With `allOrNothing` the first failure undoes all of it and is thrown.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` for more than ``Limits/documentsPerCall``, or more assignments than
    ///   ``Limits/assignmentsPerCall``; what the database throws besides
    ///   refusing a row.
    public func bulk(
        _ doctype: String, _ names: [String], _ action: BulkAction, allOrNothing: Bool = false
    ) throws -> [BulkResult] {
        try bulk(names.map { (doctype: doctype, name: $0, action: action) }, allOrNothing: allOrNothing)
    }

    /// Does something to each of many documents; see ``bulk(_:_:_:allOrNothing:)``.
    public func bulk(
        _ work: [(doctype: String, name: String, action: BulkAction)], allOrNothing: Bool = false
    ) throws -> [BulkResult] {
        guard work.count <= Limits.documentsPerCall else {
            throw Problem(
                .tooMany, "More than \(Limits.documentsPerCall) documents in one call", fix: "Send fewer at once.")
        }
        var assignments = 0
        for case .assign(let users, _) in work.map(\.action) { assignments += users.count }
        try requireFewAssignments(assignments)
        if allOrNothing {
            return try savepoint {
                try work.map { one in
                    try perform(one.action, one.doctype, one.name)
                    return BulkResult(name: one.name, problem: nil)
                }
            }
        }
        return try work.map { one in
            do {
                try savepoint { try perform(one.action, one.doctype, one.name) }
                return BulkResult(name: one.name, problem: nil)
            } catch let problem as Problem {
                return BulkResult(name: one.name, problem: problem)
            } catch let error as StorageError where error.isAboutData {
                return BulkResult(name: one.name, problem: Problem(error))
            }
        }
    }

    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/assignmentsPerCall``.
    func requireFewAssignments(_ count: Int) throws {
        guard count > Limits.assignmentsPerCall else { return }
        throw Problem(
            .tooMany, "More than \(Limits.assignmentsPerCall) assignments in one call", field: "assign_to",
            fix: "Send fewer documents or users at once.")
    }

    private func perform(_ action: BulkAction, _ doctype: String, _ name: String) throws {
        switch action {
        case .update(let fields):
            let document = try get(doctype, name)
            try apply(fields, to: document)
            try save(document)
        case .submit: try submit(get(doctype, name))
        case .cancel: try cancel(get(doctype, name))
        case .discard: try discard(get(doctype, name))
        case .delete: try delete(doctype, name)
        case .assign(let users, let assignment): try assign(doctype, name, to: users, assignment)
        case .tag(let tag): try self.tag(doctype, name, with: tag)
        }
    }
}
