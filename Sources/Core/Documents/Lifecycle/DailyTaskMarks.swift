public import Storage
public import Values

/// Which daily tasks have been done for which days. A mark is written in the transaction of the work, so that no day is
/// done twice and none is marked that was not done.
public enum DailyTaskMarks {
    /// The table: the last day each task was done for.
    public static let table = TableSchema(
        "_daily_run", columns: [.init("task", .text, required: true), .init("day", .day, required: true)])
}

extension Session {
    /// The days a task has not been done for, up to today, oldest first. A task that never ran is due today only; after a
    /// pause of more than ``Limits/dailyCatchUp`` days the oldest are left out.
    public func dueDays(of task: DailyTask) throws -> [Day] {
        let last = try transaction.first(
            "SELECT day FROM _daily_run WHERE task = ?", [.text(task.name)], [.day])?[0].day
        guard let last else { return [today] }
        let missed = today - last
        guard missed > 0 else { return [] }
        return (max(1, missed - Limits.dailyCatchUp + 1)...missed).map { last.adding(days: $0) }
    }

    /// Does a task for a day, unless that was done already.
    ///
    /// - Returns: whether it was done now.
    /// - Throws: what the task throws; then the day is not marked, and may be tried again.
    @discardableResult
    public func run(_ task: DailyTask, for day: Day) throws -> Bool {
        let last = try transaction.first(
            "SELECT day FROM _daily_run WHERE task = ?", [.text(task.name)], [.day])?[0].day
        if let last, last >= day { return false }
        try privileged { try task.run(self, day) }
        try sealing(DailyTaskMarks.table, where: "task = ?", [.text(task.name)]) {
            try transaction.execute(
                "INSERT INTO _daily_run (task, day) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET day = excluded.day",
                [.text(task.name), .day(day)])
        }
        return true
    }
}
