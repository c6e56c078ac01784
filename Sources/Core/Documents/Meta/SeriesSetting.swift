internal import Values

/// A setting by which a company calls documents of a DocType by a series instead of by a field, such as `cust_master_name`
/// of `Selling Settings`: it is a Select of which one option is `Naming Series`.
public struct SeriesSetting: Sendable {
    /// The single DocType that holds it.
    let settings: String
    /// Its field.
    let field: String
    /// The series.
    let series: String
    /// The field that names documents otherwise may be given all the same, and then it names them; else it gets the name.
    let yieldsToField: Bool

    /// A setting of the single DocType `settings`.
    public init(_ settings: String, _ field: String, series: String, yieldsToField: Bool = false) {
        self.settings = settings
        self.field = field
        self.series = series
        self.yieldsToField = yieldsToField
    }

    /// How it counts.
    var counter: Naming.Counter { Naming.Counter(text: series, pattern: SeriesPattern(series)) }

    /// Whether the company chose it.
    func isChosen(in session: Session) throws -> Bool {
        try session.lookUp(settings, settings)?.text(field) == "Naming Series"
    }
}
