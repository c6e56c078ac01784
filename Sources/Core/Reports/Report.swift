public import Documents
public import Values

/// A report: what it asks, who may run it, and how its rows come about.
///
/// It says which fields each part of it is made of, so that ``result(_:in:)`` can take out what its reader may not see.
public struct Report: Sendable {
    /// Its name, such as `Trial Balance`.
    public let name: String
    /// The module it belongs to.
    public let module: String
    /// The DocType whose `report` right it needs, and in whose documents User Permissions limit it.
    public let doctype: String
    /// Which documents it reads.
    public let reading: Reading
    /// What it asks.
    public let filters: [Filter]
    /// The fields that decide which rows there are and what each stands for: conditions, groups, the parent of a tree's
    /// node. Who does not see them all does not get the report, for the mere presence of a row would tell.
    public let needs: ReportSources
    /// The fields that its entries are ordered by.
    public let orderedBy: ReportSources
    /// What it shows.
    public let summary: String
    /// The roles that may run it besides needing the right; empty for everyone who has the right.
    public let roles: Set<Name>
    /// Begins it. Arguments are the filters' values; a required one is present.
    let begin: @Sendable (Arguments, Session) throws -> ReportRun

    /// Which documents a report reads.
    public enum Reading: Sendable {
        /// All there are. Its entries then name what User Permissions may limit in a column each, so that others' can be
        /// taken out; what sums them up goes for everybody who is limited.
        case everything
        /// Those of its DocType that the actor may read, by `Session.readCondition` or `Session.list`. Whatever it sums
        /// up is the actor's own share.
        case permitted
    }

    /// A report named `name`. What runs it gives a ``ReportResult``, or, where there may be many rows, a ``ReportRun``.
    public init<Output: ReportOutput>(
        _ name: String, module: String, doctype: String, reading: Reading = .everything, filters: [Filter],
        needs: ReportSources = .none, orderedBy: ReportSources = .none, summary: String, roles: Set<Name> = [],
        run: @escaping @Sendable (Arguments, Session) throws -> Output
    ) {
        self.name = name
        self.module = module
        self.doctype = doctype
        self.reading = reading
        self.filters = filters
        self.needs = needs
        self.orderedBy = orderedBy
        self.summary = summary
        self.roles = roles
        begin = { arguments, session in try run(arguments, session).run }
    }

    /// One thing a report asks.
    public struct Filter: Sendable {
        /// Its name.
        public let name: String
        /// What it takes.
        public let type: FieldType
        /// The DocType of a Link, the filter that names it of a Dynamic Link, or the lines of a Select.
        public let options: String?
        /// The DocType that a Dynamic Link names where the filter of it is left out.
        public let usualTarget: String?
        /// Whether a run without it is refused.
        public let isRequired: Bool
        /// The fields it asks about; who does not see them all may not use it.
        public let sources: ReportSources

        /// A filter that may be left out.
        public static func optional(
            _ name: String, _ type: FieldType, _ options: String? = nil, usually target: String? = nil,
            from sources: ReportSources = .own
        ) -> Filter {
            Filter(
                name: name, type: type, options: options, usualTarget: target, isRequired: false, sources: sources)
        }
        /// A filter that must be given.
        public static func required(
            _ name: String, _ type: FieldType, _ options: String? = nil, from sources: ReportSources = .own
        ) -> Filter {
            Filter(name: name, type: type, options: options, usualTarget: nil, isRequired: true, sources: sources)
        }
    }
}
