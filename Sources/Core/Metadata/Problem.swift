public import Storage
internal import Values

/// What is wrong with a request, in a form that programs and people can use.
public struct Problem: Error, Sendable, Equatable {
    /// Its kind: the stable code, and how the edge answers it.
    public var kind: Kind
    /// One sentence for people, kept apart from what stands in it.
    public var text: ProblemText
    /// The DocType it concerns.
    public var doctype: String?
    /// The document it concerns.
    public var name: String?
    /// The field it concerns.
    public var field: String?
    /// The row of a child table it concerns, from 1; `field` is then one of the row.
    public var row: Int?
    /// The table of that row, where it is known.
    public var table: String?
    /// What would fix it.
    public var remedy: ProblemText?
    /// The field of a DocType that it concerns; ``field`` is then a property of it.
    public var fieldname: String?
    /// The problems that it stands for, where it stands for several; those that only have no effect are among them.
    public private(set) var parts: [Problem] = []

    /// A problem of this kind.
    public init(
        _ kind: Kind, _ text: ProblemText, field: String? = nil, row: Int? = nil, fix: ProblemText? = nil
    ) {
        self.kind = kind
        self.text = text
        self.field = field
        self.row = row
        remedy = fix
    }

    /// The sentence for people.
    public var message: String { text.text }
    /// What would fix it, as people read it.
    public var fix: String? { remedy?.text }

    /// One problem that stands for these, of which the first is shown before the others.
    package init(_ problems: [Problem], beside warnings: [Problem] = []) {
        precondition(!problems.isEmpty, "somebody is told what is wrong")
        self = problems[0]
        guard problems.count + warnings.count > 1 else { return }
        parts = Array((problems + warnings).prefix(Limits.shownProblems))
        if problems.count > 1 { text += " (and \(problems.count - 1) more)" }
    }

    /// The problems that it stands for, or itself.
    package var single: [Problem] { parts.isEmpty ? [self] : parts }

    /// A kind of problem. Modules add their own; codes and names never change once released.
    public struct Kind: Sendable, Hashable {
        /// The stable code, such as `mandatory_missing`.
        public let code: String
        /// The class clients of Frappe know it by, such as `MandatoryError`.
        public let exception: String
        /// The HTTP status.
        public let status: Int

        /// A kind of its own code.
        public init(_ code: String, exception: String = "ValidationError", status: Int = 417) {
            self.code = code
            self.exception = exception
            self.status = status
        }
    }
}

