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
    /// What it answers.
    var answer = Answer.parts
    /// The types of the bodies that it reads itself, as they arrive, once it is known who sends them.
    var streamed: [String] = []
    /// Whether its arguments stand in the address alone, because its body is what it takes.
    var takesQuery: Bool { !streamed.isEmpty && !streamed.contains(Incoming.multipart) }
    /// Whether it is for who runs the server, by a key of that one's.
    var takesOperatorKey = false
    /// Whether its answer is kept under an idempotency key.
    var keepsAnswers = false
    /// Other names it is called by.
    var aliases: [String] = []

    /// What a method answers.
    enum Answer: Sendable, Equatable {
        /// `{"message": …}`, in version 2 `{"data": …}`.
        case message
        /// An object of parts with names of their own.
        case parts
        /// A file of one of these types.
        case file([String])

        static func file(_ types: String...) -> Answer { .file(types) }
    }
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
            answer: method.form == .message ? .message : .parts,
            keepsAnswers: method.keepsAnswers, aliases: method.aliases)
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
    /// The names of methods by what stands behind the last but two points, such as `user.user.get_roles`.
    private var namesByDocType: [String: String] = [:]

    init(
        _ tenant: Tenant, _ accounts: AccountMethods, _ uploads: FileUpload, _ operations: OperatorMethods,
        timeZone: String
    ) {
        for method in Self.inSessions(tenant.registry, tenant.reports, timeZone: timeZone) {
            if method.name == SetupCall.method {
                add(MethodDescription(method)) { request, caller in
                    try await SetupMethod.call(request, on: tenant, as: caller.actor)
                }
                continue
            }
            add(MethodDescription(method)) { request, caller in
                let arguments = request.arguments
                let displaced = request.displaced
                let version = request.version
                let body: @Sendable (Session, inout JSONWriter) throws -> Void = { session, writer in
                    if let write = method.write {
                        // What it passes over is told before its rows.
                        let stray = arguments.stray(besides: method.names) + displaced
                        try session.passOver(arguments: stray, of: method.name)
                        try method.requireArguments(arguments)
                        writer.beginObject()
                        writer.key(version.result)
                        try write(arguments, session, &writer)
                        writer.endObject()
                    } else {
                        let message = try method.call(arguments, session)
                        try session.passOver(arguments: arguments.stray + displaced, of: method.name)
                        // What would happen is told in the same form by every method.
                        if method.form == .whole, try !arguments.isRehearsal {
                            version.answer(parts: message, to: &writer)
                        } else {
                            version.answer(message, to: &writer)
                        }
                    }
                }
                return try await method.writes
                    ? tenant.writingAnswer(
                        to: RepeatableRequest(
                            request, arguments, isRehearsal: arguments.isRehearsal, by: caller.actor),
                        in: version, as: caller.actor, strict: request.isStrict
                    ) { session in
                        var writer = JSONWriter()
                        try body(session, &writer)
                        return writer.bytes
                    }
                    : tenant.answer(request, as: caller.actor, body)
            }
        }
        add(FileUpload.description) { request, caller in
            try await uploads.take(request, as: caller.actor)
        }
        let downloads = DownloadMethods(tenant: tenant)
        for method in DownloadMethods.descriptions {
            add(method) { request, caller in
                try RepeatableRequest.refuse(request)
                var remarks = Remarks()
                try remarks.passOver(
                    arguments: request.arguments.stray(besides: Set(method.parameters.map(\.name)))
                        + request.displaced, of: method.name, strict: request.isStrict)
                return try await downloads.call(method.name, request, by: caller.actor).telling(
                    remarks, in: request.version)
            }
        }
        let imports = ImportMethod(tenant: tenant)
        add(ImportMethod.description) { request, caller in
            try RepeatableRequest.refuse(request)
            return try await imports.take(request, as: caller.actor)
        }
        for method in AccountMethods.descriptions {
            add(method) { request, caller in
                try RepeatableRequest.refuse(request)
                var remarks = Remarks()
                let known = Set(method.parameters.map(\.name)).union(["arg"])
                try remarks.passOver(
                    arguments: request.arguments.stray(besides: known), of: method.name, strict: request.isStrict)
                return try await accounts.call(method.name, request, by: caller).telling(remarks, in: request.version)
            }
        }
        for method in OperatorMethods.descriptions {
            add(method) { request, _ in
                try RepeatableRequest.refuse(request)
                var remarks = Remarks()
                try remarks.passOver(
                    arguments: request.arguments.stray(besides: Set(method.parameters.map(\.name))), of: method.name,
                    strict: request.isStrict)
                return try await operations.call(method.name, request).telling(remarks, in: request.version)
            }
        }
    }

    private mutating func add(
        _ description: MethodDescription, _ run: @escaping @Sendable (Incoming, Caller) async throws -> Reply
    ) {
        for name in [description.name] + description.aliases {
            entries[name] = Entry(description: description, run: run)
            let end = name.split(separator: ".").suffix(3)
            if end.count == 3, end.first == end.dropFirst().first { namesByDocType[end.joined(separator: ".")] = name }
        }
    }

    /// The whole name of a method that stands with a DocType, such as `get_roles` of User.
    func name(of method: String, ofDocType doctype: String) -> String {
        let module = doctype.lowercased().split(separator: " ").joined(separator: "_")
        return namesByDocType["\(module).\(module).\(method)"] ?? "\(module).\(method)"
    }

    /// What can be called, by the names that the API's description tells, in order.
    var descriptions: [MethodDescription] {
        entries.filter { $0.key == $0.value.description.name }.map(\.value.description).sorted { $0.name < $1.name }
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
        AccountMethods.descriptions + OperatorMethods.descriptions + DownloadMethods.descriptions
            + [FileUpload.description, ImportMethod.description]
            + inSessions(registry, reports, timeZone: "").map(MethodDescription.init).sorted { $0.name < $1.name }
    }

    /// The methods that run in a session; a module's takes the place of one of the server's.
    private static func inSessions(
        _ registry: Registry, _ reports: [String: Report], timeZone: String
    ) -> [Method] {
        var methods: [String: Method] = [:]
        let own =
            ClientReading.methods + ClientWriting.methods + DeskMethods.methods(reports) + ReportView.methods
            + RealtimeMethods.all + [RehearseMethod.method]
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
