internal import Documents
internal import Identity
internal import Lists
internal import Storage
internal import Values

/// Who signed in and out, from where, who was refused, and what was done to credentials: each user sees what concerns it.
///
/// It is bounded. Refusals of one kind from one network in one hour are one entry that counts them; beyond
/// ``mostRefusals`` entries an hour there is one for all others. Entries go after ``days``, and beyond ``most`` the oldest.
struct ActivityLog: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Activity Log", module: "Core", .virtual, .untracked, title: "subject", sort: ("creation", true),
        permissions: [.read("System Manager"), Permission("All", [.read], ifOwner: true)],
        summary: "Who signed in and out, and who was refused.")

    let subject = Data(.readOnly, .inListView)
    let operation = Select(operations, .readOnly, .inListView, .inStandardFilter)
    let status = Select(["Success", "Failed"], .readOnly, .inListView, .inStandardFilter)
    let user = Data(.readOnly, .inListView, .inStandardFilter)
    let fullName = Data(.readOnly)
    let ipAddress = Data(.readOnly, .inListView, .label("IP Address"))
    let userAgent = SmallText(.readOnly)
    let communicationDate = DatetimeField(.readOnly, .label("Date"))
    let attempts = IntField(
        .readOnly, .description("How often; of refusals at least so often, it is noted when it has doubled."))
    init() {}

    private static let operations = ["Login", "Logout", "Password", "Second Factor", "API Key"]

    /// How many days an entry is kept.
    static let days = 90
    /// The most entries that are kept.
    static let most = 100_000
    /// The most entries that a list looks at, the newest.
    static let mostListed = 5_000
    /// The most entries of refusals in an hour, and of one user.
    static let mostRefusals = 1_000
    static let mostRefusalsOfUser = 50

    static let table = TableSchema(
        "_activity",
        columns: [
            .init("name", .text, required: true), .init("user", .text, required: true),
            .init("operation", .text, required: true), .init("status", .text, required: true),
            .init("subject", .text, required: true), .init("actor", .text, required: true),
            .init("network", .text, required: true), .init("address", .text, required: true),
            .init("agent", .text, required: true), .init("times", .integer, required: true),
            .init("moment", .timestamp, required: true), .init("last", .timestamp, required: true),
        ], indexes: [.init("user", "moment"), .init("status", "moment"), .init("moment")])

    /// One entry.
    struct Entry {
        let user: String
        let operation: String
        let subject: String
        var isRefusal = false
        let actor: String
        let origin: Origin
    }

    // MARK: Writing

    /// Writes an entry of something that was done, in the transaction that does it.
    static func add(_ entry: Entry, at now: Timestamp, in transaction: any Transaction) throws -> [Value] {
        let row: [Value] = [
            .text(SecureRandom.token(bytes: 8)), .text(entry.user), .text(entry.operation),
            .text(entry.isRefusal ? "Failed" : "Success"), .text(entry.subject), .text(entry.actor),
            .text(entry.origin.network), .text(entry.origin.address), .text(entry.origin.agent), .int(1),
            .timestamp(now), .timestamp(now),
        ]
        try transaction.insert(into: table.name, table.columns.map(\.name), [row])
        return row
    }

    /// The entry of refusals that one more belongs to; nil where there is none yet.
    static func like(
        _ entry: Entry, at now: Timestamp, in transaction: any Transaction
    ) throws -> (name: String, times: Int64)? {
        let row = try transaction.first(
            """
            SELECT name, times FROM _activity WHERE "user" = ? AND status = 'Failed' AND network = ?
            AND operation = ? AND subject = ? AND moment > ? ORDER BY moment DESC LIMIT 1
            """,
            [
                .text(entry.user), .text(entry.origin.network), .text(entry.operation), .text(entry.subject),
                .timestamp(now.adding(seconds: -3600)),
            ], [.text, .integer])
        guard let row, let name = row[0].text, let times = row[1].int else { return nil }
        return (name, times)
    }

    /// The entry, or one of all others where there are too many in this hour.
    static func bounded(_ entry: Entry, at now: Timestamp, in transaction: any Transaction) throws -> Entry {
        func count(_ condition: String, _ arguments: [Value]) throws -> Int64 {
            try transaction.first(
                "SELECT count(*) FROM _activity WHERE \(condition) AND status = 'Failed' AND moment > ?",
                arguments + [.timestamp(now.adding(seconds: -3600))], [.integer])?[0].int ?? 0
        }
        let user = try count("1 = 1", []) < Int64(mostRefusals) ? entry.user : ""
        if user == entry.user, try count("\"user\" = ?", [.text(user)]) < Int64(mostRefusalsOfUser) { return entry }
        return Entry(
            user: user, operation: entry.operation, subject: "Refused from many addresses", isRefusal: true,
            actor: user.isEmpty ? Actor.guest.user : user, origin: Origin(address: ""))
    }

    /// Removes what is too old or too much.
    static let purge = ScheduledTask("activity_log") { session in
        let row = try session.transaction.first(
            "SELECT moment FROM _activity ORDER BY moment DESC LIMIT 1 OFFSET \(most)", [], [.timestamp])
        let old = session.now.adding(seconds: -days * 86_400)
        let limit = max(old, row?[0].timestamp ?? old)
        try session.sealing(table, where: "moment <= ?", [.timestamp(limit)]) {
            try session.transaction.execute("DELETE FROM _activity WHERE moment <= ?", [.timestamp(limit)])
        }
    }

    // MARK: Reading

    static let source = VirtualSource(
        list: { query, session in
            var users = try (query.values(askedOf: "user", in: session) ?? query.values(askedOf: "owner", in: session))?
                .compactMap(\.string)
            let type = try session.registry.doctype(doctype.name)
            let seesAll =
                session.actor.isAdministrator
                || type.permissions.contains { permission in
                    !permission.ifOwner && permission.rights.contains(.read)
                        && session.actor.roles.contains(Name(permission.role))
                }
            if !seesAll { users = [session.actor.user] }
            let condition = users.map { $0.isEmpty ? "1 = 0" : "\"user\" IN (\(marks($0.count)))" } ?? "1 = 1"
            return try documents(
                "\(condition) ORDER BY moment DESC, name LIMIT \(mostListed)", (users ?? []).map(Value.text), session)
        },
        load: { names, session in
            guard !names.isEmpty else { return [] }
            return try documents("name IN (\(marks(names.count)))", names.map(Value.text), session)
        })

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ",") }

    private static func documents(_ rest: String, _ arguments: [Value], _ session: Session) throws -> [Document] {
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
        let rows = try session.transaction.query(
            "SELECT \(columns) FROM _activity WHERE \(rest)", arguments, table.columns.map(\.type))
        let names = try session.fullNames(of: Array(Set(rows.compactMap { $0[1].text }.filter { !$0.isEmpty })))
        let type = try session.registry.doctype(doctype.name)
        return rows.map { row in
            let document = Document(type)
            document.name = row[0].text ?? ""
            let user = row[1].text ?? ""
            // What belongs to nobody is shown to who manages the system alone.
            document.values[Document.Slot.owner] = .text(user.isEmpty ? Actor.administrator.user : user)
            document.values[Document.Slot.creation] = row[10]
            document.values[Document.Slot.modified] = row[11]
            document.values[Document.Slot.modifiedBy] = row[5]
            let fields: [(String, Value)] = [
                ("subject", row[4]), ("operation", row[2]), ("status", row[3]), ("user", row[1]),
                ("full_name", .text(names[Name(user)] ?? user)), ("ip_address", row[7]), ("user_agent", row[8]),
                ("communication_date", row[10]), ("attempts", row[9]),
            ]
            for (name, value) in fields where value != .text("") {
                if let slot = type.slot(of: name) { document.values[slot] = value }
            }
            document.fillZeros()
            return document
        }
    }
}
