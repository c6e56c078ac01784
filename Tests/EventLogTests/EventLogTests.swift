import EventLog
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct EventLogTests {
    private func event(_ subject: String) -> Event {
        Event(
            type: "cauldron.thing.created", subject: subject, time: Timestamp(microseconds: 836_438_400_000_000),
            actor: "ana@example.com", data: #"{"a":1}"#)
    }

    private func withLog<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        let store = try TemporaryDatabase()
        let result = try await store.database.write { transaction in
            try transaction.migrate(to: EventLog.tables)
            return try body(transaction)
        }
        await store.database.close()
        return result
    }

    @Test func `numbers events from 1 without gaps, also after an undone append`() async throws {
        let numbers = try await withLog { [self] transaction -> [Int64] in
            try EventLog.append([event("a"), event("b")], in: transaction)
            struct Undone: Error {}
            try? transaction.savepoint {
                try EventLog.append([event("lost")], in: transaction)
                throw Undone()
            }
            try EventLog.append([event("c")], in: transaction)
            #expect(try EventLog.gaps(in: transaction).isEmpty)
            return try EventLog.read(after: 0, limit: 10, in: transaction).map(\.number)
        }
        #expect(numbers == [1, 2, 3])
    }

    @Test func `finds a gap`() async throws {
        let gaps = try await withLog { [self] transaction in
            try EventLog.append([event("a")], in: transaction)
            try transaction.execute(
                """
                INSERT INTO _event (number, type, subject, time, actor, data)
                SELECT 3, type, subject, time, actor, data FROM _event
                """)
            return try EventLog.gaps(in: transaction)
        }
        #expect(gaps == [2])
    }

    @Test func `gives a consumer what is behind its cursor`() async throws {
        let subjects = try await withLog { [self] transaction -> [String] in
            try EventLog.append([event("a"), event("b"), event("c")], in: transaction)
            try EventLog.advance("mailer", to: 1, in: transaction)
            try EventLog.advance("mailer", to: 2, in: transaction)
            let cursor = try EventLog.cursor(of: "mailer", in: transaction)
            return try EventLog.read(after: cursor, limit: 10, in: transaction).map(\.subject)
        }
        #expect(subjects == ["c"])
    }

    @Test func `an event names its cause and what it belongs to by numbers of the log`() async throws {
        let events = try await withLog { [self] transaction -> [Event] in
            try EventLog.append([event("before")], in: transaction)
            var effect = event("effect")
            effect.cause = -1
            try EventLog.append([event("cause"), effect], in: transaction)
            effect.correlation = "an order"
            effect.behalf = "bo@example.com"
            try EventLog.append([effect], after: 2, in: transaction)
            return try EventLog.read(after: 0, limit: 10, in: transaction)
        }
        #expect(events.map(\.cause) == [0, 0, 2, 2])
        #expect(events.map(\.correlation) == ["1", "2", "2", "an order"])
        let json = events[3].cloudEvent(source: "/northwind")
        #expect(json["causationid"] == "2" && json["correlationid"] == "an order")
        #expect(json["onbehalfof"] == "bo@example.com" && events[0].cloudEvent(source: "")["causationid"] == nil)
    }

    @Test func `writes an event as CloudEvents 1.0 says`() {
        var event = event("Thing/a")
        event.number = 7
        let json = event.cloudEvent(source: "/northwind")
        #expect(json["specversion"] == "1.0" && json["id"] == "7" && json["source"] == "/northwind")
        #expect(json["time"] == "1996-07-04T00:00:00.000000Z" || json["time"] == "1996-07-04T00:00:00Z")
        #expect(json["data"] == ["a": 1])
    }
}
