extension Problem.Kind {
    /// Somebody else works on the document and holds it.
    public static let locked = Self("locked", exception: "DocumentLockedError")
    /// Two documents that cannot become one.
    public static let notMergeable = Self("not_mergeable")
    /// A file of a kind, or with a content, that is not taken.
    public static let badFile = Self("bad_file", exception: "FileTypeNotAllowed")
    /// More files, or larger ones, than may be.
    public static let tooManyFiles = Self("too_many_files", exception: "AttachmentLimitReached")
}

extension Limits {
    /// The most documents that one deletion takes along.
    public static let cascadeDocuments = 1_000
    /// The most names a preview of a deletion shows of each DocType.
    public static let previewNames = 20
    /// The most documents that a preview of a deletion counts in one column of links.
    public static let previewLinks = 10_000
    /// The longest time a document may be locked, in seconds.
    public static let lockSeconds = 24 * 3_600
    /// The most people one call assigns to.
    public static let assignees = 100
    /// The most people one comment mentions.
    public static let mentions = 50
    /// The most comments that are kept beside a document for lists.
    public static let commentsInLists = 100
    /// The most tags of one document.
    public static let tags = 100
    /// The most files of one document, unless its DocType says fewer.
    public static let attachments = 500
    /// The most documents of one recurrence that are made for one day, when days were missed.
    public static let repeatsPerRun = 400
    /// How many runs of taken numbers a counter steps over at once.
    public static let takenNumbers = 40
    /// The most assignments one call makes.
    public static let assignmentsPerCall = 2_000
    /// The most names of one document, or deletions of it, that its history is followed through.
    public static let formerNames = 200
}
