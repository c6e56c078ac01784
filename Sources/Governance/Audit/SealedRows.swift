internal import Crypto
public import Storage
public import Values

/// A table whose rows are under the audit log, but not one by one as documents are: the log keeps the sum of the codes of
/// its rows.
public struct SealedTable: Sendable {
    /// The table.
    public let name: String
    /// The columns in the order in which rows give their values, and their places in the order of their names.
    private let order: [(place: Int, head: [UInt8], isKey: Bool)]
    private let head: [UInt8]

    /// A table whose rows give the values of these columns; `key` is its primary key.
    public init(_ name: String, _ columns: [String], key: [String] = ["name"]) {
        self.name = name
        order = columns.indices.sorted { columns[$0] < columns[$1] }.map {
            ($0, Self.framed(columns[$0]), key.contains(columns[$0]))
        }
        head = Self.framed(name)
    }

    /// A table, whose rows give the values of its columns.
    public init(_ schema: TableSchema) {
        self.init(schema.name, schema.columns.map(\.name), key: schema.primaryKey)
    }

    private static func framed(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(canonical: .text(text))
        return bytes
    }

    /// The code of a row: HMAC-SHA-256 over the table and each column that holds something. What is empty does not count, nor
    /// does the order of the columns, so that a column that is added or moved later changes no code. A row that holds nothing besides its
    /// key is as good as none.
    ///
    /// `keyed` is the code of nothing under the key of the rows, so that the key is taken in once for many rows.
    func code(of row: [Value], _ keyed: HMAC<SHA256>, _ buffer: inout [UInt8]) -> RowSum {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: head)
        var holdsSomething = false
        for (place, head, isKey) in order {
            switch row[place] {
            case .null, .int(0), .decimal(0, _): continue
            case let value:
                buffer.append(contentsOf: head)
                buffer.append(canonical: value)
                if !isKey { holdsSomething = true }
            }
        }
        guard holdsSomething else { return RowSum() }
        var code = keyed
        code.update(data: buffer)
        return RowSum(code: code.finalize())
    }
}

/// The sum of the codes of rows, as numbers of 256 bits, and how many rows there are. It does not depend on their order, and
/// changes by what is added and taken away. Who does not know the key cannot find other rows with the same sum
/// (a multiset hash: Clarke and others, 2003).
struct RowSum: Sendable, Equatable {
    private(set) var rows: Int64 = 0
    /// The least significant first.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static let bytes = 40

    init() {}

    init(code: HMAC<SHA256>.MAC) {
        rows = 1
        words = unsafe code.withUnsafeBytes { bytes in
            func word(_ place: Int) -> UInt64 {
                unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
            }
            return (word(0), word(1), word(2), word(3))
        }
    }

    /// A sum from the form in which it is kept.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bytes else { return nil }
        var rest = bytes
        rows = Int64(bitPattern: Self.word(&rest))
        words = (Self.word(&rest), Self.word(&rest), Self.word(&rest), Self.word(&rest))
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for word in [UInt64(bitPattern: rows), words.0, words.1, words.2, words.3] {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    static func == (one: Self, other: Self) -> Bool { one.rows == other.rows && one.words == other.words }

    static func += (sum: inout Self, other: Self) {
        sum.rows &+= other.rows
        var carry = false
        sum.words.0 = add(sum.words.0, other.words.0, &carry)
        sum.words.1 = add(sum.words.1, other.words.1, &carry)
        sum.words.2 = add(sum.words.2, other.words.2, &carry)
        sum.words.3 = add(sum.words.3, other.words.3, &carry)
    }

    static func + (one: Self, other: Self) -> Self {
        var sum = one
        sum += other
        return sum
    }

    static func -= (sum: inout Self, other: Self) {
        var negative = RowSum()
        negative.rows = 0 &- other.rows
        // The two's complement.
        negative.words = (~other.words.0, ~other.words.1, ~other.words.2, ~other.words.3)
        var one = RowSum()
        one.words.0 = 1
        negative += one
        sum += negative
    }

    private static func add(_ one: UInt64, _ other: UInt64, _ carry: inout Bool) -> UInt64 {
        let (sum, over) = one.addingReportingOverflow(other)
        let (whole, more) = sum.addingReportingOverflow(carry ? 1 : 0)
        carry = over || more
        return whole
    }

    private static func word(_ bytes: inout ArraySlice<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 8) {
            word |= UInt64(bytes.popFirst() ?? 0) << UInt64(shift)
        }
        return word
    }
}

