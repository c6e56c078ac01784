public import Storage
public import Values

/// Something that happened in a tenant, as CloudEvents 1.0 describes it.
public struct Event: Sendable, Equatable {
    /// Its place in the tenant's log: 1, 2, 3, … without gaps. Zero until it is appended.
    public var number: Int64
    /// What happened, such as `cauldron.sales_invoice.submitted`.
    public var type: String
    /// What it happened to, such as `Sales Invoice/ACC-SINV-2026-00001`.
    public var subject: String
    /// When, in the tenant's time.
    public var time: Timestamp
    /// Who did it.
    public var actor: String
    /// What is worth knowing of it, as JSON text.
    public var data: String
    /// On whose behalf, where somebody acts for another; else empty.
    public var behalf: String
    /// The number of the event that caused it; 0 for none. Until it is appended, minus the place of that event among those
    /// of the same transaction, of which the first has place 1.
    public var cause: Int64
    /// What all events of one ``Undertaking`` share, over transactions; of one without, the number of the first event of
    /// its transaction. Empty until it is appended, unless it is another than that of who appends it.
    public var correlation: String

    /// An event that is not yet in the log.
    public init(
        type: String, subject: String, time: Timestamp, actor: String, data: String, behalf: String = "",
        cause: Int64 = 0, correlation: String = ""
    ) {
        number = 0
        self.type = type
        self.subject = subject
        self.time = time
        self.actor = actor
        self.data = data
        self.behalf = behalf
        self.cause = cause
        self.correlation = correlation
    }

    /// Which event it is.
    public var head: EventHead { EventHead(number: number, type: type, subject: subject) }

    /// The event in the JSON format of CloudEvents 1.0; `source` names the tenant.
    public func cloudEvent(source: String) -> JSON {
        cloudEvent(source: source, data: (try? JSON.parse(data)) ?? .string(data))
    }

    /// The same with other data, such as what somebody may see of it.
    public func cloudEvent(source: String, data: JSON) -> JSON {
        var event: JSONObject = [
            "specversion": "1.0", "id": .string(String(number)), "source": .string(source), "type": .string(type),
            "subject": .string(subject), "time": .string(time.rfc3339), "datacontenttype": "application/json",
            "actor": .string(actor), "correlationid": .string(correlation),
        ]
        if cause > 0 { event["causationid"] = .string(String(cause)) }
        if !behalf.isEmpty { event["onbehalfof"] = .string(behalf) }
        event["data"] = data
        return .object(event)
    }
}

/// Which event it is, without what it tells.
public struct EventHead: Sendable, Equatable {
    /// Its place in the tenant's log.
    public let number: Int64
    /// What happened.
    public let type: String
    /// What it happened to.
    public let subject: String
}

/// The tenant's log of events: appended in the transaction that causes them, numbered without gaps, never changed.
public enum EventLog {
    /// The table of the log.
    public static let log = TableSchema(
        "_event",
        columns: [
            .init("number", .integer, required: true), .init("type", .text, required: true),
            .init("subject", .text, required: true), .init("time", .timestamp, required: true),
            .init("actor", .text, required: true), .init("data", .text, required: true),
            .init("behalf", .text), .init("cause", .integer), .init("correlation", .text),
        ], appendOnly: true)

    /// The tables of the log and of its consumers' cursors.
    public static let tables = [
        log,
        TableSchema(
            "_cursor",
            columns: [.init("consumer", .text, required: true), .init("number", .integer, required: true)]),
    ]

    /// Adds events to the log, in order, and gives the number of the last and the rows they are kept in, as the table of
    /// the log orders its columns. `earlier` is how many of the same transaction are in the log already.
    @discardableResult
    public static func append(
        _ events: [Event], after earlier: Int = 0, in transaction: any Transaction
    ) throws -> (last: Int64, rows: [[Value]]) {
        var number = try transaction.recall([end])[0].first?.int ?? 0
        guard !events.isEmpty else { return (number, []) }
        let before = number - Int64(earlier)
        let undertaking = Undertaking.current ?? String(before + 1)
        let rows = events.map { event -> [Value] in
            number += 1
            return [
                .int(number), .text(event.type), .text(event.subject), .timestamp(event.time), .text(event.actor),
                .text(event.data), event.behalf.isEmpty ? .null : .text(event.behalf),
                event.cause == 0 ? .null : .int(event.cause < 0 ? before - event.cause : event.cause),
                .text(event.correlation.isEmpty ? undertaking : event.correlation),
            ]
        }
        try transaction.insert(into: log.name, columns, rows)
        transaction.keep([.int(number)], as: end.key)
        return (number, rows)
    }

