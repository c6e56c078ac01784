internal import Collaboration
public import Documents
internal import Metadata
internal import Storage
public import Values

/// What came of it for one document.
public struct BulkResult {
    /// The document.
    public let name: String
    /// Why nothing was done to it; nil when it was done.
    public let problem: Problem?
    /// The document as it is now; nil where nothing was done to it, or it is gone.
    let document: Document?

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
    /// Does what commands on documents say, each by itself: what fails leaves the others as they are.
    ///
    /// With `allOrNothing` the first failure undoes all of it and is thrown.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` for more than ``Limits/documentsPerCall``, or more assignments than
    ///   ``Limits/assignmentsPerCall``; what the database throws besides
    ///   refusing a row.
    public func bulk(_ work: [Command], allOrNothing: Bool = false) throws -> [BulkResult] {
        guard work.count <= Limits.documentsPerCall else {
            throw Problem(
                .tooMany, "More than \(Limits.documentsPerCall) documents in one call", fix: "Send fewer at once.")
        }
        var assignments = 0
        for command in work where command.action == .assign {
            assignments += command.content["assign_to"]?.array?.count ?? 1
        }
        try requireFewAssignments(assignments)
        if allOrNothing {
            return try savepoint {
                try work.map { one in
                    BulkResult(name: one.name ?? "", problem: nil, document: try perform(one).document)
                }
            }
        }
        return try work.map { one in
            do {
                let document = try savepoint { try perform(one).document }
                return BulkResult(name: one.name ?? "", problem: nil, document: document)
            } catch let problem as Problem {
                return BulkResult(name: one.name ?? "", problem: problem, document: nil)
            } catch let error as StorageError where error.isAboutData {
                return BulkResult(name: one.name ?? "", problem: Problem(error), document: nil)
            }
        }
    }
}
