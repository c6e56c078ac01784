internal import Documents
public import Jobs
internal import Metadata
internal import Values

/// A request over the web.
public struct WebRequest: Sendable {
    /// GET, POST and so on.
    public var method: String
    /// The address, which begins with `http://` or `https://`.
    public var url: String
    /// What is said of it; `Host` and the length are the client's.
    public var headers: [(name: String, value: String)]
    /// The content.
    public var body: String
    /// How long an answer may take, in seconds.
    public var seconds: Int
}

/// What came back.
public struct WebAnswer: Sendable {
    /// The status.
    public let status: Int
    /// The beginning of the content, as text.
    public let body: String

    /// An answer.
    public init(status: Int, body: String = "") { (self.status, self.body) = (status, body) }
}

/// Who sends requests over the web.
public protocol WebSender: Sendable {
    /// Sends a request, and follows nowhere else.
    ///
    /// - Throws: ``Problem``: one that may pass, where nobody answers; one that does not, for an address that is not sent to.
    func send(_ request: WebRequest) async throws -> WebAnswer
}

/// Sends what webhooks have to say. Deliveries are jobs: they are asked for in the transaction that they tell of, and come in the
/// order of what was done to a document.
public enum WebhookDelivery {
    /// The kind of its jobs.
    public static let kindName = "webhook"

    static let kind: JobKind = {
        var limits = JobKind.Limits()
        // Over two and a half days.
        limits.attempts = 16
        limits.leaseSeconds = 180
        return JobKind(kindName, .effect, limits: limits)
    }()

    /// What is sent for a document that something was done to.
    static func job(
        _ rule: WebhookRule, _ event: String, of document: Document, in session: Session
    ) throws -> JobRequest {
        let (url, type, body) = try rule.request(for: document, in: session)
        var request = JobRequest(
            kindName,
            [
                "webhook": .string(rule.name), "event": .string(event), "doctype": .string(document.doctype.name),
                "name": .string(document.name), "method": .string(rule.method), "url": .string(url),
                "type": .string(type), "body": .string(body),
            ])
        request.title = "\(event) of \(document.doctype.name) \(document.name) to \(rule.name)"
        request.sequence = "webhook/\(rule.name)/\(document.doctype.name)/\(document.name)"
        request.user = rule.owner
        return request
    }

    /// What could not be made of a document, as a job that fails and says why.
    private static func broken(_ rule: WebhookRule, _ document: Document, _ problem: Problem) -> JobRequest {
        var request = JobRequest(
            kindName,
            [
                "webhook": .string(rule.name), "event": .string(rule.event.rawValue),
                "doctype": .string(document.doctype.name), "name": .string(document.name),
                "problem": .string(problem.message),
            ])
        request.user = rule.owner
        return request
    }

    /// Sees what is done to documents.
    static func observe(_ changes: [DocumentChange], _ session: Session) throws {
        guard let rules = session.registry.rules(WebhookRules.self), !rules.byDocType.isEmpty else { return }
        var requests: [JobRequest] = []
        for change in changes {
            guard let own = rules.byDocType[change.document.doctype.name] else { continue }
            let events = DocEvent.events(of: change.action)
            for rule in own where events.contains(rule.event) {
                do {
                    guard try rule.applies(to: change.document, in: session) else { continue }
                    requests.append(try job(rule, rule.event.rawValue, of: change.document, in: session))
                } catch let problem as Problem {
                    // What is wrong with a webhook keeps nobody from working: it stands among the jobs that failed.
                    requests.append(broken(rule, change.document, problem))
                }
            }
        }
        if !requests.isEmpty { try session.enqueue(requests) }
    }

    // MARK: Sending

    /// The most of an answer that is kept, in characters.
    private static let answerLength = 500

    /// What sends them.
    public static func effect(
        by sender: any WebSender
    ) -> (kind: String, run: @Sendable (Job, any JobCompany) async throws -> JobKind.Outcome) {
        (
            kindName,
            { job, company in
                if let words = job.content["problem"]?.string {
                    throw Problem(.deliveryRefused, ProblemText(words), fix: "Correct the webhook.")
                }
                guard let request = try await company.read({ try request(of: job, in: $0) }) else {
                    throw Problem(
                        .deliveryRefused, "The webhook is disabled, or there is none any more",
                        fix: "Enable it, and have it tried again.")
                }
                let answer = try await sender.send(request)
                guard (200...299).contains(answer.status) else {
                    throw refusal(answer)
                }
                return .done([
                    "status": .int(Int64(answer.status)), "answer": .string(String(answer.body.prefix(answerLength))),
                ])
            }
        )
    }

    private static func refusal(_ answer: WebAnswer) -> Problem {
        let words = answer.body.prefix(answerLength)
        let said = words.isEmpty ? "" : ": \(words)"
        if answer.status == 410 {
            return Problem(.deliveryRefused, "The receiver wants nothing any more (410)\(said)")
        }
        return Problem(.notDelivered, "The receiver answered with \(answer.status)\(said)")
    }

    /// The request of a job as it is sent now; nil where its webhook is not enabled any more.
    private static func request(of job: Job, in session: Session) throws -> WebRequest? {
        guard let hook = try session.find(Webhook.doctype.name, job.content["webhook"]?.string ?? ""),
            hook.isSet("enabled") || job.content["event"]?.string == test
        else { return nil }
        let body = job.content["body"]?.string ?? ""
        var headers = [
            (name: "Content-Type", value: job.content["type"]?.string ?? ""), (name: "User-Agent", value: "Cauldron"),
        ]
        headers += Doc<Webhook>(hook).webhookHeaders.map { (name: $0.key, value: $0.value) }
        let secret = hook.isSet("enable_security") ? hook.text("webhook_secret") : ""
        headers += Signature.headers(id: job.id, at: session.now, body: body, secret: secret).map {
            (name: $0.0, value: $0.1)
        }
        let seconds = hook["timeout"].int ?? 0
        return WebRequest(
            method: job.content["method"]?.string ?? "POST", url: job.content["url"]?.string ?? "", headers: headers,
            body: body, seconds: Int(seconds == 0 ? 5 : min(seconds, Int64(Webhook.mostSeconds))))
    }

    /// What a delivery is called that was asked for to try it.
    static let test = "test"

    /// Disables a webhook whose receiver did not take something for days, or wants nothing any more.
    static let end = JobEnd(kind: kindName) { job, session in
        guard job.state == .failed, job.content["event"]?.string != test, job.content["problem"] == nil,
            let hook = try session.privileged({
                try session.find(Webhook.doctype.name, job.content["webhook"]?.string ?? "")
            }), hook.isSet("enabled")
        else { return }
        hook.set("enabled", false)
        hook.set(
            "disabled_because",
            "The delivery \(job.id) of \(job.content["doctype"]?.string ?? "") \(job.content["name"]?.string ?? "") could not be made. Enable it, and call cauldron.webhooks.replay for what was not delivered."
        )
        try session.privileged { try session.save(hook) }
    }
}
