internal import Collaboration
internal import Documents
internal import Jobs
public import ObjectStorage
internal import Values

/// Removes the uploaded files that no document names any more, once a day.
public enum FileCollection {
    static let kindName = "files.collect"
    /// How long a file that no document names is kept.
    private static let graceSeconds = 86_400

    static let kind: JobKind = {
        var limits = JobKind.Limits()
        limits.leaseSeconds = 600
        limits.atOnce = 1
        return JobKind(kindName, .effect, limits: limits, isShown: false)
    }()

    static let task = ScheduledTask(kindName, cron: "10 0 * * *") { session in
        var request = JobRequest(kindName, [:])
        request.key = kindName
        try session.enqueue(request)
    }

    /// What does it for the files of a store, unless `keepsFiles` says that something else may name them.
    public static func effect(
        _ objects: any ObjectStore, keepsFiles: @escaping @Sendable () -> Bool
    ) -> (kind: String, run: JobRunner.Effect) {
        (
            kindName,
            { _, company in
                guard try await mayCollect(objects, of: company), !keepsFiles() else { return .done() }
                let used = try await company.read { session in
                    try session.usedFileHashes().union(ResumableUpload.usedKeys(in: session))
                }
                try await objects.collect(keeping: used, idleFor: graceSeconds)
                return .done()
            }
        )
    }

    /// Whether files that this company does not name may go: not where they may be those of another one, as when two
    /// companies were given one directory.
    private static func mayCollect(_ objects: any ObjectStore, of company: any JobCompany) async throws -> Bool {
        let own = try await company.read { session in
            try CompanySecret.digest("files", in: session.transaction)
        }
        return try await objects.belongs(to: own)
    }
}
