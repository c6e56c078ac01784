public import Documents
internal import Jobs

extension Registry {
    /// Declares what a company has done when something happens.
    public mutating func addAutomations() {
        add(Webhook.self, WebhookHeader.self, WebhookData.self)
        add(rules: WebhookRules.self)
        observe(.all, .written) { changes, session in try WebhookDelivery.observe(changes, session) }
        register(WebhookDelivery.kind)
        register(WebhookDelivery.end)
        for method in WebhookMethods.all { add(method) }
    }
}
