internal import Storage

/// A statement that the server has parsed, or will have by the time it is executed.
final class Prepared {
    /// Its name on the server.
    let name: String
    /// Its SQL, with `$1` for the first argument.
    let sql: String
    /// The types its arguments are announced with; 0 leaves the type to the server.
    let types: [UInt32]
    /// How far it is.
    var state = State.new
    fileprivate var lastUse = 0

    enum State {
        case new, sent, known
    }

    fileprivate init(name: String, sql: String, types: [UInt32]) {
        self.name = name
        self.sql = sql
        self.types = types
    }

    /// Whether arguments of these types may be sent to it. What is not typed, such as null, fits everywhere but text does
    /// not stand where a number was announced.
    fileprivate func takes(_ types: [UInt32], _ isNull: (Int) -> Bool) -> Bool {
        for index in types.indices where types[index] != self.types[index] && !isNull(index) { return false }
        return true
    }
}

/// The prepared statements of one connection, found by their SQL.
struct PreparedStatements {
    private struct Entry {
        let sql: String
        let count: Int
        /// One for each combination of types; nearly always one.
        var variants: [Prepared] = []
    }

    private var entries: [String: Entry] = [:]
    private var count = 0
    private var uses = 0
    private var names = 0
    private let limit: Int

    init(limit: Int) { self.limit = max(8, limit) }

    /// The statement for `sql` with arguments of these types, and the names of those that make room for it.
    ///
    /// - Throws: ``StorageError/failed(code:message:)`` when the number of arguments is wrong.
    mutating func find(
        _ sql: String, _ types: [UInt32], isNull: (Int) -> Bool
    ) throws(StorageError) -> (statement: Prepared, forgotten: [String]) {
        uses += 1
        if let entry = entries[sql] {
            guard entry.count == types.count else { throw wrongCount(types.count) }
            for statement in entry.variants where statement.takes(types, isNull) {
                statement.lastUse = uses
                return (statement, [])
            }
        }
        var entry: Entry
        if let present = entries[sql] {
            entry = present
        } else {
            let (numbered, count) = Self.numbered(sql)
            entry = Entry(sql: numbered, count: count)
        }
        guard entry.count == types.count else { throw wrongCount(types.count) }
        var merged = types
        if let last = entry.variants.last {
            for index in merged.indices where isNull(index) { merged[index] = last.types[index] }
        }
        names += 1
        let statement = Prepared(name: "c\(names)", sql: entry.sql, types: merged)
        statement.lastUse = uses
        let forgotten = count >= limit ? forgetOldest() : []
        if let kept = entries[sql] { entry = kept }
        entry.variants.append(statement)
        entries[sql] = entry
        count += 1
        return (statement, forgotten)
    }

    /// Takes out one that the server does not have after all.
    mutating func remove(_ statement: Prepared) {
        for (sql, entry) in entries where entry.sql == statement.sql {
            let kept = entry.variants.filter { $0 !== statement }
            count -= entry.variants.count - kept.count
            entries[sql] = kept.isEmpty ? nil : Entry(sql: entry.sql, count: entry.count, variants: kept)
            return
        }
    }

    /// Forgets all of them.
    mutating func removeAll() {
        entries = [:]
        count = 0
    }

    /// Forgets the quarter that was not used for longest, and gives their names.
    private mutating func forgetOldest() -> [String] {
        let oldest = entries.values.flatMap(\.variants).filter { $0.state == .known }
            .sorted { $0.lastUse < $1.lastUse }.prefix(limit / 4)
        for statement in oldest { remove(statement) }
        return oldest.map(\.name)
    }

    private func wrongCount(_ count: Int) -> StorageError {
        .failed(code: 0, message: "a statement got \(count) arguments")
    }

    /// Writes `$1`, `$2`, … for the question marks that stand outside of quotes and comments, and counts them.
    static func numbered(_ sql: String) -> (sql: String, count: Int) {
        guard sql.utf8.contains(UInt8(ascii: "?")) else { return (sql, 0) }
        var text: [UInt8] = []
        text.reserveCapacity(sql.utf8.count + 32)
        var count = 0
        var end: UInt8?
        var last: UInt8 = 0
        for byte in sql.utf8 {
            if let closing = end {
                if byte == closing { end = nil }
            } else {
                switch byte {
                case UInt8(ascii: "'"), UInt8(ascii: "\""): end = byte
                case UInt8(ascii: "-") where last == byte: end = UInt8(ascii: "\n")
                case UInt8(ascii: "?"):
                    count += 1
                    text.append(UInt8(ascii: "$"))
                    text.append(contentsOf: String(count).utf8)
                    last = byte
                    continue
                default: break
                }
            }
            last = byte
            text.append(byte)
        }
        return (String(decoding: text, as: UTF8.self), count)
    }
}
