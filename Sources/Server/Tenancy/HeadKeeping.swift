/// Adds the head of a company's audit log to files, again and again while it changes, so that a log whose end is cut off
/// contradicts them.
public struct HeadKeeping: Sendable {
    private let tenant: Tenant
    private let files: [AuditHeadsFile]
    private let onProblem: @Sendable (_ file: String, _ words: String) -> Void

    /// How long a change may be without a head.
    private static let seconds = 60

    /// Keeps the heads of a tenant in these files. `onProblem` is told what a file says against the log, and what
    /// stands in the way of writing to it.
    public init(
        _ tenant: Tenant, in files: [AuditHeadsFile],
        onProblem: @escaping @Sendable (_ file: String, _ words: String) -> Void
    ) {
        self.tenant = tenant
        self.files = files
        self.onProblem = onProblem
    }

    /// Adds the head to each file in which it is not the newest.
    public func keep() async {
        for file in files {
            do {
                if let problem = try await tenant.keepHead(in: file) { onProblem(file.path, problem) }
            } catch {
                onProblem(file.path, "\(error)")
            }
        }
    }

    /// Does so now, every minute, and once more when the task it runs in is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await keep()
            // Ends early only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: .seconds(Self.seconds))
        }
        // A cancelled task reads no more: the last head is taken by one of its own.
        await Task { await keep() }.value
    }
}
