public import Documents
public import Values

/// A report: what it asks, who may run it, and how its rows come about.
public struct Report: Sendable {
    /// Its name, such as `Trial Balance`.
    public let name: String
    /// The module it belongs to.
    public let module: String
    /// The DocType whose `report` right it needs.
    public let doctype: String
    /// What it asks.
    public let filters: [Filter]
    /// What it shows.
    public let summary: String
    /// The roles that may run it besides needing the right; empty for everyone who has the right.
    public let roles: Set<String>
    /// Whether it reads only rows that User Permissions allow; see `Session.permittedRows(of:table:)`. Of others, what is
    /// limited has to be named by a column or a filter.
    public let readsPermitted: Bool
    /// Makes it. Arguments are the filters' values; a required one is present.
    public let run: @Sendable (Arguments, Session) throws -> ReportResult

    /// A report named `name`.
    public init(
        _ name: String, module: String, doctype: String, filters: [Filter], summary: String, roles: Set<String> = [],
        readsPermitted: Bool = false,
        run: @escaping @Sendable (Arguments, Session) throws -> ReportResult
    ) {
        self.name = name
        self.module = module
        self.doctype = doctype
        self.filters = filters
        self.summary = summary
        self.roles = roles
        self.readsPermitted = readsPermitted
        self.run = run
    }

    /// One thing a report asks.
    public struct Filter: Sendable {
        /// Its name.
        public let name: String
        /// What it takes.
        public let type: FieldType
        /// The DocType of a Link, or the lines of a Select.
        public let options: String?
        /// Whether a run without it is refused.
        public let isRequired: Bool

        /// A filter that may be left out.
        public static func optional(_ name: String, _ type: FieldType, _ options: String? = nil) -> Filter {
            Filter(name: name, type: type, options: options, isRequired: false)
        }
        /// A filter that must be given.
        public static func required(_ name: String, _ type: FieldType, _ options: String? = nil) -> Filter {
            Filter(name: name, type: type, options: options, isRequired: true)
        }
    }
}

/// What a report gives.
public struct ReportResult: Sendable {
    /// The columns in order.
    public var columns: [ReportColumn]
    /// One value for each column.
    public var rows: [[Value]]
    /// A remark above the table.
    public var message: String?
    /// Figures worth showing by themselves: a label and a value.
    public var summary: [(label: String, value: Value)]

    /// A result; `summary` are figures worth showing by themselves.
    public init(
        columns: [ReportColumn], rows: [[Value]], message: String? = nil,
        summary: [(label: String, value: Value)] = []
    ) {
        self.columns = columns
        self.rows = rows
        self.message = message
        self.summary = summary
    }
}

/// A column of a report.
public struct ReportColumn: Sendable {
    /// Its name in a row.
    public let name: String
    /// What people read.
    public let label: String
    /// What it holds.
    public let type: FieldType
    /// The DocType of a Link.
    public let options: String?

    /// A column; its label follows from its name unless it is given.
    public init(_ name: String, _ type: FieldType, label: String? = nil, options: String? = nil) {
        self.name = name
        self.type = type
        self.label = label ?? Text.title(name)
        self.options = options
    }
}

/// What a module brings: its DocTypes, methods and checks, and its reports.
public struct Module: Sendable {
    /// Its name, such as `Accounting`.
    public let name: String
    /// Adds its DocTypes, methods, tables and checks.
    public let register: @Sendable (inout Registry) -> Void
    /// Its reports.
    public let reports: [Report]
    /// The roles its permissions name.
    public let roles: [String]

    /// A module named `name`.
    public init(
        _ name: String, roles: [String] = [], reports: [Report] = [],
        register: @escaping @Sendable (inout Registry) -> Void
    ) {
        self.name = name
        self.roles = roles
        self.reports = reports
        self.register = register
    }
}

extension Report {
    /// Runs the report for the session's actor.
    ///
    /// A report reads past the rights on documents. So it takes the right `report` on all documents of its DocType, and what
    /// User Permissions limit is taken away from what it gives; see ``ReportResult/limited(in:for:)``.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` without the right, for a filter's value the actor is not limited to, or for a
    ///   report that sums up what it is limited in; ``Problem/Kind/mandatory`` without a required filter,
    ///   ``Problem/Kind/wrongType`` for a value that is not of a filter's type, ``Problem/Kind/unknownField`` for a filter
    ///   the report does not have.
    public func result(_ arguments: Arguments, in session: Session) throws -> ReportResult {
        let type = try session.registry.doctype(doctype)
        try session.require(.report, type)
        guard session.mayOnAll(.report, type), session.mayRun(roles) else {
            var problem = Problem(.forbidden, "\(session.actor.user) may not run \(name)")
            problem.doctype = doctype
            throw problem
        }
        let known = Set(filters.map(\.name))
        for (name, value) in arguments.values.members where !known.contains(name) && !value.isNull {
            throw Problem(
                .unknownField, "\(self.name) has no filter \(name)", field: name,
                fix: "Its filters are: \(filters.map(\.name).joined(separator: ", ")).")
        }
        for filter in filters {
            guard let value = arguments[filter.name], value.string != "" else {
                if filter.isRequired {
                    throw Problem(.mandatory, "\(self.name) needs \(filter.name)", field: filter.name)
                }
                continue
            }
            var field = FieldDefinition(filter.name, filter.type, options: filter.options)
            field.length = Limits.lineCharacters
            let content = try field.value(of: value)
            if filter.type == .link { try session.requirePermitted(content, filter, for: doctype) }
        }
        let result = try run(arguments, session)
        try refuseSums(result, arguments, of: type, in: session)
        return try result.limited(in: session, for: doctype)
    }
}
