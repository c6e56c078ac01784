public import Values

/// A method that clients may call by name.
public struct Method: Sendable {
    /// Its dotted name, such as `erpnext.accounts.utils.get_balance_on`.
    public let name: String
    /// Whether it changes anything; only then does it run in a transaction that is committed.
    public let writes: Bool
    /// Whether it may be called without signing in.
    public let allowsGuests: Bool
    /// The names and meanings of its arguments, for the API's description.
    public let parameters: [Parameter]
    /// What it does, in a sentence.
    public let summary: String
    /// What a call runs, in the caller's session; it gives what the call returns.
    public let run: @Sendable (Arguments, Session) throws -> JSON
    /// How what a call gives stands in its answer.
    public let form: AnswerForm
    /// Other names that it is called by.
    public let aliases: [String]
    /// Whether its answer is kept under the idempotency key of its call.
    public let keepsAnswers: Bool
    /// Writes what a call gives as it is read, however long it is; nil where ``run`` makes it whole.
    public let write: Writing?

    /// How a method writes what a call gives: one value.
    public typealias Writing = @Sendable (Arguments, Session, inout JSONWriter) throws -> Void

    /// How what a call gives stands in its answer.
    public enum AnswerForm: Sendable {
        /// As `message`; a null is left out.
        case message
        /// As the whole answer: an object of parts with names of their own.
        case whole
    }

    /// One argument of a method.
    public struct Parameter: Sendable {
        /// Its name.
        public let name: String
        /// Whether a call without it is refused.
        public let isRequired: Bool
        /// What it is.
        public let summary: String
        /// The documents it names, one or a list of them; nil where it names none.
        public let target: Target?

        /// The DocType of the documents that an argument names.
        public enum Target: Sendable {
            /// This one.
            case doctype(String)
            /// The one that another argument says.
            case argument(String)
        }

        /// An argument that may be left out.
        public static func optional(_ name: String, _ summary: String = "", of target: Target? = nil) -> Parameter {
            Parameter(name: name, isRequired: false, summary: summary, target: target)
        }
        /// An argument that must be given.
        public static func required(_ name: String, _ summary: String = "", of target: Target? = nil) -> Parameter {
            Parameter(name: name, isRequired: true, summary: summary, target: target)
        }
    }

    /// A method named `name`. One that writes takes `rehearse`, too, and then gives what it would do and takes it back; one
    /// that declares such a parameter does so itself. One whose call holds secrets keeps no answers.
    public init(
        _ name: String, writes: Bool = false, allowsGuests: Bool = false, parameters: [Parameter] = [],
        summary: String = "", form: AnswerForm = .message, aliases: [String] = [], keepsAnswers: Bool = true,
        run: @escaping @Sendable (Arguments, Session) throws -> JSON
    ) {
        self.name = name
        self.writes = writes
        self.allowsGuests = allowsGuests
        self.summary = summary
        self.form = form
        self.aliases = aliases
        self.keepsAnswers = writes && keepsAnswers
        write = nil
        let named: @Sendable (Arguments, Session) throws -> JSON = { arguments, session in
            try run(arguments.withNames(of: parameters, in: session), session)
        }
        guard writes, !parameters.contains(where: { $0.name == "rehearse" }) else {
            self.parameters = parameters
            self.run = named
            return
        }
        self.parameters = parameters + [.optional("rehearse", "1 only says what would happen.")]
        self.run = { arguments, session in
            guard try arguments.isRehearsal else { return try named(arguments, session) }
            return try session.rehearse { _ = try named(arguments, $0) }.shown
        }
    }

    /// A method that only reads and gives many rows: it writes them as they come. `parameters` name all that it takes.
    public init(_ name: String, parameters: [Parameter], summary: String, write: @escaping Writing) {
        self.name = name
        writes = false
        allowsGuests = false
        form = .message
        aliases = []
        keepsAnswers = false
        self.summary = summary
        self.parameters = parameters
        let named: Writing = { arguments, session, writer in
            try write(arguments.withNames(of: parameters, in: session), session, &writer)
        }
        self.write = named
        run = { arguments, session in
            var writer = JSONWriter()
            try named(arguments, session, &writer)
            return try JSON.parse(writer.bytes, limits: JSONLimits(values: .max))
        }
    }
}
