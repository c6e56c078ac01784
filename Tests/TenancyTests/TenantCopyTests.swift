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

/// A DocType with a value of each kind, and rows.
private struct Crate: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Crate", module: "Warehouse", naming: .series(["CR-.#####"]), .submittable,
        permissions: [.manage("System Manager")])
    let title = Documents.Data(.unique)
    let note = SmallText()
    let secret = Password()
    let isOpen = Check()
    let count = IntField()
    let price = CurrencyField()
    let weight = FloatField()
    let day = DateField()
    let moment = DatetimeField()
    let time = TimeField()
    let lines = Table(CrateLine.self)
    init() {}
}

private struct CrateLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Crate Line", module: "Warehouse", kind: .child)
    let label = Documents.Data()
    let price = CurrencyField()
    init() {}
}

private let modules = [Module("Warehouse") { $0.add(CrateLine.self, Crate.self) }]

/// Addresses that go when the test ends.
private final class Places: Sendable {
    let root = NSTemporaryDirectory() + "cauldron-move-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: root) }
    func directory(_ name: String) -> TenantAddress { .directory("\(root)/\(name)") }
    func path(_ name: String) -> String { "\(root)/\(name)" }
    func postgres() throws -> TenantAddress { .postgres(try PostgresCluster.shared.get().newSchema()) }
}

@Suite struct TenantCopyTests {
    /// Makes a company of some hundred documents with a history.
    private func fill(_ address: TenantAddress, _ data: String? = nil) async throws {
        let clock: @Sendable () -> Timestamp = { Timestamp("1996-07-04 12:00:00.123456") ?? .earliest }
        let tenant = try await Tenant.open(
            at: address, data: data, modules: modules, name: "Crates", seed: 7, clock: clock)
        try await tenant.identity.setPassword("correct horse", of: "Administrator", at: clock())
        for round in 0..<3 {
            try await tenant.write(as: .administrator) { session in
                var dice = Dice(seed: UInt64(round))
                for number in 0..<70 { try Self.make(round * 70 + number, &dice, session) }
            }
        }
        await tenant.close()
    }

    private static func make(_ number: Int, _ dice: inout Dice, _ session: Session) throws {
        let crate = try session.new("Crate")
        crate.set("title", dice.one(["a", "Ä", "ß", "日本", "O'Neil \"q\" \\", "  x"]) + " \(number)")
        crate.set("note", dice.one(["", "line\nline", "tab\there", "null", "\\N"]))
        crate.set("secret", dice.one(["", "tiger"]))
        crate.set("is_open", dice.isOne(of: 2))
        crate["count"] = .int(dice.one([0, -1, .max, .min]))
        crate.set("price", Exact(dice.one(["0", "922337203685477.5807", "-922337203685477.5808", "0.0001"])) ?? .zero)
        crate.set("weight", Exact(dice.one(["0", "9223372036.854775807", "-0.000000001"])) ?? .zero)
        crate.set("day", dice.one([Day("0001-01-01"), Day("9999-12-31"), Day("2024-02-29"), nil]))
        crate["moment"] = dice.one([.null, .timestamp(.earliest), .timestamp(.latest), .timestamp(session.now)])
        crate["time"] = dice.one([.null, .time(.midnight), .time(TimeOfDay(microseconds: 86_399_999_999))])
        crate.setTable(
            "lines",
            try (0..<dice.roll(0...4)).map { index in
                let line = try session.new("Crate Line")
                line.set("label", "\(index)")
                line.set("price", index)
                return line
            })
        try session.insert(crate)
        switch dice.roll(1...4) {
        case 1: try session.submit(crate)
        case 2: try session.delete("Crate", crate.name)
        case 3:
            crate.set("note", "changed")
            try session.save(crate)
        default: break
        }
    }

    private func contents(_ address: TenantAddress) async throws -> [TableProof] {
        let database = try await address.openDatabase()
        let proofs = try await TenantCopy.prove(
            database, tables: TenantCopy.tables(of: database, modules: modules))
        await database.close()
        return proofs
    }

    private func export(_ address: TenantAddress, _ data: String? = nil) async throws -> String {
        let tenant = try await Tenant.open(at: address, data: data, modules: modules, name: "Crates")
        let text = try await tenant.read(as: .administrator) { session in
            var bytes: [UInt8] = []
            _ = try Export("Crate").run(in: session) { bytes += $0 }
            return String(decoding: bytes, as: UTF8.self)
        }
        await tenant.close()
        return text
    }

