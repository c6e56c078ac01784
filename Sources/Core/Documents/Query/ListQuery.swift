public import Values

/// A question for a list of documents, as Frappe's list API asks it.
public struct ListQuery: Sendable {
    /// The DocType that is listed.
    public var doctype: String
    /// What each row holds: field names, `*`, `link.field`, `child_table.field`, `field as alias`, an aggregate such as
    /// `{"SUM": "grand_total", "as": "total"}`, or the rows of a table such as `{"items": ["item_code", "qty"]}`.
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
    /// The most rows; 0 for all. Where rows are kept in memory, at most ``Limits/listRows``: where there are more,
    /// ``Session/more`` says how to go on.
    public var limit = Limits.pageRows
    /// The DocType whose rows are listed, for a child table.
    public var parent: String?
    /// The moment whose documents are listed as they were then; nil for now. See `Session.get(_:_:asOf:)`.
    public var asOf: Timestamp?
    /// Of equal rows only one is given.
    public var distinct = false
    /// Where to go on: "" for the first page, then what the page before gave as ``ListResult/nextCursor`` or
    /// ``ListResult/previousCursor``. Nil for a page by ``start``.
    public var cursor: String?
    /// Links whose value is replaced by the document they point to.
    public var expand: [String] = []

    /// Conditions that the server adds by itself; they may be about fields that the actor does not see.
    package var fixed: JSON?
    /// Set while its rows are passed on as they come: then there may be any number.
    package var isStreamed = false

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

    /// Whether the limit is the server's: one row more is read then, to know whether it cut any off.
    package var isLimitedByServer: Bool { isUnbounded && !isStreamed }
    /// Whether it asks for more rows than are kept in memory.
    package var isUnbounded: Bool { limit <= 0 || limit > Limits.listRows }
    /// The rows that are given at most.
    package var mostRows: Int { isLimitedByServer ? Limits.listRows : limit > 0 ? limit : .max }
    /// The rows that are read at most.
    package var rowLimit: Int { isLimitedByServer ? Limits.listRows + 1 : limit > 0 ? limit : Self.all }

    /// More rows than any table has, and few enough to be added to.
    private static let all = 1 << 60
}

/// The rows of a list.
public struct ListResult: Sendable {
    /// The columns in order: the name a row shows each under, and what it holds.
    public let columns: [Column]
    /// One value for each column.
    public package(set) var rows: [[Value]]
    /// The tables whose rows were asked for with each document.
    public package(set) var tables: [RowsOfTable] = []
    /// The documents that took the place of links, by the column and the name it holds.
    public package(set) var expanded: [Int: [Name: JSON]] = [:]
    /// What gives the page after this one; nil when there is none, or no cursor was asked for.
    public package(set) var nextCursor: String?
    /// What gives the page before this one; nil as above.
    public package(set) var previousCursor: String?
    /// The names of the columns as JSON keys.
    package let keys: [JSONKey]

    /// These rows.
    package init(columns: [Column], rows: [[Value]], keys: [JSONKey]? = nil) {
        self.columns = columns
        self.rows = rows
        self.keys = keys ?? columns.map { JSONKey($0.name) }
    }

    /// A column of a list.
    public struct Column: Sendable {
        /// The name it is shown under.
        public let name: String
        /// What it holds.
        public let type: FieldType

        /// A column shown under a name.
        package init(name: String, type: FieldType) {
            self.name = name
            self.type = type
        }
    }

    /// The rows of a child table of all documents of a page.
    public struct RowsOfTable: Sendable {
        /// The table's field.
        public let name: String
        /// The columns of each row.
        public let columns: [Column]
        /// For each document of the page its rows, in order.
        public let rows: [[[Value]]]
        /// The names of the columns as JSON keys.
        package let keys: [JSONKey]

        /// The rows of the field `name`.
        package init(name: String, columns: [Column], rows: [[[Value]]], keys: [JSONKey]) {
            self.name = name
            self.columns = columns
            self.rows = rows
            self.keys = keys
        }
    }
}
