internal import Documents
internal import Storage
internal import Values

extension ReportResult {
    /// The result as its reader sees it.
    ///
    /// - A column of which a field is hidden is taken out, of totals too. One of which a field is masked holds
    ///   `Session.maskedText` where it is not null, as text, so that nothing adds it up.
    /// - A Dynamic Link whose DocType is not told is text.
    /// - A figure or remark of which a field is not open goes.
    /// - What was fetched from a document that the actor may not read is null, and so is its total; figures and remarks
    ///   made of that DocType go.
    /// - Where a field that entries are ordered by is not open, they are ordered anew by what is. A tree keeps its order.
    ///
    /// It costs a statement for each DocType that values were fetched from and whose documents the actor may not all read.
    ///
    /// - Throws: ``StorageError``.
    func screened(in session: Session, for report: Report) throws -> ReportResult {
        func visibility(_ sources: ReportSources, _ name: String = "") -> FieldVisibility {
            session.visibility(of: sources.fields(named: name, of: report.doctype))
        }
        var result = self
        let cleared = try result.clearUnreadable(in: session)
        func isTold(_ sources: ReportSources) -> Bool {
            visibility(sources) == .open
                && !sources.fields(named: "", of: report.doctype).contains { cleared.contains($0.doctype) }
        }
        let visibilities = columns.map { visibility($0.sources, $0.name) }
        if visibility(report.orderedBy) != .open {
            result.order(by: visibilities.indices.filter { visibilities[$0] == .open })
        }
        result.show(visibilities)
        result.summary.removeAll { !isTold($0.sources) }
        if let message, !isTold(message.sources) { result.message = nil }
        return result
    }

    /// Takes out hidden columns and masks masked ones, in one pass over the rows.
    private mutating func show(_ visibilities: [FieldVisibility]) {
        guard visibilities.contains(where: { $0 != .open }) else { return }
        let shown = visibilities.indices.filter { visibilities[$0] != .hidden }
        let openColumns = Set(visibilities.indices.filter { visibilities[$0] == .open }.map { columns[$0].name })
        for index in rows.indices {
            let values = rows[index].values
            rows[index].values = shown.map {
                visibilities[$0] == .masked && !values[$0].isNull ? .text(Session.maskedText) : values[$0]
            }
        }
        columns = shown.map { index in
            let column = columns[index]
            let isAimless = column.type == .dynamicLink && !openColumns.contains(column.options ?? "")
            return visibilities[index] == .masked || isAimless ? column.asText : column
        }
    }

    /// Puts the entries into the order of these columns, from the first on. Other rows keep their places; where some are
    /// groups, all do.
    private mutating func order(by keys: [Int]) {
        guard !rows.contains(where: { $0.kind == .group }) else { return }
        let places = rows.indices.filter { rows[$0].kind == .entry }
        let sorted = places.map { rows[$0] }.sorted { left, right in
            for key in keys where left.values[key] != right.values[key] {
                return left.values[key].isBefore(right.values[key])
            }
            return false
        }
        for (place, row) in zip(places, sorted) { rows[place] = row }
    }

    /// Empties what was fetched from documents that the actor may not read, and the totals of it.
    ///
    /// - Returns: the DocTypes of which a document was not readable.
    private mutating func clearUnreadable(in session: Session) throws -> Set<String> {
        var cleared: Set<String> = []
        var fetched: [String: [(column: Int, names: Int)]] = [:]
        for (index, column) in columns.enumerated() {
            for source in column.sources.fields(named: "", of: "") {
                guard let name = source.namedBy, let names = columns.firstIndex(where: { $0.name == name }) else {
                    continue
                }
                fetched[source.doctype, default: []].append((index, names))
            }
        }
        for (doctype, pairs) in fetched.sorted(by: { $0.key < $1.key }) {
            guard let type = session.registry.find(doctype),
                session.readCondition(for: type, table: type.table) != nil
            else { continue }
            let named: Set<Name> = Set(
                rows.filter { $0.kind != .total }.flatMap { row in pairs.compactMap { row.values[$0.names].text } })
            let readable = try session.readable(type, named)
            guard !named.isSubset(of: readable) else { continue }
            cleared.insert(doctype)
            for index in rows.indices {
                for pair in pairs
                where rows[index].kind == .total || !readable.contains(rows[index].values[pair.names].text ?? "") {
                    rows[index].values[pair.column] = .null
                }
            }
        }
        return cleared
    }
}

extension Value {
    /// Whether it comes before another of its column: nothing first, numbers by size, all else as it is written.
    fileprivate func isBefore(_ other: Value) -> Bool {
        if isNull || other.isNull { return isNull && !other.isNull }
        if let left = exact, let right = other.exact { return left < right }
        return description < other.description
    }
}

extension Session {
    /// The documents among those of these names that the actor may list.
    fileprivate func readable(_ type: DocType, _ names: Set<Name>) throws -> Set<Name> {
        var found: Set<Name> = []
        for chunk in names.sorted().chunks(of: Limits.filterValues) {
            guard let condition = readCondition(for: type, table: type.table) else { return names }
            let isNamed = transaction.dialect.isOneOf("\(quoted(type.table)).name", count: chunk.count)
            try transaction.forEach(
                "SELECT name FROM \(quoted(type.table)) WHERE \(isNamed) AND \(condition.sql)",
                chunk.map(Value.text) + condition.arguments, [.text]
            ) { found.insert($0[0].text ?? "") }
        }
        return found
    }
}