/// What a transaction adds to tables under the audit log and takes from them. Its last entry in the log carries it.
public struct SealedRows: Sendable, Equatable {
    private var sums: [String: RowSum] = [:]

    /// No change yet.
    public init() {}

    /// Whether nothing was added or taken away.
    public var isEmpty: Bool { sums.isEmpty }

    /// The tables of which something was.
    var tables: Set<String> { Set(sums.keys) }

    func sum(_ table: String) -> RowSum { sums[table] ?? RowSum() }

    /// Notes rows that were added.
    public mutating func add(_ rows: some Sequence<[Value]>, to table: SealedTable, under key: AuditKey) {
        if let sum = Self.sum(rows, of: table, under: key) { sums[table.name, default: RowSum()] += sum }
    }

    /// Notes rows that were taken away.
    public mutating func remove(_ rows: some Sequence<[Value]>, from table: SealedTable, under key: AuditKey) {
        if let sum = Self.sum(rows, of: table, under: key) { sums[table.name, default: RowSum()] -= sum }
    }

    /// The sum of rows; nil of none.
    private static func sum(
        _ rows: some Sequence<[Value]>, of table: SealedTable, under key: AuditKey
    ) -> RowSum? {
        var sum: RowSum?
        var buffer: [UInt8] = []
        for row in rows { sum = (sum ?? RowSum()) + table.code(of: row, key.rows, &buffer) }
        return sum
    }

    /// Notes rows that were changed.
    public mutating func add(_ change: RowsChange, under key: AuditKey) {
        guard !change.isEmpty else { return }
        let table = SealedTable(change.table)
        remove(change.before, from: table, under: key)
        add(change.after, to: table, under: key)
    }

    /// Notes all rows of a table, as they stand, as added.
    ///
    /// - Throws: ``StorageError``.
    public mutating func addAll(of schema: TableSchema, under key: AuditKey, in transaction: any Transaction) throws {
        sums[schema.name, default: RowSum()] += try Self.sum(of: schema, under: key, in: transaction)
    }

    /// Notes all rows of a table, as they stand, as taken away.
    ///
    /// - Throws: ``StorageError``.
    public mutating func removeAll(
        of schema: TableSchema, under key: AuditKey, in transaction: any Transaction
    ) throws {
        sums[schema.name, default: RowSum()] -= try Self.sum(of: schema, under: key, in: transaction)
    }

    private static func sum(
        of schema: TableSchema, under key: AuditKey, in transaction: any Transaction
    ) throws -> RowSum {
        let table = SealedTable(schema)
        var sum = RowSum()
        var buffer: [UInt8] = []
        let columns = schema.columns.map { quoted($0.name) }.joined(separator: ",")
        try transaction.forEach("SELECT \(columns) FROM \(quoted(schema.name))", [], schema.columns.map(\.type)) {
            sum += table.code(of: $0, key.rows, &buffer)
        }
        return sum
    }

    static func += (rows: inout Self, other: Self) {
        for (table, sum) in other.sums { rows.sums[table, default: RowSum()] += sum }
    }

    /// Takes these sums for those of their tables.
    mutating func replace(by other: Self) { sums.merge(other.sums) { _, new in new } }

    /// The form in which an entry carries it: for each table its name, with its length in front, and its sum.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for (table, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let name = Array(table.utf8)
            bytes.append(UInt8(truncatingIfNeeded: name.count))
            bytes += name
            bytes += sum.encoded
        }
        return bytes
    }

    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) + RowSum.bytes else { return nil }
            let name = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
            sums[name] = RowSum(rest.prefix(RowSum.bytes))
            rest = rest.dropFirst(RowSum.bytes)
        }
    }
}
