import Documents
import Foundation
import Tenancy
import Values

/// Makes the tenant Northwind Traders in a directory.
///
/// It is made in a folder inside and moved into place when all of it is there, the database last: a run that was
/// interrupted starts over, and one that ended is found. In a database of a server it is made in place.
struct DemoMaker: Sendable {
    let directory: String
    /// The server's database it is made in; nil for a file in the directory.
    let database: String?
    /// Rows are called the same in every demo. What is written later is called by a later time.
    private static let seed: UInt64 = 1996
    private let data: NorthwindData
    private let plan: PurchasePlan
    private let timeline: DemoTimeline

    init(directory: String, database: String? = nil) throws {
        self.directory = directory
        self.database = database
        data = try NorthwindData.embedded()
        let opening = data.orders.first?.ordered.startOfQuarter ?? .earliest
        let end = data.orders.map { max($0.ordered, $0.shipped ?? $0.ordered) }.max() ?? opening
        plan = PurchasePlan(data, from: opening, to: end)
        timeline = DemoTimeline(data, plan, opening: opening, end: end)
    }

    /// Makes the tenant.
    ///
    /// - Throws: `Problem`; then the directory holds none, and the next run starts over.
    func make() async throws {
        let folder = making
        try prepare(folder)
        let opening = Timestamp(timeline.opening).adding(seconds: 8 * 3600)
        let tenant = try await Tenant.open(
            at: database.map(TenantAddress.postgres) ?? .directory(folder), data: folder, modules: allModules,
            name: DemoCompany.name, seed: Self.seed, clock: { opening })
        do {
            try await fill(tenant, from: opening)
            _ = try await DemoAccess.make(for: tenant, in: folder, at: Tenant.systemClock())
        } catch {
            await tenant.close()
            throw error
        }
        await tenant.close()
        try moveIntoPlace(folder)
    }

    /// Refuses a database of a server in which an earlier run was interrupted.
    func refuseUnfinished() throws {
        guard database != nil, FileManager.default.fileExists(atPath: making) else { return }
        throw Problem(
            .interrupted, "The demo that was being made in this database was interrupted",
            fix: "Drop its schema, or use another database, and try again.")
    }

    private var making: String { "\(directory)/.making" }

    private func fill(_ tenant: Tenant, from opening: Timestamp) async throws {
        let steps = timeline.moments.reduce(0) { $0 + $1.events.count }
        var progress = DemoProgress(total: steps, orders: data.orders.count)
        progress.begin()
        let years = Set(timeline.opening.year...timeline.end.year).union([Tenant.systemClock().day.year])
        let company = DemoCompany(data: data, plan: plan, years: years.sorted())
        try await tenant.write(as: .administrator, at: opening) { session in
            try company.makeMasters(in: session)
            try company.open(in: session)
        }
        try await write(DemoHistory(data, plan), to: tenant, &progress)
        try await tenant.write(as: .administrator, at: Timestamp(timeline.end).adding(seconds: 18 * 3600)) { session in
            try company.disableDiscontinued(in: session)
        }
        let figures = try await tenant.read(as: .administrator) { try DemoFigures.read(in: $0) }
        let differences = figures.differences(from: .expected(data))
        guard differences.isEmpty else {
            throw Problem(
                .inconsistent, "The demo did not come to what the data says: \(differences.joined(separator: "; "))",
                fix: "This is a bug of Cauldron; please report it.")
        }
        progress.finish(
            "Made \(DemoCompany.name): \(figures.orders) orders over \(figures.netTotal) USD, \(figures.shipped) shipped, freight \(figures.freight) USD"
        )
    }

    /// Does all moments in their order, each in a write of its own at its own time.
    ///
    /// The next one is queued as soon as one begins, so that the writer always has one waiting and many share a commit.
    private func write(_ history: DemoHistory, to tenant: Tenant, _ progress: inout DemoProgress) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for moment in timeline.moments {
                let (beginning, begun) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    // Also when it is refused and never begins.
                    defer { begun.finish() }
                    try await tenant.write(as: .administrator, at: moment.time) { session in
                        begun.finish()
                        try history.run(moment.events, in: session)
                    }
                }
                for await _ in beginning {}
                if history.hasFailed { break }
                let orders = moment.events.count { if case .salesOrder = $0 { true } else { false } }
                progress.advance(to: moment.time.day, steps: moment.events.count, orders: orders)
            }
            try await group.waitForAll()
        }
    }

    // MARK: - Files

    private func prepare(_ folder: String) throws {
        let files = FileManager.default
        do {
            if files.fileExists(atPath: folder) { try files.removeItem(atPath: folder) }
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Problem(
                .unavailable, "The directory \(directory) cannot be written",
                fix: "Choose another with --data, or its owner.")
        }
    }

    private func moveIntoPlace(_ folder: String) throws {
        let files = FileManager.default
        let file = Tenant.databasePath(in: folder)
        do {
            let others = try files.contentsOfDirectory(atPath: folder).filter { "\(folder)/\($0)" != file }
            for name in others {
                let target = "\(directory)/\(name)"
                if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
                try files.moveItem(atPath: "\(folder)/\(name)", toPath: target)
            }
            if database == nil { try files.moveItem(atPath: file, toPath: Tenant.databasePath(in: directory)) }
            try files.removeItem(atPath: folder)
        } catch {
            throw Problem(
                .unavailable, "What was made cannot be moved to \(directory)", fix: "Check the rights and the disk.")
        }
    }
}

extension Problem.Kind {
    /// Work that was stopped before its end.
    static let interrupted = Self("interrupted")
}
