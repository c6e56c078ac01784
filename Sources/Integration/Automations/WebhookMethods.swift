internal import Documents
internal import Jobs
internal import Metadata
internal import Storage
internal import Values

/// What clients ask of webhooks.
enum WebhookMethods {
    private static let webhook = Method.Parameter.required(
        "webhook", "The webhook, which need not be enabled.", of: .doctype("Webhook"))
    private static let document = Method.Parameter.required(
        "document", "A document of its DocType, as an example.")

    static let all = [
        Method(
            "cauldron.webhooks.preview", parameters: [webhook, document],
            summary: "What a webhook would send for a document, and whether it would."
        ) { arguments, session in
            let (rule, document) = try example(arguments, session)
            let (url, type, body) = try rule.request(for: document, in: session)
            return [
                "applies": .bool(try rule.applies(to: document, in: session)), "method": .string(rule.method),
                "url": .string(url), "content_type": .string(type), "body": .string(body),
            ]
        },
        Method(
            "cauldron.webhooks.test", writes: true, parameters: [webhook, document],
            summary: "Sends what a webhook has to say of a document, once, whatever its condition says."
        ) { arguments, session in
            let (rule, document) = try example(arguments, session)
            var request = try WebhookDelivery.job(rule, WebhookDelivery.test, of: document, in: session)
            request.priority = .high
            request.sequence = nil
            return .string(try session.enqueue(request))
        },
        Method(
            "cauldron.webhooks.replay", writes: true, parameters: [webhook],
            summary: "Has all deliveries of a webhook tried again that failed, in their order."
        ) { arguments, session in
            let rule = try hook(arguments, session)
            return .int(Int64(try session.retryFailed(WebhookDelivery.kindName, where: "webhook", is: rule.name)))
        },
    ]

    private static func hook(_ arguments: Arguments, _ session: Session) throws -> Document {
        let hook = try session.get(Webhook.doctype.name, arguments.required("webhook"))
        try session.require(.write, hook.doctype, hook)
        return hook
    }

    private static func example(_ arguments: Arguments, _ session: Session) throws -> (WebhookRule, Document) {
        let rule = try WebhookRule(hook(arguments, session))
        return (rule, try session.get(rule.doctype, arguments.required("document")))
    }
}
