public import Documents

extension Problem.Kind {
    /// There is a company already where one was to be made.
    public static let companyExists = Self("company_exists")
    /// Two databases whose tables do not fit each other.
    public static let databasesDiffer = Self("databases_differ")
    /// A file that was to be restored is no whole backup of a company.
    public static let badBackup = Self("bad_backup")
    /// A file stands where one was to be written.
    public static let fileExists = Self("file_exists")
    /// An audit key is of another company.
    public static let wrongAuditKey = Self("wrong_audit_key")
    /// What was kept as a head of the audit log is none.
    public static let badAuditHead = Self("bad_audit_head")
    /// A company that would be copied onto itself.
    public static let sourceIsTarget = Self("source_is_target")
}
