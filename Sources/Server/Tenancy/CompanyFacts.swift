internal import Audit
internal import Documents
internal import Foundation
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

    /// What does not fit: a format that this version does not write, another store of files than the one in this folder,
    /// and what is no fact. A sentence each.
    ///
    /// - Throws: ``StorageError``, and what reading the store's identity throws.
    static func differences(files folder: String?, in transaction: any Transaction) throws -> [String] {
        var facts: [String: String] = [:]
        try transaction.forEach("SELECT name, value FROM _company", [], [.text, .text]) { row in
            facts[row[0].text ?? ""] = row[1].text ?? ""
        }
        var found: [String] = []
        let noted = facts.removeValue(forKey: "format")
        // A company that this version never opened has no format yet, nor is its log under a key.
        if try noted.map({ Int($0) != format }) ?? (AuditLog.identity(in: transaction) != nil) {
            found.append("the company says that its format is \(noted ?? "none"), and this version writes \(format)")
        }
        if let store = facts.removeValue(forKey: "file store"), let folder, try identity(in: folder) != store {
            found.append("the company says that its files are in the store \(store), which is not the one in \(folder)")
        }
        // What a look at a troubled disk leaves for a moment.
        facts["probe"] = nil
        return found + facts.keys.sorted().map { "the company says of itself \($0), which is nothing it can say" }
    }

    /// The identity of the store of files in a company's directory; nil where there is none.
    private static func identity(in directory: String) throws -> String? {
        let path = TenantFiles.folder(in: directory) + "/identity"
        guard try TenantBackup.exists(path) else { return nil }
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
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
