internal import Documents
internal import Storage
internal import Values

extension ReportRun {
    /// The report as its reader sees it.
    ///
    /// - A column of which a field is hidden is taken out, of totals too. One of which a field is masked holds
    ///   `Session.maskedText` where it is not null, as text, so that nothing adds it up.
    /// - A Dynamic Link whose DocType is not told is text.
    /// - A figure or remark of which a field is not open goes, and one that is made of a DocType of `cleared`; see
    ///   ``ReportResult/clearUnreadable(in:)``.
    func screened(in session: Session, for report: Report, without cleared: Set<String> = []) -> ReportRun {
        func isTold(_ sources: ReportSources) -> Bool {
            let fields = sources.fields(named: "", of: report.doctype)
            return session.visibility(of: fields) == .open && !fields.contains { cleared.contains($0.doctype) }
        }
        let run = shown(columns.map { $0.visibility(in: session, for: report) })
        return ReportRun(columns: run.columns) { most, each in
            var end = try run.rows(most, each)
            end.summary.removeAll { !isTold($0.sources) }
            if let message = end.message, !isTold(message.sources) { end.message = nil }
            return end
        }
    }

    /// The report without hidden columns and with masked ones masked.
    private func shown(_ visibilities: [FieldVisibility]) -> ReportRun {
        guard visibilities.contains(where: { $0 != .open }) else { return self }
        let shown = visibilities.indices.filter { visibilities[$0] != .hidden }
        let openColumns = Set(visibilities.indices.filter { visibilities[$0] == .open }.map { columns[$0].name })
        let shownColumns = shown.map { index in
            let column = columns[index]
            let isAimless = column.type == .dynamicLink && !openColumns.contains(column.options ?? "")
            return visibilities[index] == .masked || isAimless ? column.asText : column
        }
        return ReportRun(columns: shownColumns) { [rows] most, each in
            try rows(most) { row in
                let values = shown.map {
                    visibilities[$0] == .masked && !row.values[$0].isNull ? .text(Session.maskedText) : row.values[$0]
                }
                try each(ReportRow(values, row.kind))
            }
        }
    }

    /// Whether it has values that were fetched from documents of which the actor may not read all.
    func fetchesUnreadable(in session: Session) -> Bool {
        columns.contains { column in
            column.sources.fields(named: "", of: "").contains { source in
                guard source.namedBy != nil, let type = session.registry.find(source.doctype) else { return false }
                return session.readCondition(for: type, table: type.table) != nil
            }
        }
    }
}

extension ReportColumn {
    fileprivate func visibility(in session: Session, for report: Report) -> FieldVisibility {
        session.visibility(of: sources.fields(named: name, of: report.doctype))
    }
}

extension ReportResult {
    /// Puts the entries into an order of what the actor sees, from the first column on: for reports that are ordered by what
    /// it does not see. A tree keeps its order.
    mutating func order(in session: Session, for report: Report) {
        order(by: columns.indices.filter { columns[$0].visibility(in: session, for: report) == .open })
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

    /// Empties what was fetched from documents that the actor may not read, and the totals of it. It costs a statement for
    /// each DocType that values were fetched from and whose documents the actor may not all read.
    ///
    /// - Returns: the DocTypes of which a document was not readable.
    mutating func clearUnreadable(in session: Session) throws -> Set<String> {
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
