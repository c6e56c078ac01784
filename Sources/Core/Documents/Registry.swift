public import Storage
internal import Synchronization
public import Values

/// Everything the modules of a server declare: DocTypes with their controllers, methods, tables and checks.
///
/// Made once at start from the modules, then shared by all sessions and never changed.
public struct Registry: DocTypeCatalog, Sendable {
    private var types: [String: DocType] = [:]
    /// The DocTypes as modules declare them.
    private var shippedTypes: [String: DocType] = [:]
    private var shippedOrder: [String] = []
    /// The roles that the permissions of DocTypes name as modules declare them.
    private(set) var shippedRoles: Set<String> = []
    /// Where documents come from that no table holds, or not all of them, by DocType.
    package private(set) var sources: [String: VirtualSource] = [:]
    /// The kinds of rules that documents describe.
    private(set) var ruleKinds: [any Rules.Type] = []
    /// The rules that a company made.
    private var rules = CompiledRules()
    /// The settings by which documents are called by a series, by their DocType.
    private(set) var namingSettings: [String: NamingSetting] = [:]
    /// What of the company's changes cannot be and has no effect.
    public internal(set) var metadataProblems: [Problem] = []
    /// Those of them that are wrong by themselves, not because of another.
    var metadataRoots: [Problem] = []
    /// What of the company's DocTypes is kept and has no effect, by their names.
    var metadataWarnings: [String: [Problem]] = [:]
    private var hooks: [String: Hooks] = [:]
    /// Who is shown what is done to documents.
    private(set) var observers = Observers()
    /// What modules do when the logs are written.
    private(set) var endings: [Ending] = []
    /// The DocTypes that are registered as ``SettingsHolder``.
    private(set) var settingsHolders: Set<String> = []
    /// The fields that ``Facts`` are registered of, by DocType.
    private(set) var factFields: [String: [String]] = [:]
    /// What modules do when DocTypes have changed.
    private(set) var followers: [@Sendable (Session) throws -> Void] = []
    /// What modules do when fields get other names.
    private(set) var fieldRenamings: [@Sendable (RenamedFields, Registry, Session) throws -> Void] = []
    /// What commands of modules do, by their actions.
    private(set) var actions: [Command.Action: ModuleAction] = [:]
    /// What modules do when a document comes back.
    private(set) var restorings: [@Sendable (KeptCopy, Session) throws -> Void] = []
    /// What stands twice after a merge.
    private(set) var doubles: [Doubles] = []
    /// What modules register where one above them iterates all of a kind, by the kind.
    private var parts: [ObjectIdentifier: any Sendable] = [:]
    private var order: [String] = []
    /// The methods clients may call, by their dotted names.
    public private(set) var methods: [String: Method] = [:]
    /// Tables that are not DocTypes', such as kept balances.
    public private(set) var tables: [TableSchema] = []
    /// What `doctor` recomputes.
    public private(set) var checks: [Check] = []
    /// What is done once a day, in order.
    public private(set) var dailyTasks: [DailyTask] = []
    /// What modules keep by the names of documents and bring along when one is renamed.
    private(set) var renamings: [Renaming] = []
    /// The words of series that modules give values.
    private(set) var namingWords: [NamingWord] = []
    /// The DocTypes whose documents hang on another one and go with it.
    private(set) var companions: [Companion] = []
    /// Which fields of which DocTypes link to a DocType, by its name.
    private(set) var backlinks: [String: [Backlink]] = [:]
    /// Which fields of which DocTypes link to documents of a DocType that another field names.
    private(set) var dynamicBacklinks: [Backlink] = []
    /// The DocTypes that have rows of a child DocType, by its name.
    private var parents: [String: [String]] = [:]

    /// An empty registry.
    public init() {}

    /// A field that links to a DocType.
    struct Backlink: Sendable {
        let doctype: DocType
        let field: FieldDefinition
    }

    /// A check of something that is kept: it recomputes it and says in words what differs.
    public struct Check: Sendable {
        /// What is checked, such as `account balances`.
        public let name: String
        /// Gives one sentence for each difference.
        public let run: @Sendable (Session) throws -> [String]

        /// A check named `name`.
        public init(_ name: String, run: @escaping @Sendable (Session) throws -> [String]) {
            self.name = name
            self.run = run
        }
    }

