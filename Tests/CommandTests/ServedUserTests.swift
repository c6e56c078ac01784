import Foundation
import Testing
import Values

/// What the command changes of users while their company is served.
@Suite struct ServedUserTests {
    /// The status of a request with these keys.
    private func ask(_ server: Served, _ keys: JSON) async throws -> String {
        let program = """
            import sys, urllib.request, urllib.error
            request = urllib.request.Request(sys.argv[1] + "/api/method/frappe.auth.get_logged_user")
            request.add_header("Authorization", "token " + sys.argv[2])
            try:
                print(urllib.request.urlopen(request, timeout=20).status)
            except urllib.error.HTTPError as error:
                print(error.code)
            """
        let token = "\(keys["api_key"]?.string ?? ""):\(keys["api_secret"]?.string ?? "")"
        let ran = try await Binary.run(program: "/usr/bin/env", ["python3", "-c", program, server.url, token])
        return ran.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `new keys hold at once, and the old ones and a user who is locked out within seconds`() async throws {
        let company = try await Company()
        let server = try await Served(company.directory)
        #expect(try await company.run("user", "add", "ana@example.com").status == 0)
        let old = try await company.run("user", "keys", "ana@example.com", "--json").json
        #expect(try await ask(server, old) == "200")
        let new = try await company.run("user", "keys", "ana@example.com", "--json").json
        #expect(try await ask(server, new) == "200")
        #expect(try await ask(server, old) == "401")
        #expect(try await company.run("user", "disable", "ana@example.com").status == 0)
        // Another process trusts what it has read of users for five seconds.
        try await Task.sleep(for: .seconds(5.5))
        #expect(try await ask(server, new) == "401")
        try await server.stop()
    }
}
