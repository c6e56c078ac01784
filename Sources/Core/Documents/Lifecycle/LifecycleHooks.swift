public import Values

/// A document's change of name, as controllers and modules hear of it.
public struct Rename: Sendable, Equatable {
    /// The DocType.
    public let doctype: String
    /// The name it had.
    public let old: String
    /// The name it gets.
    public let new: String
    /// Whether a document of the new name exists, which takes over all that named the old one.
    public let merges: Bool
}

/// Brings along what a module keeps by the names of documents in tables that are not DocTypes', or under unique names
/// that two merged documents would both claim.
public struct Renaming: Sendable {
    /// The DocType whose documents are renamed.
    public let doctype: String
    /// Does it, before links are repointed: by then the new name may stand in no row that is kept by the old.
    public let run: @Sendable (Rename, Session) throws -> Void

    /// What is done when a document of `doctype` is renamed or merged.
    public init(_ doctype: String, run: @escaping @Sendable (Rename, Session) throws -> Void) {
        self.doctype = doctype
        self.run = run
    }
}

/// Work that is done once a company day: on its first moment, or, when nothing ran then, as soon as something does.
public struct DailyTask: Sendable {
    /// Its name, under which it is remembered which days are done.
    public let name: String
    /// Does the work of a day. The session's own day is that of the clock; it is later when a missed day is caught up.
    public let run: @Sendable (Session, Day) throws -> Void

    /// A task named `name`.
    public init(_ name: String, run: @escaping @Sendable (Session, Day) throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// A DocType whose documents hang on a document of any other, such as comments: the fields that say on which.
public struct Companion: Sendable {
    /// The DocType, such as `Comment`.
    public let doctype: String
    /// The field that holds the DocType of what they hang on.
    public let typeField: String
    /// The field that holds its name.
    public let nameField: String
    /// Whether a copy is kept when one of them is deleted by itself; not of mere marks, which are set again as easily.
    public let keepsCopies: Bool

    /// Documents of `doctype` that hang on what the two fields name.
    public init(_ doctype: String, _ typeField: String, _ nameField: String, keepsCopies: Bool = true) {
        self.doctype = doctype
        self.typeField = typeField
        self.nameField = nameField
        self.keepsCopies = keepsCopies
    }
}
