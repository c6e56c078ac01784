internal import Collaboration
internal import Documents
public import ObjectStorage
internal import Values

/// Does what a company's modules do once a day: at the start what is due, then at each midnight of the company.
///
/// Each task and day is one transaction with its mark, so that a stop in between leaves no day half done or done twice.
public struct DailyScheduler: Sendable {
    private let tenant: Tenant
    private let objects: (any ObjectStore)?
    private let keepsFiles: @Sendable () -> Bool
    private let onFailure: @Sendable (_ task: String, _ error: any Error) -> Void

    /// How long it waits after a failure before it tries again.
    private static let retrySeconds = 900
    /// How long a file that no document names is kept.
    private static let fileGraceSeconds = 86_400

    /// A run of a tenant's tasks; with `objects`, files that no document names any more are removed as well, unless
    /// `keepsFiles` says that something else may name them.
    public init(
        _ tenant: Tenant, objects: (any ObjectStore)? = nil, keepsFiles: @escaping @Sendable () -> Bool = { false },
        onFailure: @escaping @Sendable (_ task: String, _ error: any Error) -> Void = { _, _ in }
    ) {
        self.tenant = tenant
        self.objects = objects
        self.keepsFiles = keepsFiles
        self.onFailure = onFailure
    }

    /// Does what is due, missed days one by one. A task that fails stays due from that day on; the others go on.
    ///
    /// - Returns: whether nothing failed.
    @discardableResult
    public func runDue() async -> Bool {
        var isWell = true
        for task in tenant.registry.dailyTasks {
            do {
                for day in try await tenant.read(as: .administrator, { try $0.dueDays(of: task) }) {
                    _ = try await tenant.write(as: .administrator) { try $0.run(task, for: day) }
                }
            } catch {
                // Who stops the server stops this, too; what is due is done at the next start.
                if Task.isCancelled { return false }
                isWell = false
                onFailure(task.name, error)
            }
        }
        do {
            if let objects, try await mayCollect(objects) {
                let used = try await tenant.read(as: .administrator) { session in
                    try session.usedFileHashes().union(ResumableUpload.usedKeys(in: session))
                }
                try await objects.collect(keeping: used, idleFor: Self.fileGraceSeconds)
            }
        } catch {
            if Task.isCancelled { return false }
            isWell = false
            onFailure("files", error)
        }
        return isWell
    }

    /// Whether files that this company does not name may go: not where they may be those of another one, as when two
    /// companies were given one directory, and not while a database that was moved aside is kept, which names its own.
    private func mayCollect(_ objects: any ObjectStore) async throws -> Bool {
        let own = try await tenant.read(as: .administrator) { session in
            try CompanySecret.digest("files", in: session.transaction)
        }
        return try await objects.belongs(to: own) && !keepsFiles()
    }

    /// Does what is due now and at every midnight, until the task it runs in is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let isWell = await runDue()
            let now = tenant.now()
            let midnight = Timestamp(now.day.adding(days: 1))
            let seconds = Int((midnight.microseconds - now.microseconds) / 1_000_000) + 1
            do {
                try await Task.sleep(for: .seconds(isWell ? seconds : min(seconds, Self.retrySeconds)))
            } catch {
                return
            }
        }
    }
}
