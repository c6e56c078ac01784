internal import Collaboration
public import Documents
internal import Metadata
public import Values

/// What clients may call on one document, as `run_method` or by an address of its own.
public struct DocumentMethod: Sendable {
    /// Its name, such as `submit`.
    public let name: String
    /// What it does, in a sentence.
    public let summary: String
    /// What it is called with.
    public let parameters: [Method.Parameter]
    /// The only DocType whose documents have it; nil for one that all have.
    public let doctype: String?
    /// Whether it is only for documents that are submitted.
    public let needsSubmittable: Bool
    /// Whether it changes nothing, and may be called by GET.
    public let onlyAsks: Bool
    private let run: @Sendable (Command, Arguments, Session) throws -> (name: String, answer: JSON)

    /// All of them, in order.
    public static let all: [DocumentMethod] =
        [Command.Action.submit, .cancel, .discard].map(DocumentMethod.init) + [
            rename, comment, addTag, tags, thumbnail,
        ]

    /// Those that the documents of a DocType have, in order.
    public static func all(of type: DocType) -> [DocumentMethod] {
        all.filter { ($0.doctype == nil || $0.doctype == type.name) && (type.isSubmittable || !$0.needsSubmittable) }
    }

    /// The method of a name.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for one that is not there.
    public static func find(_ name: String, of doctype: String) throws -> DocumentMethod {
        let open = all.filter { $0.doctype == nil || $0.doctype == doctype }
        guard let method = open.first(where: { $0.name == name }) else {
            throw Problem(
                .forbidden, "The method \(name.prefix(140)) of \(doctype) is not open to clients", field: "method",
                fix: "Use one of: \(open.map(\.name).joined(separator: ", ")).")
        }
        return method
    }

    /// Whether there is a method of this name that changes nothing.
    public static func onlyAsks(_ name: String?) -> Bool { all.contains { $0.onlyAsks && $0.name == name } }

    /// Calls it on the document `name`, or on the one that `sent` changes or adds.
    ///
    /// - Throws: ``Problem``.
    public func call(
        _ doctype: String, _ name: String?, sent: JSONObject = [:], _ arguments: Arguments, in session: Session
    ) throws -> (document: JSON, answer: JSON) {
        for parameter in parameters where parameter.isRequired && arguments[parameter.name] == nil {
            throw Problem(
                .mandatory, "The argument \(parameter.name) of \(self.name) is missing", field: parameter.name,
                fix: "Send \(parameter.name).")
        }
        let (name, answer) = try run(Command(.save, doctype, name, sent), arguments, session)
        return (session.present(try session.get(doctype, name)), answer)
    }

    private init(
        _ name: String, _ summary: String, _ parameters: [Method.Parameter], of doctype: String? = nil,
        needsSubmittable: Bool = false, onlyAsks: Bool = false,
        run: @escaping @Sendable (Command, Arguments, Session) throws -> (name: String, answer: JSON)
    ) {
        (self.name, self.summary, self.parameters, self.doctype) = (name, summary, parameters, doctype)
        (self.needsSubmittable, self.onlyAsks, self.run) = (needsSubmittable, onlyAsks, run)
    }

    private init(_ action: Command.Action) {
        self.init(action.rawValue, "To \(action.rawValue) the document.", [], needsSubmittable: true) {
            target, _, session in
            let command = Command(action, target.target, target.name, action == .submit ? target.content : [:])
            guard let document = try session.perform(command).document else {
                throw Problem(.notFound, "\(target.target) \(target.name ?? "") is gone")
            }
            return (document.name, .null)
        }
    }

    private static let rename = DocumentMethod(
        "rename", "Gives the document another name.",
        [.required("name", "The name it gets."), .optional("merge", "1 merges it into the document of that name.")]
    ) { target, arguments, session in
        let content: JSONObject = ["new_name": arguments["name"] ?? .null, "merge": arguments["merge"] ?? 0]
        let document = try session.perform(Command(.rename, target.target, target.name, content)).document
        let name = document?.name ?? ""
        return (name, .string(name))
    }

    private static let comment = DocumentMethod(
        "add_comment", "Says something about the document.",
        [.required("text", "What is said."), .optional("comment_type", "Comment.")]
    ) { target, arguments, session in
        let kind = arguments.text("comment_type") ?? "Comment"
        guard kind == "Comment" else {
            throw Problem(
                .notAnOption, "Comments of the kind \(kind.prefix(40)) are written by the server alone",
                field: "comment_type", fix: "Leave it out.")
        }
        let name = try required(target)
        return (name, try session.comment(target.target, name, arguments.required("text")).json)
    }

    private static let addTag = DocumentMethod(
        "add_tag", "Marks the document with a tag.", [.required("tag", "The tag.")]
    ) { target, arguments, session in
        let name = try required(target)
        return (name, .string(try session.tag(target.target, name, with: arguments.required("tag"))))
    }

    private static let tags = DocumentMethod("get_tags", "The tags of the document.", [], onlyAsks: true) {
        target, _, session in
        let name = try session.get(target.target, required(target)).name
        return (name, .array(try DocumentMarks.marks(target.target, name, in: session).tags.map(JSON.string)))
    }

    private static let thumbnail = DocumentMethod(
        "make_thumbnail", "The address of the file's picture made small.",
        [
            .optional("width", "The side of the square it fits into; 300 unless given."),
            .optional("height", "The same."), .optional("crop", "0: it shows the whole picture."),
        ], of: "File"
    ) { target, arguments, session in
        let name = try session.name(required(target), of: target.target)
        return (name, .string(try session.thumbnail(of: name, arguments)))
    }

    private static func required(_ target: Command) throws -> String {
        guard let name = target.name else {
            throw Problem(.mandatory, "The document has no name", field: "name", fix: "Save it first.")
        }
        return name
    }
}

extension DocumentMethod {
    /// The methods by which clients call one of them.
    static let callers = ["run_doc_method", "runserverobj"].map { name in
        Method(
            name, writes: true,
            parameters: [
                .required("method", "Such as submit, cancel or add_comment."),
                .optional("dt", "The DocType."), .optional("dn", "The document.", of: .argument("dt")),
                .optional("docs", "Instead: the document as it stands in a form."),
                .optional("document", "The same."), .optional("args", "What the method is called with, as an object."),
                .optional("kwargs", "The same."), .optional("arg", "The same."),
            ], summary: "Calls a method of a document; gives the document as it is then, too.", form: .whole
        ) { arguments, session in
            let given = try ["kwargs", "args", "arg"].first { arguments[$0] != nil }.map(arguments.object) ?? [:]
            let (doctype, name, sent) = try target(of: arguments)
            let called = Arguments(given, notesAsked: true)
            let method = try DocumentMethod.find(arguments.required("method"), of: doctype)
            let (document, answer) = try method.call(doctype, name, sent: sent, called, in: session)
            for stray in called.unasked where !stray.hasPrefix("_") { session.remarks.ignore(stray) }
            return ["message": answer, "docs": [document]]
        }
    }

    /// The document that is meant: one that is named, or the one that was sent.
    private static func target(of arguments: Arguments) throws -> (String, String?, JSONObject) {
        guard arguments["docs"] != nil || arguments["document"] != nil else {
            return (try arguments.required("dt"), try arguments.required("dn"), [:])
        }
        let sent = try arguments.document(arguments["docs"] == nil ? "document" : "docs")
        let isNew = sent["__islocal"]?.int == 1
        return (try sent.sentDocType, isNew ? nil : sent["name"]?.string, sent)
    }
}
