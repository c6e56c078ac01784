import Documents
import Foundation
import Identity
import PostgresStorage
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import ObjectStorage

/// The company of an earlier version that is kept, brought to this one, with what that has not; on either engine.
final class LivingCompany: Sendable {
    /// The directory with its files and its audit key.
    let data: String
    private let database: any Database

    init(_ engine: TestEngine) async throws {
        let place = NSTemporaryDirectory() + "cauldron-living-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        data = place + "/company"
        let backup = place + "/backup"
        let kept = Repository.path("Tests/Fixtures/companies/2026-11.cauldron.gz")
        let unpacked = try await Binary.run(program: "/bin/sh", ["-c", "gzip -dc '\(kept)' > '\(backup)'"])
        #expect(unpacked.status == 0)
        let restored = try await Binary.run(["restore", backup, "--data", data])
        #expect(restored.status == 0, "\(restored.errors)")
        try await Self.live(in: data)
        var address = TenantAddress.directory(data)
        if engine == .postgres {
            let schema = try PostgresCluster.shared.get().newSchema()
            _ = try await TenantMove(from: address, to: .postgres(schema), data: data).run(modules: Company.modules)
            address = .postgres(schema)
        }
        database = try await address.openDatabase(limits: TenantFile.patient)
    }

    deinit { try? FileManager.default.removeItem(atPath: (data as NSString).deletingLastPathComponent) }

    /// Does what leaves rows where the earlier version left none.
    private static func live(in data: String) async throws {
        let tenant = try await Tenant.open(
            directory: data, modules: Company.modules, name: "Kessel",
            passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)))
        let (ana, now) = ("ana@example.com", tenant.now())
        let secret = try await tenant.identity.beginSecondFactor(for: ana, at: now)
        let code = OneTimeCode.code(of: secret, at: now)
        let made = try await tenant.identity.confirmSecondFactor(of: ana, code: code, at: now)
        _ = try await tenant.identity.createSession(for: ana, at: now, code: made.recoveryCodes[0])
        _ = try await tenant.identity.makeKey(for: ana, label: "till", scopes: "[]", at: now)
        try await tenant.write(as: .administrator) { session in
            let commands: JSON = [["action": "save", "target": "Customer", "name": "Bólido", "content": [:]]]
            try session.call("cauldron.jobs.enqueue", ["commands": commands, "key": "k"])
            try session.lock(session.get("Customer", "Bólido"), for: 60)
            let answer = KeptAnswer(body: Array("{}".utf8), ignored: "colour", version: session.now)
            try answer.keep(under: "k", of: [1, 2], in: session)
            let upload = try ResumableUpload.begin("plan.pdf", length: 10, in: session)
            let part = StoredObject(key: String(repeating: "a", count: 64), size: 5, head: [])
            _ = try ResumableUpload.add(part, to: upload.id, at: 0, in: session)
            let settings: JSONObject = ["doctype": "Customer", "user_settings": ["last_view": "List"]]
            try session.perform(Command(.call, "frappe.model.utils.user_settings.save", nil, settings))
            // As an import in parts that was stopped leaves it.
            let imports = TableSchema(
                "_import",
                columns: [
                    .init("work", .text, required: true), .init("rows", .integer, required: true),
                    .init("digest", .integer, required: true), .init("moment", .timestamp, required: true),
                ])
            try session.sealing(imports, where: "work = ?", [.text("insert Item")]) {
                try session.transaction.insert(
                    into: imports.name, imports.columns.map(\.name),
                    [[.text("insert Item"), .int(7), .int(8), .timestamp(session.now)]])
            }
        }
        // Schedules have their records; a job that reaches the world is left, and one that was done.
        try await JobRunner(tenant).runDue()
        try await tenant.keepHead(in: .standard(in: data))
        await tenant.close()
    }

    /// Every table that is declared.
    func tables() async throws -> [TableSchema] { try await TenantCopy.tables(of: database, modules: Company.modules) }

    /// Every table that is there.
    func tableNames() async throws -> [String] {
        try await database.read { transaction in
            try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
        }
    }

    func firstRow(of table: TableSchema) async throws -> [Value]? {
        try await database.read { transaction in
            let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
            let order = table.primaryKey.map(quoted).joined(separator: ",")
            return try transaction.first(
                "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY \(order) LIMIT 1", [],
                table.columns.map(\.type))
        }
    }

    /// What doctor tells.
    func problems() async throws -> [String] {
        try await Doctor(modules: Company.modules, data: data).run(on: database, at: Tenant.systemClock())
            .flatMap(\.problems)
    }

    func execute(_ statements: [String]) async throws {
        try await database.write { transaction in
            for statement in statements { try transaction.execute(statement) }
        }
    }

    func apply(_ round: [Tampering.Step]) async throws {
        try await database.write { transaction in
            for step in round { try Self.replace(step.before, by: step.after, step.table, in: transaction) }
        }
    }

    func undo(_ round: [Tampering.Step]) async throws {
        try await database.write { transaction in
            for step in round.reversed() { try Self.replace(step.after, by: step.before, step.table, in: transaction) }
        }
    }

    func close() async { await database.close() }

    /// Takes the rules of a table away, puts one row in the place of another, and brings the rules back.
    private static func replace(
        _ old: [Value]?, by new: [Value]?, _ table: TableSchema, in transaction: any Transaction
    ) throws {
        if table.appendOnly {
            for sql in transaction.dialect.unsealing(table.name) { try transaction.execute(sql) }
        }
        if let old {
            let key = table.columns.indices.filter { table.primaryKey.contains(table.columns[$0].name) }
            let condition = key.map { "\(quoted(table.columns[$0].name)) = ?" }.joined(separator: " AND ")
            try transaction.execute("DELETE FROM \(quoted(table.name)) WHERE \(condition)", key.map { old[$0] })
        }
        if let new { try transaction.insert(into: table.name, table.columns.map(\.name), [new]) }
        if table.appendOnly {
            for sql in transaction.dialect.sealing(table.name) { try transaction.execute(sql) }
        }
    }
}

