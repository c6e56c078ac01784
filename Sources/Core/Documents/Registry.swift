public import Storage
internal import Values

/// Everything the modules of a server declare: DocTypes with their controllers, methods, tables and checks.
///
/// Made once at start from the modules, then shared by all sessions and never changed.
public struct Registry: DocTypeCatalog, Sendable {
    /// One reference, because it is asked and handed on many times in every write, and has many parts.
    private var box = Box(Declared())

    private final class Box: Sendable {
        let declared: Declared
        init(_ declared: Declared) { self.declared = declared }
    }

    private struct Declared: Sendable {
        var types: [String: DocType] = [:]
        /// The DocTypes as modules declare them.
        var shippedTypes: [String: DocType] = [:]
        var shippedOrder: [String] = []
        var shippedRoles: Set<String> = []
        var sources: [String: VirtualSource] = [:]
        var ruleKinds: [any Rules.Type] = []
        /// The DocTypes whose documents change DocTypes.
        var metadataSources: Set<String> = []
        var applyMetadata: (@Sendable (Session) throws -> Void)?
        /// The rules that a company made.
        var rules: CompiledRules = CompiledRules()
        var namingSettings: [String: NamingSetting] = [:]
        var metadataProblems: [Problem] = []
        var metadataRoots: [Problem] = []
        var metadataWarnings: [String: [Problem]] = [:]
        var hooks: [String: Hooks] = [:]
        var observers: Observers = Observers()
        var endings: [Ending] = []
        var settingsHolders: Set<String> = []
        var factFields: [String: [String]] = [:]
        var followers: [@Sendable (Session) throws -> Void] = []
        var fieldRenamings: [@Sendable (RenamedFields, Registry, Session) throws -> Void] = []
        var actions: [Command.Action: ModuleAction] = [:]
        var restorings: [@Sendable (KeptCopy, Session) throws -> Void] = []
        var doubles: [Doubles] = []
        /// What modules register where one above them iterates all of a kind, by the kind.
        var parts: [ObjectIdentifier: any Sendable] = [:]
        var order: [String] = []
        var methods: [String: Method] = [:]
        var tables: [TableSchema] = []
        /// Those of them whose rows are under the audit log.
        var sealed: [TableSchema] = []
        var checks: [Check] = []
        var renamings: [Renaming] = []
        var namingWords: [NamingWord] = []
        var companions: [Companion] = []
        var backlinks: [String: [Backlink]] = [:]
        var dynamicBacklinks: [Backlink] = []
        /// The DocTypes that have rows of a child DocType, by its name.
        var parents: [String: [String]] = [:]

        mutating func add(_ doctype: DocType, hooks: Hooks?) {
            types[doctype.name] = doctype
            shippedTypes[doctype.name] = doctype
            order.append(doctype.name)
            shippedOrder.append(doctype.name)
            shippedRoles.formUnion(doctype.permissions.map(\.role))
            self.hooks[doctype.name] = hooks
            link(doctype)
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

        /// Notes anew what all DocTypes link to.
        mutating func relink() {
            backlinks = [:]
            dynamicBacklinks = []
            parents = [:]
            for type in order.compactMap({ types[$0] }) { link(type) }
        }
    }

    /// Changes what is declared, in place where nobody else holds it.
    private mutating func change<T>(_ body: (inout Declared) -> T) -> T {
        var declared = box.declared
        // Let go, so that what nobody else holds is changed in place.
        box = Box(Declared())
        defer { box = Box(declared) }
        return body(&declared)
    }

