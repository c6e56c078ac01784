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
            if let activity = activity(of: change) {
                sealed.add([try ActivityLog.add(activity, at: time, in: transaction)], to: activities, under: key)
            }
            let entry = AuditEntry(
                time: time, actor: change.actor, action: change.kind.rawValue, doctype: doctype, name: change.user,
                digest: [])
            try AuditLog.append([entry], sealed, under: key, in: transaction)
        }
    }

    private static let events = SealedTable(EventLog.log)
    private static let activities = SealedTable(ActivityLog.table)

    /// What people are told of a change; nil of what only the server does.
    private static func activity(of change: CredentialChange) -> ActivityLog.Entry? {
        let (operation, subject): (String, String)
        switch change.kind {
        case .sessionBegun:
            (operation, subject) = (
                "Login", change.way == .secondFactor ? "Signed in with a second factor" : "Signed in"
            )
        case .sessionsEnded where change.ending == .signedOut: (operation, subject) = ("Logout", "Signed out")
        case .sessionsEnded where change.ending == .revoked: (operation, subject) = ("Logout", "Sessions ended")
        case .passwordSet: (operation, subject) = ("Password", "Password set")
        case .keyMade: (operation, subject) = ("API Key", "API key \(change.key ?? "") made")
        case .keyRevoked:
            (operation, subject) = ("API Key", change.key.map { "API key \($0) revoked" } ?? "API keys revoked")
        case .secondFactorSet: (operation, subject) = ("Second Factor", "Second factor set up")
        case .secondFactorRemoved: (operation, subject) = ("Second Factor", "Second factor removed")
        case .recoveryCodesMade: (operation, subject) = ("Second Factor", "Recovery codes made")
        case .sessionsEnded, .passwordRehashed, .sessionUsed, .keyUsed, .codeUsed, .secondFactorBegun, .forgotten:
            return nil
        }
        return ActivityLog.Entry(
            user: change.user, operation: operation,
            subject: change.actor == change.user ? subject : "\(subject) by \(change.actor)", actor: change.actor,
            origin: change.origin ?? Origin(address: ""))
    }

    private static func data(of change: CredentialChange) throws -> JSON {
        var data: JSONObject = ["user": .string(change.user)]
        data["key"] = change.key.map(JSON.string)
        data["scopes"] = try change.scopes.map { try JSON.parse($0) }
        return .object(data)
    }
}
