import Documents
import HTTPTypes
import Identity
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// The ways to read that HTTP adds to those of a session; those stand in `Tests/DocumentsTests/Rights/RightsWays.swift`.
@Suite(.bothEngines) struct RightsWaysTests {
    private static let doc = "/api/resource/Vault%20Box"
    private static let call = "/api/method/"

    /// Each a request that would tell something if it could: the verb, the path, the body.
    private static let ways: [(HTTPRequest.Method, String, String?)] = [
        (.get, "\(doc)?fields=%5B%22*%22%5D", nil), (.get, "\(doc)?fields=%5B%22secret%22%5D", nil),
        (.get, "\(doc)?fields=%5B%22name%22,%22phone%22%5D", nil), (.get, "\(doc)?fields=%5B%22lines.cost%22%5D", nil),
        (.get, "\(doc)/V-1", nil), (.get, "\(doc)/V-2", nil), (.put, "\(doc)/V-1", #"{"title": "V-1 mark-title"}"#),
        (.put, "\(doc)/V-2", #"{"title": "V-2 mark-title"}"#),
        (.get, "\(call)frappe.client.get?doctype=Vault%20Box&name=V-1", nil),
        (.get, "\(call)frappe.client.get?doctype=Vault%20Box&name=V-2", nil),
        (.get, "\(call)frappe.client.get_list?doctype=Vault%20Box&fields=%5B%22*%22%5D", nil),
        (.get, "\(call)frappe.client.get_list?doctype=Vault%20Line&parent=Vault%20Box&fields=%5B%22*%22%5D", nil),
        (.get, "\(call)frappe.client.get_value?doctype=Vault%20Box&fieldname=secret&filters=V-1", nil),
        (.get, "\(call)frappe.client.get_value?doctype=Vault%20Box&fieldname=title&filters=V-2", nil),
        (.get, "\(call)frappe.client.validate_link?doctype=Vault%20Box&docname=V-2&fields=%5B%22title%22%5D", nil),
        (.get, "\(call)frappe.desk.search.search_link?doctype=Vault%20Box&txt=V", nil),
        (.get, "\(call)frappe.desk.form.load.getdoc?doctype=Vault%20Box&name=V-1", nil),
        (.get, "\(call)frappe.desk.form.load.getdoc?doctype=Vault%20Box&name=V-2", nil),
        (.get, "\(call)frappe.desk.query_report.run?report_name=Vault%20Boxes", nil),
        (
            .get,
            "\(call)frappe.desk.query_report.run?report_name=Vault%20Boxes&filters=%7B%22shelf%22:%22Poetry%22%7D", nil
        ),
        (.get, "\(call)vault.open?box=V-1", nil), (.get, "\(call)vault.open?box=V-2", nil),
        (.post, "\(call)frappe.client.save", #"{"doc": {"doctype": "Vault Box", "name": "V-1", "phone": "tried"}}"#),
        (
            .post, "\(call)frappe.client.set_value",
            #"{"doctype": "Vault Box", "name": "V-1", "fieldname": "secret", "value": "x"}"#
        ),
        (
            .post, "\(call)cauldron.rehearse",
            #"{"action": "save", "doc": {"doctype": "Vault Box", "name": "V-1", "title": "t", "secret": "x"}}"#
        ),
        (
            .post, "\(call)cauldron.rehearse",
            #"{"action": "save", "doc": {"doctype": "Vault Box", "name": "V-2", "title": "t"}}"#
        ),
        (.get, "\(call)cauldron.lineage.versions?doctype=Vault%20Box&name=V-1", nil),
        (.get, "\(call)cauldron.lineage.of?doctype=Vault%20Box&name=V-1", nil),
        (.get, "\(call)cauldron.permissions.explain?doctype=Vault%20Box&name=V-1&field=secret", nil),
        (.get, "\(call)cauldron.permissions.explain?doctype=Vault%20Box&name=V-2", nil),
        (.get, "/list/Vault%20Box", nil), (.get, "/list/Vault%20Box?q=V", nil),
        (.get, "/list/Vault%20Box?sort=secret", nil),
        (.get, "/doc/Vault%20Box/V-1", nil), (.get, "/doc/Vault%20Box/V-2", nil), (.get, "/report/Vault%20Boxes", nil),
        (.get, "\(call)frappe.desk.query_report.run?report_name=Vault%20Secrets", nil),
        (.get, "\(doc)?filters=%5B%5B%22secret%22,%22like%22,%22V-1%25%22%5D%5D&fields=%5B%22title%22%5D", nil),
    ]

    private static func site() async throws -> Site {
        let site = try await Site.make(modules: [Vault.module])
        try await site.fill()
        try await site.tenant.write(as: .administrator) { session in
            try Vault.fill(session)
            let boss = try session.get(User.self, "lib@example.com")
            let row = try session.new(HasRole.self)
            row.role = "Vault Keeper"
            boss.roles.append(row)
            try session.save(boss)
            let limit = try session.document(
                "User Permission", from: ["user": "reader@example.com", "allow": "Shelf", "for_value": "Crime"])
            try session.insert(limit)
        }
        return site
    }

    @Test func `no request tells what is hidden: not fields, not documents`() async throws {
        let site = try await Self.site()
        let cookie = try await site.signIn("reader@example.com")
        let keys = try await site.tenant.identity.generateKeys(for: "reader@example.com", at: site.clock.now)
        var told = 0
        for way in Self.ways {
            let key = ["Authorization": "token \(keys.key):\(keys.secret)"]
            let headers = way.1.hasPrefix("/api") ? key : ["Cookie": cookie]
            let answer = try await site.send(way.0, way.1, json: way.2, headers: headers)
            for hidden in ["mark-secret", "mark-phone", "mark-cost", "V-2 mark"] {
                #expect(!answer.text.contains(hidden), "\(way.1) tells \(hidden): \(answer.text.prefix(300))")
            }
            if answer.text.contains("V-1 mark-title") { told += 1 }
        }
        #expect(told >= 12)
    }

    @Test func `a report is told without hidden columns, with masked ones, in another order`() async throws {
        let site = try await Self.site()
        let keys = try await site.tenant.identity.generateKeys(for: "boss@example.com", at: site.clock.now)
        try await site.tenant.write(as: .administrator) { session in
            let boss = try session.get(User.self, "boss@example.com")
            let row = try session.new(HasRole.self)
            row.role = "Reader Role"
            boss.roles.append(row)
            try session.save(boss)
        }
        let headers = ["Authorization": "token \(keys.key):\(keys.secret)"]
        let run = "\(Self.call)frappe.desk.query_report.run?report_name="
        let told = try await site.send(.get, "\(run)Vault%20Boxes", headers: headers).message
        #expect(
            told["columns"]?.array?.compactMap { $0["fieldname"]?.string } == [
                "name", "shelf", "title", "phone", "text", "calls",
            ])
        let rows = told["result"]?.array ?? []
        #expect(rows.map { $0["name"] } == ["V-1", "V-2", "Total"])
        #expect(rows.map { $0["phone"] } == ["XXXXXXXX", "XXXXXXXX", "XXXXXXXX"])
        #expect(rows.map { $0["calls"] } == ["XXXXXXXX", "XXXXXXXX", "XXXXXXXX"])
        #expect(told["columns"]?.array?.last?["fieldtype"] == "Data")
        #expect(told["message"] == .null && told["report_summary"]?.array?.count == 1)
        let whole = try await site.send(.get, "\(run)Vault%20Boxes").message
        #expect(whole["result"]?.array?.map { $0["name"] } == ["V-2", "V-1", "Total"])
        #expect(whole["message"] != .null && whole["report_summary"]?.array?.count == 2)

        for (path, field) in [
            ("Vault%20Secrets", "secret"), ("Vault%20Boxes&filters=%7B%22phone%22:%221%22%7D", "phone"),
            ("Vault%20Boxes&filters=%7B%22secret%22:%221%22%7D", "secret"),
        ] {
            let answer = try await site.send(.get, run + path, headers: headers)
            #expect(answer.status == 403 && answer.text.lowercased().contains(field), "\(answer.text)")
            #expect(try await site.send(.get, run + path).status == 200)
        }
        let cookie = try await site.signIn("boss@example.com")
        let page = try await site.send(.get, "/report/Vault%20Boxes", headers: ["Cookie": cookie]).text
        #expect(page.contains("XXXXXXXX") && page.contains("mark-title"))
        for hidden in ["mark-secret", "mark-phone", "mark-cost", "name=\"secret\"", "name=\"phone\""] {
            #expect(!page.contains(hidden), "\(hidden)")
        }
    }

    @Test func `who may see everything sees it by the same requests`() async throws {
        let site = try await Self.site()
        var texts = ""
        for way in Self.ways where way.0 == .get && way.1.hasPrefix("/api") {
            texts += try await site.send(way.0, way.1, json: way.2).text
        }
        for mark in ["V-1 mark-secret", "V-2 mark-secret", "V-1 mark-phone", "V-2 mark-cost", "V-2 mark-title"] {
            #expect(texts.contains(mark), "\(mark)")
        }
    }

    @Test func `a change by who sees half leaves the other half as it was`() async throws {
        let site = try await Self.site()
        let keys = try await site.tenant.identity.generateKeys(for: "reader@example.com", at: site.clock.now)
        let headers = ["Authorization": "token \(keys.key):\(keys.secret)"]
        let shown = try await site.send(.get, "\(Self.doc)/V-1", headers: headers).data
        let put = try await site.send(.put, "\(Self.doc)/V-1", json: shown.text, headers: headers)
        #expect(put.status == 200, "\(put.text)")
        let stored = try await site.send(.get, "\(Self.doc)/V-1").data
        #expect(stored["secret"] == "V-1 mark-secret now" && stored["phone"] == "V-1 mark-phone")
        #expect(stored["lines"]?.array?.first?["cost"] == "V-1 mark-cost")
    }

    // MARK: Keys with scopes

    private static func key(
        _ site: Site, _ scopes: String, _ more: String = ""
    ) async throws -> [String: String] {
        let made = try await site.send(
            .post, "\(call)cauldron.keys.make", json: #"{"label": "t", "scopes": \#(scopes)\#(more)}"#)
        #expect(made.status == 200, "\(made.text)")
        let (key, secret) = (made.message["api_key"]?.string ?? "", made.message["api_secret"]?.string ?? "")
        return ["Authorization": "token \(key):\(secret)"]
    }

    @Test func `a key with scopes reaches what they name, and no credentials`() async throws {
        let site = try await Self.site()
        let key = try await Self.key(
            site,
            #"[{"doctype": "Book", "rights": ["read"], "methods": ["frappe.client.*", "frappe.core.*", "cauldron.keys.*"]}]"#
        )
        func status(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> Int {
            try await site.send(method, path, json: json, headers: key).status
        }
        #expect(try await status(.get, "/api/resource/Book/B-1") == 200)
        #expect(try await status(.get, "/api/resource/Book") == 200)
        #expect(try await status(.put, "/api/resource/Book/B-1", #"{"title": "x"}"#) == 403)
        #expect(try await status(.get, "/api/resource/Shelf/Crime") == 403)
        #expect(try await status(.get, "/api/resource/Shelf") == 403)
        #expect(try await status(.get, "\(Self.call)frappe.client.get_count?doctype=Book") == 200)
        #expect(try await status(.get, "\(Self.call)frappe.client.get_count?doctype=Shelf") == 403)
        #expect(try await status(.get, "\(Self.call)library.books") == 403)
        let keys =
            #"{"user": "lib@example.com", "new_password": "another one", "scopes": [{"rights": "*"}], "key": "x"}"#
        for method in [
            "frappe.core.doctype.user.user.generate_keys", "frappe.core.doctype.user.user.update_password",
            "cauldron.keys.make", "cauldron.keys.revoke", "cauldron.keys.list",
        ] {
            #expect(try await status(.post, Self.call + method, keys) == 403, "\(method)")
        }
    }

    @Test func `a key ends when it is revoked, and when it expires`() async throws {
        let site = try await Self.site()
        let scopes = #"[{"doctype": "Book", "rights": ["read"]}]"#
        let short = try await Self.key(site, scopes, #", "expires": "2026-03-01 13:00:00""#)
        let long = try await Self.key(site, scopes)
        let book = "/api/resource/Book/B-1"
        #expect(try await site.send(.get, book, headers: short).status == 200)
        site.clock.advance(seconds: 3601)
        #expect(try await site.send(.get, book, headers: short).status == 401)
        #expect(try await site.send(.get, book, headers: long).status == 200)
        let listed = try await site.send(.get, "\(Self.call)cauldron.keys.list").message
        #expect(listed.array?.count == 2 && !listed.text.contains("secret"))
        let name = long["Authorization"]?.split(separator: " ").last?.split(separator: ":").first ?? ""
        #expect(
            try await site.send(.post, "\(Self.call)cauldron.keys.revoke", json: #"{"key": "\#(name)"}"#).status == 200)
        #expect(try await site.send(.get, book, headers: long).status == 401)
    }

    @Test func `only the user or a System Manager makes keys`() async throws {
        let site = try await Self.site()
        let made = try await site.send(
            .post, "\(Self.call)cauldron.keys.make",
            json: #"{"user": "reader@example.com", "scopes": [{"doctype": "Book", "rights": ["read"]}]}"#)
        #expect(made.status == 403)
    }
}
