import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct SharingTests {
    private static let anna: JSONObject = ["doctype": "Rights Client", "name": "Anna", "user": "stranger@example.com"]

    private static func with(_ more: JSONObject) -> JSONObject {
        var object = anna
        for (key, value) in more.members { object[key] = value }
        return object
    }

    @Test func `a shared document is read, and written where that was shared`() async throws {
        let place = try await RightsPlace()
        #expect(try await place.problem(as: "stranger") { _ = try $0.get("Rights Client", "Anna") }?.kind == .forbidden)
        #expect(try await place.problem(as: "reader") { try $0.call("frappe.share.add", Self.anna) } == nil)
        #expect(try await place.problem(as: "stranger") { _ = try $0.get("Rights Client", "Anna") } == nil)
        #expect(try await place.problem(as: "stranger") { _ = try $0.get("Rights Client", "Sam") }?.kind == .forbidden)
        @Sendable func write(_ session: Session) throws {
            let client = try session.get("Rights Client", "Anna")
            try session.apply(["remark": "by a stranger"], to: client)
            try session.save(client)
        }
        #expect(try await place.problem(as: "stranger", write)?.kind == .forbidden)
        _ = try await place.problem(as: "reader") { try $0.call("frappe.share.add", Self.with(["write": 1])) }
        #expect(try await place.problem(as: "stranger", write) == nil)
        _ = try await place.problem(as: "reader") { try $0.call("frappe.share.remove", Self.anna) }
        #expect(try await place.problem(as: "stranger") { _ = try $0.get("Rights Client", "Anna") }?.kind == .forbidden)
    }

    @Test func `a share reaches past a User Permission, for that document alone`() async throws {
        let place = try await RightsPlace()
        try await place.limit("reader", "Rights Zone", "North")
        try await place.write {
            try $0.call(
                "frappe.share.add", ["doctype": "Rights Client", "name": "Sam", "user": "reader@example.com"])
        }
        #expect(try await place.problem(as: "reader") { _ = try $0.get("Rights Client", "Sam") } == nil)
    }

    @Test func `everyone means everyone who has signed in`() async throws {
        let place = try await RightsPlace()
        _ = try await place.problem(as: "reader") {
            try $0.call("frappe.share.add", ["doctype": "Rights Client", "name": "Anna", "everyone": 1])
        }
        #expect(try await place.problem(as: "stranger") { _ = try $0.get("Rights Client", "Anna") } == nil)
        let guest = await TestSupport.problem {
            try await place.read(as: .guest) { _ = try $0.get("Rights Client", "Anna") }
        }
        #expect(guest?.kind == .forbidden)
    }

    @Test func `nobody shares without the right to, or more than it has`() async throws {
        let place = try await RightsPlace()
        #expect(try await place.problem(as: "owner") { try $0.call("frappe.share.add", Self.anna) }?.kind == .forbidden)
        _ = try await place.problem(as: "reader") { try $0.call("frappe.share.add", Self.with(["share": 1])) }
        let onward: JSONObject = ["doctype": "Rights Client", "name": "Anna", "user": "owner@example.com"]
        #expect(try await place.problem(as: "stranger") { try $0.call("frappe.share.add", onward) } == nil)
        var more = onward
        more["write"] = 1
        let greedy = more
        #expect(try await place.problem(as: "stranger") { try $0.call("frappe.share.add", greedy) }?.kind == .forbidden)
        let unseen: JSONObject = ["doctype": "Rights Client", "name": "Sam", "user": "owner@example.com"]
        #expect(try await place.problem(as: "stranger") { try $0.call("frappe.share.add", unseen) }?.kind == .forbidden)
    }

    @Test func `shares are listed to who may read the document, and changed one right at a time`() async throws {
        let place = try await RightsPlace()
        _ = try await place.problem(as: "reader") { try $0.call("frappe.share.add", Self.with(["write": 1])) }
        let reader = try await place.actor("reader")
        func shares() async throws -> JSON {
            try await place.read(as: reader) {
                try $0.call("frappe.share.get_users", ["doctype": "Rights Client", "name": "Anna"])
            }
        }
        let first = try await shares().array?.first
        #expect(first?["user"] == "stranger@example.com" && first?["write"] == 1 && first?["submit"] == 0)
        _ = try await place.problem(as: "reader") {
            try $0.call("frappe.share.set_permission", Self.with(["permission_to": "write", "value": 0]))
        }
        #expect(try await shares().array?.first?["write"] == 0)
        #expect(
            try await place.problem(as: "owner") {
                try $0.call("frappe.share.get_users", ["doctype": "Rights Client", "name": "Anna"])
            }?.kind == .forbidden)
    }
}
