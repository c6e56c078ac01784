internal import Documents
internal import Expressions
internal import Metadata
internal import Values

/// A webhook, compiled.
struct WebhookRule: Sendable {
    let name: String
    let owner: String
    let doctype: String
    let event: DocEvent
    private let condition: Expression?
    private let url: Template
    private let body: Body
    let method: String

    private enum Body: Sendable {
        /// The whole document.
        case document
        /// Some of its fields, by their keys.
        case fields([(field: String, key: String)], isForm: Bool)
        /// What a template makes of it.
        case template(Template)
    }

    /// The most bytes that are sent.
    static let bodyBytes = 900_000

    /// Compiles what a document says.
    ///
    /// - Throws: ``Problem`` that names the field.
    init(_ document: Document) throws {
        let hook = document
        let typed = Doc<Webhook>(document)
        (name, owner, doctype) = (hook.name, hook.owner, hook.text("webhook_doctype"))
        guard let event = DocEvent(rawValue: hook.text("webhook_docevent")) else {
            throw Problem(.notAnOption, "There is no such event", field: "webhook_docevent")
        }
        self.event = event
        method = hook.text("request_method")
        let text = hook.text("condition")
        condition = text.isEmpty ? nil : try Template.compile(text, field: "condition")
        let isDynamic = hook.isSet("is_dynamic_url")
        url = try Template(hook.text("request_url"), .url, field: "request_url", isPlain: !isDynamic)
        try Self.requireURL(url.skeleton, field: "request_url")
        let json = hook.text("webhook_json")
        let rows = typed.webhookData.map { (field: $0.fieldname, key: $0.key) }
        let isForm = hook.text("request_structure") == "Form URL-Encoded"
        if !json.isEmpty {
            let template = try Template(json, .json, field: "webhook_json")
            guard (try? JSON.parse(template.skeleton)) != nil else {
                throw Problem(
                    .malformed, "What would be sent is no JSON", field: "webhook_json",
                    fix: "Quote texts, as in {\"customer\": \"{{ doc.customer }}\"}.")
            }
            body = .template(template)
        } else if !rows.isEmpty || isForm {
            body = .fields(rows, isForm: isForm)
        } else {
            body = .document
        }
        for row in typed.webhookHeaders { try Self.requireHeader(row.document) }
    }

    private static func requireURL(_ text: String, field: String) throws {
        let isHTTP = text.hasPrefix("https://") || text.hasPrefix("http://")
        guard isHTTP, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.utf8.count <= 2_000 else {
            throw Problem(
                .badFormat, "\(text.prefix(60)) is no address to send to", field: field,
                fix: "Send one that begins with https:// or http://, of ASCII characters.")
        }
    }

    /// Headers that belong to the connection or to the signature.
    private static let own: Set<String> = [
        "host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te", "trailer",
        "expect",
        "webhook-id", "webhook-timestamp", "webhook-signature", "x-frappe-webhook-signature",
    ]

    private static func requireHeader(_ row: Document) throws {
        let (key, value) = (row.text("key"), row.text("value"))
        let isToken = key.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
                || $0 == 0x5F
        }
        guard isToken, !key.isEmpty, !own.contains(key.lowercased()) else {
            throw Problem(
                .notAnOption, "\(key.prefix(60)) is no header of one's own", field: "key", row: row.idx,
                fix: "Leave it out: the server sets those of the connection, of the content and of the signature.")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Problem(.badFormat, "A header's value is one line", field: "value", row: row.idx)
        }
    }

    // MARK: What is sent

    /// Whether it is sent for a document.
    ///
    /// - Throws: ``Problem`` when the condition cannot be answered.
    func applies(to document: Document, in session: Session) throws -> Bool {
        guard let condition else { return true }
        do {
            return try session.value(of: condition, for: document).isTrue
        } catch {
            throw Problem(.conditionFailed, ProblemText("\(name): \(error.description)"), field: "condition")
        }
    }

    /// What is sent for a document: the address, the type of the content, and the content.
    ///
    /// - Throws: ``Problem``.
    func request(
        for document: Document, in session: Session
    ) throws -> (url: String, type: String, body: String) {
        let url = try url.text(for: document, in: session)
        try Self.requireURL(url, field: "request_url")
        let (type, text) = try content(for: document, in: session)
        guard text.utf8.count <= Self.bodyBytes else {
            throw Problem(.tooLong, "\(name) would send more than \(Self.bodyBytes) bytes", field: "webhook_json")
        }
        return (url, type, text)
    }

    private static let json = "application/json"

    private func content(for document: Document, in session: Session) throws -> (type: String, body: String) {
        switch body {
        case .template(let template): return (Self.json, try template.text(for: document, in: session))
        case .document: return (Self.json, Self.shown(document, in: session).text)
        case .fields(let fields, let isForm):
            let shown = Self.shown(document, in: session)
            let values = fields.map { ($0.key, shown[$0.field] ?? .null) }
            guard isForm else { return (Self.json, JSON.object(JSONObject(values)).text) }
            let pairs = values.map { key, value in
                let text = value.string ?? (value.isNull ? "" : value.text)
                return "\(Template.encoded(key))=\(Template.encoded(text))"
            }
            return ("application/x-www-form-urlencoded", pairs.joined(separator: "&"))
        }
    }

    /// A document as it is read, its passwords as stars.
    private static func shown(_ document: Document, in session: Session) -> JSON {
        session.privileged { session.present(document) }
    }
}

extension ExpressionValue {
    /// Whether it counts as true, as Frappe has it.
    fileprivate var isTrue: Bool {
        switch self {
        case .bool(let value): value
        case .null: false
        case .string(let text): !text.isEmpty
        default: exact.map { !$0.isZero } ?? true
        }
    }
}

/// The webhooks of a company, by the DocType of which they tell.
struct WebhookRules: Rules {
    static let source = Webhook.doctype.name
    let byDocType: [String: [WebhookRule]]

    init(_ documents: [Document], note: (Problem) -> Void) {
        var rules: [String: [WebhookRule]] = [:]
        for document in documents where document.isSet("enabled") {
            do {
                let rule = try WebhookRule(document)
                rules[rule.doctype, default: []].append(rule)
            } catch let problem as Problem {
                note(problem.about(document))
            } catch {
                note(Problem(.badMetadata, ProblemText("\(error)")).about(document))
            }
        }
        byDocType = rules
    }
}
