internal import Documents
internal import Metadata
internal import Values

/// Where something is sent when something is done to documents, by HTTP.
struct Webhook: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Webhook", module: "Integrations", naming: .series(["HOOK-.####"]), title: "request_url",
        permissions: [.manage("System Manager")],
        summary: "Where something is sent when something is done to documents.")

    let webhookDoctype = Link("DocType", .required, .setOnlyOnce, .inListView, .label("DocType"))
    let webhookDocevent = Select(DocEvent.allCases.map(\.rawValue), .required, .inListView, .label("Doc Event"))
    let enabled = Check(.fallback(1), .inListView)
    let condition = SmallText(.description("In CEL or as Frappe writes it, such as doc.grand_total > 1000."))
    let requestUrl = Data(.required, .inListView, .length(2_000), .label("Request URL"))
    let isDynamicUrl = Check(.label("Is Dynamic URL?"), .description("The URL has {{ doc.field }} in it."))
    let requestMethod = Select(["POST", "PUT", "DELETE"], .required, .fallback("POST"))
    let requestStructure = Select(["", "Form URL-Encoded", "JSON"])
    let timeout = IntField(.fallback(5), .nonNegative, .description("Seconds, at most 60."))
    let enableSecurity = Check()
    let webhookSecret = Password(
        .description("Signs what is sent; `whsec_` and base64, as Standard Webhooks have it, or any text."))
    let webhookHeaders = Table(WebhookHeader.self)
    let webhookData = Table(WebhookData.self)
    let webhookJson = LongText(
        .label("JSON Request Body"), .description("With {{ doc.field }} in it, in place of the list of fields."))
    let disabledBecause = SmallText(.readOnly, .noCopy, .description("Why it was disabled by itself."))
    init() {}

    /// The longest time an answer is waited for, in seconds.
    static let mostSeconds = 60

    static func validate(_ hook: Doc<Self>, in session: Session) throws {
        guard let type = session.registry.find(hook.webhookDoctype) else {
            throw Problem(.brokenLink, "There is no DocType \(hook.webhookDoctype)", field: "webhook_doctype")
        }
        guard !type.isVirtual, type.kind == .document, type.name != doctype.name else {
            throw Problem(
                .notAnOption, "Nothing is sent of documents of \(type.name)", field: "webhook_doctype",
                fix: "Name a DocType that has documents of its own.")
        }
        guard hook.timeout <= mostSeconds else {
            throw Problem(.outOfBounds, "The timeout is at most \(mostSeconds) seconds", field: "timeout")
        }
        if hook.enableSecurity, hook.webhookSecret.isEmpty {
            throw Problem(
                .mandatory, "A webhook with security needs a secret", field: "webhook_secret",
                fix: "Send webhook_secret, or leave enable_security out.")
        }
        if hook.enableSecurity { try Signature.requireSense(hook.webhookSecret) }
        _ = try WebhookRule(hook.document)
        if hook.enabled { hook.disabledBecause = "" }
    }
}

/// A header that is sent with it.
struct WebhookHeader: DocTypeSchema {
    static let doctype = DocTypeInfo("Webhook Header", module: "Integrations", kind: .child)
    let key = Data(.required, .inListView)
    let value = Data(.inListView, .length(2_000))
    init() {}
}

/// A field that is sent, and under which key.
struct WebhookData: DocTypeSchema {
    static let doctype = DocTypeInfo("Webhook Data", module: "Integrations", kind: .child)
    let fieldname = Data(.required, .inListView)
    let key = Data(.required, .inListView)
    init() {}
}

/// What is done to documents, by the names of Frappe.
enum DocEvent: String, Sendable, CaseIterable {
    case afterInsert = "after_insert"
    case onUpdate = "on_update"
    case onSubmit = "on_submit"
    case onCancel = "on_cancel"
    case onTrash = "on_trash"
    case onUpdateAfterSubmit = "on_update_after_submit"
    case onChange = "on_change"

    /// What an action is to Frappe.
    static func events(of action: Action) -> Set<DocEvent> {
        switch action {
        case .insert, .restore: [.afterInsert, .onUpdate, .onChange]
        case .save: [.onUpdate, .onChange]
        case .submit: [.onUpdate, .onSubmit, .onChange]
        case .updateAfterSubmit: [.onUpdateAfterSubmit, .onChange]
        case .cancel: [.onCancel, .onChange]
        case .derive, .discard: [.onChange]
        case .delete: [.onTrash]
        // A name is no value: who follows it is told by the event log.
        case .rename, .merge, .relink: []
        }
    }
}
