import Documents
import Foundation
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct PageTests {
    private func open(_ site: Site, _ path: String, _ user: String = "lib@example.com") async throws -> Answer {
        try await site.send(.get, path, headers: ["Cookie": try await site.signIn(user)])
    }

    @Test func `who is not signed in is asked to, and then gets where they wanted`() async throws {
        let site = try await Site.make()
        let first = try await site.send(.get, "/", headers: [:])
        #expect(first.status == 200)
        #expect(first.headers[.contentType] == "text/html; charset=utf-8")
        #expect(first.text.contains("<html lang=\"en\">"))
        #expect(first.text.contains("<label for=\"pwd\">"))
        let list = try await site.send(.get, "/list/Book", headers: [:])
        #expect(list.status == 303)
        let path = try #require(list.headers[.location])
        #expect(path == "/login?next=%2Flist%2FBook")
        let form = "usr=lib@example.com&pwd=correct+horse&next=%2Flist%2FBook"
        let entered = try await site.send(.post, "/login", form: form, headers: [:])
        #expect(entered.status == 303)
        #expect(entered.headers[.location] == "/list/Book")
        #expect(entered.cookies.contains { $0.hasPrefix("sid=") })
        let wrong = try await site.send(.post, "/login", form: "usr=lib@example.com&pwd=x", headers: [:])
        #expect(wrong.status == 401)
        #expect(wrong.text.contains("role=\"alert\"") && wrong.text.contains("Invalid login credentials"))
    }

    @Test(arguments: [
        "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "",
        "/a\r\nSet-Cookie: x=y",
        "/ö",
    ])
    func `nobody is sent to another site`(next: String) { #expect(Pages.local(next) == "/") }

    @Test func `the first page shows the modules and how much there is`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let page = try await open(site, "/")
        #expect(page.status == 200)
        for text in [
            "<h1>Library</h1>", "href=\"/list/Book\"", "href=\"/report/Loan%20Fees\"", "href=\"/list/Loan%20Row\"",
            "Sign out",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        let reader = try await open(site, "/", "reader@example.com")
        #expect(reader.text.contains("href=\"/list/Book\""))
        #expect(!reader.text.contains("href=\"/list/Loan\""), "only what one may see")
    }

    @Test func `a list is filtered, ordered and paged`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let all = try await open(site, "/list/Book")
        #expect(all.text.contains("1 to 5 of 5"))
        #expect(all.text.contains("<th scope=\"col\""))
        #expect(all.text.contains("href=\"/doc/Book/B-1\""))
        #expect(all.text.contains("href=\"/doc/Shelf/Crime\""))
        let some = try await open(site, "/list/Book?shelf=crim&sort=-price")
        #expect(some.text.contains("1 to 2 of 2"))
        #expect(some.text.contains("aria-sort=\"descending\""))
        #expect(try await open(site, "/list/Book?q=gam").text.contains("1 to 1 of 1"))
        #expect(try await open(site, "/list/Book?is.shelf=Crime").text.contains("1 to 2 of 2"))
        #expect(try await open(site, "/list/Book?q=nothing-like-it").text.contains("Nothing found"))
        #expect(try await open(site, "/list/Book?page=99").text.contains("Nothing on this page"))
        #expect(try await open(site, "/list/Nothing").status == 404)
        #expect(try await open(site, "/list/Loan", "reader@example.com").status == 403)
        #expect(try await open(site, "/list/Book?is.nope=1").status == 417)
    }

    @Test func `a document shows its fields, its rows and what is connected with it`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let shelf = try await open(site, "/doc/Shelf/Crime")
        #expect(shelf.text.contains("Book <b>2</b>"))
        #expect(shelf.text.contains("/list/Book?is.shelf=Crime"))
        let book = try await open(site, "/doc/Book/B-1")
        for text in ["Author of Alpha", "<dt>Price</dt><dd>10.00</dd>", "<th scope=\"row\"", "2020-01-10"] {
            #expect(book.text.contains(text), "\(text)")
        }
        #expect(try await open(site, "/doc/Book/None").status == 404)
    }

    @Test func `a draft is rehearsed, submitted and cancelled from its page`() async throws {
        let site = try await Site.make()
        try await site.fill()
        _ = try await site.send(
            .post, "/api/resource/Loan", json: #"{"reader": "Ana", "lines": [{"book": "B-1", "fee": 1234.5}]}"#)
        let cookie = ["Cookie": try await site.signIn("lib@example.com")]
        let path = "/doc/Loan/LOAN-2026-0001"
        let page = try await site.send(.get, path, headers: cookie).text
        let token = try #require(
            page.split(separator: "name=\"csrf_token\" value=\"").dropFirst().first?.prefix { $0 != "\"" })
        #expect(page.contains("1,234.50"))
        let preview = try await site.send(
            .post, path, form: "csrf_token=\(token)&action=submit&preview=1", headers: cookie)
        #expect(preview.text.contains("Posted to Loan Row"))
        #expect(try await site.send(.get, "/api/resource/Loan/LOAN-2026-0001").data["docstatus"] == 0)
        let done = try await site.send(.post, path, form: "csrf_token=\(token)&action=submit", headers: cookie)
        #expect(done.status == 303)
        #expect(try await site.send(.get, "/api/resource/Loan/LOAN-2026-0001").data["docstatus"] == 1)
        #expect(try await site.send(.get, path, headers: cookie).text.contains("Loan Row <b>1</b>"))
        let forged = try await site.send(.post, path, form: "csrf_token=forged&action=cancel", headers: cookie)
        #expect(forged.status == 400)
        // Cancelling asks first, and is done with what it showed alone.
        let submitted = try await site.send(.get, path, headers: cookie).text
        #expect(submitted.contains("Cancel this document …") && !submitted.contains("name=\"confirm\""))
        let asked = try await site.send(.post, path, form: "csrf_token=\(token)&action=cancel", headers: cookie)
        #expect(asked.status == 200 && asked.text.contains("Nothing has happened yet"))
        #expect(asked.text.contains("Posted to Loan Row") && asked.text.contains("Cancel LOAN-2026-0001 now"))
        let hash = try #require(
            asked.text.split(separator: "name=\"confirm\" value=\"").dropFirst().first?.prefix { $0 != "\"" })
        let other = try await site.send(
            .post, path, form: "csrf_token=\(token)&action=cancel&confirm=other", headers: cookie)
        #expect(other.status == 200 && other.text.contains("Something has changed"))
        let empty = try await site.send(
            .post, path, form: "csrf_token=\(token)&action=cancel&confirm=", headers: cookie)
        #expect(empty.status == 200)
        #expect(try await site.send(.get, "/api/resource/Loan/LOAN-2026-0001").data["docstatus"] == 1)
        let cancelled = try await site.send(
            .post, path, form: "csrf_token=\(token)&action=cancel&confirm=\(hash)", headers: cookie)
        #expect(cancelled.status == 303)
        #expect(try await site.send(.get, "/api/resource/Loan/LOAN-2026-0001").data["docstatus"] == 2)
        #expect(
            try await site.send(.post, path, form: "csrf_token=\(token)&action=explode", headers: cookie).status == 417)
        let out = try await site.send(.post, "/logout", form: "csrf_token=\(token)", headers: cookie)
        #expect(out.status == 303)
        #expect(try await site.send(.get, "/", headers: cookie).text.contains("name=\"pwd\""))
    }

    @Test func `a report runs at once with what suits the data`() async throws {
        let site = try await Site.make()
        try await site.fill()
        _ = try await site.send(
            .post, "/api/method/frappe.client.submit",
            json:
                #"{"doc": {"doctype": "Loan", "reader": "Ana", "posting_date": "1997-05-06", "lines": [{"book": "B-1", "fee": 7}]}}"#
        )
        let page = try await open(site, "/report/Loan%20Fees")
        #expect(page.text.contains("value=\"1997-05-06\""))
        #expect(page.text.contains("LOAN-2026-0001"))
        #expect(page.text.contains("7.00"))
        #expect(try await open(site, "/report/Loan%20Fees?from_date=2026-01-01").text.contains("Nothing found"))
        #expect(try await open(site, "/report/Loan%20Fees?from_date=soon").text.contains("role=\"alert\""))
        #expect(try await open(site, "/report/None").status == 404)
        #expect(try await open(site, "/report/Loan%20Fees", "reader@example.com").status == 403)
    }

    @Test func `reports come page by page, and whole as a file`() async throws {
        let site = try await Site.make()
        try await site.fill()
        try await site.tenant.write(as: .administrator) { session in
            for _ in 0..<205 {
                _ = try session.book("Loan", ["reader": "=Ana", "lines": [["book": "B-1", "fee": 1]]])
            }
        }
        let first = try await open(site, "/report/Loan%20Fees")
        #expect(first.text.contains("Rows 1 to 200") && first.text.contains("rel=\"next\""))
        #expect(!first.text.contains("rel=\"prev\"") && !first.text.contains("class=\"figures\""))
        let link = try #require(
            first.text.split(separator: "rel=\"next\" href=\"").dropFirst().first?.prefix { $0 != "\"" })
        let second = try await open(site, String(link).replacing("&amp;", with: "&"))
        #expect(second.text.contains("Rows 201 to 205") && second.text.contains("rel=\"prev\""))
        #expect(second.text.contains("205.00"), "what sums up all rows stands on the last page")
        #expect(
            try await open(site, "/report/Loan%20Fees?from_date=2020-01-01&page=9").text.contains(
                "Nothing on this page"))
        #expect(try await open(site, "/report/Loan%20Fees?page=0").status == 417)
        let file = try await open(site, "/report/Loan%20Fees?from_date=2020-01-01&download=csv")
        #expect(file.status == 200 && file.headers[.contentType] == "text/csv; charset=utf-8")
        #expect(file.headers[.contentDisposition]?.contains("Loan%20Fees.csv") == true)
        let lines = file.text.components(separatedBy: "\r\n")
        #expect(lines.count == 207 && lines[0].hasPrefix("Posting Date,") && lines[1].hasSuffix(",Loan,1"))
        #expect(try await open(site, "/report/Loan%20Fees?download=csv", "reader@example.com").status == 403)
    }

    @Test func `lists and ledgers come whole as a file that a spreadsheet does not run`() async throws {
        let site = try await Site.make()
        try await site.fill()
        try await site.tenant.write(as: .administrator) { session in
            try session.make("Book", ["name": "B-6", "title": "=1+1", "shelf": "Crime"])
            for _ in 0..<30 { _ = try session.book("Loan", ["reader": "Ana", "lines": [["book": "B-1", "fee": 1]]]) }
        }
        let file = try await open(site, "/list/Book?is.shelf=Crime&page=7&download=csv")
        let lines = file.text.components(separatedBy: "\r\n")
        #expect(lines.count == 5 && lines[0].hasPrefix("Name,"))
        #expect(file.text.contains("'=1+1"))
        let ledger = try await open(site, "/list/Loan%20Row?download=csv")
        #expect(ledger.text.components(separatedBy: "\r\n").count == 32)
        #expect(try await open(site, "/list/Loan%20Row").text.contains("download=csv"))
        #expect(try await open(site, "/list/Loan?download=csv", "reader@example.com").status == 403)
        #expect(try await open(site, "/list/Book?download=csv&is.nope=1").status == 417)
    }

    static let hostile = "<script>alert('1')</script>\" onmouseover=\"x' & <b>"

    @Test func `whatever stands in a document is text on a page`() async throws {
        let site = try await Site.make()
        let document: JSON = [
            "name": "hostile' \" onmouseover=\"x", "title": .string(Self.hostile), "blurb": .string(Self.hostile),
            "authors": [["author_name": .string(Self.hostile)]],
        ]
        #expect(try await site.send(.post, "/api/resource/Book", json: document.text).status == 200)
        let coded = coded(Self.hostile)
        for path in [
            "/list/Book", "/doc/Book/" + PercentCoding.encode("hostile' \" onmouseover=\"x"), "/doc/Book/\(coded)",
            "/list/Book?q=\(coded)", "/list/Book?is.title=\(coded)&sort=\(coded)", "/list/\(coded)",
            "/report/\(coded)", "/report/Loan%20Fees?from_date=\(coded)&reader=\(coded)", "/login?next=\(coded)",
            "/doc/\(coded)/\(coded)",
        ] {
            let page = try await open(site, path)
            #expect(!page.text.contains("<script"), "\(path)")
            #expect(!page.text.contains("<b>\""), "\(path)")
            #expect(!page.text.contains("\" onmouseover=\""), "\(path)")
        }
    }

    @Test func `pages run no scripts and stand in no frame`() async throws {
        let site = try await Site.make()
        for path in ["/", "/list/Book"] {
            let page = try await open(site, path)
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(policy.contains("form-action 'self'"))
            #expect(!policy.contains("unsafe"))
            #expect(!page.text.contains("style=\""), "the policy would refuse it")
        }
    }

    @Test(arguments: [
        ("0", 0, "0"), ("1234567.5", 2, "1,234,567.50"), ("-1234", 2, "−1,234.00"), ("999", 0, "999"),
        ("1000", 0, "1,000"),
        ("0.125", 2, "0.125"),
    ])
    func `numbers are set apart in thousands`(text: String, decimals: Int, shown: String) throws {
        #expect(PageFormat.grouped(try #require(Exact(text)), decimals: decimals) == shown)
    }

    @Test func `who has a share and no role sees the list of what is shared`() async throws {
        let site = try await Site.make()
        try await site.fill()
        _ = try await site.tenant.write(as: .administrator) { session in
            try session.call("frappe.share.add", ["doctype": "Book", "name": "B-1", "user": "nobody@example.com"])
        }
        let cookie = try await site.signIn("nobody@example.com")
        let list = try await site.send(.get, "/list/Book", headers: ["Cookie": cookie])
        #expect(list.status == 200)
        #expect(list.text.contains("B-1") && list.text.contains("Alpha") && !list.text.contains("B-2"))
        #expect(try await site.send(.get, "/", headers: ["Cookie": cookie]).status == 200)
    }
}
