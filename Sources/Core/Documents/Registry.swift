public import Storage
internal import Values

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
    package private(set) var ruleKinds: [any Rules.Type] = []
    /// The DocTypes whose documents change DocTypes.
    private var metadataSources: Set<String> = []
    /// What brings into force what such documents say.
    private(set) var applyMetadata: (@Sendable (Session) throws -> Void)?
    /// The rules that a company made.
    private var rules = CompiledRules()
    /// The settings by which documents are called by a series, by their DocType.
    private(set) var namingSettings: [String: NamingSetting] = [:]
    /// What of the company's changes cannot be and has no effect.
    public package(set) var metadataProblems: [Problem] = []
    /// Those of them that are wrong by themselves, not because of another.
    package var metadataRoots: [Problem] = []
    /// What of the company's DocTypes is kept and has no effect, by their names.
    package var metadataWarnings: [String: [Problem]] = [:]
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
    package private(set) var fieldRenamings: [@Sendable (RenamedFields, Registry, Session) throws -> Void] = []
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
    /// Those of them whose rows are under the audit log.
    private var sealed: [TableSchema] = []
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
    package func shipped(_ name: String) -> DocType? { shippedTypes[name] }

    /// Takes these DocTypes for those of their names, and the `own` ones besides; all others are as modules declare them.
    package mutating func replace(_ changed: [String: DocType], own: [String], rules: CompiledRules) {
        types = shippedTypes.merging(changed) { _, changed in changed }
        order = shippedOrder + own.filter { changed[$0] != nil }
        self.rules = rules
        relink()
    }

    /// The registry with this DocType in place of the one of its name.
    package func replacing(_ type: DocType) -> Registry {
        var changed = self
        changed.types[type.name] = type
        changed.relink()
        return changed
    }

    /// Takes a DocType back to what it was, or away.
    package mutating func revert(_ name: String, to type: DocType?) {
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
    package func isMetadata(_ doctype: String) -> Bool {
        metadataSources.contains(doctype) || ruleKinds.contains { $0.source == doctype }
    }

    /// Says which documents change DocTypes, and what brings them into force at the end of a write.
    package mutating func setMetadata(sources: Set<String>, apply: @escaping @Sendable (Session) throws -> Void) {
        metadataSources = sources
        applyMetadata = apply
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

    /// Adds a table that is not a DocType's. `isSealed` puts its rows under the audit log as what was written; what is
    /// recomputed from others, such as balances, bins, the search index and what names look like, is not.
    public mutating func add(table: TableSchema, isSealed: Bool = false) {
        tables.append(table)
        if isSealed { sealed.append(table) }
    }

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

    /// The tables whose rows are under the audit log as what was written; documents are under it each by itself.
    public var sealedTables: [TableSchema] {
        doctypes.filter { $0.sealed != nil && !$0.isVirtual }.map(\.schema) + sealed
    }

    /// The shapes of all tables.
    public var allTables: [TableSchema] { doctypes.filter { !$0.isVirtual }.map(\.schema) + tables }
}