extension Problem.Kind {
    /// Something that is kept and has no effect.
    public static let noEffect = Self("no_effect")
    /// A required field is empty.
    public static let mandatory = Self("mandatory_missing", exception: "MandatoryError")
    /// A value is not of the field's type.
    public static let wrongType = Self("wrong_type", exception: "DataError")
    /// A field, filter or argument that does not exist.
    public static let unknownField = Self("unknown_field", exception: "DataError")
    /// A number no column can hold.
    public static let outOfRange = Self("out_of_range", exception: "DataError")
    /// Text longer than the field allows.
    public static let tooLong = Self("too_long", exception: "CharacterLengthExceededError")
    /// More rows, filters or documents than ``Limits`` allow.
    public static let tooMany = Self("too_many")
    /// A negative number where none may be.
    public static let negative = Self("negative_number", exception: "NonNegativeError")
    /// A Select's value that is not among its options.
    public static let notAnOption = Self("not_an_option")
    /// A link to a document that does not exist.
    public static let brokenLink = Self("broken_link", exception: "LinkValidationError")
    /// A link to a cancelled document.
    public static let cancelledLink = Self("cancelled_link", exception: "CancelledLinkError")
    /// Other documents link to this one.
    public static let linked = Self("linked", exception: "LinkExistsError")
    /// The document was changed by somebody else in between.
    public static let stale = Self("stale", exception: "TimestampMismatchError")
    /// A step between draft, submitted and cancelled that does not exist.
    public static let transition = Self("illegal_transition", exception: "DocstatusTransitionError")
    /// A field of a submitted document that may not change.
    public static let frozen = Self("frozen_after_submit", exception: "UpdateAfterSubmitError")
    /// A name that may not be.
    public static let invalidName = Self("invalid_name", exception: "InvalidNameError")
    /// A document of that name exists.
    public static let duplicateName = Self("duplicate_name", exception: "DuplicateEntryError", status: 409)
    /// Another document holds the value of a unique field.
    public static let duplicate = Self("duplicate", exception: "UniqueValidationError", status: 409)
    /// The role of the user does not allow it.
    public static let forbidden = Self("forbidden", exception: "PermissionError", status: 403)
    /// There is no such document, DocType, report or method.
    public static let notFound = Self("not_found", exception: "DoesNotExistError", status: 404)
    /// There is no such method. Told with `exc`, since clients of Frappe would take the call for done without it.
    public static let noSuchMethod = Self("no_such_method", exception: "DoesNotExistError", status: 404)
    /// The request is not of the form it should have.
    public static let malformed = Self("malformed", exception: "DataError")
    /// The data directory, the disk or the database failed.
    public static let unavailable = Self("unavailable", exception: "InReadOnlyMode", status: 503)
    /// A disk is full: nothing was written.
    public static let diskFull = Self("disk_full", exception: "InReadOnlyMode", status: 507)
    /// The database went away while it kept a change: it may be there.
    public static let unknownOutcome = Self("unknown_outcome", exception: "InReadOnlyMode", status: 500)
    /// Too many requests wait.
    public static let overloaded = Self("overloaded", exception: "QueueOverloaded", status: 503)
    /// The request took too long.
    public static let timedOut = Self("timed_out", exception: "QueryTimeout", status: 500)
    /// A kept figure and the rows it is kept for disagree.
    public static let inconsistent = Self("inconsistent", exception: "SecurityException", status: 500)
}

extension Problem {
    /// The character NUL somewhere in text; no engine keeps it.
    public static func nul(in field: String? = nil) -> Problem {
        Problem(.nullCharacter, "Text holds the character NUL", field: field, fix: "Leave it out.")
    }

    /// What a failure of the database means to whoever asked. SQL and file names stay out of it.
    public init(_ error: StorageError) {
        switch error {
        case .duplicate(let columns):
            let column = columns.first?.split(separator: ".").last.map(String.init)
            self.init(.duplicate, "There is such a row already", field: column)
        case .forbidden(let message): self.init(.forbidden, ProblemText(message))
        case .outOfRange: self.init(.outOfRange, "A sum is larger than the field can hold")
        case .timedOut: self.init(.timedOut, "The request took too long", fix: "Ask for less at once.")
        case .overloaded: self.init(.overloaded, "Too many requests wait", fix: "Try again in a moment.")
        case .busy: self.init(.unavailable, "Another process holds the database", fix: "Try again in a moment.")
        case .diskFull:
            self.init(.diskFull, "The disk is full; nothing was written", fix: "Free some space, and try again.")
        case .inaccessible:
            self.init(
                .unavailable, "The database's disk or files cannot be read or written",
                fix: "Check the disk, the space on it and the owner of the files.")
        case .corrupt: self.init(.unavailable, "The database is damaged", fix: "Restore the last backup.")
        case .closed: self.init(.unavailable, "The server is shutting down")
        case .unavailable:
            self.init(.unavailable, "The database server cannot be reached", fix: "Try again in a moment.")
        case .unknownOutcome:
            self.init(
                .unknownOutcome, "The database server went away while it kept this; it may have been kept",
                fix: "Look whether it is there before you repeat it.")
        case .missing(let message):
            self.init(.unavailable, ProblemText(message.prefix(1).uppercased() + message.dropFirst()))
        case .invalidText: self = .nul()
        case .migration(let message): self.init(.inconsistent, ProblemText(message))
        case .failed(let code, _): self.init(.inconsistent, "The database failed with code \(code)")
        }
    }
}
