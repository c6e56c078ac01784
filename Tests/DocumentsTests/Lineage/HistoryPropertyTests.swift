import Documents
import History
import Lists
import TestSupport
import Testing
import Values

/// Random histories: whatever was done, every moment reads back as it was seen then.
@Suite(.bothEngines) struct HistoryPropertyTests {
    @Test(arguments: 1...4)
    func `every moment of a random history reads back as it was`(seed: UInt64) async throws {
        let archive = try await Archive()
        var history = History(seed: seed)
        for _ in 0..<40 { try await history.step(archive) }
        let (names, seen) = (history.names, history.seen)
        #expect(seen.count > 30 && names.count > 5)
        // In one transaction: a history has some thousand of them.
        try await archive.read { session in
            func past(_ type: String, _ name: String, _ moment: Int) throws -> String? {
                do {
                    return try session.get(type, name, asOf: Archive.moment(moment)).json.text
                } catch let problem as Problem where problem.kind == .notFound {
                    return nil
                }
            }
            for (type, name) in names {
                for (moment, documents) in seen {
                    let (past, expected) = (try past(type, name, moment), documents[type + "/" + name])
                    #expect(past == expected, "\(type) \(name) as of \(moment)")
                }
                #expect(try past(type, name, 0) == nil)
            }
        }
    }

    @Test(arguments: 21...22)
    func `lists as of every moment are the lists of what was there`(seed: UInt64) async throws {
        let archive = try await Archive()
        var history = History(seed: seed)
        for _ in 0..<40 { try await history.step(archive) }
        for (moment, documents) in history.seen {
            let orders = try documents.filter { $0.key.hasPrefix("Past Order/") }.map { try JSON.parse($0.value) }
            try await archive.read { session in
                func names(_ filters: JSON?) throws -> [String] {
                    var query = ListQuery("Past Order", filters: filters, orderBy: "name asc", limit: 0)
                    query.asOf = Archive.moment(moment)
                    let rows = try session.list(query).rows.compactMap { $0[0].text }
                    #expect(try session.count(query) == rows.count)
                    return rows
                }
                func expected(_ condition: (JSON) -> Bool) -> [String] {
                    orders.filter(condition).compactMap { $0["name"]?.string }.sorted()
                }
                let checks: [(JSON?, (JSON) -> Bool)] = [
                    (nil, { _ in true }), (["is_open": 1], { $0["is_open"] == 1 }),
                    (["docstatus": 1], { $0["docstatus"] == 1 }),
                    ([["total", ">", 0]], { ($0["total"]?.exact ?? .zero) > 0 }),
                    ([["day", "=", "2024-02-29"]], { $0["day"] == "2024-02-29" }),
                    (
                        [["Past Line", "many", ">", 0]],
                        { $0["lines"]?.array?.contains { ($0["many"]?.int ?? 0) > 0 } ?? false }
                    ),
                ]
                for (filters, condition) in checks {
                    let (listed, there) = (try names(filters), expected(condition))
                    #expect(listed == there, "\(filters?.text ?? "all") as of \(moment)")
                }
                var rows = ListQuery(
                    "Past Line", fields: ["name", "idx", "price"], orderBy: "parent asc, idx asc", limit: 0)
                rows.parent = "Past Order"
                rows.asOf = Archive.moment(moment)
                let lines = orders.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }
                    .flatMap { $0["lines"]?.array ?? [] }
                let listed = try session.list(rows).rows.map { $0.map { JSON($0) } }
                #expect(listed == lines.map { [$0["name"] ?? .null, $0["idx"] ?? .null, $0["price"] ?? .null] })
            }
        }
    }
}

/// Does random work and notes all documents after each moment.
private struct History {
    private var dice: Dice
    private var clock = 10
    /// What was ever there.
    private(set) var names: [(type: String, name: String)] = []
    /// All documents as JSON text, after the last write of each moment.
    private(set) var seen: [Int: [String: String]] = [:]

    init(seed: UInt64) { dice = Dice(seed: seed) }

    /// Some work in one transaction, often at a later moment than the one before.
    mutating func step(_ archive: Archive) async throws {
        clock += dice.one([0, 1, 1, 999, 1_000_000, 86_400_000_000])
        let seed = dice.next()
        let made = try await archive.write(clock) { session in
            var work = RandomWork(session: session, dice: Dice(seed: seed))
            for _ in 0...work.dice.roll(0...2) {
                // What is refused, such as deleting what others link to, leaves no trace in the history either.
                do {
                    try session.savepoint { try work.act() }
                } catch let problem as Problem
                    where [.linked, .duplicateName, .brokenLink, .cancelledLink].contains(problem.kind)
                {}
            }
            return work.made
        }
        for (type, name) in made where !names.contains(where: { $0.type == type && $0.name == name }) {
            names.append((type, name))
        }
        let known = names
        seen[clock] = try await archive.read { session in
            var documents: [String: String] = [:]
            for (type, name) in known {
                if let document = try session.find(type, name) { documents[type + "/" + name] = document.json.text }
            }
            return documents
        }
    }
}

/// What is done in one transaction.
private struct RandomWork {
    let session: Session
    var dice: Dice
    var made: [(type: String, name: String)] = []

