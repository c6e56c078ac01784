public import Documents
internal import Metadata

extension Registry {
    /// Declares documents that repeat themselves by the calendar.
    public mutating func addAutoRepeats() {
        add(AutoRepeat.self, AutoRepeatDay.self)
        add(companion: Companion("Auto Repeat", "reference_doctype", "reference_document"))
        add(daily: DailyTask("auto_repeat") { session, day in try session.runAutoRepeat(day) })
    }
}
