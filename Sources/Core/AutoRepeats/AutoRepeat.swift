internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Makes copies of a document by the calendar.
struct AutoRepeat: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Auto Repeat", module: "Automation", naming: .series(["AUT-AR-.#####"]), title: "reference_document",
        search: ["reference_document"],
        permissions: [
            .manage("System Manager"),
            Permission("All", [.read, .select, .create, .write, .delete], ifOwner: true),
        ], indexes: [["status", "next_schedule_date"]], summary: "Makes copies of a document by the calendar.")

    let disabled = Check(.noCopy)
    let referenceDoctype = Data(.required, .setOnlyOnce, .inListView)
    let referenceDocument = DynamicLink("reference_doctype", .required, .setOnlyOnce, .linksToCancelled, .inListView)
    let submitOnCreation = Check()
    let startDate = DateField(.required, .today)
    let endDate = DateField()
    let frequency = Select(Recurrence.Frequency.allCases.map(\.rawValue), .required, .inListView)
    let repeatOnDay = IntField(.nonNegative)
    let repeatOnLastDay = Check()
    let repeatOnDays = Table(AutoRepeatDay.self)
    let nextScheduleDate = DateField(.readOnly, .noCopy)
    let status = Select(["", "Active", "Disabled", "Completed"], .readOnly, .noCopy, .inListView, .inStandardFilter)
    let lastMadeFor = DateField(.readOnly, .noCopy, .description("The last day a copy was made for."))
    let lastError = SmallText(.readOnly, .noCopy, .description("Why the last copy could not be made."))
    init() {}

    static func validate(_ rule: Doc<Self>, in session: Session) throws {
        guard let type = session.registry.find(rule.referenceDoctype), type.switches.contains(.repeatable) else {
            throw Problem(
                .notRepeatable, "Documents of \(rule.referenceDoctype) do not repeat", field: "reference_doctype")
        }
        if rule.document.isNew {
            try session.requireReference(.read, Reference(rule.document, "reference_doctype", "reference_document"))
        }
        // Copies are made on the system's behalf later: who sets that up, or changes it, must have the rights for it.
        try session.require(.create, type)
        if rule.submitOnCreation { try session.require(.submit, type) }
        if rule.submitOnCreation, !type.isSubmittable {
            throw Problem(.notSubmittable, "A \(type.name) is not submitted", field: "submit_on_creation")
        }
        guard rule.repeatOnDay <= 31 else {
            throw Problem(.outOfBounds, "A month has at most 31 days", field: "repeat_on_day")
        }
        if let start = rule.startDate, let end = rule.endDate, end < start {
            throw Problem(.datesOutOfOrder, "The end \(end) is before the start \(start)", field: "end_date")
        }
        guard changesCalendar(rule, session) else { return settle(rule) }
        // What was made already is not made again.
        let yesterday = session.today.adding(days: -1)
        try plan(rule, after: max(yesterday, rule.lastMadeFor ?? yesterday))
    }

    private static let calendar: Set<String> = [
        "disabled", "start_date", "frequency", "repeat_on_day", "repeat_on_last_day",
    ]

    /// Whether the next day is to be found anew; else a rule that is behind catches up with what it missed.
    private static func changesCalendar(_ rule: Doc<Self>, _ session: Session) -> Bool {
        if rule.document.isNew || rule.nextScheduleDate == nil { return true }
        let changes = session.changes(of: rule.document)
        let table = "repeat_on_days"
        return changes.fields.contains { calendar.contains($0.field) }
            || (changes.added + changes.removed).contains { $0.table == table }
            || changes.rows.contains { $0.table == table }
    }

    /// Sets the next day and the status.
    static func plan(_ rule: Doc<Self>, after day: Day) throws {
        guard let recurrence = rule.recurrence else { return }
        rule.nextScheduleDate = recurrence.next(after: day)
        settle(rule)
    }

    /// Sets the status by the next day.
    private static func settle(_ rule: Doc<Self>) {
        if let end = rule.endDate, let next = rule.nextScheduleDate, next > end {
            rule.status = "Completed"
        } else {
            rule.status = rule.disabled ? "Disabled" : "Active"
        }
    }
}

/// A day of the week on which a document repeats itself.
struct AutoRepeatDay: DocTypeSchema {
    static let doctype = DocTypeInfo("Auto Repeat Day", module: "Automation", kind: .child)
    let day = Select(weekdayNames, .required, .inListView)
    init() {}
}

private let weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

extension Doc<AutoRepeat> {
    /// How often it comes; nil while it is not said.
    var recurrence: Recurrence? {
        guard let frequency = Recurrence.Frequency(rawValue: self.frequency), let start = self.startDate else {
            return nil
        }
        var recurrence = Recurrence(frequency: frequency, start: start)
        recurrence.dayOfMonth = self.repeatOnDay
        recurrence.onLastDay = self.repeatOnLastDay
        recurrence.weekdays = Set(
            self.repeatOnDays.compactMap { row in weekdayNames.firstIndex(of: row.day).map { $0 + 1 } })
        return recurrence
    }
}
