internal import Documents
internal import Storage
internal import Values

/// What the database of a company says of itself: the format its tables are in, and which store holds its files.
enum CompanyFacts {
    static let table = TableSchema(
        "_company", columns: [.init("name", .text, required: true), .init("value", .text, required: true)])

    /// The format that this version writes. It moves when versions before could not read any more what is written.
    static let format = 1

    /// Refuses a company whose format is of a later version.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    static func refuseNewer(in transaction: any Transaction, called name: String) throws {
        guard try TenantCopy.presentTables(in: transaction).contains(table.name),
            let text = try value("format", in: transaction), Int(text).map({ $0 > format }) ?? true
        else { return }
        throw Problem(
            .unavailable,
            "\(name) is of a newer version: its format is \(text.prefix(20)), and this one knows \(format)",
            fix: "Use the version that wrote it, or a later one.")
    }

    /// Notes the format of this version.
    static func setFormat(in transaction: any Transaction) throws {
        guard try value("format", in: transaction) != String(format) else { return }
        try set("format", String(format), in: transaction)
    }

    /// The identity of the store that holds the company's files; nil while that is not known.
    static func store(in transaction: any Transaction) throws -> String? { try value("file store", in: transaction) }

    static func setStore(_ identity: String, in transaction: any Transaction) throws {
        try set("file store", identity, in: transaction)
    }

    /// The company's files come to another store.
    static func forgetStore(in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM _company WHERE name = 'file store'")
    }

    /// Writes and removes more than is free on a disk that is nearly full.
    static func tryWriting(in transaction: any Transaction) throws {
        try set("probe", String(repeating: "x", count: 64 << 10), in: transaction)
    }

    static func endTrial(in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM _company WHERE name = 'probe'")
    }

    private static func value(_ name: String, in transaction: any Transaction) throws -> String? {
        try transaction.first("SELECT value FROM _company WHERE name = ?", [.text(name)], [.text])?[0].text
    }

    private static func set(_ name: String, _ value: String, in transaction: any Transaction) throws {
        try transaction.execute(
            "INSERT INTO _company (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .text(value)])
    }
}
