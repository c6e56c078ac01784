internal import Documents
internal import Metadata
internal import Storage
internal import Synchronization
internal import Values

/// The statement of a list, made once for a shape of query and used for all that differ only in their values.
///
/// Whether it still holds for a session is asked of ``Session/holds(_:)``: the metadata and the rights it was made under may be
/// others.
final class ListPlan: Sendable {
    /// The statement.
    let sql: String
    /// What each `?` gets, in order.
    let bindings: [Binding]
    /// What is selected: first what the answer shows, then what the cursor and the child rows need.
    let types: [ColumnType]
    let columns: [ListResult.Column]
    let keys: [JSONKey]
    /// The columns whose values are shown masked.
    let masked: [Int]
    /// The child tables whose rows are wanted with each document.
    let tables: [NestedTable]
    /// Where among what is selected the name of the document is, when child rows or a cursor need it.
    let nameColumn: Int
    /// The terms of the order, when a cursor is wanted.
    let order: [OrderTerm]
    /// The fields that the query asks for and nothing knows; see ``Session/passOver(_:or:)``.
    let unknownFields: [String]
    /// What it was made from.
    let sources: [Source]
    /// The engine it was written for.
    let engine: ObjectIdentifier

    init(_ builder: QueryBuilder, sql: String, bindings: [Binding], _ selection: Selection, order: [OrderTerm]) {
        self.sql = sql
        self.bindings = bindings
        let shown = selection.columns[..<selection.shown]
        types = selection.columns.map(\.type)
        columns = shown.map { ListResult.Column(name: $0.name, type: $0.field) }
        keys = shown.map { JSONKey($0.name) }
        masked = shown.indices.filter { shown[$0].isMasked }
        tables = selection.tables
        nameColumn = selection.nameColumn ?? 0
        self.order = order
        unknownFields = builder.unknownFields
        sources = builder.sources
        engine = Self.engine(of: builder.session)
    }

    /// Whether its rows are the answer as they come.
    var isPlain: Bool { masked.isEmpty && tables.isEmpty && types.count == columns.count }

    static func engine(of session: Session) -> ObjectIdentifier {
        ObjectIdentifier(Swift.type(of: session.transaction.dialect))
    }

    /// A table of the statement, and what of it the actor was allowed to see when the statement was made.
    struct Source: Sendable {
        let type: DocType
        /// What the statement calls it; nil when no condition on its rows is in the statement.
        let alias: String?
        /// The document through which rows of a child DocType are seen.
        let parent: DocType?
        let access: FieldAccess
        /// The condition on its rows.
        let condition: String?
    }

    /// What an argument is.
    enum Binding: Sendable {
        /// Always this value.
        case constant(Value)
        /// The value of a condition, by its place among all conditions of the query.
        case condition(Int, Conversion)
        /// The arguments of the row rights of a source, by its place.
        case rights(Int)
        /// How many rows at most.
        case limit
        /// How many rows are left out.
        case start
    }
}

/// What a statement selects.
struct Selection {
    /// Everything that is selected.
    var columns: [Selected] = []
    /// How many of them the answer shows; the others follow.
    var shown = 0
    /// The tables whose rows are wanted with each document.
    var tables: [NestedTable] = []
    /// Where the name of the document is, once it is needed.
    var nameColumn: Int?
}

/// One column of the answer.
struct Selected {
    let sql: String
    let name: String
    let field: FieldType
    let type: ColumnType
    var isMasked = false
    /// An aggregate over the rows of a group.
    var isAggregate = false
    /// What the SQL's question marks stand for.
    var bindings: [ListPlan.Binding] = []
}

/// One term of the order, for a cursor.
struct OrderTerm: Sendable {
    let sql: String
    let field: FieldType
    let type: ColumnType
    let descending: Bool
    /// The column may hold null.
    let isNullable: Bool
    /// Where among what is selected its value is.
    var column = 0
}

/// The plans of one DocType.
final class ListPlans: Sendable {
    private let known = Mutex<[PlanKey: ListPlan]>([:])

    /// Those of a DocType.
    static func of(_ type: DocType) -> ListPlans { type.derived.value { ListPlans() } }

    /// The plan of that description.
    subscript(key: PlanKey) -> ListPlan? { known.withLock { $0[key] } }

    /// Keeps a plan; when there are too many, those before it are forgotten.
    func keep(_ plan: ListPlan, for key: PlanKey) {
        known.withLock { plans in
            if plans.count >= Limits.listPlans { plans.removeAll() }
            plans[key] = plan
        }
    }
}

/// All of a query that decides its statement: everything but the values.
struct PlanKey: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// Whether a query of this description always has the same statement.
    private(set) var isComplete = true

    init() { bytes.reserveCapacity(256) }

    /// Adds a part; parts cannot run into each other.
    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            isComplete = unsafe isComplete && utf8.allSatisfy { $0 >= 0x20 }
            unsafe bytes.append(contentsOf: utf8)
        }
        bytes.append(0x1F)
        if bytes.count > Limits.listPlanKey { isComplete = false }
    }

    mutating func add(_ mark: UInt8) { bytes.append(mark) }

    /// Says that the statement depends on what is not in the description.
    mutating func giveUp() { isComplete = false }

    static func == (l: PlanKey, r: PlanKey) -> Bool { l.bytes == r.bytes }

    func hash(into hasher: inout Hasher) { unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) } }
}

extension ListQuery {
    /// The description of the query; `purpose` is what its statement is for.
    func key(_ filters: [Filter?], _ purpose: Purpose) -> PlanKey {
        var key = PlanKey()
        key.add(purpose.rawValue)
        for field in fields {
            if case .string(let text) = field { key.add(text) } else { key.add(field.text) }
        }
        key.add(0x1E)
        key.add(orderBy ?? "")
        key.add(groupBy ?? "")
        key.add(parent ?? "")
        key.add(distinct ? 1 : 0)
        if asOf != nil { key.giveUp() }
        for filter in filters {
            filter?.describe(&key)
            key.add(0x1E)
        }
        return key
    }

    /// What a statement is for.
    enum Purpose: UInt8 {
        case rows = 1
        case count = 2
    }
}

extension Filter {
    /// Adds all of it but the values.
    func describe(_ key: inout PlanKey) {
        switch self {
        case .all(let filters), .any(let filters):
            if case .all = self { key.add(0x02) } else { key.add(0x03) }
            for filter in filters { filter.describe(&key) }
            key.add(0x04)
        case .condition(let condition):
            if let doctype = condition.doctype { key.add(doctype) }
            key.add(0x05)
            key.add(condition.field)
            key.add(condition.op)
            condition.describeValue(&key)
        }
    }

    /// The conditions in the order in which they were said.
    package func collect(_ conditions: inout [Condition]) {
        switch self {
        case .all(let filters), .any(let filters): for filter in filters { filter.collect(&conditions) }
        case .condition(let condition): conditions.append(condition)
        }
    }
}

extension Filter.Condition {
    fileprivate func describeValue(_ key: inout PlanKey) {
        switch Operator(op) {
        case .isSet: key.add(value.text)
        case .isIn, .notIn, nil: key.giveUp()
        case .between:
            guard case .array(let bounds) = value, bounds.count == 2 else { return key.giveUp() }
            key.add(0x06)
        default:
            switch value {
            case .null: key.add(0x07)
            case .string(let text):
                if !text.isNormalized { key.giveUp() }
                key.add(text.isEmpty ? 0x07 : 0x08)
            case .array, .object: key.giveUp()
            default: key.add(0x08)
            }
        }
    }
}
