import Lists
import Storage
import TestSupport
import Testing
import Values

@testable import AutoRepeats
@testable import Documents

@Suite(.bothEngines) struct RepeatTests {
    private static let calendars: [(frequency: String, start: String, more: (Int, Bool, [Int]), days: String)] = [
        ("Daily", "2026-02-27", (0, false, []), "2026-02-27 2026-02-28 2026-03-01"),
        ("Weekly", "2026-03-02", (0, false, []), "2026-03-02 2026-03-09 2026-03-16"),
        ("Weekly", "2026-03-02", (0, false, [3, 5]), "2026-03-04 2026-03-06 2026-03-11"),
        ("Fortnightly", "2026-03-02", (0, false, []), "2026-03-02 2026-03-16 2026-03-30"),
        ("Monthly", "2026-01-31", (0, false, []), "2026-01-31 2026-02-28 2026-03-31"),
        ("Monthly", "2026-01-20", (5, false, []), "2026-02-05 2026-03-05 2026-04-05"),
        ("Monthly", "2024-01-15", (0, true, []), "2024-01-31 2024-02-29 2024-03-31"),
        ("Quarterly", "2025-11-30", (0, false, []), "2025-11-30 2026-02-28 2026-05-30"),
        ("Half-yearly", "2026-03-02", (0, false, []), "2026-03-02 2026-09-02 2027-03-02"),
        ("Yearly", "2024-02-29", (0, false, []), "2024-02-29 2025-02-28 2026-02-28"),
    ]

    @Test(arguments: calendars) func `comes back on the days of the calendar`(
        frequency: String, start: String, more: (Int, Bool, [Int]), days: String
    ) throws {
        let frequency = try #require(Recurrence.Frequency(rawValue: frequency))
        var recurrence = Recurrence(frequency: frequency, start: try #require(Day(start)))
        (recurrence.dayOfMonth, recurrence.onLastDay) = (more.0, more.1)
        recurrence.weekdays = Set(more.2)
        var day = recurrence.start.adding(days: -1)
        var found: [String] = []
        for _ in 0..<3 {
            let next = recurrence.next(after: day)
            #expect(next > day && next >= recurrence.start)
            day = next
            found.append(day.description)
        }
        #expect(found.joined(separator: " ") == days)
    }

    @Test(arguments: Recurrence.Frequency.allCases) func `always goes on, and misses no day when asked day by day`(
        frequency: Recurrence.Frequency
    ) throws {
        var dice = Dice(seed: UInt64(frequency.rawValue.utf8.count))
        for _ in 0..<50 {
            let start = try #require(Day("2023-01-01")).adding(days: dice.roll(0...800))
            var recurrence = Recurrence(frequency: frequency, start: start)
            if dice.isOne(of: 3) { recurrence.dayOfMonth = dice.roll(1...31) }
            recurrence.onLastDay = dice.isOne(of: 5)
            var hops: [Day] = []
            var day = start.adding(days: -1)
            while day < start.adding(days: 900) {
                day = recurrence.next(after: day)
                hops.append(day)
            }
            for offset in -1..<900 {
                let asked = start.adding(days: offset)
                #expect(recurrence.next(after: asked) == hops.first { $0 > asked })
            }
        }
    }

    @Test func `makes and submits the copies that are due, each once`() async throws {
        let world = try await LifeWorld()
        let job = try await world.job("rent", ["bolt"], submits: true, ["due_date": "2026-03-12"])
        try await world.write { session in
            _ = try session.make(
                "Auto Repeat",
                [
                    "reference_doctype": "Life Job", "reference_document": .string(job), "frequency": "Monthly",
                    "start_date": "2026-04-01", "end_date": "2026-06-15", "submit_on_creation": 1,
                ])
        }
        func run(_ day: String) async throws -> Int {
            let day = try #require(Day(day))
            return try await world.write(as: .administrator, at: Timestamp(day)) { try $0.runAutoRepeat(day) }
        }
        #expect(try await run("2026-03-31") == 0)
        #expect(try await run("2026-04-01") == 1)
        #expect(try await run("2026-04-01") == 0)
        #expect(try await run("2026-07-01") == 2)
        #expect(try await run("2026-09-01") == 0)
        let made = try await world.read { session in
            try session.list(
                ListQuery("Life Job", fields: ["posting_date", "due_date", "docstatus"], orderBy: "name")
            ).rows
        }
        let days = made.map { "\($0[0]) \($0[1]) \($0[2])" }
        #expect(
            days == [
                "2026-03-02 2026-03-12 1", "2026-04-01 2026-04-11 1", "2026-05-01 2026-05-11 1",
                "2026-06-01 2026-06-11 1",
            ])
        let rule = try await world.read { try $0.list(ListQuery("Auto Repeat", fields: ["status"])).rows }
        #expect(rule == [[.text("Completed")]])
        #expect(try await world.faults() == [])
    }

