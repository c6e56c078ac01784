import Documents
import Lookalikes
import Storage
import TestSupport
import Testing
import Values

/// Names that only look different from one that exists are refused.
@Suite(.bothEngines) struct LookalikeTests {
    static let twins = ["BOLT", "Bolt", "\u{FF22}olt", "bo\u{200B}lt", "bolt\u{AD}", "bo\u{2060}lt"]

    @Test func `a name that only looks different is refused, and the other one is named`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        for twin in Self.twins {
            let found = await problem { try await workshop.stock([twin: "1"]) }
            #expect(found?.kind == .lookalike && found?.field == "name", "\(twin)")
            #expect(found?.fix?.contains("bolt") == true)
        }
        try await workshop.stock(["bolts": "1"])
    }

    @Test func `two new names of one list are held against each other, too`() async throws {
        let workshop = try await Workshop()
        let found = await problem { try await workshop.stock(["acme": "1", "ACME": "2"]) }
        #expect(found?.kind == .lookalike)
    }

    @Test func `a name of which nothing is seen is no name`() async throws {
        let workshop = try await Workshop()
        let found = await problem { try await workshop.stock(["\u{200B}\u{2060}": "1"]) }
        #expect(found?.kind == .invalidName)
    }

    @Test func `a name is free again when its document is deleted or renamed, and taken when that comes back`()
        async throws
    {
        let workshop = try await Workshop()
        try await workshop.stock(["bolt": "1"])
        try await workshop.write { session in
            try session.delete("Part", "bolt")
            try session.privileged { _ = try session.make("Part", ["code": "BOLT", "title": "b"]) }
            let copy = try #require(try session.deletedCopy(of: "Part", "bolt"))
            let refused = #expect(throws: Problem.self) { try session.savepoint { try session.restore(copy) } }
            #expect(refused?.kind == .lookalike)
            try session.privileged { _ = try session.rename("Part", "BOLT", to: "screw") }
            try session.restore(copy)
            let taken = #expect(throws: Problem.self) {
                try session.savepoint { try session.privileged { try session.rename("Part", "screw", to: "Bolt") } }
            }
            #expect(taken?.kind == .lookalike)
            let renamed = try session.privileged { try session.rename("Part", "bolt", to: "BOLT") }
            #expect(renamed == "BOLT")
            #expect(try session.findings().isEmpty)
        }
    }

    @Test func `a company may let names differ in case, but not those of users, roles and DocTypes`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock(["bolt": "1"])
        try await workshop.write(as: .administrator) { session in
            try session.make(
                "System Settings", ["__newname": "System Settings", "allow_names_differing_in_case": 1])
            try session.make("Role", ["role_name": "Keeper"])
            try session.make("User", ["email": "kim@example.com", "first_name": "Kim"])
        }
        try await workshop.stock(["Bolt": "1"])
        let wide = await problem { try await workshop.stock(["\u{FF42}olt": "1"]) }
        #expect(wide?.kind == .lookalike)
        let others: [(String, JSONObject)] = [
            ("Role", ["role_name": "KEEPER"]), ("Role", ["role_name": "\u{212A}eeper"]),
            ("User", ["email": "Kim@example.com", "first_name": "Kim"]),
            ("User", ["email": "\u{212A}im@example.com", "first_name": "Kim"]),
        ]
        for (doctype, object) in others {
            let found = await problem {
                try await workshop.write(as: .administrator) { _ = try $0.make(doctype, object) }
            }
            #expect([.lookalike, .duplicateName].contains(found?.kind), "\(object)")
        }
        try await workshop.read(as: .administrator) { session throws in #expect(try session.findings().isEmpty) }
    }

    @Test(arguments: ["Kit", "KIT", "kit", "\u{212A}it", "\u{FF2B}it"])
    func `a twin DocType is refused`(twin: String) async throws {
        let workshop = try await Workshop()
        func make(_ name: String) async throws {
            try await workshop.write(as: .administrator) { session in
                _ = try session.make(
                    "DocType",
                    [
                        "name": .string(name), "module": "Workshop",
                        "fields": [["fieldname": "note", "fieldtype": "Data"]],
                    ])
            }
        }
        try await make("Kit")
        let found = await problem { try await make(twin) }
        #expect([.lookalike, .duplicateName].contains(found?.kind))
        let shipped = await problem { try await make("\u{FF30}art") }
        #expect(shipped?.kind == .lookalike)
    }

    @Test(arguments: ["f\u{FF41}", "\u{212A}", "a\u{200B}", "A", "e\u{301}"])
    func `a field is called by small letters that are what they look like`(name: String) async throws {
        let workshop = try await Workshop()
        let found = await problem {
            try await workshop.write(as: .administrator) { session in
                _ = try session.make(
                    "DocType",
                    [
                        "name": "Kit", "module": "Workshop",
                        "fields": [["fieldname": .string(name), "fieldtype": "Data"]],
                    ])
            }
        }
        #expect(found?.kind == .badMetadata)
    }

    @Test func `counted documents ask for nothing, and a list of names takes two statements`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = workshop.session(counting)
            try session.insert(
                (0..<100).map { try session.document("Part", from: ["code": .string("p\($0)"), "title": "t"]) })
            #expect(counting.count == 3, "names, skeletons, rows")
            let before = counting.count
            try session.make("Job", ["subject": "a"])
            #expect(counting.count - before <= 3)
        }
    }

    @Test func `a user is called by an e-mail address`() async throws {
        let workshop = try await Workshop()
        for address in [
            "kim", "kim@", "@example.com", "kim@example", "a b@example.com", "a@b.org,c@d.org", "kim@e\u{200B}x.org",
        ] {
            let found = await problem {
                try await workshop.write(as: .administrator) {
                    _ = try $0.make("User", ["email": .string(address), "first_name": "Kim"])
                }
            }
            #expect(found?.kind == .badFormat && found?.field == "email", "\(address)")
        }
        try await workshop.write(as: .administrator) { session in
            for name in ["Administrator", "Guest", " ana@example.com "] {
                let user = try session.make("User", ["email": .string(name), "first_name": "A"])
                #expect(user.text("email") == user.name)
            }
            // Who was called otherwise before can still be changed.
            try session.callAsBefore("User", "ana@example.com", "ana")
            let user = try session.get("User", "ana")
            user.set("first_name", "Ann")
            try session.save(user)
        }
    }
}
