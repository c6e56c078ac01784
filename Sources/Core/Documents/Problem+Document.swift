internal import Values

extension Problem {
    /// The same problem, about this document unless it already names one.
    public func about(_ document: Document) -> Problem {
        guard doctype == nil else { return self }
        var problem = self
        problem.doctype = document.doctype.name
        problem.name = document.name.isEmpty ? nil : document.name
        return problem
    }
}
