internal import Audit
internal import EventLog
internal import Identity
internal import Storage
internal import Values

/// What is done to credentials, in the audit log and the event log of the company.
enum CredentialLog {
    /// What the entries are about; no DocType has such a name.
    static let doctype = "_credential"

    /// Writes each change to both, in its transaction, under the company's key; `clock` tells the time where a change does
    /// not.
    static func note(under key: AuditKey, clock: @escaping @Sendable () -> Timestamp) -> IdentityStore.Note {
        { change, transaction in
            let time = change.time ?? clock()
            var sealed = SealedRows()
            for rows in change.rows { sealed.add(rows, under: key) }
            if change.kind.isEvent {
                let event = Event(
                    type: "cauldron.user.\(change.kind.rawValue)", subject: "User/\(change.user)", time: time,
                    actor: change.actor, data: try data(of: change).text)
                sealed.add(try EventLog.append([event], in: transaction).rows, to: events, under: key)
            }
            let entry = AuditEntry(
                time: time, actor: change.actor, action: change.kind.rawValue, doctype: doctype, name: change.user,
                digest: [])
            try AuditLog.append([entry], sealed, under: key, in: transaction)
        }
    }

    private static let events = SealedTable(EventLog.log)

    private static func data(of change: CredentialChange) throws -> JSON {
        var data: JSONObject = ["user": .string(change.user)]
        data["key"] = change.key.map(JSON.string)
        data["scopes"] = try change.scopes.map { try JSON.parse($0) }
        return .object(data)
    }
}
