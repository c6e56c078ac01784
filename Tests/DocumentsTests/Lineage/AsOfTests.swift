import Documents
import History
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct AsOfTests {
    @Test func `reads a document as it was, from its creation on, to the microsecond`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) {
            try $0.make("Past Order", ["title": "a", "lines": [["label": "x", "many": 1], ["label": "y"]]]).name
        }
        try await archive.write(20) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "b")
            let lines = order.table("lines")
            lines[1].set("many", 7)
            let new = try session.new("Past Line")
            new.set("label", "z")
            order.setTable("lines", [lines[1], new])
            try session.save(order)
        }
        #expect(try await archive.past("Past Order", name, 9) == nil)
        let first = try #require(try await archive.past("Past Order", name, 10))
        #expect(first["title"] == "a" && first["modified"] == .string(Archive.moment(10).description))
        #expect(first["lines"]?.array?.map { $0["label"] } == ["x", "y"])
        #expect(first["lines"]?.array?.map { $0["idx"] } == [1, 2])
        #expect(try await archive.past("Past Order", name, 19) == first)
        let second = try #require(try await archive.past("Past Order", name, 20))
        #expect(second["title"] == "b" && second["lines"]?.array?.map { $0["label"] } == ["y", "z"])
        #expect(second["lines"]?.array?.map { $0["many"] } == [7, 0])
        let now = try await archive.read { try $0.get("Past Order", name).json }
        #expect(second.text == now.text)
    }

    @Test func `reads a single from before its first save with its defaults`() async throws {
        let archive = try await Archive()
        try await archive.write(10) { session in
            let settings = try session.get("Past Settings", "Past Settings")
            settings.set("rate", 9)
            try session.save(settings)
        }
        #expect(try await archive.past("Past Settings", "Past Settings", 9)?["rate"] == 7)
        #expect(try await archive.past("Past Settings", "Past Settings", 10)?["rate"] == 9)
    }

    @Test func `reads what was deleted, and what had the name after it`() async throws {
        let archive = try await Archive()
        try await archive.write(10) {
            _ = try $0.make("Past Customer", ["__newname": "A", "title": "first", "lines": [["label": "x"]]])
        }
        let first = try await archive.read { try $0.get("Past Customer", "A").json }
        try await archive.write(20) { try $0.delete("Past Customer", "A") }
        try await archive.write(30) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "second"]) }
        try await archive.write(40) { try $0.delete("Past Customer", "A") }
        #expect(try await archive.past("Past Customer", "A", 19)?.text == first.text)
        #expect(try await archive.past("Past Customer", "A", 20) == nil)
        #expect(try await archive.past("Past Customer", "A", 30)?["title"] == "second")
        #expect(try await archive.past("Past Customer", "A", 50) == nil)
    }

    @Test func `goes back through what was written later also when its clock was behind`() async throws {
        let archive = try await Archive()
        try await archive.write(10) { _ = try $0.make("Past Customer", ["__newname": "A", "title": "0"]) }
        for (moment, title) in [(30, "2"), (20, "1"), (40, "3")] {
            try await archive.write(moment) { session in
                let customer = try session.get("Past Customer", "A")
                customer.set("title", title)
                try session.save(customer)
            }
        }
        #expect(try await archive.past("Past Customer", "A", 15)?["title"] == "0")
        #expect(try await archive.past("Past Customer", "A", 35)?["title"] == "1")
        #expect(try await archive.past("Past Customer", "A", 40)?["title"] == "3")
    }

    @Test func `keeps what a hook changes after what caused it`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) { try $0.make("Past Order", ["title": "a"]).name }
        try await archive.write(20) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "b")
            try session.save(order)
            order.set("title", "c")
            try session.saveDerived([order])
        }
        #expect(try await archive.past("Past Order", name, 19)?["title"] == "a")
        #expect(try await archive.past("Past Order", name, 20)?["title"] == "c")
    }

    @Test func `sees what the session has written itself`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) { try $0.make("Past Order", ["title": "a"]).name }
        try await archive.write(20) { session in
            let order = try session.get("Past Order", name)
            order.set("title", "b")
            try session.save(order)
            #expect(try session.get("Past Order", name, asOf: Archive.moment(15)).text("title") == "a")
            #expect(try session.get("Past Order", name, asOf: Archive.moment(20)).text("title") == "b")
            try session.delete("Past Order", name)
            #expect(try session.get("Past Order", name, asOf: Archive.moment(15)).text("title") == "a")
        }
    }

    @Test func `reads ledgers as what was posted by then`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) { session in
            let entry = try session.new("Past Entry")
            entry.set("text", "a")
            try session.append([entry])
            return entry.name
        }
        #expect(try await archive.past("Past Entry", name, 9) == nil)
        #expect(try await archive.past("Past Entry", name, 10)?["text"] == "a")
    }

    @Test(arguments: ["Past Note", "Past Line"])
    func `says clearly where nothing is known of the past`(doctype: String) async throws {
        let archive = try await Archive()
        let refusal = await problem { _ = try await archive.past(doctype, "x", 10) }
        #expect(refusal?.kind == .noHistory && refusal?.doctype == doctype)
    }

    @Test func `asks for the rights of now on the document as it was and as it is`() async throws {
        let archive = try await Archive()
        let ann = Actor(user: "ann@example.com", roles: ["Clerk"])
        let bob = Actor(user: "bob@example.com", roles: ["Clerk"])
        let name = try await archive.write(as: ann, at: Archive.moment(10)) {
            try $0.make("Past Order", ["title": "a"]).name
        }
        let seen = try await archive.read(as: ann) { try $0.get("Past Order", name, asOf: Archive.moment(10)).name }
        #expect(seen == name)
        let refusal = await problem {
            _ = try await archive.read(as: bob) { try $0.get("Past Order", name, asOf: Archive.moment(10)).name }
        }
        #expect(refusal?.kind == .forbidden || refusal?.kind == .notFound)
    }

    @Test func `never holds a password`() async throws {
        let archive = try await Archive()
        let name = try await archive.write(10) { try $0.make("Past Order", ["secret": "tiger"]).name }
        try await archive.write(20) { session in
            let order = try session.get("Past Order", name)
            order.set("secret", "panther")
            try session.save(order)
            try session.delete("Past Order", name)
        }
        let kept = try await archive.read { session in
            try session.transaction.query("SELECT data FROM version", [], [.text]).compactMap { $0[0].text }.joined()
        }
        #expect(!kept.contains("tiger") && !kept.contains("panther") && kept.contains("*****"))
    }
}
