internal import Values

/// A setting by which a company calls the documents of a master by a series instead of by a field, such as `cust_master_name`
/// of `Selling Settings`: a Select of which one option is `Naming Series`. With every other option documents are called as
/// their DocType says.
public struct NamingSetting: Sendable {
    /// The single DocType that holds it.
    let settings: String
    /// Its field.
    let field: String
    /// The series where the DocType has no field `naming_series`, or none stands in its options.
    private let series: String
    /// The field that names documents otherwise may be given all the same, and then it names them; else it gets the name.
    let yieldsToField: Bool

    /// A setting of the single DocType `settings`.
    public init(_ settings: String, _ field: String, series: String, yieldsToField: Bool = false) {
        self.settings = settings
        self.field = field
        self.series = series
        self.yieldsToField = yieldsToField
    }

    /// The series that documents of the DocType may be counted by, the usual one first: those that its `naming_series`
    /// offers.
    func series(of type: DocType) -> [String] {
        let offered = type.field("naming_series")?.choices.filter { !$0.isEmpty } ?? []
        return offered.isEmpty ? [series] : offered.map(String.init)
    }

    /// How they count.
    func counters(of type: DocType) -> [Naming.Counter] {
        series(of: type).map { Naming.Counter(text: $0, pattern: SeriesPattern($0)) }
    }

    /// Whether the company chose to count.
    func isChosen(in session: Session) throws -> Bool {
        try session.lookUp(settings, settings)?.text(field) == "Naming Series"
    }
}
