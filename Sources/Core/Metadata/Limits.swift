/// The limits of documents and requests, in one place. Reaching one is a clear error, never a crash.
public enum Limits {
    /// The most characters of a name or another text of one line.
    public static let lineCharacters = 140
    /// The highest number that a counter of names gives: room for every number that is taken for one of a series, and a
    /// number of which a million million more fit behind it.
    public static let counter: Int64 = 999_999_999_999_999_999
    /// The most characters of longer text.
    public static let textCharacters = 1_000_000
    /// The most fields of a DocType, those that were added to it included.
    public static let fields = 1_000
    /// The most rows of permissions of a DocType.
    public static let permissions = 500
    /// The most bytes of a text of a DocType's or field's description, such as an expression or a list of options.
    public static let metadataText = 100_000
    /// The most DocTypes made in a company.
    public static let customDocTypes = 5_000
    /// The most rows of a child table.
    public static let childRows = 10_000
    /// The rows of a list when a request does not say.
    public static let pageRows = 20
    /// The most rows of a list or report that are in memory at once; there may be more, which is told.
    public static let listRows = 100_000
    /// The rows of a longer list that are read at once where something is added to them, such as child rows.
    package static let rowsOfPart = 10_000
    /// The documents of such a list whose child rows are in memory at once.
    package static let documentsOfPart = 500
    /// The most conditions of one list.
    public static let filters = 100
    /// The most values of one `in` condition.
    public static let filterValues = 1_000
    /// The most bytes of the pattern of a `like` condition; comparing takes as long as it and the text together allow.
    public static let patternBytes = 1_000
    /// The most fields of one list.
    public static let listFields = 200
    /// The deepest tree.
    public static let treeDepth = 64
    /// How many saves may be inside one another, by hooks that save other documents.
    public static let nestedWrites = 16
    /// The most documents of one call that takes a list.
    public static let documentsPerCall = 200
    /// The most documents of one call that changes metadata.
    public static let metadataDocuments = 10_000
    /// The most problems that one answer tells.
    public static let shownProblems = 1_000
    /// The most rows of an import.
    public static let importRows = 1_000_000
    /// How many seconds a change of tables may take.
    public static let migrationSeconds = 3_600
    /// How many log entries wait in memory before work on very many documents writes them.
    public static let waitingEntries = 5_000
    /// The most documents that one reading brings back to an earlier moment, or that go with their DocType.
    public static let rebuiltDocuments = 10_000
    /// The most versions that one reading takes back.
    public static let rebuiltVersions = 200_000
}
