import Documents
import History
import Lists
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

    @Test func `counts against its limit only what was there at the moment`() async throws {
        let archive = try await archive()
        try await archive.write(30) { session in
            let customers = try (0..<Limits.rebuiltDocuments).map { number in
                try session.document("Past Customer", from: ["__newname": .string("new \(number)"), "title": "x"])
            }
            try session.insert(customers)
            for customer in customers { customer.set("title", "y") }
            try session.saveDerived(customers)
        }
        try await archive.read { (session: Session) throws in
            #expect(try session.list(query(15)).rows.map { $0[0].text } == ["Ana", "Bo"])
        }
        // A name that was another document's before still is brought back.
        try await archive.write(40) { _ = try $0.make("Past Customer", ["__newname": "Bo", "title": "new"]) }
        try await archive.read { (session: Session) throws in
            let rows = try session.list(query(15, ["name", "title"])).rows
            #expect(rows.map { $0[1].text } == ["T", "T"])
        }
    }

    @Test func `gives with a list the linked documents and rows of the moment`() async throws {
        let archive = try await archive()
        let name = try await archive.write(12) {
            try $0.make("Past Order", ["customer": "Ana", "lines": [["label": "x"]]]).name
        }
        try await archive.write(30) { session in
            let order = try session.get("Past Order", name)
            order.setTable("lines", [])
            try session.save(order)
        }
        var query = ListQuery("Past Order", fields: ["name", "customer"], limit: 0)
        query.expand = ["customer"]
        query.asOf = Archive.moment(15)
        let json = try await archive.read { [query] in try $0.list(query).json(dictionaries: true) }
        #expect(json.array?.first?["customer"]?["territory"] == "North")
        let moment = JSON.string(Archive.moment(15).description)
        let rows = try await archive.read {
            try $0.call(
                "cauldron.as_of",
                ["doctype": "Past Order", "fields": ["name", ["lines": ["label"]]], "moment": moment])
        }
        let plain = try await archive.read {
            try $0.call("cauldron.as_of", ["doctype": "Past Order", "fields": "name, customer", "moment": moment])
        }
        #expect(plain == [["name": .string(name), "customer": "Ana"]])
        #expect(rows.text.contains(#""label":"x""#), "\(rows.text)")
        for field in ["limit_start", "limit_page_length"] {
            let found = await problem {
                _ = try await archive.read {
                    try $0.call("cauldron.as_of", ["doctype": "Past Order", "moment": moment, field: -1])
                }
            }
            #expect(found?.kind == .wrongType && found?.field == field)
        }
    }

    @Test func `refuses a list of what no table holds`() async throws {
        let archive = try await Archive()
        var query = ListQuery("DocType")
        query.asOf = Archive.moment(15)
        let found = await problem {
            _ = try await archive.read(as: .administrator) { [query] in try $0.list(query).rows }
        }
        #expect(found?.kind.code == "no_history")
    }
}

@Suite(.bothEngines) struct RenamedAsOfTests {
    @Test func `a list as of before a rename has each document once, under its name of then`() async throws {
        let archive = try await Archive()
        try await archive.write(10) { session in
            for name in ["Ana", "Bo", "Cy"] {
                try session.make("Past Customer", ["__newname": .string(name), "territory": "North", "title": "T"])
            }
        }
        try await archive.write(20) { try $0.rename("Past Customer", "Ana", to: "Zoe") }
        try await archive.write(30) { session in
            try session.rename("Past Customer", "Zoe", to: "Yve")
            // The names go round.
            try session.rename("Past Customer", "Bo", to: "Xu")
            try session.rename("Past Customer", "Cy", to: "Bo")
        }
        for (moment, names) in [
            (15, ["Ana", "Bo", "Cy"]), (25, ["Bo", "Cy", "Zoe"]), (35, ["Bo", "Xu", "Yve"]),
        ] {
            var query = ListQuery("Past Customer", orderBy: "name asc", limit: 0)
            query.asOf = Archive.moment(moment)
            let (listed, count) = try await archive.read { [query] session in
                (try session.list(query).rows.compactMap { $0[0].text }, try session.count(query))
            }
            #expect(listed == names && count == 3, "\(moment)")
        }
    }
}