    /// A rule that makes a copy each day from 3 March on, run through that day.
    private func daily(_ world: LifeWorld, _ more: JSONObject = [:]) async throws -> String {
        let job = try await world.job("rent", ["bolt"])
        return try await world.write { session in
            var object: JSONObject = [
                "reference_doctype": "Life Job", "reference_document": .string(job), "frequency": "Daily",
                "start_date": "2026-03-03",
            ]
            for (key, value) in more.members { object[key] = value }
            return try session.make("Auto Repeat", object).name
        }
    }

    private func run(_ world: LifeWorld, _ day: String) async throws -> Int {
        let day = try #require(Day(day))
        return try await world.write(as: .administrator, at: Timestamp(day)) { try $0.runAutoRepeat(day) }
    }

    /// What may have become of who set a rule up, and what the rule says then.
    private static let ends: [String: (said: String, change: @Sendable (Session, String) throws -> Void)] = [
        "disabled": (
            "cannot sign in any more",
            { session, user in
                let document = try session.get("User", user)
                try session.apply(["enabled": 0], to: document)
                try session.save(document)
            }
        ),
        "gone": ("cannot sign in any more", { session, user in try session.delete("User", user) }),
        "without the right to create": (
            "may not create Life Job",
            { session, user in
                let document = try session.get("User", user)
                try session.apply(["roles": [["role": "Visitor"]]], to: document)
                try session.save(document)
                try session.make("Custom DocPerm", ["parent": "Life Job", "role": "Visitor", "read": 1])
            }
        ),
        "without the right to read": (
            "may not read Life Job",
            { session, user in
                try session.make(
                    "User Permission",
                    ["user": .string(user), "allow": "Life Part", "for_value": "nut"])
            }
        ),
    ]

    @Test(arguments: ends.keys.sorted())
    func `a rule whose owner is disabled or has no right any more does not act, and says so`(end: String) async throws {
        let world = try await LifeWorld()
        let end = try #require(Self.ends[end])
        let job = try await world.job("rent", ["bolt"], ["part": "bolt"])
        let worker = LifeWorld.worker
        let name = try await world.write(as: worker) { session in
            try session.make(
                "Auto Repeat",
                [
                    "reference_doctype": "Life Job", "reference_document": .string(job), "frequency": "Daily",
                    "start_date": "2026-03-03",
                ]
            ).name
        }
        #expect(try await run(world, "2026-03-03") == 1)
        let owner = try await world.read { session in
            try session.list(ListQuery("Life Job", fields: ["owner"], orderBy: "name desc", limit: 1)).rows[0][0].text
        }
        #expect(owner == worker.user, "what is made is made on behalf of who set it up")
        try await world.write(as: .administrator) { try end.change($0, worker.user) }
        #expect(try await run(world, "2026-03-04") == 0)
        let said = try await world.read(as: worker) { session in
            let rule = try session.get("Auto Repeat", name)
            #expect(rule.isSet("disabled") && rule.text("status") == "Disabled")
            return rule.text("last_error")
        }
        #expect(said.contains(end.said), "\(said)")
        let events = try await world.database.read { transaction in
            try transaction.query(
                "SELECT count(*) FROM _event WHERE type = 'cauldron.auto_repeat.failed'", [], [.integer])[0][0].int
        }
        #expect(events == 1)
    }

    private static let edits: [JSONObject] = [
        ["submit_on_creation": 1], ["frequency": "Weekly"], ["end_date": "2027-01-01"],
        ["repeat_on_days": [["day": "Tuesday"]], "frequency": "Weekly"],
    ]

    @Test(arguments: edits) func `makes no copy twice when a rule is edited on a day it has run`(
        edit: JSONObject
    ) async throws {
        let world = try await LifeWorld()
        let rule = try await daily(world)
        #expect(try await run(world, "2026-03-03") == 1)
        let day = try #require(Day("2026-03-03"))
        try await world.write(at: Timestamp(day)) { session in
            let document = try session.get("Auto Repeat", rule)
            try session.apply(edit, to: document)
            try session.save(document)
        }
        #expect(try await run(world, "2026-03-03") == 0)
    }

    @Test func `catches up with the days it missed after it was edited`() async throws {
        let world = try await LifeWorld()
        let rule = try await daily(world)
        #expect(try await run(world, "2026-03-03") == 1)
        let day = try #require(Day("2026-03-06"))
        try await world.write(at: Timestamp(day)) { session in
            let document = try session.get("Auto Repeat", rule)
            try session.apply(["submit_on_creation": 1], to: document)
            try session.save(document)
        }
        #expect(try await run(world, "2026-03-06") == 3)
    }

