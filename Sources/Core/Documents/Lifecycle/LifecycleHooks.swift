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

/// Work that is done by itself at moments of the company's calendar. It is done in parts, each in a transaction of its own, so
/// that others can write in between.
///
/// What was missed while nothing ran is done once. A part that fails is tried again later, and nothing of it remains.
public struct ScheduledTask: Sendable {
    /// Its name, such as `accounting.overdue`.
    public let name: String
    /// When, as cron writes it, by the clocks of the company.
    public let cron: String
    /// Does a part of the work: the first, or the one that begins at `from`, and says where the next begins.
    public let run: @Sendable (Session, _ from: JSON?) throws -> Rest

    /// What is left after a part.
    public enum Rest: Sendable, Equatable {
        /// Nothing.
        case none
        /// What begins there.
        case from(JSON)
    }

    /// A task named `name`, each midnight unless it says otherwise.
    public init(
        _ name: String, cron: String = "0 0 * * *", run: @escaping @Sendable (Session, _ from: JSON?) throws -> Rest
    ) {
        self.name = name
        self.cron = cron
        self.run = run
    }

    /// A task that is done in one part.
    public init(_ name: String, cron: String = "0 0 * * *", run: @escaping @Sendable (Session) throws -> Void) {
        self.init(name, cron: cron) { session, _ in
            try run(session)
            return .none
        }
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