    private var types: [String: DocType] { box.declared.types }
    private var shippedTypes: [String: DocType] { box.declared.shippedTypes }
    private var shippedOrder: [String] { box.declared.shippedOrder }
    /// The roles that the permissions of DocTypes name as modules declare them.
    var shippedRoles: Set<String> { box.declared.shippedRoles }
    /// Where documents come from that no table holds, or not all of them, by DocType.
    package var sources: [String: VirtualSource] { box.declared.sources }
    /// The kinds of rules that documents describe.
    package var ruleKinds: [any Rules.Type] { box.declared.ruleKinds }
    private var metadataSources: Set<String> { box.declared.metadataSources }
    /// What brings into force what such documents say.
    var applyMetadata: (@Sendable (Session) throws -> Void)? { box.declared.applyMetadata }
    private var rules: CompiledRules { box.declared.rules }
    /// The settings by which documents are called by a series, by their DocType.
    var namingSettings: [String: NamingSetting] { box.declared.namingSettings }
    /// What of the company's changes cannot be and has no effect.
    public package(set) var metadataProblems: [Problem] {
        get { box.declared.metadataProblems }
        set { change { $0.metadataProblems = newValue } }
    }
    /// Those of them that are wrong by themselves, not because of another.
    package var metadataRoots: [Problem] {
        get { box.declared.metadataRoots }
        set { change { $0.metadataRoots = newValue } }
    }
    /// What of the company's DocTypes is kept and has no effect, by their names.
    package var metadataWarnings: [String: [Problem]] {
        get { box.declared.metadataWarnings }
        set { change { $0.metadataWarnings = newValue } }
    }
    private var hooks: [String: Hooks] { box.declared.hooks }
    /// Who is shown what is done to documents.
    var observers: Observers { box.declared.observers }
    /// What modules do when the logs are written.
    var endings: [Ending] { box.declared.endings }
    /// The DocTypes that are registered as ``SettingsHolder``.
    var settingsHolders: Set<String> { box.declared.settingsHolders }
    /// The fields that ``Facts`` are registered of, by DocType.
    var factFields: [String: [String]] { box.declared.factFields }
    /// What modules do when DocTypes have changed.
    var followers: [@Sendable (Session) throws -> Void] { box.declared.followers }
    /// What modules do when fields get other names.
    package var fieldRenamings: [@Sendable (RenamedFields, Registry, Session) throws -> Void] {
        box.declared.fieldRenamings
    }
    /// What commands of modules do, by their actions.
    var actions: [Command.Action: ModuleAction] { box.declared.actions }
    /// What modules do when a document comes back.
    var restorings: [@Sendable (KeptCopy, Session) throws -> Void] { box.declared.restorings }
    /// What stands twice after a merge.
    var doubles: [Doubles] { box.declared.doubles }
    private var parts: [ObjectIdentifier: any Sendable] { box.declared.parts }
    private var order: [String] { box.declared.order }
    /// The methods clients may call, by their dotted names.
    public var methods: [String: Method] { box.declared.methods }
    /// Tables that are not DocTypes', such as kept balances.
    public var tables: [TableSchema] { box.declared.tables }
    private var sealed: [TableSchema] { box.declared.sealed }
    /// What `doctor` recomputes.
    public var checks: [Check] { box.declared.checks }
    /// What modules keep by the names of documents and bring along when one is renamed.
    var renamings: [Renaming] { box.declared.renamings }
    /// The words of series that modules give values.
    var namingWords: [NamingWord] { box.declared.namingWords }
    /// The DocTypes whose documents hang on another one and go with it.
    var companions: [Companion] { box.declared.companions }
    /// Which fields of which DocTypes link to a DocType, by its name.
    var backlinks: [String: [Backlink]] { box.declared.backlinks }
    /// Which fields of which DocTypes link to documents of a DocType that another field names.
    var dynamicBacklinks: [Backlink] { box.declared.dynamicBacklinks }
    private var parents: [String: [String]] { box.declared.parents }

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
            change { $0.add(doctype, hooks: (schema as? any Controller.Type).map { Hooks($0) }) }
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
        change { declared in
            declared.types = declared.shippedTypes.merging(changed) { _, changed in changed }
            declared.order = declared.shippedOrder + own.filter { changed[$0] != nil }
            declared.rules = rules
            declared.relink()
        }
    }

    /// The registry with this DocType in place of the one of its name.
    package func replacing(_ type: DocType) -> Registry {
        var changed = self
        changed.change {
            $0.types[type.name] = type
            $0.relink()
        }
        return changed
    }

    /// Takes a DocType back to what it was, or away.
    package mutating func revert(_ name: String, to type: DocType?) {
        change {
            $0.types[name] = type
            if type == nil { $0.order.removeAll { $0 == name } }
            $0.relink()
        }
    }

    /// Whether a company may have made rules of its own for the names of such documents.
    public func hasNamingRules(_ doctype: String) -> Bool {
        namingRules(of: doctype) != nil || namingSettings[doctype] != nil
    }

    /// Lets a company choose that documents of a DocType which is named by a field are called by a series.
    public mutating func add(naming: NamingSetting, for doctype: String) {
        change { $0.namingSettings[doctype] = naming }
    }

    func namingRules(of doctype: String) -> [NamingRule]? { rules(NamingRules.self)?.byDocType[doctype] }

    /// Adds a kind of rules that documents describe; see ``Rules``.
    public mutating func add(rules kind: any Rules.Type) {
        change { $0.ruleKinds.append(kind) }
    }

    /// The rules of a kind that the company made; nil before any were read.
    public func rules<Kind: Rules>(_ kind: Kind.Type) -> Kind? { rules[kind] }

