import Documents
import Metadata
import TestSupport
import Testing
import Values

@testable import Automations

@Suite(.bothEngines) struct TemplateTests {
    private static func company() async throws -> TemporaryCompany {
        try await TemporaryCompany(noon: Timestamp("2026-03-03 12:00:00") ?? .earliest) { _ in }
    }

    private static func filled(
        _ text: String, _ form: Template.Form, _ description: String = "x"
    ) async throws -> String {
        let company = try await company()
        return try await company.write { session in
            let document = try session.make("ToDo", ["description": .string(description), "priority": "High"])
            return try Template(text, form, field: "webhook_json").text(for: document, in: session)
        }
    }

    @Test func `what expressions give stands in JSON as JSON, whatever it is`() async throws {
        let text =
            #"{"text": "say {{ doc.description }}!", "priority": {{ doc.priority }}, "none": {{ doc.reference_name }}, "sum": {{ 1 + 2 }}}"#
        let filled = try await Self.filled(text, .json, "a \"quoted\" \\ line\nand {{ doc.owner }}")
        let json = try JSON.parse(filled)
        #expect(json["text"]?.string == "say a \"quoted\" \\ line\nand {{ doc.owner }}!")
        #expect(json["priority"] == "High" && json["none"]?.isNull == true && json["sum"] == 3)
    }

    @Test func `what expressions give stands in an address encoded`() async throws {
        #expect(
            try await Self.filled("https://x.example/{{ doc.priority }}?q={{ doc.description }}", .url, "a/b&c é")
                == "https://x.example/High?q=a%2Fb%26c%20%C3%A9")
    }

    @Test func `what Frappe writes of Python is known, the rest of Jinja is refused with its line`() async throws {
        #expect(try await Self.filled("{{ doc.priority == 'High' and doc.description != 'y' }}", .json) == "true")
        for (text, words) in [
            ("a\n{% if doc.x %}b{% endif %}", "Line 2"), ("{{ doc.x", "no end"), ("{# note #}", "Line 1"),
            ("1\n2\n{{ doc. }}", "Line 3"), ("{{ nothing.field }}", "Line 1"),
        ] {
            let problem = await problem { _ = try Template(text, .json, field: "webhook_json") }
            #expect(
                problem?.field == "webhook_json" && problem?.message.contains(words) == true,
                "\(text): \(problem?.message ?? "")")
        }
    }

    @Test func `the signatures are those that others check`() throws {
        // The example of the Standard Webhooks specification's libraries.
        let moment = Timestamp(microseconds: 1_614_265_330 * 1_000_000)
        let headers = Signature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: moment, body: #"{"test": 2432232314}"#,
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let named = Dictionary(uniqueKeysWithValues: headers)
        #expect(named["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(named["webhook-timestamp"] == "1614265330")
        for secret in ["", "whsec_", "whsec_!!!", "whsec_YWJj", String(repeating: "x", count: 1_025)] {
            #expect(throws: Problem.self) { try Signature.requireSense(secret) }
        }
    }
}
