public import Storage
package import Values

/// One step of a change of metadata.
public enum MetadataStep: Sendable, Equatable {
    /// A step on tables.
    case schema(SchemaStep)
    /// Removes the rows of a table field that goes.
    case dropRows(RowsOfField)
    /// Lets the rows of a table field follow to its new name.
    case renameRows(RowsOfField, to: String)

    /// What it does, in words that stay the same: somebody who agrees to a step repeats them.
    public var words: String {
        switch self {
        case .schema(let step): step.words
        case .dropRows(let rows): "drop rows \(rows.words)"
        case .renameRows(let rows, let name): "rename rows \(rows.words) to \(name)"
        }
    }
}

/// The rows of one table field, in all documents of a DocType.
public struct RowsOfField: Sendable, Equatable {
    /// The DocType of the documents.
    public let doctype: String
    /// Its table.
    public let table: String
    /// The table field.
    public let field: String
    /// The DocType of the rows.
    public let child: String

    /// The rows of the table field `field`.
    package init(doctype: String, table: String, field: String, child: String) {
        self.doctype = doctype
        self.table = table
        self.field = field
        self.child = child
    }

    /// Where they stand, in words.
    var words: String { "\(table).\(field)" }

    /// What `parenttype = ? AND parentfield = ?` is given.
    package var arguments: [Value] { [.text(doctype), .text(field)] }
}
