public import Documents
internal import Values

/// Reading of companies by the rules of other documents.
public enum Companies {
    /// The company of that name, read without asking for rights.
    ///
    /// - Throws: ``Problem/Kind/brokenLink`` about the field `company` when there is none.
    public static func get(_ name: String, in session: Session) throws -> Doc<Company> {
        guard let document = try session.lookUp("Company", name) else {
            throw Problem(
                .brokenLink, "Company \(name) does not exist", field: "company",
                fix: "Create the Company first, or correct the name.")
        }
        return Doc<Company>(document)
    }
}
