import Documents
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ListAsOfTests {
    /// Three customers, of which one moved, one was deleted and one came later.
    private func archive() async throws -> Archive {
        let archive = try await Archive()
        try await archive.write(10) { session in
            for name in ["Ana", "Bo"] {
                try session.make(
                    "Past Customer", ["__newname": .string(name), "territory": "North", "credit": 10, "title": "T"])
            }
        }
        try await archive.write(20) { session in
            let ana = try session.get("Past Customer", "Ana")
            ana.set("territory", "South")
            try session.save(ana)
            try session.delete("Past Customer", "Bo")
            try session.make("Past Customer", ["__newname": "Cy", "territory": "North", "credit": 5])
        }
        return archive
    }

    private func query(_ moment: Int, _ fields: [JSON] = ["name"], _ filters: JSON? = nil) -> ListQuery {
        var query = ListQuery("Past Customer", fields: fields, filters: filters, orderBy: "name asc", limit: 0)
        query.asOf = Archive.moment(moment)
        return query
    }

    @Test func `filters, groups and counts by what was then`() async throws {
        let archive = try await archive()
        try await archive.read { session in
            let north: JSON = ["territory": "North"]
            #expect(try session.list(query(15, ["name"], north)).rows.map { $0[0].text } == ["Ana", "Bo"])
            #expect(try session.list(query(20, ["name"], north)).rows.map { $0[0].text } == ["Cy"])
            let counts = try [9, 15, 99].map { try session.count(query($0)) }
            #expect(counts == [0, 2, 2])
            var sums = query(15, ["territory", ["SUM": "credit", "as": "total"]])
            sums.groupBy = "territory"
            sums.orderBy = nil
            #expect(try session.list(sums).rows.map { $0[1].exact } == [20])
        }
    }

    @Test func `reads through links what the other document was then`() async throws {
        let archive = try await archive()
        let name = try await archive.write(12) { try $0.make("Past Order", ["customer": "Ana"]).name }
        var query = ListQuery("Past Order", fields: ["name", "customer.territory as place"], limit: 0)
        for (moment, place) in [(15, "North"), (25, "South")] {
            query.asOf = Archive.moment(moment)
            let rows = try await archive.read { [query] in try $0.list(query).rows }
            #expect(rows == [[.text(name), .text(place)]])
        }
    }

    @Test func `takes as many statements for many documents as for few`() async throws {
        let archive = try await archive()
        let few = try await archive.read { session in
            let counting = CountingTransaction(session.transaction)
            _ = try archive.session(counting).list(query(15))
            return counting.count
        }
        try await archive.write(30) { session in
            for number in 0..<50 {
                let customer = try session.make("Past Customer", ["__newname": .string("N\(number)")])
                customer.set("title", "x")
                try session.save(customer)
            }
        }
        let many = try await archive.read { session in
            let counting = CountingTransaction(session.transaction)
            _ = try archive.session(counting).list(query(15))
            return counting.count
        }
        #expect(few == many && few < 8)
    }

    @Test func `says clearly where nothing is known of the past`() async throws {
        let archive = try await archive()
        var query = ListQuery("Past Note")
        query.asOf = Archive.moment(15)
        let refusal = await problem { [query] in _ = try await archive.read { try $0.list(query).rows.count } }
        #expect(refusal?.kind == .noHistory)
    }
}
