import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct BulkTests {
    private func jobs(_ world: LifeWorld) async throws -> [String] {
        var names: [String] = []
        for number in 0..<4 { names.append(try await world.job("\(number)", ["bolt"], submits: number == 3)) }
        return names
    }

    private static let works: [(action: String, arguments: String, failed: [Int])] = [
        ("submit", "{}", [3]), ("cancel", "{}", [0, 1, 2]), ("discard", "{}", [3]), ("delete", "{}", [3]),
        ("update", #"{"fields": {"remark": "x"}}"#, []), ("update", #"{"fields": {"subject": "x"}}"#, [3]),
        ("tag", #"{"tag": "late"}"#, []), ("assign", #"{"assign_to": ["nora@example.com"]}"#, []),
    ]

    @Test(arguments: works) func `does what it can and says what it could not`(
        action: String, arguments: String, failed: [Int]
    ) async throws {
        let world = try await LifeWorld()
        let names = try await jobs(world)
        var call = try JSON.parse(arguments).object ?? [:]
        call["doctype"] = "Life Job"
        call["names"] = .array((names + ["none"]).map(JSON.string))
        call["action"] = .string(action)
        let asked = call
        let results = try await world.write { try $0.call("cauldron.bulk", asked) }.array ?? []
        #expect(results.map { $0["name"]?.string } == names + ["none"])
        for (index, result) in results.enumerated() {
            let isRefused = failed.contains(index) || index == 4
            #expect(result["ok"] == .bool(!isRefused), "\(result)")
            #expect((result["error"]?["code"] != nil) == isRefused)
        }
        #expect(try await world.faults() == [])
        var whole = asked
        whole["all_or_nothing"] = 1
        let strict = whole
        let other = try await LifeWorld()
        _ = try await jobs(other)
        let found = await problem { _ = try await other.write { try $0.call("cauldron.bulk", strict) } }
        #expect(found != nil)
        #expect(try await other.read { try $0.list(ListQuery("Life Job")).rows.count } == 4)
    }

    @Test func `shows in a rehearsal what would be done`() async throws {
        let world = try await LifeWorld()
        let names = try await jobs(world)
        let changeset = try await world.write { session in
            try session.call(
                "cauldron.bulk",
                ["doctype": "Life Job", "names": .array(names.map(JSON.string)), "action": "submit", "rehearse": 1])
        }
        #expect(changeset["documents"]?.array?.count == 3)
        #expect(changeset["postings"]?.array?.count == 3)
        #expect(changeset["results"]?.array?.map { $0["ok"] } == [true, true, true, false])
        let drafts = try await world.read { session in
            try session.list(ListQuery("Life Job", filters: ["docstatus": 0])).rows.count
        }
        #expect(drafts == 3)
    }

    @Test func `speaks to the clients of Frappe`() async throws {
        let world = try await LifeWorld()
        let names = try await jobs(world)
        let failed = try await world.write { session in
            try session.call(
                "frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
                [
                    "doctype": "Life Job", "docnames": .string(JSON.array(names.map(JSON.string)).text),
                    "action": "submit",
                ])
        }
        #expect(failed == [.string(names[3])])
        let kept = try await world.write { session in
            try session.call(
                "frappe.desk.reportview.delete_items", ["doctype": "Life Part", "items": #"["bolt", "nut"]"#])
        }
        #expect(kept.array?.map { $0["name"] } == ["bolt"])
        let many = JSON.array((0...Limits.documentsPerCall).map { .int(Int64($0)) })
        let found = await problem {
            _ = try await world.write {
                try $0.call("frappe.desk.reportview.delete_items", ["doctype": "Life Part", "items": many])
            }
        }
        #expect(found?.kind == .tooMany)
        let linked = try await world.read {
            try $0.call("frappe.desk.form.linked_with.get", ["doctype": "Life Part", "docname": "bolt"])
        }
        #expect(linked["Life Job"]?.array?.count == 4)
    }

    @Test func `refuses more assignments in one call than one transaction takes`() async throws {
        let world = try await LifeWorld()
        let names = JSON.array((0..<21).map { .string("\($0)") })
        let users = JSON.array((0..<100).map { .string("user\($0)@example.com") })
        let calls: [(String, JSONObject)] = [
            (
                "cauldron.bulk",
                ["doctype": "Life Part", "names": names, "action": "assign", "assign_to": users]
            ),
            (
                "frappe.desk.form.assign_to.add_multiple",
                ["doctype": "Life Part", "name": names, "assign_to": users]
            ),
        ]
        for (method, arguments) in calls {
            let found = await problem { _ = try await world.write { try $0.call(method, arguments) } }
            #expect(found?.kind == .tooMany && found?.field == "assign_to")
        }
    }
}