    mutating func act() throws {
        if dice.isOne(of: 12) { return try restore() }
        let type = dice.one(["Past Order", "Past Customer"])
        let names = try session.list(ListQuery(type, orderBy: "name asc", limit: 0)).rows.compactMap { $0[0].text }
        guard let name = dice.pick(names), !dice.isOne(of: 4) else { return try insert(type) }
        let document = try session.get(type, name)
        switch document.docstatus {
        case .draft:
            switch dice.roll(1...8) {
            case 1 where type == "Past Order": try session.submit(document)
            case 2: try session.delete(type, name)
            case 3: try derive(document)
            case 4 where type == "Past Customer": try rename(document)
            case 5 where type == "Past Order": try session.discard(document)
            default:
                change(document)
                try session.save(document)
            }
        case .submitted:
            switch dice.roll(1...4) {
            case 1: try session.cancel(document)
            case 2: try derive(document)
            default:
                document.set("note", dice.one(["", "late", "später\"\\"]))
                document.set("total", Exact(dice.roll(-9...9)))
                if dice.isOne(of: 2) { setLines(document, keepingFields: true) }
                try session.save(document)
            }
        case .cancelled:
            if dice.isOne(of: 2) {
                try session.delete(type, name)
            } else {
                let amended = try session.amend(document)
                change(amended)
                try session.insert(amended)
                made.append((type, amended.name))
            }
        }
    }

    /// Another name, or one that another document has, into which it is then merged.
    private mutating func rename(_ document: Document) throws {
        let new = dice.one(["Ana", "Bo", "Çelik", "D'Arc", "Eve", "Fay"])
        guard new != document.name else { return }
        let merges = try session.exists("Past Customer", new)
        made.append(("Past Customer", try session.rename("Past Customer", document.name, to: new, merge: merges)))
    }

    /// Brings back something that was deleted.
    private mutating func restore() throws {
        let type = dice.one(["Past Order", "Past Customer"])
        let name = dice.one(["Ana", "Bo", "PO-00001", "PO-00002", "PO-00003", "PO-00004"])
        if let copy = try session.deletedCopy(of: type, name) { try session.restore(copy) }
    }

    private mutating func insert(_ type: String) throws {
        let document = try session.new(type)
        change(document)
        if type == "Past Customer" {
            let name = dice.one(["Ana", "Bo", "Çelik", "D'Arc", "e \"f\""])
            guard try !session.exists(type, name) else { return }
            document.name = name
        } else if dice.isOne(of: 5) {
            document["docstatus"] = .int(1)
        }
        try session.insert(document)
        made.append((type, document.name))
    }

    private mutating func derive(_ document: Document) throws {
        let field = document.doctype.name == "Past Order" ? "weight" : "credit"
        document.set(field, number())
        try session.saveDerived([document])
    }

    private mutating func change(_ document: Document) {
        for field in document.doctype.fields where dice.isOne(of: 3) {
            switch field.name {
            case "title", "territory", "note":
                document.set(field.name, dice.one(["", "a", "A", "ä", "a\u{308}", "line\nline", "0", "null", "😀"]))
            case "secret", "naming_series", "amended_from": continue
            case "customer":
                let customers = ["Ana", "Bo", "Çelik", "Eve"].filter {
                    (try? session.exists("Past Customer", $0)) ?? false
                }
                document.set(field.name, dice.pick(customers) ?? "")
            case "body": document.set(field.name, dice.one(["", "{}", "{\"a\":[1,2.50]}"]))
            case "colour": document.set(field.name, dice.one(["", "Red", "Blue"]))
            case "is_open": document.set(field.name, dice.isOne(of: 2))
            case "count": document[field.name] = .int(dice.one([0, 1, -1, .max, .min]))
            case "total", "credit", "weight", "share": document.set(field.name, number())
            case "day": document.set(field.name, day())
            case "moment":
                document[field.name] =
                    dice.isOne(of: 3)
                    ? .null : .timestamp(Timestamp(microseconds: Int64(dice.roll(-999_999_999_999...999_999_999_999))))
            case "time": document[field.name] = time()
            case "lines": setLines(document)
            case "tags": setTags(document)
            default: continue
            }
        }
    }

    private mutating func number() -> Exact {
        Exact(dice.one(["0", "0.0001", "-12.5", "922337203.6854", "1.10", "-0.0001"])) ?? .zero
    }

    private mutating func day() -> Day? {
        dice.pick(["0001-01-01", "9999-12-31", "2024-02-29"].map { Day($0) } + [nil]) ?? nil
    }

    private mutating func time() -> Value {
        dice.isOne(of: 3) ? .null : .time(TimeOfDay(microseconds: Int64(dice.roll(0...86_399_999_999))))
    }

    /// Rows added, removed, moved and changed; of a submitted document only what may change then.
    private mutating func setLines(_ document: Document, keepingFields: Bool = false) {
        var rows = document.table("lines")
        if dice.isOne(of: 3) { rows.removeAll { _ in dice.isOne(of: 3) } }
        for row in rows where dice.isOne(of: 2) {
            row.set("many", dice.roll(-3...3))
            guard !keepingFields else { continue }
            row.set("price", number())
            row.set("weight", number())
            row.set("day", day())
            row["at"] = time()
        }
        for _ in 0..<dice.roll(0...3) {
            guard let row = try? session.new("Past Line") else { continue }
            row.set("label", dice.one(["x", "y", "z", ""]))
            row.set("price", number())
            rows.insert(row, at: dice.roll(0...rows.count))
        }
        document.setTable("lines", dice.isOne(of: 3) ? dice.shuffled(rows) : rows)
    }

    private mutating func setTags(_ document: Document) {
        document.setTable(
            "tags",
            (0..<dice.roll(0...2)).compactMap { _ in
                guard let row = try? session.new("Past Tag") else { return nil }
                row.set("tag", dice.one(["hot", "cold"]))
                return row
            })
    }
}