    @Test func `moves the days of rows as far as the document's own`() async throws {
        let company = try await TemporaryCompany(noon: LifeWorld.noon) { registry in
            registry.add(RepeatedOrder.self, RepeatedLine.self)
        }
        let first = try #require(Day("2026-04-02"))
        try await company.write { session in
            let order = try session.make(
                "Repeated Order",
                [
                    "transaction_date": "2026-03-02",
                    "items": [["schedule_date": "2026-03-09", "seen": "2026-03-02 10:00:00"]],
                ])
            try session.make(
                "Auto Repeat",
                [
                    "reference_doctype": "Repeated Order", "reference_document": .string(order.name),
                    "frequency": "Monthly", "start_date": "2026-04-02",
                ])
            #expect(try session.runAutoRepeat(first) == 1)
            #expect(try session.runAutoRepeat(first.adding(months: 1)) == 1)
            let rows = try session.transaction.query(
                "SELECT schedule_date, seen FROM repeated_line ORDER BY schedule_date", [], [.day, .timestamp])
            #expect(rows.map { $0[0].description } == ["2026-03-09", "2026-04-09", "2026-05-09"])
            #expect(rows.map { $0[1].timestamp?.day.description } == ["2026-03-02", "2026-04-02", "2026-05-02"])
        }
    }

    @Test func `a row that the database refuses stops one rule, not the others`() async throws {
        let company = try await TemporaryCompany(noon: LifeWorld.noon) { registry in
            registry.add(RepeatedOrder.self, RepeatedLine.self)
        }
        let day = try #require(Day("2026-03-03"))
        try await company.write { session in
            for number in 0..<3 {
                let order = try session.make(
                    "Repeated Order", ["transaction_date": "2026-03-02", "breaks": .int(number == 1 ? 1 : 0)])
                try session.make(
                    "Auto Repeat",
                    [
                        "reference_doctype": "Repeated Order", "reference_document": .string(order.name),
                        "frequency": "Daily", "start_date": "2026-03-03",
                    ])
            }
        }
        #expect(try await company.write(at: Timestamp(day)) { try $0.runAutoRepeat(day) } == 2)
        let rules = try await company.read { session in
            try session.list(ListQuery("Auto Repeat", fields: ["status"], orderBy: "name")).rows.map { $0[0].text }
        }
        #expect(rules == ["Active", "Disabled", "Active"])
    }

    @Test func `disables what cannot be repeated and goes on with the rest`() async throws {
        let world = try await LifeWorld()
        for subject in ["fine", "broken", "also fine"] {
            let job = try await world.job(subject, ["bolt"])
            try await world.write { session in
                try session.make(
                    "Auto Repeat",
                    [
                        "reference_doctype": "Life Job", "reference_document": .string(job), "frequency": "Daily",
                        "start_date": "2026-03-03",
                    ])
                if subject == "broken" {
                    try session.transaction.execute(
                        "UPDATE life_job SET subject = 'refuse' WHERE name = ?", [.text(job)])
                }
            }
        }
        let day = try #require(Day("2026-03-03"))
        let count = try await world.write(as: .administrator, at: Timestamp(day)) { try $0.runAutoRepeat(day) }
        #expect(count == 2)
        let rules = try await world.read { session in
            try session.list(ListQuery("Auto Repeat", fields: ["status", "last_error"], orderBy: "name")).rows
        }
        #expect(rules.map { $0[0].text } == ["Active", "Disabled", "Active"])
        #expect(rules[1][1].text == "Refused by the controller")
        let part = await problem {
            _ = try await world.write {
                _ = try $0.make(
                    "Auto Repeat",
                    ["reference_doctype": "Life Part", "reference_document": "bolt", "frequency": "Daily"])
            }
        }
        #expect(part?.kind == .notRepeatable)
    }
}

/// An order whose rows are due no earlier than it.
private struct RepeatedOrder: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Repeated Order", module: "Life", naming: .series(["RO-.####"]), .repeatable,
        permissions: [.manage("Manager")])
    let transactionDate = DateField()
    let breaks = Check()
    let items = Table(RepeatedLine.self)
    init() {}

    static func validate(_ order: Doc<Self>, in session: Session) throws {
        for row in order.items {
            if let day = row.scheduleDate, let own = order.transactionDate, day < own {
                throw Problem(.refused, "A row is due before the order", field: "schedule_date", row: row.idx)
            }
        }
        // What a hook of a module meets when a table's rule refuses its row.
        if order.breaks, session.actor.isAdministrator, order.transactionDate != Day("2026-03-02") {
            throw StorageError.forbidden("a rule of the table")
        }
    }
}

private struct RepeatedLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Repeated Line", module: "Life", kind: .child)
    let scheduleDate = DateField()
    let seen = DatetimeField()
    init() {}
}
