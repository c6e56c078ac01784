internal import Customization
internal import Documents
internal import Values

/// DocTypes the way the forms of Frappe's clients load them.
enum Meta {
    /// The DocType with its fields and permissions, every switch said.
    static func json(of type: DocType) -> JSON { MetadataMethods.described(type) }
}