    /// Adds DocTypes declared in Swift, with their controllers.
    public mutating func add(_ schemas: any DocTypeSchema.Type...) {
        for schema in schemas {
            let doctype = schema.makeDocType()
            precondition(types[doctype.name] == nil, "\(doctype.name) is declared twice")
            types[doctype.name] = doctype
            shippedTypes[doctype.name] = doctype
            order.append(doctype.name)
            shippedOrder.append(doctype.name)
            shippedRoles.formUnion(doctype.permissions.map(\.role))
            if let controller = schema as? any Controller.Type { hooks[doctype.name] = Hooks(controller) }
            link(doctype)
        }
    }

    /// Notes what a DocType links to.
    private mutating func link(_ doctype: DocType) {
        guard !doctype.isVirtual else { return }
        for field in doctype.fields {
            guard let target = field.options, field.type.isTable || doctype.stores(field.name) else { continue }
            // Rows of ledgers and kept figures go with the voucher they were posted for and do not hold it.
            if doctype.kind == .document || doctype.kind == .child {
                let backlink = Backlink(doctype: doctype, field: field)
                if field.type == .link { backlinks[target, default: []].append(backlink) }
                if field.type == .dynamicLink, doctype.slot(of: target) != nil { dynamicBacklinks.append(backlink) }
            }
            if field.type.isTable { parents[target, default: []].append(doctype.name) }
        }
    }

    // MARK: What a company changed

    /// Whether a module declares the DocType.
    public func isShipped(_ name: String) -> Bool { shippedTypes[name] != nil }

    /// Whether a DocType is not as a module declares it: the company made it, or changed something of it.
    public func isChanged(_ name: String) -> Bool { types[name] !== shippedTypes[name] }

    /// The DocType as its module declares it.
    func shipped(_ name: String) -> DocType? { shippedTypes[name] }

    /// Takes these DocTypes for those of their names, and the `own` ones besides; all others are as modules declare them.
    mutating func replace(_ changed: [String: DocType], own: [String], rules: CompiledRules) {
        types = shippedTypes.merging(changed) { _, changed in changed }
        order = shippedOrder + own.filter { changed[$0] != nil }
        self.rules = rules
        relink()
    }

    /// The registry with this DocType in place of the one of its name.
    func replacing(_ type: DocType) -> Registry {
        var changed = self
        changed.types[type.name] = type
        changed.relink()
        return changed
    }

    /// Takes a DocType back to what it was, or away.
    mutating func revert(_ name: String, to type: DocType?) {
        types[name] = type
        if type == nil { order.removeAll { $0 == name } }
        relink()
    }

    private mutating func relink() {
        backlinks = [:]
        dynamicBacklinks = []
        parents = [:]
        for type in doctypes { link(type) }
    }

    /// Whether a company may have made rules of its own for the names of such documents.
    public func hasNamingRules(_ doctype: String) -> Bool {
        namingRules(of: doctype) != nil || namingSettings[doctype] != nil
    }

    /// Lets a company choose that documents of a DocType which is named by a field are called by a series.
    public mutating func add(naming: NamingSetting, for doctype: String) { namingSettings[doctype] = naming }

    func namingRules(of doctype: String) -> [NamingRule]? { rules(NamingRules.self)?.byDocType[doctype] }

    /// Adds a kind of rules that documents describe; see ``Rules``.
    public mutating func add(rules kind: any Rules.Type) { ruleKinds.append(kind) }

    /// The rules of a kind that the company made; nil before any were read.
    public func rules<Kind: Rules>(_ kind: Kind.Type) -> Kind? { rules[kind] }

    /// Whether a document of the DocType changes DocTypes or rules, which are read anew when it is written.
    func isMetadata(_ doctype: String) -> Bool {
        CustomMetadata.sources.contains(doctype) || ruleKinds.contains { $0.source == doctype }
    }

    /// Whether all documents of the DocType are rows of its table.
    public func isInTable(_ type: DocType) -> Bool { !type.isVirtual && sources[type.name] == nil }

    /// Says where documents of a DocType come from that no table holds.
    public mutating func add(source: VirtualSource, for doctype: String) {
        precondition(sources[doctype] == nil, "\(doctype) has two sources")
        sources[doctype] = source
    }

    /// Adds a method that clients may call.
    public mutating func add(_ method: Method) {
        precondition(methods[method.name] == nil, "the method \(method.name) is declared twice")
        methods[method.name] = method
    }

    /// Adds a table that is not a DocType's.
    public mutating func add(table: TableSchema) { tables.append(table) }

    /// Lets a module see, and join in, what is done to documents of one or of all DocTypes, whoever does it; see ``Phase``.
    public mutating func observe(_ observed: Observed, _ phase: Phase, _ observer: @escaping Observer) {
        observers.add(observed, phase, observer)
    }

