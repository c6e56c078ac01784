internal import Audit
internal import EventLog
internal import Identity
internal import Storage
internal import Values

/// What is done to credentials, in the audit log and the event log of the company.
enum CredentialLog {
    /// What the entries are about; no DocType has such a name.
    static let doctype = "_credential"

    /// Writes one change to both, in its transaction.
    static let note: IdentityStore.Note = { change, transaction in
        var data: JSONObject = ["user": .string(change.user)]
        data["key"] = change.key.map(JSON.string)
        data["scopes"] = try change.scopes.map { try JSON.parse($0) }
        try EventLog.append(
            [
                Event(
                    type: "cauldron.user.\(change.kind.rawValue)", subject: "User/\(change.user)", time: change.time,
                    actor: change.actor, data: JSON.object(data).text)
            ], in: transaction)
        try AuditLog.append(
            [
                AuditEntry(
                    time: change.time, actor: change.actor, action: change.kind.rawValue, doctype: doctype,
                    name: change.user, digest: [])
            ], in: transaction)
    }
}
