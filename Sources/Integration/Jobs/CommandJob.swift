internal import Documents
internal import Values

/// Commands that are performed in the background, as who asked for them, some at a time. One that cannot be does
/// not keep the others from being done; where it is the only one, the job has failed.
enum CommandJob {
    static let name = "command"
    /// The most commands of one job.
    static let most = 1_000
    /// How many are done in one transaction.
    private static let atOnce = 25
    /// How many problems are told in full; of more it is told how many there were.
    private static let mostTold = 100
    /// The longest answer that is kept with the job, in bytes.
    private static let answerBytes = 10_000

    static let kind = JobKind(
        name,
        .transaction { job, session in
            let commands = try commands(job.content)
            guard commands.count != 1 else {
                let result = try session.perform(commands[0])
                return .done(shown(result))
            }
            var at = Int(job.cursor?["next"]?.int ?? 0)
            var failed = Int(job.cursor?["failed"]?.int ?? 0)
            var problems = job.cursor?["problems"]?.array ?? []
            for index in commands.indices.dropFirst(at).prefix(atOnce) {
                at = index + 1
                do {
                    _ = try session.savepoint { try session.perform(commands[index]) }
                } catch let problem as Problem where !problem.mayPass {
                    failed += 1
                    if problems.count < mostTold {
                        problems.append(["index": .int(Int64(index)), "error": problem.json])
                    }
                }
            }
            let rest: JSON = ["next": .int(Int64(at)), "failed": .int(Int64(failed)), "problems": .array(problems)]
            guard at >= commands.count else {
                return .more(from: rest, Job.Progress(done: at, of: commands.count))
            }
            return .done([
                "done": .int(Int64(commands.count - failed)), "failed": .int(Int64(failed)),
                "problems": .array(problems),
            ])
        })

    /// What a job of commands is called.
    static func title(of commands: [Command]) -> String {
        guard let first = commands.first else { return name }
        let words = [first.action.rawValue, first.target, first.name ?? ""].filter { !$0.isEmpty }.joined(
            separator: " ")
        return commands.count == 1 ? words : "\(words), and \(commands.count - 1) more"
    }

    /// What a job performs.
    ///
    /// - Throws: ``Problem/Kind/malformed`` for what is none; ``Problem/Kind/tooMany``.
    static func commands(_ content: JSON) throws -> [Command] {
        guard let list = content["commands"]?.array, !list.isEmpty else {
            throw Problem(
                .malformed, "There is nothing to do", field: "commands",
                fix: "Send a list of commands, each with an action and a target.")
        }
        guard list.count <= most else {
            throw Problem(
                .tooMany, "A job performs at most \(most) commands", field: "commands", fix: "Ask for several.")
        }
        return try list.enumerated().map { index, json in
            guard let command = Command(json) else {
                throw Problem(
                    .malformed, "The command \(index + 1) has no action, or no target", field: "commands",
                    fix: #"Send it as {"action": "submit", "target": "Sales Invoice", "name": "…"}."#)
            }
            return command
        }
    }

    /// What is kept of a result: which document it was about, or what a method answered.
    private static func shown(_ result: CommandResult) -> JSON {
        if let document = result.document {
            return ["doctype": .string(document.doctype.name), "name": .string(document.name)]
        }
        return result.answer.text.utf8.count <= answerBytes ? result.answer : .null
    }
}
