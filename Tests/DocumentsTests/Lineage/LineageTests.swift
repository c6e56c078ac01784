import Documents
import History
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LineageTests {
    @Test func `tells of every field and row who set it last, when, and what it was before`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) {
            try $0.make("Past Order", ["title": "a", "count": 1, "lines": [["label": "x"], ["label": "y"]]]).name
        }
        let bob = Actor(user: "bob@example.com", roles: ["Manager"])
        try await archive.write(as: bob, at: Archive.moment(20)) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "b")
            order.table("lines")[1].set("price", 5)
            let new = try session.new("Past Line")
            new.set("label", "z")
            order.setTable("lines", order.table("lines") + [new])
            try session.save(order)
        }
        try await archive.write(30) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "c")
            try session.save(order)
        }
        try await archive.read { session in
            let order = try session.get("Past Order", name)
            let counting = CountingTransaction(session.transaction)
            let lineage = try archive.session(counting).lineage(of: order)
            #expect(counting.count == 1)
            let title = lineage.origin(of: "title")
            #expect(title.user == Archive.manager.user && title.moment == Archive.moment(30) && title.old == "b")
            #expect(title.version != nil)
            let count = lineage.origin(of: "count")
            #expect(count.version == nil && count.moment == Archive.moment(10) && count.user == Archive.manager.user)
            let rows = order.table("lines").map(\.name)
            let price = lineage.origin(of: "price", row: rows[1])
            #expect(price.user == "bob@example.com" && price.old == 0 && price.moment == Archive.moment(20))
            #expect(lineage.origin(of: "label", row: rows[1]).version == nil)
            #expect(lineage.origin(of: "label", row: rows[2]).user == "bob@example.com")
        }
    }

    @Test func `does not take over what an earlier document of the name was`() async throws {
        let archive = try await Archive()
        for moment in [10, 30] {
            try await archive.write(moment) { session in
                let customer = try session.make("Past Customer", ["__newname": "A", "title": "a"])
                if moment == 10 {
                    customer.set("title", "b")
                    try session.save(customer)
                    try session.delete("Past Customer", "A")
                }
            }
        }
        let origin = try await archive.read { try $0.lineage(of: $0.get("Past Customer", "A")).origin(of: "title") }
        #expect(origin.version == nil && origin.moment == Archive.moment(30))
    }
}
