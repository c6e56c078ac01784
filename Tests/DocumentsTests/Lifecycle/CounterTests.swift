import Collaboration
import Documents
import Storage
import TestSupport
import Testing
import Values

/// Counted by a series written once.
private struct CountedTask: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Counted Task", module: "Count", naming: .expression("TASK-.#####"), .renamable,
        permissions: [.manage("Manager")])
    let subject = Data()
    let twin = Link("Counted Task")
    init() {}
}

/// Counted by a format with text behind the number.
private struct CountedCase: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Counted Case", module: "Count", naming: .format("CASE-{####}-{kind}"), .renamable,
        permissions: [.manage("Manager")])
    let kind = Data()
    init() {}
}

/// Counted by a series whose number does not stand at the end.
private struct CountedSlip: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Counted Slip", module: "Count", naming: .expression("Slip/{kind}/.####.-.YY"), .renamable,
        permissions: [.manage("Manager")])
    let kind = Data()
    init() {}
}

/// Counted by a series, or by a rule where one fits.
private struct CountedBill: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Counted Bill", module: "Count", naming: .series(["BILL-.YYYY.-.#####"]), .renamable, .submittable,
        permissions: [.manage("Manager")])
    let kind = Data()
    init() {}
}

/// A company that counts.
private struct CountingCompany: TestCompany {
    let company: TemporaryCompany

    init() async throws {
        let noon = try #require(Timestamp("2026-03-02 12:00:00"))
        company = try await TemporaryCompany(noon: noon) { registry in
            registry.add(CountedTask.self, CountedCase.self, CountedSlip.self, CountedBill.self)
        }
        try await write { session in
            _ = try session.make(
                "Document Naming Rule",
                [
                    "document_type": "Counted Bill", "prefix": "RULE-", "prefix_digits": 4,
                    "conditions": [["field": "kind", "condition": "=", "value": "R"]],
                ])
        }
    }

    func make(_ doctype: String, _ kind: String) async throws -> String {
        try await write { session in
            let document = try session.new(doctype)
            if document.has("kind") { document.set("kind", kind) }
            try session.insert(document)
            return document.name
        }
    }

    /// Where the counter stands that is furthest ahead.
    func highest() async throws -> Int64? {
        try await read { try $0.transaction.first("SELECT max(current) FROM _series", [], [.integer])?[0].int }
    }

    /// Deletes a document and brings it back.
    func deleteAndUndo(_ doctype: String, _ name: String) async throws {
        try await write { try $0.delete(doctype, name) }
        try await write { session in _ = try session.restore(#require(try session.deletedCopy(of: doctype, name))) }
    }
}

@Suite(.bothEngines) struct CounterTests {
    private static let counted: [(doctype: String, kind: String, names: [String])] = [
        ("Counted Task", "", ["TASK-00001", "TASK-00002", "TASK-00003"]),
        ("Counted Case", "x", ["CASE-0001-x", "CASE-0002-x", "CASE-0003-x"]),
        ("Counted Slip", "x", ["Slip/x/0001-26", "Slip/x/0002-26", "Slip/x/0003-26"]),
        ("Counted Bill", "", ["BILL-2026-00001", "BILL-2026-00002", "BILL-2026-00003"]),
        ("Counted Bill", "R", ["RULE-0001", "RULE-0002", "RULE-0003"]),
    ]

    @Test(arguments: counted) func `goes on counting after the newest document was deleted and brought back`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        #expect(try await company.make(doctype, kind) == names[0])
        #expect(try await company.make(doctype, kind) == names[1])
        try await company.deleteAndUndo(doctype, names[1])
        #expect(try await company.highest() == 2)
        #expect(try await company.make(doctype, kind) == names[2])
    }

    @Test(arguments: counted) func `gives the newest numbers back, wherever they stand in the names`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        for name in names { #expect(try await company.make(doctype, kind) == name) }
        try await company.write { try $0.delete(doctype, names[0]) }
        #expect(try await company.highest() == 3)
        // A year later, too.
        let later = try #require(Timestamp("2027-03-02 12:00:00"))
        try await company.write(at: later) { session in
            try session.delete(doctype, names[2])
            try session.delete(doctype, names[1])
        }
        #expect(try await company.highest() == 1)
        #expect(try await company.make(doctype, kind) == names[1])
    }

    @Test(arguments: counted) func `goes on counting after a document was renamed to a number ahead`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        #expect(try await company.make(doctype, kind) == names[0])
        try await company.write { try $0.rename(doctype, names[0], to: names[1]) }
        #expect(try await company.highest() == 2)
        // The counter has come to the number that somebody chose.
        #expect(try await company.make(doctype, kind) == names[2])
    }