    /// What a module does when the logs are written, at the end of a transaction: it is given the numbers of the events.
    package typealias Ending = @Sendable (Session, ClosedRange<Int64>?) throws -> Void

    /// Adds what a module does when the logs are written.
    package mutating func atEnd(_ body: @escaping Ending) { endings.append(body) }

    /// Adds what a module does when DocTypes have changed, and when a company is opened: brings what it keeps by their fields
    /// in line with them.
    package mutating func atMetadata(_ body: @escaping @Sendable (Session) throws -> Void) { followers.append(body) }

    /// Adds what a module does when fields get other names: lets what it keeps by the names of fields follow. It is given the
    /// registry as it was before.
    package mutating func atRenamedFields(
        _ body: @escaping @Sendable (RenamedFields, _ before: Registry, Session) throws -> Void
    ) {
        fieldRenamings.append(body)
    }

    /// Says what a module does to a document when a command of an action of its own asks for it.
    package mutating func add(action: Command.Action, _ body: @escaping ModuleAction) { actions[action] = body }

    /// What a module does to the document of a DocType and a name.
    package typealias ModuleAction = @Sendable (_ doctype: String, _ name: String, Arguments, Session) throws -> Void

    /// Adds what a module does when a document comes back with what hangs on it, before it is written.
    package mutating func atRestore(_ body: @escaping @Sendable (KeptCopy, Session) throws -> Void) {
        restorings.append(body)
    }

    /// Adds what hangs on documents and stands there twice after two of them became one.
    package mutating func add(doubles: Doubles) { self.doubles.append(doubles) }

    /// Adds a check for `doctor`.
    public mutating func add(check: Check) { checks.append(check) }

    /// Adds work that is done once a day.
    public mutating func add(daily task: DailyTask) { dailyTasks.append(task) }

    /// Adds what brings along figures that a module keeps by the names of documents.
    public mutating func add(renaming: Renaming) { renamings.append(renaming) }

    /// Adds a word of series that a module gives a value.
    public mutating func add(namingWord: NamingWord) { namingWords.append(namingWord) }

    /// Adds a DocType whose documents hang on another one: they do not hold it and are deleted and restored with it.
    public mutating func add(companion: Companion) { companions.append(companion) }

    /// Registers a part of a module where a module above it iterates all parts of that kind, such as trade documents.
    public mutating func register<Part: Sendable>(_ part: Part) {
        parts[ObjectIdentifier(Part.self)] = registered(Part.self) + [part]
        if let holder = part as? SettingsHolder { settingsHolders.insert(holder.doctype) }
        if let facts = part as? Facts { factFields[facts.doctype, default: []] += facts.fields }
    }

    /// All parts of that kind that modules have registered, in their order.
    public func registered<Part: Sendable>(_ kind: Part.Type) -> [Part] {
        parts[ObjectIdentifier(kind)] as? [Part] ?? []
    }

    /// The DocType of that name.
    ///
    /// - Throws: ``Problem/Kind/notFound``.
    public func doctype(_ name: String) throws -> DocType {
        guard let doctype = types[name] else {
            throw Problem(.notFound, "DocType \(name) not found")
        }
        return doctype
    }

    /// The DocType of that name, or nil.
    public func find(_ name: String) -> DocType? { types[name] }

    /// All DocTypes in the order they were added.
    public var doctypes: [DocType] { order.compactMap { types[$0] } }

    /// The DocTypes that have rows of this child DocType.
    public func parents(of child: String) -> [DocType] { (parents[child] ?? []).compactMap { types[$0] } }

    func hooks(_ name: String) -> Hooks? { hooks[name] }

    /// Whether a table that is no DocType's has this name.
    package func hasTable(_ name: String) -> Bool { tables.contains { $0.name == name } }

    /// Whether a module gives this word of series a value.
    package func hasNamingWord(_ word: String) -> Bool { namingWords.contains { $0.word == word } }

    /// The tables whose rows are under the audit log as what was written; documents are under it each by itself. What is
    /// not: what is recomputed from these, such as balances, bins, the search index and what names look like.
    public var sealedTables: [TableSchema] {
        doctypes.filter { $0.sealed != nil && !$0.isVirtual }.map(\.schema)
            + [Naming.table, MetadataVersion.table, CompanySecret.table]
            + tables.filter {
                [DocumentMarks.table.name, DailyTaskMarks.table.name, DocumentLocks.table.name].contains($0.name)
            }
    }

