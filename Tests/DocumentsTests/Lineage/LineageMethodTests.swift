import Documents
import History
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LineageMethodTests {
    private static let seller = Actor(user: "sam@example.com", roles: ["Seller"])

    /// A customer whose open, hidden and masked fields were changed, and who was deleted when asked for.
    private func archive() async throws -> Archive {
        let archive = try await Archive()
        let first: JSONObject = [
            "__newname": "Ana", "title": "open-1", "hint": "hidden-1", "phone": "masked-1", "lines": [["label": "x"]],
        ]
        try await archive.write(as: .administrator, at: Archive.moment(10)) { _ = try $0.make("Past Customer", first) }
        try await archive.write(as: .administrator, at: Archive.moment(20)) { session in
            let ana = try session.get("Past Customer", "Ana")
            for (field, text) in [("title", "open-2"), ("hint", "hidden-2"), ("phone", "masked-2")] {
                ana.set(field, text)
            }
            ana.table("lines")[0].set("many", 3)
            try session.save(ana)
        }
        return archive
    }

    private func call(
        _ archive: Archive, as actor: Actor, _ method: String, _ arguments: JSONObject
    ) async throws -> JSON {
        try await archive.read(as: actor, at: Archive.moment(30)) { session in
            var arguments = arguments
            arguments["doctype"] = "Past Customer"
            return try session.call(method, arguments)
        }
    }

    @Test func `gives a document and a list as of a moment`() async throws {
        let archive = try await archive()
        let moment = JSON.string(Archive.moment(15).description)
        let document = try await call(archive, as: .administrator, "cauldron.as_of", ["name": "Ana", "moment": moment])
        #expect(document["title"] == "open-1" && document["lines"]?.array?.first?["many"] == 0)
        let list = try await call(
            archive, as: .administrator, "cauldron.as_of",
            ["fields": ["name", "title"], "filters": ["title": "open-1"], "moment": moment])
        #expect(list == [["name": "Ana", "title": "open-1"]])
    }

    @Test func `gives the origin of each field and of the rows`() async throws {
        let archive = try await archive()
        let lineage = try await call(archive, as: .administrator, "cauldron.lineage.of", ["name": "Ana"])
        let title = lineage["fields"]?["title"]
        #expect(title?["old"] == "open-1" && title?["user"] == "Administrator")
        #expect(title?["moment"] == .string(Archive.moment(20).description))
        #expect(lineage["fields"]?["territory"]?["version"] == .null)
        #expect(lineage["rows"]?["lines"]?.array?.first?["fields"]?["many"]?["old"] == 0)
    }

    @Test(arguments: ["cauldron.lineage.of", "cauldron.lineage.versions", "cauldron.as_of"])
    func `shows nothing that the actor may not see`(method: String) async throws {
        let archive = try await archive()
        let arguments: JSONObject = ["name": "Ana", "moment": .string(Archive.moment(15).description)]
        let seen = try await call(archive, as: Self.seller, method, arguments).text
        #expect(seen.contains("open-1"))
        #expect(!seen.contains("hidden") && !seen.contains("masked-"))
        let all = try await call(archive, as: .administrator, method, arguments).text
        #expect(all.contains("hidden-1") && all.contains("masked-1"))
    }

    @Test func `refuses a moment that is none`() async throws {
        let archive = try await archive()
        for (moment, kind) in [("yesterday", Problem.Kind.wrongType), ("", .mandatory)] {
            let refusal = await problem {
                _ = try await call(archive, as: .administrator, "cauldron.as_of", ["moment": .string(moment)])
            }
            #expect(refusal?.kind == kind)
        }
    }

    @Test func `reads a document of many versions in a few statements`() async throws {
        let archive = try await archive()
        try await archive.write(as: .administrator, at: Archive.moment(25)) { session in
            let ana = try session.get("Past Customer", "Ana")
            for number in 0..<40 {
                ana.set("title", "\(number)")
                try session.save(ana)
            }
        }
        try await archive.read(as: .administrator, at: Archive.moment(30)) { session in
            let counting = CountingTransaction(session.transaction)
            let past = try archive.session(as: .administrator, counting).get(
                "Past Customer", "Ana", asOf: Archive.moment(15))
            #expect(past.text("title") == "open-1" && counting.count <= 6)
        }
    }
}