/// Changes of single values and rows of every table.
struct Tampering {
    /// One of them.
    struct Step: Sendable {
        let table: TableSchema
        let description: String
        /// The row as it is; nil where it is added.
        let before: [Value]?
        /// The row as it becomes; nil where it is taken away.
        let after: [Value]?
        /// What doctor has to name; empty where any finding will do.
        let words: String
    }

    let tables: [String: TableSchema]
    private(set) var steps: [Step] = []
    private let types: [String: DocType]
    private let recomputed: Set<String>

    init(_ tables: [TableSchema], _ modules: [Module], recomputed: Set<String>) {
        self.tables = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        types = Dictionary(
            Registry.of(modules).doctypes.map { ($0.table, $0) }, uniquingKeysWith: { first, _ in first })
        self.recomputed = recomputed
    }

    func isDocument(_ table: String) -> Bool { [.document, .child].contains(types[table]?.kind) }

    /// Plans a change of each column of a row, its removal, and a row beside it.
    mutating func plan(_ table: TableSchema, _ row: [Value]) {
        let words = words(table, row)
        for (place, column) in table.columns.enumerated() {
            var changed = row
            // Beyond the keys of the rows beside it.
            changed[place] = Self.another(row[place], column.type, by: isUnique(column.name, of: table) ? 1_000_000 : 1)
            add(table, column.name, row, changed, words)
        }
        add(table, "a row less", row, nil, words)
        var second = row
        for place in table.columns.indices where isUnique(table.columns[place].name, of: table) {
            second[place] = Self.another(row[place], table.columns[place].type, by: 1_000_000)
        }
        add(table, "a row more", nil, second, isDocument(table.name) ? self.words(table, second) : words)
    }

    private mutating func add(
        _ table: TableSchema, _ what: String, _ before: [Value]?, _ after: [Value]?, _ words: String
    ) {
        steps.append(
            Step(table: table, description: "\(table.name), \(what)", before: before, after: after, words: words))
    }

    /// What tells that a row is another one.
    private func words(_ table: TableSchema, _ row: [Value]) -> String {
        func value(_ name: String) -> String {
            table.columns.firstIndex { $0.name == name }.map { row[$0].description } ?? ""
        }
        if table.name == "_audit" { return "audit entry" }
        if recomputed.contains(table.name) { return "" }
        switch types[table.name]?.kind {
        case .child: return "\(value("parenttype")) \(value("parent"))"
        case .document: return "\(types[table.name]?.name ?? "") \(value("name"))"
        // The company's own DocTypes are called as their tables.
        case nil where table.columns.contains { $0.name == "docstatus" }: return " \(value("name"))"
        default: return "\(table.name): "
        }
    }

    private func isUnique(_ column: String, of table: TableSchema) -> Bool {
        table.primaryKey.contains(column) || table.indexes.contains { $0.unique && $0.columns.contains(column) }
    }

    private static func another(_ value: Value, _ type: ColumnType, by step: Int64 = 1) -> Value {
        switch value {
        case .text(let text): .text(text + "x")
        case .int(let number): .int(number + step)
        case .decimal(let units, let scale): .decimal(units: units + step, scale: scale)
        case .day(let day): .day(day.adding(days: 1))
        case .timestamp(let moment): .timestamp(Timestamp(microseconds: moment.microseconds + step))
        case .time(let time): .time(TimeOfDay(microseconds: time == .midnight ? step : 0))
        case .bytes(let bytes): .bytes(bytes + [1])
        case .null, .outOfRange: something(type)
        }
    }

    private static func something(_ type: ColumnType) -> Value {
        switch type {
        case .text: .text("x")
        case .integer: .int(1)
        case .decimal(let scale): .decimal(units: 1, scale: scale)
        case .day: .day(Day("2026-01-01") ?? Timestamp.earliest.day)
        case .timestamp: .timestamp(Timestamp(microseconds: 1))
        case .time: .time(.midnight)
        case .bytes: .bytes([1])
        }
    }

    /// Takes steps that do not hide one another: each of another table and named by other words.
    mutating func nextRound() -> [Step] {
        var round: [Step] = []
        var left: [Step] = []
        var (names, words): (Set<String>, Set<String>) = ([], [])
        for step in steps {
            let fits = round.first.map { first in
                !Self.isAlone(first) && !Self.isAlone(step) && Self.isMetadata(first) == Self.isMetadata(step)
                    && !words.contains(step.words) && !names.contains(step.table.name)
            }
            guard fits ?? true, round.count < 40 else {
                left.append(step)
                continue
            }
            names.insert(step.table.name)
            words.insert(step.words)
            round.append(step)
        }
        steps = left
        return round
    }

    /// What is found by any finding, or stops the reading of the log.
    private static func isAlone(_ step: Step) -> Bool { step.words.isEmpty || step.table.name == "_audit" }

    /// What says what the documents of others are.
    private static func isMetadata(_ step: Step) -> Bool {
        ["doctype", "docfield", "docperm", "custom_field", "property_setter"].contains(step.table.name)
    }
}