    /// The shapes of all tables.
    public var allTables: [TableSchema] {
        doctypes.filter { !$0.isVirtual }.map(\.schema) + tables + [
            Naming.table, MetadataVersion.table, CompanySecret.table,
        ]
    }
}

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
    /// Writes what a call gives as it is read, however long it is; nil where ``run`` makes it whole.
    public let write: Writing?

    /// How a method writes what a call gives: one value.
    public typealias Writing = @Sendable (Arguments, Session, inout JSONWriter) throws -> Void

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
    /// that declares such a parameter does so itself.
    public init(
        _ name: String, writes: Bool = false, allowsGuests: Bool = false, parameters: [Parameter] = [],
        summary: String = "", run: @escaping @Sendable (Arguments, Session) throws -> JSON
    ) {
        self.name = name
        self.writes = writes
        self.allowsGuests = allowsGuests
        self.summary = summary
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

/// The arguments of a method call. They may arrive as JSON or as text; each accessor takes both.
public struct Arguments: Sendable {
    /// The arguments as they came.
    public var values: JSONObject
    private let asked: AskedNames?

    /// These arguments. Where `notesAsked`, ``unasked`` tells those that nothing asked for.
    public init(_ values: JSONObject, notesAsked: Bool = false) {
        self.values = values
        asked = notesAsked ? AskedNames() : nil
    }

    /// The arguments that nothing has asked for so far, in the order they came.
    public var unasked: [String] {
        let known = asked?.all ?? []
        return asked == nil ? [] : values.members.map(\.key).filter { !known.contains($0) }
    }

    /// An argument as it came; nil when it is missing or null.
    public subscript(name: String) -> JSON? {
        asked?.note(name)
        guard let value = values[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// An argument as text; numbers become text. Nil when it is missing or empty.
    public func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text.isEmpty ? nil : text
        case .int(let number): String(number)
        case .decimal(let number): number.description
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    /// An argument that must be given, as text.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` that names it.
    public func required(_ name: String) throws -> String {
        guard let text = text(name) else {
            throw Problem(.mandatory, "The argument \(name) is missing", field: name, fix: "Send \(name).")
        }
        return text
    }

    /// An argument as JSON: text that holds JSON is parsed.
    ///
    /// - Throws: ``Problem/Kind/malformed`` when the text is no JSON.
    public func json(_ name: String) throws -> JSON? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value, let first = text.first(where: { !$0.isWhitespace }),
            "[{\"".contains(first)
        else { return value }
        do {
            return try JSON.parse(text, limits: .outside)
        } catch {
            throw Problem(
                .malformed, "\(name) is not JSON: \(error.reason) at character \(error.offset)", field: name)
        }
    }

    /// An argument as a whole number of a range; nil when it is missing or empty.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is no whole number, or none of the range.
    public func int(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        let number: Int?
        switch self[name] {
        case nil, .string("")?: return nil
        case .string(let text)?: number = Int(text, in: range)
        case .bool(let flag)?: number = flag ? 1 : 0
        case let json?: number = json.int.flatMap { Int(exactly: $0) }
        }
        guard let number, range.contains(number) else {
            let end = range.upperBound == .max ? "\(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
            throw Problem(
                .wrongType, "\(name) must be a whole number from \(end)", field: name, fix: "Send such a number.")
        }
        return number
    }

    /// An argument as yes or no: 1, "1", true and "true" are yes.
    public func flag(_ name: String) -> Bool? {
        switch self[name] {
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .string(let text): text.isEmpty ? nil : !["0", "false", "False", "no"].contains(text)
        default: nil
        }
    }

    /// Whether what is asked for is only to be shown: the argument `rehearse`.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is neither yes nor no: nothing is done in earnest by mistake.
    public var isRehearsal: Bool {
        get throws { try decides("rehearse") }
    }

    private func decides(_ name: String) throws -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = flag(name) else {
            if value == "" { return false }
            throw Problem(.wrongType, "\(name) is 1 or 0", field: name, fix: "Send 1 or 0.")
        }
        return flag
    }

    /// Whether what nothing knows is to be refused instead of passed over: the argument `strict`.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` for what is neither yes nor no.
    public var isStrict: Bool { get throws { try decides("strict") } }

    /// An argument as a day.
    ///
    /// - Throws: ``Problem/Kind/wrongType``.
    public func day(_ name: String) throws -> Day? {
        guard let text = text(name) else { return nil }
        if let day = Day.written(text) { return day }
        throw Problem(.wrongType, "\(name) must be a date as YYYY-MM-DD", field: name)
    }
}

/// The names of the arguments that were asked for.
private final class AskedNames: Sendable {
    private let names = Mutex<Set<String>>([])

    var all: Set<String> { names.withLock { $0 } }

    func note(_ name: String) { names.withLock { _ = $0.insert(name) } }
}
