public import Documents
internal import Values

extension Report {
    /// Begins the report for the session's actor. What its filters name is meant however it is typed; see
    /// ``Session/name(_:of:)``.
    ///
    /// It takes the right `report` on all documents of the report's DocType. What User Permissions do not allow is not in
    /// the result, nor in what it sums up; see ``ReportResult/limited(in:to:)``. Fields that the actor sees masked or not
    /// at all are masked or left out, with all that is made of them; see ``ReportRun/screened(in:for:without:)``. Where that
    /// takes knowing all rows, they are kept in memory, up to ``Limits/listRows``.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` without the right, for a field the report needs or a filter asks about that is
    ///   not open to the actor, for a filter's value the actor is not limited to, and for a report that cannot be limited
    ///   to what the actor may see; ``Problem/Kind/mandatory`` without a required filter, ``Problem/Kind/wrongType`` for a
    ///   value that is not of a filter's type, ``Problem/Kind/unknownField`` for a filter the report does not have, unless the
    ///   session passes that over.
    public func run(_ arguments: Arguments, in session: Session) throws -> ReportRun {
        let type = try session.registry.doctype(doctype)
        try session.require(.report, type)
        guard session.mayOnAll(.report, type), session.mayRun(roles) else { throw forbidden(session) }
        try session.requireOpen(needs.fields(named: "", of: doctype), for: name)
        let arguments = try checked(arguments, in: session)
        if reading == .permitted, session.readCondition(for: type, table: type.table)?.isNone == true {
            throw forbidden(session)
        }
        let run = try begin(arguments, session)
        let isOrdered = session.visibility(of: orderedBy.fields(named: "", of: doctype)) == .open
        guard session.isLimited(in: type) || !isOrdered || run.fetchesUnreadable(in: session) else {
            return run.screened(in: session, for: self)
        }
        var result = try run.collected().limited(in: session, to: self)
        let cleared = try result.clearUnreadable(in: session)
        if !isOrdered { result.order(in: session, for: self) }
        return result.run.screened(in: session, for: self, without: cleared)
    }

    /// What the report gives, all of it in memory; as ``run(_:in:)``.
    public func result(_ arguments: Arguments, in session: Session) throws -> ReportResult {
        try run(arguments, in: session).collected()
    }

    /// The filters that the session's actor may use: those that ask about no field it sees masked or not at all.
    public func openFilters(in session: Session) -> [Filter] {
        filters.filter { session.visibility(of: sources(of: $0)) == .open }
    }

    private func sources(of filter: Filter) -> [ReportSource] {
        filter.sources.fields(named: filter.name, of: doctype)
    }

    private func forbidden(_ session: Session) -> Problem {
        var problem = Problem(.forbidden, "\(session.actor.user) may not run \(name)")
        problem.doctype = doctype
        return problem
    }

    /// The arguments once they are known to be what the filters take, with names in the form in which they are kept.
    private func checked(_ arguments: Arguments, in session: Session) throws -> Arguments {
        let known = Set(filters.map(\.name))
        for (name, value) in arguments.values.members where !known.contains(name) && !value.isNull {
            try session.passOver(
                name,
                or: Problem(
                    .unknownField, "\(self.name) has no filter \(name)", field: name,
                    fix: "Its filters are: \(filters.map(\.name).joined(separator: ", "))."))
        }
        var arguments = arguments
        for filter in filters {
            guard let value = arguments[filter.name], value.string != "" else {
                guard filter.isRequired else { continue }
                try session.requireOpen(sources(of: filter), for: name, field: filter.name)
                throw Problem(.mandatory, "\(name) needs \(filter.name)", field: filter.name)
            }
            // The options of a Dynamic Link are a filter, not a field beside it.
            let isText = filter.type == .dynamicLink
            var field = FieldDefinition(
                filter.name, isText ? .data : filter.type, options: isText ? nil : filter.options)
            field.length = Limits.lineCharacters
            var content = try field.value(of: value)
            if let text = content.text, !text.isNormalized {
                let name = try session.name(text, of: target(of: filter, arguments) ?? filter.usualTarget)
                content = .text(name)
                arguments.values[filter.name] = .string(name)
            }
            try session.requireOpen(sources(of: filter), for: name, field: filter.name)
            try requirePermitted(content, filter, arguments, in: session)
        }
        return arguments
    }

    /// The DocType whose documents a filter names; nil where it names none.
    private func target(of filter: Filter, _ arguments: Arguments) -> String? {
        switch filter.type {
        case .link: filter.options
        case .dynamicLink: filter.options.flatMap { arguments.text($0) }
        default: nil
        }
    }

    /// Refuses the value of a filter on links that User Permissions do not allow.
    private func requirePermitted(
        _ value: Value, _ filter: Filter, _ arguments: Arguments, in session: Session
    ) throws {
        guard let name = value.text, !name.isEmpty, let target = target(of: filter, arguments),
            try session.permitted(target, [Name(name)], for: doctype).isEmpty
        else { return }
        throw Problem(
            .forbidden, "\(session.actor.user) is limited to other values of \(target) than \(name)",
            field: filter.name)
    }
}

extension Session {
    /// Whether a report of these roles is for the actor.
    fileprivate func mayRun(_ roles: Set<Name>) -> Bool {
        roles.isEmpty || actor.isAdministrator || !roles.isDisjoint(with: actor.roles)
    }
}
