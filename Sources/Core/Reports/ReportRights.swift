public import Documents
internal import Values

extension ReportResult {
    /// The result without the rows that name, in a column of links, what the actor's User Permissions do not allow.
    ///
    /// Where a row had to go, so do the rows that name nothing in such a column, and the remark and figures above the table:
    /// they may sum up what is gone.
    ///
    /// - Throws: ``StorageError``.
    public func limited(in session: Session, for doctype: String) throws -> ReportResult {
        guard !session.actor.restrictions.isEmpty, !rows.isEmpty else { return self }
        var isKept = Array(repeating: true, count: rows.count)
        var isLimited = Array(repeating: false, count: rows.count)
        for target in try targets(in: session, doctype) {
            let named = Set(rows.indices.compactMap { target.name(in: rows[$0]) })
            let allowed = try session.permitted(target.doctype, named, for: doctype)
            for index in rows.indices {
                switch target.name(in: rows[index]) {
                case nil: isLimited[index] = isLimited[index] || target.isEmpty(in: rows[index])
                case let name?: if !allowed.contains(name) { isKept[index] = false }
                }
            }
        }
        guard isKept.contains(false) else { return self }
        let kept = rows.indices.filter { isKept[$0] && !isLimited[$0] }.map { rows[$0] }
        return ReportResult(columns: columns, rows: kept)
    }

    /// A column of links to a limited DocType; `selector` is the column that names the DocType, where one does.
    private struct Target {
        let column: Int
        let doctype: String
        let selector: Int?

        /// The name of a limited document that a row holds here.
        func name(in row: [Value]) -> String? {
            guard let text = row[column].text, !text.isEmpty else { return nil }
            if let selector, row[selector].text != doctype { return nil }
            return text
        }

        func isEmpty(in row: [Value]) -> Bool { row[column].isEmpty }
    }

    private func targets(in session: Session, _ doctype: String) throws -> [Target] {
        columns.indices.flatMap { index -> [Target] in
            let column = columns[index]
            guard let options = column.options else { return [] }
            switch column.type {
            case .link:
                return session.actor.restrictions.hold(options, in: doctype)
                    ? [Target(column: index, doctype: options, selector: nil)] : []
            case .dynamicLink:
                guard let selector = columns.firstIndex(where: { $0.name == options }) else { return [] }
                let named = Set(rows.compactMap { $0[selector].text }).sorted()
                return named.filter { session.actor.restrictions.hold($0, in: doctype) }
                    .map { Target(column: index, doctype: $0, selector: selector) }
            default: return []
            }
        }
    }
}

extension Report {
    /// Refuses a report whose rows sum up documents that User Permissions limit without saying of which they are: nothing
    /// could be taken away from those.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    func refuseSums(
        _ result: ReportResult, _ arguments: Arguments, of type: DocType, in session: Session
    ) throws {
        guard !readsPermitted else { return }
        for target in session.limitedTargets(in: type) {
            let isAsked = filters.contains { filter in
                filter.type == .link && filter.options == target && !(arguments.text(filter.name) ?? "").isEmpty
            }
            let isNamed = result.columns.contains { $0.type == .link && $0.options == target }
            guard isAsked || isNamed else {
                let filter = filters.first { $0.type == .link && $0.options == target }
                throw Problem(
                    .forbidden, "\(session.actor.user) is limited to some \(target), and \(name) sums over all of them",
                    field: filter?.name,
                    fix: filter.map { "Choose one by \($0.name)." } ?? "Ask somebody who is not limited.")
            }
        }
    }
}

extension Session {
    /// Whether a report of these roles is for the actor.
    func mayRun(_ roles: Set<String>) -> Bool {
        roles.isEmpty || actor.isAdministrator || !roles.isDisjoint(with: actor.roles)
    }

    /// Refuses a filter's value that User Permissions do not allow.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    func requirePermitted(_ value: Value, _ filter: Report.Filter, for doctype: String) throws {
        guard let name = value.text, !name.isEmpty, let target = filter.options,
            actor.restrictions.hold(target, in: doctype), try permitted(target, [name], for: doctype).isEmpty
        else { return }
        throw Problem(
            .forbidden, "\(actor.user) is limited to other values of \(target) than \(name)", field: filter.name)
    }
}
