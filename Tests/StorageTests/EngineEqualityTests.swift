import Foundation
import Storage
import TestSupport
import Testing
import Values

/// What every engine must do in the same way.
@Suite(.bothEngines) struct EngineEqualityTests {
    private static let all = TableSchema(
        "all_types",
        columns: [
            .init("name", .text, required: true), .init("number", .integer), .init("money", .decimal(scale: 4)),
            .init("rate", .decimal(scale: 9)), .init("fine", .decimal(scale: 18)), .init("whole", .decimal(scale: 0)),
            .init("day", .day), .init("moment", .timestamp), .init("clock", .time), .init("content", .bytes),
            .init("words", .text),
        ], indexes: [.init("number"), .init("words", "day")])
    private static let names = all.columns.map(\.name)
    private static let types = all.columns.map(\.type)
    private static let selection = "SELECT \(names.joined(separator: ",")) FROM all_types"

    private static func row(_ name: String, _ units: Int64, _ day: Day, _ text: String, _ content: [UInt8]) -> [Value] {
        [
            .text(name), .int(units), .decimal(units: units, scale: 4), .decimal(units: units, scale: 9),
            .decimal(units: units, scale: 18), .decimal(units: units, scale: 0), .day(day),
            .timestamp(Timestamp(day, TimeOfDay(microseconds: 86_399_999_999))),
            .time(TimeOfDay(microseconds: 86_399_999_999)), .bytes(content), .text(text),
        ]
    }

    private static let rows: [[Value]] = [
        row("a", .max, .latest, "Ünïcödé 😀 名前 \t\n\\ '\"", Array(0...255)),
        row("b", .min, .earliest, "", []),
        row("c", 0, Day(number: 0), " x ", [0]),
        row("d", -1, Day(number: -1), "?", [255]),
        row("e", 10_000, Day(number: 10_957), "$1", [1, 0, 1]),
        row("f", 123_456_789_012_345_678, Day(number: 10_956), "a\u{1}b", [9]),
        row(
            "g", -99_999_999, Day(number: 20_000), String(repeating: "long ", count: 5_000),
            Array(repeating: 7, count: 70_000)),
        [.text("h")] + Array(repeating: .null, count: 10),
    ]

    private func store(_ tables: [TableSchema] = [all]) async throws -> TemporaryDatabase {
        try await TemporaryDatabase.make(tables)
    }

    @Test(arguments: [1, 3, 100])
    func `every value comes back, however many rows are written at once`(atOnce: Int) async throws {
        let store = try await store()
        let read = try await store.database.write { transaction in
            for start in stride(from: 0, to: Self.rows.count, by: atOnce) {
                let end = min(start + atOnce, Self.rows.count)
                try transaction.insert(into: "all_types", Self.names, Array(Self.rows[start..<end]))
            }
            return try transaction.query("\(Self.selection) ORDER BY name", [], Self.types)
        }
        #expect(read == Self.rows)
        for row in Self.rows.dropLast() {
            for (index, name) in Self.names.enumerated() {
                let found = try await store.database.read { transaction in
                    try transaction.query(
                        "SELECT name FROM all_types WHERE \(name) = ? ORDER BY name", [row[index]], [.text])
                }
                #expect(found.contains([row[0]]), "\(name) = \(row[index])")
            }
        }
    }

    @Test func `arguments of a statement may change their kind from one use to the next`() async throws {
        let store = try await store()
        let found = try await store.database.write { transaction -> [Int] in
            try transaction.insert(into: "all_types", Self.names, Self.rows)
            let sql = "SELECT name FROM all_types WHERE (? IS NULL OR words = ?) AND COALESCE(number, 0) <> ?"
            let cast = sql.replacing("(? IS", with: "(CAST(? AS TEXT) IS")
            return try [
                [.null, .null, .int(5)], [.text("?"), .text("?"), .int(5)], [.null, .null, .null],
                [.text("x"), .text("x"), .decimal(units: 5, scale: 0)], [.null, .null, .int(0)],
            ].map { try transaction.query(cast, $0, [.text]).count }
        }
        #expect(found == [8, 1, 0, 0, 6])
    }

