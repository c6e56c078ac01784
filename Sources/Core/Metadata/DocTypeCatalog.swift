internal import Values

/// The DocTypes that there are, among which a description is checked, and the names that modules take besides.
package protocol DocTypeCatalog: Sendable {
    /// All DocTypes, in the order in which they were declared.
    var doctypes: [DocType] { get }
    /// A DocType by name, or nil.
    func find(_ name: String) -> DocType?
    /// Whether a table that is no DocType's has this name.
    func hasTable(_ name: String) -> Bool
    /// Whether a module gives this word of series a value.
    func hasNamingWord(_ word: String) -> Bool
}
