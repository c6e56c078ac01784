public import Values

/// A question for a list of documents, as Frappe's list API asks it.
public struct ListQuery: Sendable {
    /// The DocType that is listed.
    public var doctype: String
    /// What each row holds: field names, `*`, `link.field`, `child_table.field`, `field as alias`, or an aggregate such
    /// as `{"SUM": "grand_total", "as": "total"}`.
    public var fields: [JSON]
    /// The conditions that all hold; see ``Filter`` for the forms.
    public var filters: JSON?
    /// The conditions of which one holds.
    public var orFilters: JSON?
    /// Fields with `asc` or `desc`, separated by commas; nil for the DocType's own order.
    public var orderBy: String?
    /// Fields that rows are grouped by.
    public var groupBy: String?
    /// How many rows are left out before the first.
    public var start = 0
    /// The most rows; 0 for all, up to ``Limits/listRows``.
    public var limit = Limits.pageRows
    /// The DocType whose rows are listed, for a child table.
    public var parent: String?

    /// A list of a DocType.
    public init(
        _ doctype: String, fields: [JSON] = ["name"], filters: JSON? = nil, orderBy: String? = nil,
        start: Int = 0, limit: Int = Limits.pageRows
    ) {
        self.doctype = doctype
        self.fields = fields
        self.filters = filters
        self.orderBy = orderBy
        self.start = start
        self.limit = limit
    }
}

/// The rows of a list.
public struct ListResult: Sendable {
    /// The columns in order: the name a row shows each under, and what it holds.
    public let columns: [Column]
    /// One value for each column.
    public let rows: [[Value]]

    /// A column of a list.
    public struct Column: Sendable {
        /// The name it is shown under.
        public let name: String
        /// What it holds.
        public let type: FieldType
    }
}
