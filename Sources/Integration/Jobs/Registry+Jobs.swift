public import Documents

extension Registry {
    /// Declares what is done in the background.
    public mutating func addJobs() {
        add(table: Job.table, isSealed: true)
        add(table: Schedules.table, isSealed: true)
        add(BackgroundJob.self, ScheduledJobType.self)
        add(source: BackgroundJob.source, for: BackgroundJob.doctype.name)
        add(source: ScheduledJobType.source, for: ScheduledJobType.doctype.name)
        register(CommandJob.kind)
        register(Schedules.kind)
        register(Schedules.end)
        register(JobQueue.purge)
        observe(.doctype("User"), .written) { changes, session in
            // One of the same name who comes later is somebody else.
            for change in changes where change.action == .delete || change.action == .merge {
                try JobQueue.cancelWaiting(of: change.oldName ?? change.document.name, in: session)
            }
        }
        for method in JobMethods.all { add(method) }
    }
}