    @Test func `text is ordered by its bytes and null comes first`() async throws {
        let store = try await store()
        let words = ["a", "B", "ä", "Z", "_", "b", "A", "", "aa", "a b", "a-b", "ab"]
        let (up, down, greater) = try await store.database.write { transaction in
            let rows: [[Value]] = words.map { [.text($0), .text($0)] } + [[.text("null"), .null]]
            try transaction.insert(into: "all_types", ["name", "words"], rows)
            func list(_ descending: Bool) throws -> [[Value]] {
                let order = transaction.dialect.ordered("words", descending: descending, isNullable: true)
                return try transaction.query("SELECT words FROM all_types ORDER BY \(order)", [], [.text])
            }
            return (
                try list(false), try list(true),
                try transaction.query("SELECT name FROM all_types WHERE name > ? ORDER BY name", [.text("Z")], [.text])
            )
        }
        let sorted = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(up == [[.null]] + sorted.map { [.text($0)] })
        #expect(down == up.reversed())
        #expect(
            greater.compactMap { $0[0].text }
                == (sorted.filter { $0.utf8.first.map { $0 > 0x5A } ?? false } + ["null"])
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test(
        arguments: [
            ("%bolt%", ["Bolt M8", "a BOLT", "bolt_x"]), ("bolt__", ["bolt_x"]), ("B%", ["Bolt M8", "bolt_x"]),
            ("ä%", ["a BOLT", "ärmel"]), ("Ä%", ["a BOLT", "ärmel"]), ("100\\%", []), ("100\\\\%", ["100\\ ok"]),
            ("\\", ["\\"]), ("", []), ("'", ["'"]), ("%", nil),
        ] as [(String, [String]?)])
    func `patterns know letters of any case and accent as equal, and a backslash takes their meaning away`(
        pattern: String, found: [String]?
    ) async throws {
        let store = try await store()
        let all = ["Bolt M8", "a BOLT", "bolt_x", "ärmel", "100\\ ok", "\\", "'"]
        let names = try await store.database.write { transaction in
            try transaction.insert(into: "all_types", ["name"], all.map { [.text($0)] })
            let like = transaction.dialect.like("name")
            return try transaction.query(
                "SELECT name FROM all_types WHERE \(like) ORDER BY name", [.text(LikePattern(pattern).portable)],
                [.text])
        }
        let expected = (found ?? all).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(names.compactMap { $0[0].text } == expected)
    }

    @Test func `sums and averages are exact, and out of range is an error`() async throws {
        let store = try await store()
        let found = try await store.database.write { transaction in
            try transaction.insert(
                into: "all_types", ["name", "number", "money"],
                [
                    [.text("a"), .int(1), .decimal(units: 10_001, scale: 4)],
                    [.text("b"), .int(4), .decimal(units: -30_003, scale: 4)], [.text("c"), .null, .null],
                ])
            let dialect = transaction.dialect
            return try transaction.first(
                """
                SELECT sum(number), sum(money), \(dialect.average("number", .integer)),
                \(dialect.average("money", .decimal(scale: 4))), \(dialect.average("rate", .decimal(scale: 9))), count(*),
                min(money), max(number) FROM all_types
                """, [],
                [
                    .integer, .decimal(scale: 4), .integer, .decimal(scale: 4), .decimal(scale: 9), .integer,
                    .decimal(scale: 4), .integer,
                ])
        }
        #expect(
            found == [
                .int(5), .decimal(units: -20_002, scale: 4), .int(2), .decimal(units: -10_001, scale: 4), .null,
                .int(3),
                .decimal(units: -30_003, scale: 4), .int(4),
            ])
        await #expect(throws: StorageError.outOfRange) {
            try await store.database.write { transaction in
                try transaction.insert(
                    into: "all_types", ["name", "money"],
                    [[.text("x"), .decimal(units: .max, scale: 4)], [.text("y"), .decimal(units: .max, scale: 4)]])
                _ = try transaction.first("SELECT sum(money) FROM all_types", [], [.decimal(scale: 4)])
            }
        }
        await #expect(throws: StorageError.outOfRange) {
            try await store.database.write {
                try $0.insert(into: "all_types", ["name", "money"], [[.text("z"), .outOfRange]])
            }
        }
    }

    @Test func `text with the character NUL is refused, and the transaction goes on`() async throws {
        let store = try await store()
        let kept = try await store.database.write { transaction in
            for rows in [[["a\0"]], [["b"], ["c\0"]]] as [[[String]]] {
                #expect(throws: StorageError.invalidText) {
                    try transaction.savepoint {
                        try transaction.insert(into: "all_types", ["name"], rows.map { [.text($0[0])] })
                    }
                }
            }
            #expect(throws: StorageError.invalidText) {
                try transaction.query("SELECT name FROM all_types WHERE name = ?", [.text("\0")], [.text])
            }
            try transaction.insert(into: "all_types", ["name"], [[.text("d")]])
            return try transaction.query("SELECT name FROM all_types", [], [.text])
        }
        #expect(kept == [[.text("d")]])
    }

    @Test func `savepoints nest, and what fails in one leaves the others alone`() async throws {
        let store = try await store()
        struct Undone: Error {}
        let names = try await store.database.write { transaction -> [[Value]] in
            func add(_ name: String) throws { try transaction.insert(into: "all_types", ["name"], [[.text(name)]]) }
            func attempt(_ body: () throws -> Void) { do { try transaction.savepoint(body) } catch {} }
            attempt { throw Undone() }
            try add("a")
            attempt {
                try add("b")
                attempt { try add("a") }
                try add("c")
                attempt {
                    try add("d")
                    attempt {}
                    throw Undone()
                }
                attempt { attempt { try add("e") } }
            }
            attempt {
                attempt { try add("f") }
                throw Undone()
            }
            attempt { _ = try transaction.query("SELECT nothing FROM nowhere", [], [.text]) }
            try transaction.savepoint { try transaction.savepoint {} }
            try add("g")
            return try transaction.query("SELECT name FROM all_types ORDER BY name", [], [.text])
        }
        #expect(names.compactMap { $0[0].text } == ["a", "b", "c", "e", "g"])
        #expect(
            try await store.database.read { try $0.first("SELECT count(*) FROM all_types", [], [.integer]) } == [
                .int(5)
            ])
    }

    @Test func `rows are read while other statements run`() async throws {
        let store = try await store()
        struct Enough: Error {}
        let (seen, looked, stopped) = try await store.database.write { transaction in
            try transaction.insert(
                into: "all_types", ["name", "number"], (0..<20_000).map { [.text("n\($0)"), .int(Int64($0))] })
            var seen = 0
            var looked: [Int64] = []
            try transaction.forEach("SELECT number FROM all_types ORDER BY number", [], [.integer]) { row in
                seen += 1
                guard let number = row[0].int, number % 5_000 == 1 else { return }
                let other = try transaction.first(
                    "SELECT number FROM all_types WHERE name = ?", [.text("n\(number)")], [.integer])
                looked.append(other?[0].int ?? -1)
                try transaction.execute("UPDATE all_types SET rate = NULL WHERE name = ?", [.text("n\(number)")])
            }
            var stopped = 0
            do {
                try transaction.forEach("SELECT number FROM all_types", [], [.integer]) { _ in
                    stopped += 1
                    if stopped == 3 { throw Enough() }
                }
            } catch is Enough {}
            return (seen, looked, stopped)
        }
        #expect(seen == 20_000 && looked == [1, 5_001, 10_001, 15_001] && stopped == 3)
        #expect(
            try await store.database.read { try $0.first("SELECT count(*) FROM all_types", [], [.integer]) } == [
                .int(20_000)
            ])
    }

    @Test func `more statements than a connection keeps are prepared again`() async throws {
        var limits = StorageLimits()
        limits.statements = 10
        let store = try await TemporaryDatabase.make([Self.all], limits: limits)
        for round in 0..<3 {
            let sums = try await store.database.write { transaction in
                try (0..<40).map { try transaction.first("SELECT \($0) + ?", [.int(Int64(round))], [.integer])?[0].int }
            }
            #expect(sums == (0..<40).map { Int64($0 + round) })
        }
    }

    @Test func `a column, an index and a rule are found again by name`() async throws {
        let long = String(repeating: "quite_long_", count: 5) + "name"
        let shape = TableSchema(
            "an_\(String(repeating: "even_longer_", count: 4))table",
            columns: [.init(long, .text, required: true), .init("user", .text), .init("order", .integer)],
            indexes: [.init(long, "user", "order"), .init("user", "order", unique: true)], appendOnly: true)
        let store = try await store([])
        let changes = try await store.database.write { transaction in
            [try transaction.migrate(to: [shape]), try transaction.migrate(to: [shape])]
        }
        #expect(
            changes[0] == [
                .createdTable(shape.name), .createdIndex("\(shape.name):\(long),user,order"),
                .createdIndex("\(shape.name):user,order unique"),
            ])
        #expect(changes[1].isEmpty)
        await #expect(throws: StorageError.duplicate(columns: ["\(shape.name).user", "\(shape.name).order"])) {
            try await store.database.write { transaction in
                try transaction.insert(
                    into: shape.name, [long, "user", "order"],
                    [[.text("a"), .text("x"), .int(1)], [.text("b"), .text("x"), .int(1)]])
            }
        }
    }

    @Test func `brief reads see what was written before, many at once`() async throws {
        let store = try await store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for number in 0..<20 {
                        let name = "\(task) \(number)"
                        try await store.database.write { try $0.insert(into: "all_types", ["name"], [[.text(name)]]) }
                        let found = try await store.database.readBriefly { transaction in
                            try transaction.first("SELECT name FROM all_types WHERE name = ?", [.text(name)], [.text])
                        }
                        #expect(found == [.text(name)])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a brief read that takes long moves elsewhere and is finished`() async throws {
        let store = try await store()
        let sql =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"
        for _ in 0..<5 {
            #expect(try await store.database.readBriefly { try $0.first(sql, [], [.integer]) } == [.int(300_000)])
        }
    }

    @Test func `a sum that no value can hold is refused where it arises`() async throws {
        let store = try await store()
        let name: Value = .text("sum")
        try await store.database.write { transaction in
            try transaction.insert(
                into: "all_types", ["name", "number", "rate"],
                [[name, .int(.max), .decimal(units: 9_000_000_000_000_000_000, scale: 9)]])
        }
        for change in ["rate = rate + 500000000", "number = number + 1"] {
            await #expect(throws: StorageError.outOfRange) {
                try await store.database.write { transaction in
                    let units: [Value] =
                        change.contains("rate") ? [.decimal(units: 500_000_000_000_000_000, scale: 9)] : []
                    let sql = change.replacing("500000000", with: "?")
                    try transaction.execute("UPDATE all_types SET \(sql)", units)
                }
            }
        }
        let read = try await store.database.read { transaction in
            try transaction.first("SELECT number, rate FROM all_types", [], [.integer, .decimal(scale: 9)])
        }
        #expect(read == [.int(.max), .decimal(units: 9_000_000_000_000_000_000, scale: 9)])
        await #expect(throws: StorageError.outOfRange) {
            try await store.database.read { try $0.query("SELECT number + number FROM all_types", [], [.integer]) }
        }
    }

    @Test func `an average cuts off what it does not hold, however large its terms are`() async throws {
        let store = try await store()
        let average = try await store.database.write { transaction in
            for (index, units) in [15_000_000_000_000_001, 15_000_000_000_000_002].enumerated() {
                try transaction.insert(
                    into: "all_types", ["name", "money", "number"],
                    [[.text("\(index)"), .decimal(units: Int64(units), scale: 4), .int(Int64(3 + 2 * index))]])
            }
            try transaction.insert(into: "all_types", ["name", "number"], [[.text("none"), .int(5)]])
            let dialect = transaction.dialect
            return try transaction.first(
                "SELECT \(dialect.average("money", .decimal(scale: 4))), \(dialect.average("number", .integer)) FROM all_types",
                [], [.decimal(scale: 4), .integer])
        }
        #expect(average == [.decimal(units: 15_000_000_000_000_001, scale: 4), .int(4)])
    }

    @Test func `rows that are added together are all there or none, also for a body that goes on`() async throws {
        let store = try await store()
        let count = try await store.database.write { transaction in
            #expect(throws: StorageError.outOfRange) {
                try transaction.savepoint {
                    try transaction.insert(
                        into: "all_types", ["name", "number"], [[.text("a"), .int(1)], [.text("b"), .outOfRange]])
                }
            }
            return try transaction.first("SELECT count(*) FROM all_types", [], [.integer])
        }
        #expect(count == [.int(0)])
    }

    @Test func `a body may be given more time than the limits say`() async throws {
        var limits = StorageLimits()
        limits.statementSeconds = 1
        let place = try await store()
        let database = try place.openAgain(limits: limits)
        let slow = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000000) SELECT max(i) FROM n
            """
        func run(_ seconds: Int?) async throws -> Int64? {
            try await database.write { transaction in
                if let seconds { transaction.takeTime(seconds: seconds) }
                return try transaction.first(slow, [], [.integer])?[0].int
            }
        }
        await #expect(throws: StorageError.timedOut) { try await run(nil) }
        #expect(try await run(120) == 12_000_000)
        // The next body has the time that the limits give.
        await #expect(throws: StorageError.timedOut) { try await run(nil) }
        await database.close()
    }
}
