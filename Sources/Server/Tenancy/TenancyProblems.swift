public import Documents

extension Problem.Kind {
    /// There is a company already where one was to be made.
    public static let companyExists = Self("company_exists")
    /// Two databases whose tables do not fit each other.
    public static let databasesDiffer = Self("databases_differ")
    /// A company that would be copied onto itself.
    public static let sourceIsTarget = Self("source_is_target")
}
