public import Documents
public import Values

/// What a report gives.
public struct ReportResult: Sendable {
    /// The columns in order.
    public var columns: [ReportColumn]
    /// The rows in order.
    public var rows: [ReportRow]
    /// A remark above the table.
    public var message: ReportMessage?
    /// Figures worth showing by themselves.
    public var summary: [ReportFigure]

    /// A result.
    public init(
        columns: [ReportColumn], rows: [ReportRow], message: ReportMessage? = nil, summary: [ReportFigure] = []
    ) {
        self.columns = columns
        self.rows = rows
        self.message = message
        self.summary = summary
    }
}

/// A row of a report.
public struct ReportRow: Sendable, Equatable {
    /// One value for each column.
    public var values: [Value]
    /// What it tells of.
    public let kind: Kind

    /// What a row tells of. What sums up others says so: it may tell of rows that somebody does not see.
    public enum Kind: Sendable {
        /// One thing, named by its links.
        case entry
        /// The entries below it in a tree.
        case group
        /// Entries wherever they stand. Links in it are no links: they hold a label.
        case total
    }

    /// A row, with one value for each column.
    public init(_ values: [Value], _ kind: Kind = .entry) {
        self.values = values
        self.kind = kind
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
    /// The DocType of a Link; the column that names it of a Dynamic Link.
    public let options: String?
    /// The fields it is made of.
    public let sources: ReportSources

    /// A column made of these fields; its label follows from its name unless it is given.
    public init(
        _ name: String, _ type: FieldType, label: String? = nil, options: String? = nil,
        from sources: ReportSources = .own
    ) {
        self.name = name
        self.type = type
        self.label = label ?? Text.title(name)
        self.options = options
        self.sources = sources
    }

    /// The same as text that points nowhere.
    var asText: ReportColumn { ReportColumn(name, .data, label: label, from: sources) }
}

/// A figure of a report that is worth showing by itself.
public struct ReportFigure: Sendable {
    /// What people read.
    public let label: String
    /// What it is.
    public let value: Value
    /// The fields it is made of.
    public let sources: ReportSources

    /// A figure made of these fields.
    public init(_ label: String, _ value: Value, from sources: ReportSources) {
        self.label = label
        self.value = value
        self.sources = sources
    }
}

/// A remark above the table of a report.
public struct ReportMessage: Sendable {
    /// What it says.
    public let text: String
    /// The fields it tells of.
    public let sources: ReportSources

    /// A remark that tells of these fields.
    public init(_ text: String, from sources: ReportSources) {
        self.text = text
        self.sources = sources
    }
}
