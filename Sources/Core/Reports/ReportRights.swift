internal import Documents
internal import Values

extension ReportResult {
    /// The result without what the actor's User Permissions do not allow.
    ///
    /// An entry or group that names, in a column of links, what is not allowed goes; in strict mode one that names nothing
    /// there, too. Where a report reads everything, what sums up entries goes for everybody who is limited: groups, totals,
    /// figures and the remark. Where it reads what is permitted, they go with the first entry or group that goes.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` when a report that reads everything has no column for a link by which documents
    ///   of its DocType are limited, so that nobody can tell whose a row is; ``StorageError``.
    func limited(in session: Session, to report: Report) throws -> ReportResult {
        let type = try session.registry.doctype(report.doctype)
        guard session.isLimited(in: type) else { return self }
        let fields = Set(session.limitedFields(of: type))
        if report.reading == .everything { try requireColumns(of: fields, report, in: session) }
        var isKept = rows.map { report.reading == .permitted || $0.kind == .entry }
        let isStrict = session.actor.restrictions.isStrict
        for target in try targets(among: fields, report, in: session) {
            let named = Set<Name>(rows.compactMap { target.name(in: $0) }).subtracting([""])
            let allowed = try session.permitted(target.doctype, named, for: report.doctype)
            for (index, row) in rows.enumerated() {
                guard let name = target.name(in: row) else { continue }
                let isRefused = name.isEmpty ? isStrict && target.isOfReport : !allowed.contains(name)
                if isRefused { isKept[index] = false }
            }
        }
        if report.reading == .permitted, !isKept.contains(false) { return self }
        let kept = zip(rows, isKept).filter { $0.1 && $0.0.kind == .entry }.map(\.0)
        return ReportResult(columns: columns, rows: kept)
    }

    /// A column of links to a limited DocType; `selector` is the column that names the DocType, where one does.
    private struct Target {
        let column: Int
        let doctype: String
        let selector: Int?
        /// Whether it holds a link of the report's DocType, not something fetched.
        let isOfReport: Bool

        /// The name of a limited document that a row holds here, empty where it could hold one; nil where it cannot.
        func name(in row: ReportRow) -> String? {
            guard row.kind != .total else { return nil }
            if let selector, row.values[selector].text != doctype { return nil }
            return row.values[column].text ?? ""
        }
    }

    /// The columns that may name what is not allowed. What User Permissions do not limit in a document of the report's
    /// DocType they do not limit here: a link that ignores them, the parent of a node.
    private func targets(among fields: Set<FieldPlace>, _ report: Report, in session: Session) throws -> [Target] {
        let restrictions = session.actor.restrictions
        return columns.indices.flatMap { index -> [Target] in
            let places = columns[index].places(in: report)
            let isOfReport = !places.isEmpty && places.allSatisfy { $0.doctype == report.doctype }
            guard let options = columns[index].options, !isOfReport || !fields.isDisjoint(with: places) else {
                return []
            }
            switch columns[index].type {
            case .link:
                guard restrictions.hold(options, in: report.doctype) else { return [] }
                let up = session.registry.find(options)?.treeField ?? ""
                guard !places.contains(FieldPlace(doctype: options, field: up)) else { return [] }
                return [Target(column: index, doctype: options, selector: nil, isOfReport: isOfReport)]
            case .dynamicLink:
                guard let selector = columns.firstIndex(where: { $0.name == options }) else { return [] }
                return Set(rows.compactMap { $0.values[selector].text }).sorted()
                    .filter { restrictions.hold($0, in: report.doctype) }
                    .map { Target(column: index, doctype: $0, selector: selector, isOfReport: isOfReport) }
            default: return []
            }
        }
    }

    private func requireColumns(of fields: Set<FieldPlace>, _ report: Report, in session: Session) throws {
        let links = columns.filter { column in
            column.type == .link
                || column.type == .dynamicLink && columns.contains { $0.name == column.options }
        }
        let missing = fields.subtracting(links.flatMap { $0.places(in: report) })
        guard let field = missing.min(by: { ($0.doctype, $0.field) < ($1.doctype, $1.field) }) else { return }
        let link = session.registry.find(field.doctype)?.field(field.field)
        let target = (link?.type == .link ? link?.options : nil) ?? field.doctype
        var problem = Problem(
            .forbidden,
            """
            \(session.actor.user) is limited in what it sees of \(target), and \(report.name) cannot be limited so: it \
            has no column for \(field.field)
            """, field: field.field)
        problem.doctype = target
        throw problem
    }
}

extension ReportColumn {
    /// The fields it is made of, in a report.
    fileprivate func places(in report: Report) -> [FieldPlace] {
        sources.fields(named: name, of: report.doctype).map(\.place)
    }
}
