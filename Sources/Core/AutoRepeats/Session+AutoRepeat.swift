public import Documents
internal import Metadata
internal import Storage
public import Values

extension Session {
    private static let dueRules =
        "SELECT name FROM auto_repeat WHERE status = 'Active' AND disabled = 0 AND next_schedule_date <= ?"

    /// Whether copies are due by `day`.
    func hasAutoRepeat(_ day: Day) throws -> Bool {
        try transaction.first("\(Self.dueRules) LIMIT 1", [.day(day)], [.text]) != nil
    }

    /// Makes the copies that are due by `day`, one for each day they were due on, on behalf of who set the rule up and with
    /// the rights that user has now. A rule whose copy cannot be made is disabled and says why; the others go on.
    ///
    /// `most` rules are looked at, those that are due longest.
    ///
    /// - Returns: how many copies were made.
    @discardableResult
    public func runAutoRepeat(_ day: Day, rules most: Int = .max) throws -> Int {
        let names = try transaction.query(
            "\(Self.dueRules) ORDER BY next_schedule_date, name LIMIT ?", [.day(day), .int(Int64(most))], [.text]
        ).compactMap { $0[0].text }
        return try privileged {
            var count = 0
            for rule in try getMany(AutoRepeat.doctype.name, names).map({ Doc<AutoRepeat>($0) }) {
                do {
                    count += try savepoint { try run(rule, through: day) }
                } catch let problem as Problem {
                    try disable(rule.name, because: problem)
                } catch let error as StorageError where error.isAboutData {
                    try disable(rule.name, because: Problem(error))
                }
            }
            return count
        }
    }

    private func run(_ rule: Doc<AutoRepeat>, through day: Day) throws -> Int {
        let owner = rule.document.owner
        guard let actor = try User.actor(owner, in: self) else {
            throw Problem(.forbidden, "\(owner), who set it up, cannot sign in any more")
        }
        let count = try acting(as: actor) { session in
            var count = 0
            while let next = rule.nextScheduleDate, next <= day, rule.status == "Active", count < Limits.repeatsPerRun {
                try session.makeCopy(for: rule, on: next)
                count += 1
                rule.lastMadeFor = next
                try AutoRepeat.plan(rule, after: next)
            }
            return count
        }
        try saveDerived([rule.document])
        return count
    }

    /// Makes one copy: the required dates and the posting date become the day, others keep their distance to it, those of
    /// rows, too.
    private func makeCopy(for rule: Doc<AutoRepeat>, on day: Day) throws {
        let original = try get(rule.referenceDoctype, rule.referenceDocument)
        let copy = original.copied()
        let dated = ["posting_date", "transaction_date"].first { original.day($0) != nil }
        let origin =
            dated.flatMap { original.day($0) } ?? original.creation.map { registry.zone.wallClock(at: $0).day } ?? day
        for field in original.doctype.fields where field.type == .date {
            guard let old = original.day(field.name) else { continue }
            let isMain = field.name == dated || field.flags.contains(.required)
            // A due date a month after an invoice stays as far from the next one.
            copy.set(field.name, isMain && old <= origin ? day : day.adding(days: max(0, old - origin)))
        }
        for row in copy.allRows { row.moveDates(by: day - origin) }
        if copy.has("set_posting_time") { copy.set("set_posting_time", true) }
        if copy.has("auto_repeat") { copy.set("auto_repeat", rule.name) }
        try insert(copy)
        if rule.submitOnCreation { try submit(copy) }
        emit(
            "auto_repeat.made", subject: "\(copy.doctype.name)/\(copy.name)",
            [
                "doctype": .string(copy.doctype.name), "name": .string(copy.name), "auto_repeat": .string(rule.name),
                "day": .string(day.description),
            ])
    }

    private func disable(_ name: String, because problem: Problem) throws {
        let rule = try get(AutoRepeat.self, name)
        rule.disabled = true
        rule.status = "Disabled"
        rule.lastError = problem.message
        try saveDerived([rule.document])
        emit(
            "auto_repeat.failed", subject: "Auto Repeat/\(name)",
            ["name": .string(name), "message": .string(problem.message)])
    }
}

extension Document {
    /// Moves every day and moment of a row by so many days.
    fileprivate func moveDates(by days: Int) {
        for slot in doctype.firstOwnSlot..<values.count where !doctype.virtualSlots.contains(slot) {
            switch values[slot] {
            case .day(let day): values[slot] = .day(day.adding(days: days))
            case .timestamp(let moment): values[slot] = .timestamp(moment.adding(seconds: days * 86_400))
            default: continue
            }
        }
    }
}
