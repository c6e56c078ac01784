public import Documents
internal import Metadata
internal import Values

/// How many rules are looked at in one transaction.
private let rulesAtOnce = 20

extension Registry {
    /// Declares documents that repeat themselves by the calendar.
    public mutating func addAutoRepeats() {
        add(AutoRepeat.self, AutoRepeatDay.self)
        add(companion: Companion("Auto Repeat", "reference_doctype", "reference_document"))
        register(
            ScheduledTask("auto_repeat") { session, _ in
                // What is made is due no more: the next part begins with what is left.
                try session.runAutoRepeat(session.today, rules: rulesAtOnce)
                return try session.hasAutoRepeat(session.today) ? .from(true) : .none
            })
    }
}
