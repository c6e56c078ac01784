public import Documents
internal import Metadata
public import Storage
internal import Values

extension Session {
    /// Runs `body` and brings the metadata into force once at its end, however many documents that describe it are written:
    /// so that DocTypes which name each other can be made together.
    ///
    /// `allowing` holds the words of steps that may lose what documents hold; see ``SchemaStep/words``.
    ///
    /// - Throws: what `body` throws; ``Problem/Kind/badMetadata``; ``Problem/Kind/losesData``.
    @discardableResult
    public func changeMetadata<T>(allowing steps: Set<String> = [], _ body: () throws -> T) throws -> T {
        let (wasDeferring, wasAllowed) = (metadata.isDeferred, metadata.allowed)
        metadata.isDeferred = true
        metadata.allowed.formUnion(steps)
        defer {
            metadata.isDeferred = wasDeferring
            metadata.allowed = wasAllowed
        }
        let result = try body()
        if !wasDeferring, metadata.isDirty { try nested { try applyMetadata() } }
        return result
    }

    /// Brings what documents say of DocTypes into force: checks it, changes the tables, and takes the new registry for the
    /// rest of the session. All in the transaction; nothing remains of a change that is refused.
    func applyMetadata() throws {
        transaction.takeTime(seconds: Limits.migrationSeconds)
        try MetadataVersion.move(in: self)
        let renamed = metadata.renamed
        metadata.renamed = RenamedFields()
        try renamed.renameDescriptions(in: self)
        metadata.isDirty = false
        let before = registry
        let after = registry.with(try CustomMetadata(in: self))
        let warnings = metadata.written.sorted().flatMap { after.metadataWarnings[$0] ?? [] }
        let problems = after.newProblems(since: before)
        guard problems.isEmpty else { throw Problem(problems, beside: warnings) }
        remarks.warnings += warnings.prefix(max(0, Limits.shownProblems - remarks.warnings.count))
        metadata.written = []
        let plan = try MetadataPlan(from: before, to: after, renamed, in: self)
        if !metadata.isPlanning { try plan.refuseLoss(allowing: metadata.allowed) }
        try plan.removeDocuments()
        for type in before.doctypes where after.find(type.name) == nil { metadata.gone[type.name] = type }
        registry = after
        try plan.carryOut()
        try followMetadata()
        metadata.hasChanged = true
        metadata.planned += plan.steps
        forgetKnown()
    }
}

/// The version of a company's metadata: other processes see by it that theirs is old.
public enum MetadataVersion {
    static let table = TableSchema(
        "_meta", columns: [.init("name", .text, required: true), .init("version", .integer, required: true)])

    /// The version that is in force in the transaction; 0 before the first change.
    public static func current(in transaction: any Transaction) throws -> Int64 {
        let query = Query("SELECT version FROM _meta WHERE name = ?", [.text("doctypes")], [.integer])
        return try transaction.recall([(table.name, query)])[0].first?.int ?? 0
    }

    /// Moves it on; whoever else wants to, waits for the end of the transaction.
    static func move(in session: Session) throws {
        try session.sealing(table, where: "name = ?", [.text("doctypes")]) {
            try session.transaction.execute(
                """
                INSERT INTO _meta (name, version) VALUES (?, 1)
                ON CONFLICT (name) DO UPDATE SET version = _meta.version + 1
                """, [.text("doctypes")])
        }
        session.transaction.keep(nil, as: table.name)
    }
}

extension Session {
    /// Takes what the company changed of the metadata into force for this session, which began with what the modules
    /// declare. A database that is too old to have any is left at that.
    ///
    /// Gives what of the changes has no effect, in words.
    @discardableResult
    public func adoptMetadata() throws -> [String] {
        let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
        let sources = CustomMetadata.sources.union(registry.ruleKinds.map { $0.source })
        let wanted = sources.compactMap { registry.find($0)?.table } + [MetadataVersion.table.name]
        guard Set(wanted).isSubset(of: names) else { return [] }
        let custom = try CustomMetadata(in: self)
        // Companies that changed nothing share what the modules declare.
        guard !custom.isEmpty else { return [] }
        registry = registry.with(custom)
        return registry.metadataProblems.map(\.message)
    }
}

extension Registry {
    /// What cannot be of the metadata and was not so before: that stands in nobody's way. What is wrong only because of
    /// another is not told beside it.
    func newProblems(since before: Registry) -> [Problem] {
        for found in [metadataRoots, metadataProblems] {
            let new = found.filter { !before.metadataProblems.contains($0) }
            if !new.isEmpty { return new }
        }
        return []
    }

    /// The registry with what the company changed of it, read in a transaction on which `session` runs. What of the
    /// changes has no effect stands in ``metadataProblems``.
    ///
    /// - Throws: ``StorageError``.
    public func customized(in session: Session) throws -> Registry { with(try CustomMetadata(in: session)) }
}
