import Documents
import Storage
import TestSupport
import Testing
import Values

/// The condition that lists carry and the decision on a document are two ways to say the same.
@Suite(.bothEngines) struct RowRightsTests {
    private static let types = ["Rights Zone", "Rights Client", "Rights Deal"]

    @Test(arguments: 1...16)
    func `a list holds exactly the documents that each decision allows`(seed: UInt64) async throws {
        let world = RightsWorld(seed: seed)
        let company = try await world.company()
        for person in world.people {
            let actor = try await world.actor(person, company)
            for name in Self.types {
                let things = world.things.filter { $0.doctype == name }
                let (listed, decided) = try await company.read(as: actor) { session in
                    let type = try session.registry.doctype(name)
                    let listed = try session.readableNames(type)
                    let documents = try session.privileged { try session.getMany(name, things.map(\.name)) }
                    let decided = try documents.filter { document in
                        let decision = try session.decision(.read, type, document)
                        return decision.isAllowed
                    }.map(\.name)
                    return (listed, decided)
                }
                let expected = things.filter { world.mayRead(person, $0) }.map(\.name)
                let comment = Comment(rawValue: "\(name) of \(person.name) in world \(seed)")
                #expect(Set(decided) == Set(expected), comment)
                let isListed =
                    person.roles.isDisjoint(with: ["Reader", "Own Reader"]) && person.roles.contains("Selector")
                if isListed {
                    let selected = things.filter { world.mayRead(person, $0) || world.maySelectOnly(person, $0) }
                    #expect(Set(listed) == Set(selected.map(\.name)), comment)
                } else {
                    #expect(Set(listed) == Set(expected), comment)
                }
            }
        }
    }

    @Test(arguments: 101...108)
    func `rows follow the documents they belong to`(seed: UInt64) async throws {
        let world = RightsWorld(seed: seed)
        let company = try await world.company()
        for person in world.people {
            let actor = try await world.actor(person, company)
            let parents = try await company.read(as: actor) { session in
                let type = try session.registry.doctype("Rights Line")
                return try session.readableParents(type)
            }
            let expected = world.things.filter { thing in
                world.mayRead(person, thing) && thing.marks.contains { $0.table == "lines" }
            }
            #expect(Set(parents) == Set(expected.map(\.name)), "\(person.name) in world \(seed)")
        }
    }

    @Test func `who is limited to nothing gets no condition, and pays for none`() async throws {
        let world = RightsWorld(seed: 1)
        let company = try await world.company()
        let reader = Actor(user: "free@example.com", roles: ["Reader"])
        try await company.database.read { transaction in
            let counting = CountingTransaction(transaction)
            let session = company.session(as: reader, counting)
            let type = try session.registry.doctype("Rights Deal")
            #expect(session.readCondition(for: type, table: "d") == nil)
            let before = counting.count
            #expect(try session.decision(.read, type).isAllowed)
            #expect(counting.count == before)
            // The document and its two tables.
            _ = try session.get("Rights Deal", "D0")
            #expect(counting.count == before + 3)
        }
    }

    @Test func `deciding on many documents costs no more statements than on one`() async throws {
        let world = RightsWorld(seed: 3)
        let company = try await world.company()
        var restrictions = Restrictions()
        restrictions.add("Rights Zone", within: nil)
        restrictions.add("Rights Client", within: nil)
        let actor = Actor(
            user: "p0@example.com", roles: ["Reader"], restrictions: restrictions, sharedTypes: ["Rights Deal"])
        try await company.database.read { transaction in
            var costs: [Int] = []
            for count in [2, 10] {
                let counting = CountingTransaction(transaction)
                let session = company.session(as: actor, counting)
                _ = try? session.getMany("Rights Deal", (0..<count).map { "D\($0)" })
                costs.append(counting.count)
            }
            // Two zone statements, one for clients, one for shares, besides the reading.
            #expect(costs[0] <= 7 && costs[1] <= 7, "\(costs)")
        }
    }
}

extension Session {
    /// The names that the condition of a list lets through.
    func readableNames(_ type: DocType) throws -> [String] {
        let condition = readCondition(for: type, table: "t")
        let sql = "SELECT t.name FROM \(quoted(type.table)) t WHERE \(condition?.sql ?? "1 = 1") ORDER BY t.name"
        return try transaction.query(sql, condition?.arguments ?? [], [.text]).compactMap { $0[0].text }
    }

    /// The documents whose rows the condition of a list of rows lets through.
    func readableParents(_ type: DocType) throws -> [String] {
        let condition = readCondition(for: type, table: "t")
        let sql = "SELECT t.parent FROM \(quoted(type.table)) t WHERE \(condition?.sql ?? "1 = 1") ORDER BY t.parent"
        return try transaction.query(sql, condition?.arguments ?? [], [.text]).compactMap { $0[0].text }
    }
}
