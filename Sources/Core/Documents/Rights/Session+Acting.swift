extension Session {
    /// Runs `body` as somebody else in the same transaction: what acts later asks the rights of who set it up, and its
    /// documents are that user's. What is logged by it is logged with this session's.
    package func acting<T>(as actor: Actor, _ body: (Session) throws -> T) throws -> T {
        let other = Session(
            actor: actor, now: now, registry: registry, transaction: transaction, audit: auditKey
        ) { [self] in newIdentifier() }
        other.keepsEffects = keepsEffects
        other.cause = cause
        other.depth = depth
        other.pending = pending
        let result = try body(other)
        pending = other.pending
        touched.formUnion(other.touched)
        forgetLookedUp()
        return result
    }
}