    @Test(arguments: counted) func `steps over names that are taken, one by one and many at once`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        for _ in 0..<3 { _ = try await company.make(doctype, kind) }
        // As somebody does who sets a counter back.
        try await company.write { _ = try $0.transaction.execute("UPDATE _series SET current = 0") }
        let next = try await company.make(doctype, kind)
        #expect(next == names[0].replacing("1", with: "4"))
        try await company.write { _ = try $0.transaction.execute("UPDATE _series SET current = 1") }
        let many = try await company.write { session -> [String] in
            let documents = try (0..<3).map { _ in
                let document = try session.new(doctype)
                if document.has("kind") { document.set("kind", kind) }
                return document
            }
            try session.insert(documents)
            return documents.map(\.name)
        }
        #expect(many == [5, 6, 7].map { names[0].replacing("1", with: "\($0)") })
        #expect(try await company.make(doctype, kind) == names[0].replacing("1", with: "8"))
    }

    @Test func `counts with one statement more than none for one document`() async throws {
        let company = try await CountingCompany()
        _ = try await company.make("Counted Task", "")
        let count = try await company.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = company.session(counting)
            try session.insert(session.new("Counted Task"))
            return counting.count
        }
        #expect(count == 2)
    }

    @Test(arguments: counted) func `gives what comes back the next number where its own was given away`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        _ = try await company.make(doctype, kind)
        _ = try await company.make(doctype, kind)
        try await company.write { session in
            try session.comment(doctype, names[1], "Mine")
            try session.tag(doctype, names[1], with: "kept")
            if doctype == "Counted Task" {
                let task = try session.get(doctype, names[1])
                task.set("twin", names[1])
                try session.save(task)
            }
            try session.delete(doctype, names[1])
        }
        #expect(try await company.make(doctype, kind) == names[1])
        let back = try await company.write { session -> String in
            let copy = try #require(try session.deletedCopy(of: doctype, names[1]))
            let name = try session.restore(copy).name
            #expect(try session.get("Deleted Document", copy).text("new_name") == name)
            return name
        }
        #expect(back == names[2])
        try await company.read { (session: Session) throws in
            #expect(try session.comments(doctype, back).map { $0["content"] } == ["Mine"])
            #expect(try session.comments(doctype, names[1]).isEmpty)
            let marks = try session.call("cauldron.marks", ["doctype": .string(doctype), "name": .string(back)])
            #expect(marks["user_tags"] == ["kept"])
            if doctype == "Counted Task" { #expect(try session.get(doctype, back).text("twin") == back) }
        }
        #expect(try await company.make(doctype, kind) == names[0].replacing("1", with: "4"))
    }

    // MARK: The largest numbers

    @Test(arguments: counted) func `a counter at its highest number says so, and gives none`(
        doctype: String, kind: String, names: [String]
    ) async throws {
        let company = try await CountingCompany()
        _ = try await company.make(doctype, kind)
        func set(_ current: Int64) async throws {
            try await company.write {
                _ = try $0.transaction.execute("UPDATE _series SET current = ?", [.int(current)])
            }
        }
        for current in [Limits.counter, .max] {
            try await set(current)
            for count in [1, 3] {
                let found = await problem {
                    try await company.write { session in
                        try session.insert(
                            (0..<count).map { _ in
                                let document = try session.new(doctype)
                                if document.has("kind") { document.set("kind", kind) }
                                return document
                            })
                    }
                }
                #expect(
                    found?.kind == .outOfRange && found?.field == "name" && found?.fix != nil,
                    "\(String(describing: found))")
            }
            #expect(try await company.highest() == current)
        }
        try await set(Limits.counter - 1)
        #expect(
            try await company.make(doctype, kind)
                == names[0].replacing(/0*1/, with: "\(Limits.counter)", maxReplacements: 1))
    }

    @Test func `a rule begins no counter at a number behind which there is none`() async throws {
        let company = try await CountingCompany()
        let rule: JSONObject = ["document_type": "Counted Bill", "prefix": "LAST-", "prefix_digits": 4]
        for counter in [Int64.max, .max - 1, 1_000_000_000_000] as [Int64] {
            let found = await problem {
                try await company.write { session in
                    var rule = rule
                    rule["counter"] = .int(counter)
                    _ = try session.make("Document Naming Rule", rule)
                }
            }
            #expect(found?.kind == .outOfRange && found?.field == "counter")
        }
        // One that was made before there was a limit.
        try await company.write { session in
            _ = try session.transaction.execute("UPDATE document_naming_rule SET counter = ?", [.int(.max)])
            _ = try session.make("Document Naming Rule", rule)
        }
        #expect(try await company.make("Counted Bill", "R") == "RULE-1000000000000")
        let counters = try await company.read { session in
            try session.call("cauldron.naming.counters", ["doctype": "Counted Bill", "doc": ["kind": "R"]])
        }
        #expect(counters.text.contains("RULE-1000000000001"), "\(counters.text)")
    }

    @Test(arguments: ["9223372036854775807", "9223372036854775808", "0", "999999999999999999"])
    func `what ends in a number too large to go on from is amended by another number behind it`(
        ending: String
    ) async throws {
        let company = try await CountingCompany()
        let name = "BILL-\(ending)"
        let amended = try await company.write { session -> String in
            let first = try session.new("Counted Bill")
            try session.insert(first)
            try session.submit(first)
            try session.cancel(first)
            let second = try session.amend(first)
            try session.insert(second)
            try session.rename("Counted Bill", second.name, to: name)
            let renamed = try session.get("Counted Bill", name)
            try session.submit(renamed)
            try session.cancel(renamed)
            let third = try session.amend(renamed)
            try session.insert(third)
            return third.name
        }
        #expect(amended == "\(name)-1")
    }
}
