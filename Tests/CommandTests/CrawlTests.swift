import Foundation
import HTTPTypes
import Tenancy
import Testing
import Values

@testable import cauldron

/// Every link of the pages leads somewhere.
@Suite struct CrawlTests {
    /// How many documents of a DocType are looked at, and how many views of a list or report.
    private static let most = ProcessInfo.processInfo.environment["CAULDRON_LONG"] == nil ? 3 : Int.max

    @Test func `every link of the demo leads to a page`() async throws {
        let directory = try await SharedDemo.directory()
        let access = try #require(DemoAccess.kept(in: directory))
        let tenant = try await Tenant.open(directory: directory, modules: allModules, name: DemoCompany.name)
        let client = GatewayClient(tenant, key: access.key, secret: access.secret)
        var waiting = ["/"]
        var seen: Set<String> = ["/"]
        var looked: [String: Int] = [:]
        var kinds: Set<String> = []
        while let path = waiting.popLast() {
            let (status, text) = try await client.send(.get, path)
            #expect((200..<300).contains(status), "\(path) is answered with \(status): \(text.prefix(300))")
            guard !path.contains("download=csv") else {
                #expect(text.contains("\r\n") && !text.contains("<html"), "\(path)")
                continue
            }
            for link in Self.links(text) where seen.insert(link).inserted {
                let kind = Self.kind(link)
                kinds.insert(String(kind.prefix { $0 != " " }))
                looked[kind, default: 0] += 1
                if looked[kind, default: 0] <= Self.most { waiting.append(link) }
            }
        }
        #expect(kinds.isSuperset(of: ["page", "doc", "list", "report", "list?", "report?", "download"]))
        #expect(looked.keys.count(where: { $0.hasPrefix("doc ") }) > 25)
        await tenant.close()
    }

    /// What is looked at some times only: documents of a DocType, and views of a list or report.
    private static func kind(_ link: String) -> String {
        let parts = link.split(separator: "/", maxSplits: 2).map(String.init)
        let (place, isView) = (
            parts.dropFirst().first.map { String($0.prefix { $0 != "?" }) } ?? "", link.contains("?")
        )
        if link.contains("download=") { return "download \(place)" }
        switch parts.first {
        case "doc": return "doc \(place)"
        case "list", "report": return isView ? "\(parts[0])? \(place)" : "\(parts[0]) \(place)"
        default: return "page \(link)"
        }
    }

    /// The addresses of the links of a page, but for those out of it.
    private static func links(_ html: String) -> [String] {
        html.components(separatedBy: "href=\"").dropFirst().compactMap { part in
            let link = part.prefix { $0 != "\"" }.replacing("&amp;", with: "&").replacing("&#39;", with: "'")
            return link.hasPrefix("/") ? String(link) : nil
        }
    }
}
