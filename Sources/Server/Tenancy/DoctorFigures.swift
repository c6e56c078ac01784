internal import Documents
internal import Storage
internal import Values

/// The checks of what is kept beside the ledgers: who moved it when. The figures themselves are recomputed by the modules
/// that keep them.
enum DoctorFigures {
    /// Each row of kept figures was made, and moved last, by a write of which the audit log has an entry.
    static func writers(_ session: Session, _ notes: inout Doctor.Notes) throws {
        var looked = 0
        for type in session.registry.doctypes where type.kind == .kept && !type.isVirtual {
            let table = quoted(type.table)
            var unknown: Set<[Value]> = []
            try session.transaction.forEach(
                """
                SELECT creation, owner FROM \(table) UNION SELECT modified, modified_by FROM \(table)
                EXCEPT SELECT time, actor FROM _audit
                """, [], [.timestamp, .text]
            ) { unknown.insert(Array($0)) }
            try session.transaction.forEach(
                """
                SELECT name, creation, owner, modified, modified_by, docstatus, idx FROM \(table) ORDER BY name
                """, [], [.text, .timestamp, .text, .timestamp, .text, .integer, .integer]
            ) { row in
                looked += 1
                for (what, moment) in [("made", 1), ("moved", 3)]
                where unknown.contains(Array(row[moment...moment + 1])) {
                    notes.add(
                        "\(type.name) \(row[0]): it was \(what) by \(row[moment + 1]) at \(row[moment]), of which the audit log has no entry"
                    )
                }
                if row[5] != .int(0) || row[6] != .int(0) {
                    notes.add("\(type.name) \(row[0]): docstatus \(row[5]) and idx \(row[6]) are not 0")
                }
            }
        }
        notes.looked = looked
    }
}