    /// What is read, or kept by those who wrote before in the transaction, to append: the number of the newest event.
    public static let end = (key: log.name, query: Query("SELECT max(number) FROM _event", [], [.integer]))

    /// The number of the newest event; 0 in an empty log.
    public static func head(in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT max(number) FROM _event", [], [.integer])?[0].int ?? 0
    }

    /// The number of the oldest event; 0 in an empty log.
    public static func tail(in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT min(number) FROM _event", [], [.integer])?[0].int ?? 0
    }

    /// Which up to `limit` events come after `number`, in order.
    public static func heads(after number: Int64, limit: Int, in transaction: any Transaction) throws -> [EventHead] {
        try transaction.query(
            "SELECT number, type, subject FROM _event WHERE number > ? ORDER BY number LIMIT ?",
            [.int(number), .int(Int64(limit))], [.integer, .text, .text]
        ).map { EventHead(number: $0[0].int ?? 0, type: $0[1].text ?? "", subject: $0[2].text ?? "") }
    }

    /// Up to `limit` events after `number`, in order.
    public static func read(after number: Int64, limit: Int, in transaction: any Transaction) throws -> [Event] {
        try read("number > ? ORDER BY number LIMIT ?", [.int(number), .int(Int64(limit))], in: transaction)
    }

    /// The events of these numbers, in order; not very many.
    public static func read(_ numbers: [Int64], in transaction: any Transaction) throws -> [Event] {
        guard !numbers.isEmpty else { return [] }
        let isOne = transaction.dialect.isOneOf("number", count: numbers.count)
        return try read("\(isOne) ORDER BY number", numbers.map(Value.int), in: transaction)
    }

    private static func read(
        _ condition: String, _ arguments: [Value], in transaction: any Transaction
    ) throws -> [Event] {
        let sql = """
            SELECT type, subject, time, actor, data, number, behalf, cause, correlation FROM _event WHERE \(condition)
            """
        let types: [ColumnType] = [.text, .text, .timestamp, .text, .text, .integer, .text, .integer, .text]
        return try transaction.query(sql, arguments, types).map { row in
            var event = Event(
                type: row[0].text ?? "", subject: row[1].text ?? "",
                time: row[2].timestamp ?? Timestamp(microseconds: 0), actor: row[3].text ?? "", data: row[4].text ?? "",
                behalf: row[6].text ?? "", cause: row[7].int ?? 0, correlation: row[8].text ?? "")
            event.number = row[5].int ?? 0
            return event
        }
    }

    /// The number up to which a consumer has done its work.
    public static func cursor(of consumer: String, in transaction: any Transaction) throws -> Int64 {
        try transaction.first("SELECT number FROM _cursor WHERE consumer = ?", [.text(consumer)], [.integer])?[0].int
            ?? 0
    }

    /// Says that a consumer has done its work up to `number`.
    public static func advance(_ consumer: String, to number: Int64, in transaction: any Transaction) throws {
        let sql = """
            INSERT INTO _cursor (consumer, number) VALUES (?, ?)
            ON CONFLICT (consumer) DO UPDATE SET number = excluded.number
            """
        try transaction.execute(sql, [.text(consumer), .int(number)])
    }

    /// The numbers at which the log has a gap: each is the first that is missing.
    public static func gaps(in transaction: any Transaction) throws -> [Int64] {
        let sql = """
            SELECT e.number + 1 FROM _event e LEFT JOIN _event n ON n.number = e.number + 1
            WHERE n.number IS NULL AND e.number < (SELECT max(number) FROM _event)
            UNION SELECT 1 WHERE EXISTS (SELECT 1 FROM _event) AND NOT EXISTS (SELECT 1 FROM _event WHERE number = 1)
            """
        return try transaction.query(sql, [], [.integer]).compactMap { $0[0].int }
    }

    private static let columns = [
        "number", "type", "subject", "time", "actor", "data", "behalf", "cause", "correlation",
    ]
}