    @Test func `moves a company to PostgreSQL and back, and nothing differs`() async throws {
        let places = Places()
        let (first, second, third) = (places.directory("one"), try places.postgres(), places.directory("two"))
        try await fill(first)
        let before = try await contents(first)
        let there = try await TenantMove(from: first, to: second, data: places.path("files")).run(modules: modules)
        #expect(there.tables == before && there.rows > 500)
        let back = try await TenantMove(from: second, to: third, data: places.path("files")).run(modules: modules)
        #expect(back.digest == there.digest && back.tables == before)
        let files = places.path("files")
        let exported = try await [export(first), export(second, files), export(third)]
        #expect(exported[0] == exported[1] && exported[0] == exported[2] && exported[0].count > 5_000)
        // Opening and exporting has written nothing either.
        for address in [first, second, third] { #expect(try await contents(address) == before) }
    }

    @Test func `the moved company is checked without a finding, and works on`() async throws {
        let places = Places()
        let (first, second) = (places.directory("one"), try places.postgres())
        try await fill(first)
        _ = try await TenantMove(from: first, to: second, data: places.path("files")).run(modules: modules)
        var names: [String] = []
        for address in [first, second] {
            let tenant = try await Tenant.open(
                at: address, data: places.path("files"), modules: modules, name: "Crates")
            names.append(try await tenant.write(as: .administrator) { try $0.make("Crate", ["title": "new"]).name })
            await tenant.close()
        }
        #expect(names[0] == names[1])
        let tenant = try await Tenant.open(
            at: second, data: places.path("files"), modules: modules, name: "Crates")
        #expect(try await tenant.identity.verifyPassword("correct horse", of: "Administrator"))
        let findings = try await Doctor(modules: modules, key: tenant.audit).run(
            on: tenant.database, at: Tenant.systemClock())
        #expect(findings.flatMap(\.problems) == [])
        await tenant.close()
    }

    @Test func `refuses a target that holds a company, and leaves it alone`() async throws {
        let places = Places()
        let (first, second, third) = (places.directory("one"), try places.postgres(), places.directory("two"))
        for address in [first, second, third] { try await fill(address) }
        for target in [second, third] {
            let before = try await contents(target)
            let refusal = await problem {
                _ = try await TenantMove(from: first, to: target, data: places.path("files")).run(modules: modules)
            }
            #expect(refusal?.kind == .companyExists)
            #expect(try await contents(target) == before)
        }
    }

    @Test func `says that there is no company where there is none, and makes none`() async throws {
        let places = Places()
        for source in [places.directory("none"), try places.postgres()] {
            let refusal = await problem {
                let move = TenantMove(from: source, to: places.directory("target"), data: places.path("files"))
                _ = try await move.run(modules: modules)
            }
            #expect(refusal?.kind == .unavailable)
        }
        #expect(!FileManager.default.fileExists(atPath: places.path("target/tenant.db")))
    }

    @Test func `a source that breaks off leaves no half company`() async throws {
        let places = Places()
        let (first, second) = (places.directory("one"), try places.postgres())
        try await fill(first)
        let source = try await first.openDatabase()
        let tables = try await TenantCopy.tables(of: source, modules: modules)
        for target in [second, places.directory("two")] {
            let database: any Database = try TemporaryTarget.open(target)
            var isBroken = false
            do {
                _ = try await TenantCopy.copy(from: Breaking(source), to: database, tables: tables)
            } catch is Broken {
                isBroken = true
            }
            #expect(isBroken)
            let isThere = try await TenantCopy.holdsCompany(database)
            #expect(!isThere)
            // The same target takes a whole copy afterwards.
            #expect(try await TenantCopy.copy(from: source, to: database, tables: tables).count == tables.count)
            await database.close()
        }
        await source.close()
    }

    @Test func `a copy that differs is not kept`() async throws {
        let places = Places()
        let (first, second) = (places.directory("one"), places.directory("two"))
        try await fill(first)
        let source = try await first.openDatabase()
        let tables = try await TenantCopy.tables(of: source, modules: modules)
        let database = try TemporaryTarget.open(second)
        let refusal = await problem {
            _ = try await TenantCopy.copy(from: source, to: Losing(database), tables: tables)
        }
        #expect(refusal?.kind == .inconsistent)
        let isThere = try await TenantCopy.holdsCompany(database)
        #expect(!isThere)
        await database.close()
        await source.close()
    }

    @Test func `a backup of a company in PostgreSQL is a file that is restored as either`() async throws {
        let places = Places()
        let (first, second) = (try places.postgres(), try places.postgres())
        let file = places.path("monday.cauldron")
        try FileManager.default.createDirectory(atPath: places.root, withIntermediateDirectories: true)
        try await fill(first, file + ".data")
        let before = try await contents(first)
        let summary = try await TenantBackup.write(of: first, modules: modules, data: file + ".data", to: file)
        #expect(summary.changes > 200)
        for target in [second, places.directory("restored")] {
            _ = try await TenantBackup.restore(
                file, into: target, modules: modules, data: places.path("data"), at: Tenant.systemClock())
            #expect(try await contents(target) == before)
        }
    }

    @Test func `copies the attached files that are not there yet`() async throws {
        let places = Places()
        let (first, second) = (places.directory("one"), try places.postgres())
        try await fill(first)
        let files = places.path("one/files/ab")
        try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
        try Foundation.Data("hello".utf8).write(to: URL(fileURLWithPath: files + "/cdef"))
        let move = TenantMove(from: first, to: second, data: places.path("server"))
        #expect(try await move.run(modules: modules).files == 1)
        #expect(
            FileManager.default.contents(atPath: places.path("server/files/ab/cdef")) == Foundation.Data("hello".utf8))
    }

