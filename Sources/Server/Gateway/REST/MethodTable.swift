internal import Collaboration
internal import Documents
internal import Reports
internal import Tenancy
internal import Values

/// What a method is that clients may call by name: how it is called and by whom, and what the API's description says of it.
struct MethodDescription: Sendable {
    let name: String
    let summary: String
    let parameters: [Method.Parameter]
    /// What it is called by.
    let verbs: Verbs
    /// Whether it may be called without signing in.
    var allowsGuests = false
    /// Whether it understands `rehearse`; others refuse it, so that nothing is done in earnest by mistake.
    var isRehearsable = false
    /// Whether it answers `{"message": …}`; else an object of its own.
    var answersMessage = false
    /// Whether it reads a body of type `multipart/form-data` itself, as it arrives, once it is known who sends it.
    var takesForm = false
    /// Whether its answer is kept under an idempotency key.
    var keepsAnswers = false
    /// Other names it is called by.
    var aliases: [String] = []
}

extension MethodDescription {
    /// Refuses a rehearsal of what cannot be rehearsed, so that nothing is done in earnest by mistake.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    func requireEarnest(_ arguments: Arguments) throws {
        guard !isRehearsable, try arguments.isRehearsal else { return }
        throw Problem(.forbidden, "\(name) cannot be rehearsed", field: "rehearse", fix: "Leave rehearse out.")
    }

    /// A method that runs in a session.
    init(_ method: Method) {
        self.init(
            name: method.name, summary: method.summary, parameters: method.parameters,
            verbs: method.writes ? .changing : .asking, allowsGuests: method.allowsGuests, isRehearsable: true,
            answersMessage: true, keepsAnswers: method.writes)
    }
}

/// The methods clients may call by name, whatever does them: those of every server, those the modules declare, those about
/// who somebody is, and those that take files.
struct MethodTable: Sendable {
    /// A method and how it is done, once who calls it may.
    struct Entry: Sendable {
        let description: MethodDescription
        let run: @Sendable (Incoming, Caller) async throws -> Reply
    }

    private var entries: [String: Entry] = [:]

    init(_ tenant: Tenant, _ accounts: AccountMethods, _ uploads: FileUpload, timeZone: String) {
        for method in Self.inSessions(tenant.registry, tenant.reports, timeZone: timeZone) {
            add(MethodDescription(method)) { request, caller in
                let arguments = request.arguments
                let displaced = request.displaced
                let body: @Sendable (Session, inout JSONWriter) throws -> Void = { session, writer in
                    if let write = method.write {
                        // What it passes over is told before its rows.
                        let stray = arguments.stray(besides: method.names) + displaced
                        try session.passOver(arguments: stray, of: method.name)
                        try method.requireArguments(arguments)
                        try Bodies.message(to: &writer) { try write(arguments, session, &$0) }
                    } else {
                        let message = try method.call(arguments, session)
                        try session.passOver(arguments: arguments.stray + displaced, of: method.name)
                        Bodies.message(message, to: &writer)
                    }
                }
                return try await method.writes
                    ? tenant.writingAnswer(
                        to: RepeatableRequest(
                            request, arguments, isRehearsal: arguments.isRehearsal, by: caller.actor),
                        as: caller.actor, strict: request.isStrict
                    ) { session in
                        var writer = JSONWriter()
                        try body(session, &writer)
                        return writer.bytes
                    }
                    : tenant.answer(as: caller.actor, strict: request.isStrict, body)
            }
        }
        add(FileUpload.description) { request, caller in
            try await uploads.take(request, as: caller.actor)
        }
        for method in AccountMethods.descriptions {
            add(method) { request, caller in
                try RepeatableRequest.refuse(request)
                var remarks = Remarks()
                let known = Set(method.parameters.map(\.name)).union(["arg"])
                try remarks.passOver(
                    arguments: request.arguments.stray(besides: known), of: method.name, strict: request.isStrict)
                return try await accounts.call(method.name, request, by: caller).telling(remarks)
            }
        }
    }

    private mutating func add(
        _ description: MethodDescription, _ run: @escaping @Sendable (Incoming, Caller) async throws -> Reply
    ) {
        for name in [description.name] + description.aliases {
            entries[name] = Entry(description: description, run: run)
        }
    }

    /// The method of a name.
    ///
    /// - Throws: ``Problem/Kind/noSuchMethod``.
    func find(_ name: String) throws -> Entry {
        guard let entry = entries[name] else {
            throw Problem(.noSuchMethod, "There is no method \(name.prefix(140))", fix: "See /openapi.json.")
        }
        return entry
    }

    /// What the API's description tells, in order: not the names that stand for others.
    static func described(_ registry: Registry, _ reports: [String: Report]) -> [MethodDescription] {
        AccountMethods.descriptions + [FileUpload.description]
            + inSessions(registry, reports, timeZone: "").map(MethodDescription.init).sorted { $0.name < $1.name }
    }

    /// The methods that run in a session; a module's takes the place of one of the server's.
    private static func inSessions(
        _ registry: Registry, _ reports: [String: Report], timeZone: String
    ) -> [Method] {
        var methods: [String: Method] = [:]
        let own =
            ClientReading.methods + ClientWriting.methods + DeskMethods.methods(reports) + RealtimeMethods.all
            + [RehearseMethod.method]
            + [
                Method(
                    "frappe.client.get_time_zone", allowsGuests: true, summary: "The site's time zone."
                ) { _, _ in ["time_zone": .string(timeZone)] }
            ]
        for method in own { methods[method.name] = method }
        for method in registry.methods.values { methods[method.name] = method }
        return Array(methods.values)
    }
}

extension Method {
    /// Runs the method once its required arguments are there.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` that names the argument, and what the method throws.
    func call(_ arguments: Arguments, _ session: Session) throws -> JSON {
        try requireArguments(arguments)
        return try run(arguments, session)
    }

    /// - Throws: ``Problem/Kind/mandatory`` that names the argument that is missing.
    func requireArguments(_ arguments: Arguments) throws {
        for parameter in parameters where parameter.isRequired && arguments[parameter.name] == nil {
            throw Problem(
                .mandatory, "The argument \(parameter.name) of \(name) is missing", field: parameter.name,
                fix: "Send \(parameter.name).")
        }
    }

    /// What it is called with. One that takes a page takes it by all the names that a list does.
    fileprivate var names: Set<String> {
        let names = Set(parameters.map(\.name))
        return names.isDisjoint(with: ListArguments.ofPage) ? names : names.union(ListArguments.ofPage)
    }
}
