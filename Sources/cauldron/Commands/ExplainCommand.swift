import ArgumentParser
import Documents
import Forms
import Tenancy
import Values

/// Says why a user may or may not do something.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a user has a right on a DocType or a document, or has not.",
        discussion: """
            Each rule that is asked is told in order, with what it said; the last line is the decision. The exit code is \
            0 either way.

            Example: cauldron explain --user ana@example.com --right write "Sales Order" SO-00001
            """)

    @Option(help: "The user.")
    var user: String

    @Option(help: "The right: read, select, write, create, delete, submit, cancel, amend, report, export, share, ….")
    var right = "read"

    @Option(help: "A field of the DocType, to ask about its level and mask.")
    var field: String?

    @Argument(help: "The DocType.")
    var doctype: String

    @Argument(help: "The document; without it, the question is about some document.")
    var name: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        guard let right = Right(rawValue: right) else {
            let all = Right.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.wrongType, "There is no right \(self.right)", field: "right", fix: "Use one of: \(all).")
        }
        let (doctype, name, user, field) = (doctype, name, user, field)
        let explanation = try await data.directory.with { tenant in
            try await tenant.read(as: .administrator) {
                try $0.explain(right, doctype, name, user: user, field: field)
            }
        }
        for line in explanation.lines { format.output.line(line) }
        format.output.json(explanation.json)
    }
}

extension Explanation {
    /// The explanation for people.
    fileprivate var lines: [String] {
        var lines = ["roles: \(roles.joined(separator: ", "))"]
        for step in steps {
            let step = "\(step.step.replacing("_", with: " ")): \(step.outcome.rawValue): \(step.words)"
            lines.append(step)
        }
        if let field {
            let seen = field.isMasked ? "seen masked" : field.isSeen ? "seen" : "hidden"
            lines.append(
                "field \(field.name): level \(field.permlevel), \(seen), \(field.isWritten ? "" : "not ")written")
        }
        let subject = name.map { "\(doctype) \($0)" } ?? doctype
        lines.append(
            "\(isAllowed ? "ALLOWED" : "DENIED"): \(user) \(isAllowed ? "may" : "may not") \(right.rawValue) \(subject), "
                + "because \(decision.rule.words)")
        return lines
    }
}
