internal import Documents
internal import Values

/// What clients ask of the background.
enum JobMethods {
    static let enqueue = "cauldron.jobs.enqueue"
    private static let job = Method.Parameter.required("name", "The job.", of: .doctype("Background Job"))

    static let all = [
        Method(
            enqueue, writes: true,
            parameters: [
                .required(
                    "commands",
                    "A list of commands: action (insert, save, submit, cancel, discard, delete, amend, rename, assign, tag or call), target (the DocType, or the method), name and content."
                ),
                .optional("priority", "high, normal or low."),
                .optional("due", "Not before this moment."),
                .optional("key", "While a job of yours with this key waits or runs, no second one is made."),
            ],
            summary:
                "Has commands performed in the background, one after the other, with the rights that you then have.",
            run: enqueue),
        Method(
            "cauldron.jobs.cancel", writes: true, parameters: [job],
            summary: "Ends a job that waits, or has one that runs stop after what it is at."
        ) { arguments, session in
            try JobQueue.cancel(BackgroundJob.job(arguments.required("name"), in: session), in: session)
            return .null
        },
        Method(
            "cauldron.jobs.retry", writes: true, parameters: [job],
            summary: "Has a job that failed or was cancelled tried again, from where it stood."
        ) { arguments, session in
            try JobQueue.retry(BackgroundJob.job(arguments.required("name"), in: session), in: session)
            return .null
        },
        Method(
            "cauldron.schedules.run", writes: true,
            parameters: [.required("name", "The scheduled job.", of: .doctype("Scheduled Job Type"))],
            summary: "Has the work of a schedule done now.",
            aliases: [
                "frappe.core.doctype.scheduled_job_type.scheduled_job_type.execute_event"
            ]
        ) { arguments, session in
            .string(try Schedules.runNow(arguments.required("name"), in: session))
        },
    ]

    /// Refuses what nothing could ever become of.
    private static func requireSense(_ command: Command, in session: Session) throws {
        guard command.action == .call else {
            _ = try session.registry.doctype(command.target)
            return
        }
        guard let method = session.registry.methods[command.target], method.writes, method.name != enqueue else {
            throw Problem(
                .noSuchMethod, "\(command.target.prefix(140)) is no method that is done in the background",
                field: "commands", fix: "Name one that changes something.")
        }
        guard session.actor.mayCall(method.name) else {
            throw Problem(.forbidden, "The API key is not good for the method \(method.name)", field: "commands")
        }
    }

    private static func enqueue(_ arguments: Arguments, _ session: Session) throws -> JSON {
        let sent = arguments["commands"] ?? .null
        guard let list = sent.array ?? sent.string.flatMap({ try? JSON.parse($0) })?.array else {
            throw Problem(.wrongType, "The argument commands is no list", field: "commands")
        }
        var request = JobRequest(CommandJob.name, ["commands": .array(list)])
        let commands = try CommandJob.commands(request.content)
        for command in commands { try requireSense(command, in: session) }
        request.title = CommandJob.title(of: commands)
        if let text = arguments.text("priority") {
            guard let priority = Job.Priority(rawValue: text) else {
                throw Problem(
                    .notAnOption, "\(text.prefix(40)) is no priority", field: "priority",
                    fix: "Use high, normal or low.")
            }
            request.priority = priority
        }
        if let text = arguments.text("due") {
            guard let due = Timestamp(text) else {
                throw Problem(
                    .badFormat, "\(text.prefix(40)) is no moment", field: "due", fix: "Send it as 2026-12-31 18:00:00.")
            }
            guard due <= session.now.adding(seconds: Session.longestWait) else {
                throw Problem(.outOfBounds, "A job waits a year at most", field: "due", fix: "Ask for it later.")
            }
            request.due = due
        }
        if let key = arguments.text("key"), !key.isEmpty {
            guard key.utf8.count <= 140 else {
                throw Problem(.tooLong, "A key has at most 140 bytes", field: "key")
            }
            // Of others nobody's key is taken.
            request.key = "\(session.actor.user)/\(key)"
        }
        return .string(try session.enqueue(request))
    }
}