    /// Whether a document of the DocType changes DocTypes or rules, which are read anew when it is written.
    package func isMetadata(_ doctype: String) -> Bool {
        metadataSources.contains(doctype) || ruleKinds.contains { $0.source == doctype }
    }

    /// Says which documents change DocTypes, and what brings them into force at the end of a write.
    package mutating func setMetadata(sources: Set<String>, apply: @escaping @Sendable (Session) throws -> Void) {
        change {
            $0.metadataSources = sources
            $0.applyMetadata = apply
        }
    }

    /// Whether all documents of the DocType are rows of its table.
    public func isInTable(_ type: DocType) -> Bool { !type.isVirtual && sources[type.name] == nil }

    /// Says where documents of a DocType come from that no table holds.
    public mutating func add(source: VirtualSource, for doctype: String) {
        precondition(sources[doctype] == nil, "\(doctype) has two sources")
        change { $0.sources[doctype] = source }
    }

    /// Adds a method that clients may call.
    public mutating func add(_ method: Method) {
        precondition(methods[method.name] == nil, "the method \(method.name) is declared twice")
        change { $0.methods[method.name] = method }
    }

    /// Adds a table that is not a DocType's. `isSealed` puts its rows under the audit log as what was written; what is
    /// recomputed from others, such as balances, bins, the search index and what names look like, is not.
    public mutating func add(table: TableSchema, isSealed: Bool = false) {
        change {
            $0.tables.append(table)
            if isSealed { $0.sealed.append(table) }
        }
    }

    /// Lets a module see, and join in, what is done to documents of one or of all DocTypes, whoever does it; see ``Phase``.
    public mutating func observe(_ observed: Observed, _ phase: Phase, _ observer: @escaping Observer) {
        change { $0.observers.add(observed, phase, observer) }
    }

    /// What a module does when the logs are written, at the end of a transaction: it is given the numbers of the events.
    package typealias Ending = @Sendable (Session, ClosedRange<Int64>?) throws -> Void

    /// Adds what a module does when the logs are written.
    package mutating func atEnd(_ body: @escaping Ending) {
        change { $0.endings.append(body) }
    }

    /// Adds what a module does when DocTypes have changed, and when a company is opened: brings what it keeps by their fields
    /// in line with them.
    package mutating func atMetadata(_ body: @escaping @Sendable (Session) throws -> Void) {
        change { $0.followers.append(body) }
    }

    /// Adds what a module does when fields get other names: lets what it keeps by the names of fields follow. It is given the
    /// registry as it was before.
    package mutating func atRenamedFields(
        _ body: @escaping @Sendable (RenamedFields, _ before: Registry, Session) throws -> Void
    ) {
        change { $0.fieldRenamings.append(body) }
    }

    /// Says what a module does to a document when a command of an action of its own asks for it.
    package mutating func add(action: Command.Action, _ body: @escaping ModuleAction) {
        change { $0.actions[action] = body }
    }

    /// What a module does to the document of a DocType and a name.
    package typealias ModuleAction = @Sendable (_ doctype: String, _ name: String, Arguments, Session) throws -> Void

    /// Adds what a module does when a document comes back with what hangs on it, before it is written.
    package mutating func atRestore(_ body: @escaping @Sendable (KeptCopy, Session) throws -> Void) {
        change { $0.restorings.append(body) }
    }

    /// Adds what hangs on documents and stands there twice after two of them became one.
    package mutating func add(doubles: Doubles) {
        change { $0.doubles.append(doubles) }
    }

    /// Adds a check for `doctor`.
    public mutating func add(check: Check) {
        change { $0.checks.append(check) }
    }

    /// Adds what brings along figures that a module keeps by the names of documents.
    public mutating func add(renaming: Renaming) {
        change { $0.renamings.append(renaming) }
    }

    /// Adds a word of series that a module gives a value.
    public mutating func add(namingWord: NamingWord) {
        change { $0.namingWords.append(namingWord) }
    }

    /// Adds a DocType whose documents hang on another one: they do not hold it and are deleted and restored with it.
    public mutating func add(companion: Companion) {
        change { $0.companions.append(companion) }
    }

    /// Registers a part of a module where a module above it iterates all parts of that kind, such as trade documents.
    public mutating func register<Part: Sendable>(_ part: Part) {
        let all = registered(Part.self) + [part]
        change {
            $0.parts[ObjectIdentifier(Part.self)] = all
            if let holder = part as? SettingsHolder { $0.settingsHolders.insert(holder.doctype) }
            if let facts = part as? Facts { $0.factFields[facts.doctype, default: []] += facts.fields }
        }
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
