internal import Audit
internal import Documents
internal import Metadata
internal import Values

/// Methods about the audit log.
enum AuditMethods {
    /// The head says nothing of the company but how much happens in it; it is for who looks after the system.
    static let head = Method(
        "cauldron.audit.head",
        summary:
            "The signed head of the audit log: who keeps it can tell later whether the log still holds what it held."
    ) { _, session in
        guard session.actor.isAdministrator || session.actor.roles.contains("System Manager") else {
            throw Problem(.forbidden, "The head of the audit log is for System Managers")
        }
        return try AuditLog.head(under: session.auditKey, at: session.now, in: session.transaction)?.json ?? .null
    }
}
