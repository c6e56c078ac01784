internal import Documents
internal import Identity
internal import Tenancy
internal import Values

/// The method that sets a company up. It takes passwords, which go to the identity store beside it.
enum SetupMethod {
    /// Calls it once who calls may call methods at all. No answer is kept under an idempotency key, since the request holds
    /// passwords; sent again it is refused, because the company is there.
    static func call(_ request: Incoming, on tenant: Tenant, as actor: Actor) async throws -> Reply {
        try RepeatableRequest.refuse(request)
        let displaced = request.displaced
        let sent = request.arguments
        let call = try SetupCall(sent)
        let strict = try request.isStrict
        do {
            return try await call.run(on: tenant, as: actor, strict: strict) { answer, session in
                let known = Set(session.registry.methods[SetupCall.method]?.parameters.map(\.name) ?? [])
                try session.passOver(arguments: sent.stray(besides: known) + displaced, of: SetupCall.method)
                return Reply.message(answer).telling(session.remarks, in: request.version).telling(more: session.more)
            }
        } catch IdentityError.password(let sentence) {
            throw Problem(.weakPassword, ProblemText(sentence), field: "password")
        }
    }
}
