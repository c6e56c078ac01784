internal import Values

/// What a check of a description finds: what cannot be, and what is kept and has no effect.
package struct MetadataFindings {
    private let doctype: String
    /// What cannot be.
    package private(set) var problems: [Problem] = []
    /// What is kept and has no effect.
    package private(set) var warnings: [Problem] = []

    /// Findings about the DocType of that name.
    init(of doctype: String) { self.doctype = FieldDefinition.short(doctype) }

    /// Runs a check and notes what it throws, so that the checks behind it run, too.
    mutating func run(_ fieldname: String? = nil, _ check: (inout MetadataFindings) throws -> Void) {
        do {
            try check(&self)
        } catch {
            let problem = error as? Problem ?? Problem(.badMetadata, "it cannot be checked")
            problems.append(placed(problem, fieldname))
        }
    }

    /// Notes what a property of the DocType, or of a field of it, says in vain.
    mutating func warn(_ property: String, of fieldname: String? = nil, _ text: String) {
        let place = fieldname.map { "\(FieldDefinition.short($0)): " } ?? ""
        warnings.append(placed(Problem(.noEffect, "\(place)\(property): \(text)", field: property), fieldname))
    }

    private func placed(_ problem: Problem, _ fieldname: String?) -> Problem {
        var problem = problem
        problem.text = "\(doctype): \(problem.text)"
        problem.doctype = "DocType"
        problem.name = doctype
        problem.fieldname = problem.fieldname ?? fieldname.map(FieldDefinition.short)
        return problem
    }
}