    @Test(arguments: [
        ("postgres://bo:secret@host/db", "postgres://bo:***@host/db"),
        ("postgresql://host/db?user=bo&password=secret", "postgresql://host/db?user=bo&password=***"),
        ("postgres:///db?host=/tmp", "postgres:///db?host=/tmp"),
    ])
    func `shows an address without its password`(address: String, shown: String) throws {
        #expect(try TenantAddress(address) == .postgres(address))
        #expect(try TenantAddress(address).shown == shown)
    }

    @Test(arguments: ["", "mysql://host/db"])
    func `refuses what is no address`(address: String) async {
        let refusal = await problem { _ = try TenantAddress(address) }
        #expect(refusal?.kind == .malformed)
    }
}

/// Opens what a copy is made in.
private enum TemporaryTarget {
    static func open(_ address: TenantAddress) throws -> any Database {
        switch address {
        case .directory(let path):
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return try SQLiteDatabase(path: Tenant.databasePath(in: path))
        case .postgres(let url): return try PostgresDatabase(address: url)
        }
    }
}

private struct Broken: Error {}

/// A database whose reading breaks off after some rows.
private struct Breaking: Database {
    let inner: any Database
    init(_ inner: any Database) { self.inner = inner }
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.read { try body(Twisted($0, failsAfter: 700)) }
    }
    func readBriefly<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await read(body)
    }
    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.write(body)
    }
    func close() async {}
}

/// A database that changes one value of what is written.
private struct Losing: Database {
    let inner: any Database
    init(_ inner: any Database) { self.inner = inner }
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.read(body)
    }
    func readBriefly<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.readBriefly(body)
    }
    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await inner.write { try body(Twisted($0, changes: "crate_line")) }
    }
    func close() async {}
}

/// A transaction that does not do quite what it is asked.
private final class Twisted: Transaction {
    private let inner: any Transaction
    private var rowsLeft: Int
    private let changed: String

    init(_ inner: any Transaction, failsAfter rows: Int = .max, changes table: String = "") {
        self.inner = inner
        rowsLeft = rows
        changed = table
    }

    var dialect: any Dialect { inner.dialect }
    func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void
    ) throws {
        try inner.forEach(sql, arguments, types) { row in
            rowsLeft -= 1
            guard rowsLeft > 0 else { throw Broken() }
            try each(row)
        }
    }
    func execute(_ sql: String, _ arguments: [Value]) throws -> Int { try inner.execute(sql, arguments) }
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        var rows = rows
        if table == changed, !rows.isEmpty { rows[rows.count / 2][columns.count - 1] = .decimal(units: 1, scale: 4) }
        try inner.insert(into: table, columns, rows)
    }
    func takeTime(seconds: Int) { inner.takeTime(seconds: seconds) }
    func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }
    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}
