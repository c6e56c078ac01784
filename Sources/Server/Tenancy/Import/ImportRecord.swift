internal import Documents
internal import Storage
internal import Values

/// How far imports in parts have come: a row for each that was not brought to its end.
///
/// It is written with each part, in its transaction, and removed with the last one, so that an import that was stopped goes
/// on where it stood.
struct ImportRecord: Equatable {
    /// How many rows of the file are in.
    var rows: Int
    /// What they hold, as a number that tells another file.
    var digest: UInt64

    static let table = TableSchema(
        "_import",
        columns: [
            .init("work", .text, required: true), .init("rows", .integer, required: true),
            .init("digest", .integer, required: true), .init("moment", .timestamp, required: true),
        ])

    /// What tells one import from another: what is done with which documents.
    static func key(_ work: Import) -> Value {
        .text("\(work.updates ? "update" : "insert")\(work.submits ? " submit" : "") \(work.doctype)")
    }

    /// The one that was left of such an import, if any.
    static func left(of work: Import, in transaction: any Transaction) throws -> ImportRecord? {
        let row = try transaction.first(
            "SELECT rows, digest FROM _import WHERE work = ?", [key(work)], [.integer, .integer])
        guard let rows = row?[0].int, let digest = row?[1].int else { return nil }
        return ImportRecord(rows: Int(rows), digest: UInt64(bitPattern: digest))
    }

    /// Writes it with a part.
    func keep(for work: Import, in session: Session) throws {
        try session.sealing(Self.table, where: "work = ?", [Self.key(work)]) {
            try session.transaction.execute(
                """
                INSERT INTO _import (work, rows, digest, moment) VALUES (?, ?, ?, ?) ON CONFLICT (work) DO UPDATE
                SET rows = excluded.rows, digest = excluded.digest, moment = excluded.moment
                """,
                [
                    Self.key(work), .int(Int64(rows)), .int(Int64(bitPattern: digest)), .timestamp(session.now),
                ])
        }
    }

    /// Removes what was left of such an import.
    static func forget(_ work: Import, in session: Session) throws {
        try session.sealing(table, where: "work = ?", [key(work)]) {
            try session.transaction.execute("DELETE FROM _import WHERE work = ?", [key(work)])
        }
    }
}
