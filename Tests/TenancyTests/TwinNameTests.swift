import Documents
import Identity
import Lists
import Lookalikes
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// A company that was made before names had one form: it opens, keeps what it has, and is told of twins.
@Suite(.bothEngines) struct TwinNameTests {
    private static let gauge: JSONObject = [
        "doctype": "DocType", "name": "Gauge", "module": "Laboratory", "autoname": "field:code", "allow_import": 1,
        "fields": [
            ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "note", "fieldtype": "Data"],
        ],
        "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1, "import": 1]],
    ]
    private static let one = "Caf\u{E9}"
    private static let other = "Cafe\u{301}"
    private static let kim = "Kim@example.com"
    private static let kelvin = "\u{212A}im@example.com"

    private static func open(_ place: TemporaryPlace) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [], name: "acme",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)))
    }

    /// A company with two gauges and two users of twin names, opened again.
    private static func withTwins(_ body: (Tenant) async throws -> Void) async throws {
        let place = try TemporaryPlace(kind: "TwinNameTests")
        let before = try await open(place)
        try await before.write(as: .administrator) { session in
            try session.make("DocType", gauge)
            for (former, name) in [("first", one), ("second", other)] {
                try session.make("Gauge", ["code": .string(former), "note": .string(former)])
                try session.callAsBefore("Gauge", former, name)
            }
            try session.make(
                "User", ["email": .string(kim), "first_name": "Kim", "roles": [["role": "System Manager"]]])
            try session.make("User", ["email": "second@example.com", "first_name": "Kim"])
            try session.callAsBefore("User", "second@example.com", kelvin)
        }
        await before.close()
        let tenant = try await open(place)
        try await body(tenant)
        await tenant.close()
    }

    private static func notes(_ tenant: Tenant) async throws -> [String: String] {
        try await tenant.read(as: .administrator) { session in
            let rows = try session.list(ListQuery("Gauge", fields: ["name", "note"])).rows
            return Dictionary(
                rows.map { (Array(($0[0].text ?? "").utf8).description, $0[1].text ?? "") },
                uniquingKeysWith: { "\($0) \($1)" })
        }
    }

    @Test func `twins are there when the company is opened, and doctor names them`() async throws {
        try await Self.withTwins { tenant in
            #expect(try await Self.notes(tenant).values.sorted() == ["first", "second"])
            let findings = try await Doctor(modules: []).run(on: tenant.database, at: tenant.now())
            let names = try #require(findings.first { $0.name == "names" })
            #expect(names.problems.contains { $0.hasPrefix("Gauge") && $0.contains("looks like") })
            #expect(names.problems.contains { $0.hasPrefix("User") && $0.contains("looks like") })
            for code in ["CAFÉ", "caf\u{E9}", "cafe\u{301}"] {
                let found = await problem {
                    try await tenant.write(as: .administrator) { _ = try $0.make("Gauge", ["code": .string(code)]) }
                }
                #expect(found?.kind == .lookalike)
            }
        }
    }

    @Test func `an import changes the document whose name the file has`() async throws {
        try await Self.withTwins { tenant in
            try await tenant.write(as: .administrator) { session throws in
                var reader = CSVReader("code,note\n\(Self.other),changed\n")
                var work = Import("Gauge")
                work.updates = true
                #expect(try work.run(&reader, in: session).updated == 1)
                #expect(try session.get("Gauge", Self.one).text("note") == "first")
                #expect(try session.get("Gauge", Self.other).text("note") == "changed")
                var both = CSVReader("code,note\n\(Self.one),a\n\(Self.other),b\n")
                #expect(try work.run(&both, in: session).updated == 2)
                #expect(try session.get("Gauge", Self.one).text("note") == "a")
                #expect(try session.get("Gauge", Self.other).text("note") == "b")
            }
        }
    }

    @Test func `an import takes a name in another form for the document, and refuses what only looks different`()
        async throws
    {
        try await Self.withTwins { tenant in
            try await tenant.write(as: .administrator) { session in
                try session.make("Gauge", ["code": "\u{C5}l", "note": "old"])
                var work = Import("Gauge")
                work.updates = true
                var reader = CSVReader("code,note\n\u{212B}l,new\n")
                #expect(try work.run(&reader, in: session).updated == 1)
                #expect(try session.get("Gauge", "\u{C5}l").text("note") == "new")
            }
            let refused = await #expect(throws: ImportRefused.self) {
                try await tenant.write(as: .administrator) { session in
                    var reader = CSVReader("code,note\nnut,1\nNUT,2\n\u{C5}L,3\n")
                    _ = try Import("Gauge").run(&reader, in: session)
                }
            }
            #expect(refused?.problems.map(\.row) == [2, 3])
            #expect(refused?.problems.allSatisfy { $0.problem.kind == .lookalike } == true)
        }
    }

    @Test func `users of twin names act, sign in and hold keys each for itself`() async throws {
        try await Self.withTwins { tenant in
            let first = try #require(try await tenant.actor(named: Self.kim))
            let second = try #require(try await tenant.actor(named: Self.kelvin))
            #expect(first.roles.contains("System Manager") && !second.roles.contains("System Manager"))
            let identity = tenant.identity
            try await identity.setPassword("correct horse", of: Self.kim, at: tenant.now())
            #expect(try await identity.verifyPassword("correct horse", of: Self.kim))
            #expect(try await !identity.verifyPassword("correct horse", of: Self.kelvin))
            let sid = try await identity.createSession(for: Self.kelvin, at: tenant.now())
            try await identity.setPassword("another horse", of: Self.kim, at: tenant.now(), by: "Administrator")
            #expect(try await identity.session(sid, at: tenant.now())?.user == Self.kelvin)
            // What is kept of one does not stand for the other.
            #expect(try await tenant.actor(named: Self.kim) == first)
            #expect(try await tenant.actor(named: Self.kelvin) == second && first != second)
        }
    }
}
