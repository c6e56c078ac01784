public import Documents
internal import Metadata
internal import Values

/// What changed in a document, once for each save that changed something.
///
/// `data` is what Frappe keeps: `changed` as `[[field, old, new]]`, `added` and `removed` as `[[table, row]]`,
/// `row_changed` as `[[table, idx, name, [[field, old, new]]]]`. Beside it stands what is needed to go back exactly:
/// `before` is the `modified` and `modified_by` that the document had, `order` the names of the rows that stayed as they
/// stood, for each table in which they moved. A deletion keeps the whole document as `deleted`, a renaming
/// `[old, new]` as `renamed` under both names, an undone deletion the `name` and the `version` of the deletion as
/// `restored`.
public struct Version: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Version", module: "Core", kind: .ledger, sort: ("creation", true), permissions: [.read("System Manager")],
        indexes: [["ref_doctype", "docname", "number"], ["ref_doctype", "creation"]],
        summary: "What changed in a document, once for each save.")

    public let refDoctype = Data(.required, .named("ref_doctype"))
    public let docname = Data(.required, .inListView)
    public let data = JSONField()
    /// Its place among all versions: greater for what was written later, whatever the clock said.
    public let number = IntField(.readOnly)
    public init() {}

    static let tableName = "version"
    static let columns = [
        "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "ref_doctype", "docname", "data",
        "number",
    ]

    /// A version that has not been written yet. It gets its number when the transaction ends.
    struct Row: Sendable {
        let name: String
        let doctype: String
        let docname: String
        let entry: JSON
        let user: String
        let moment: Timestamp

        /// The values of ``Version/columns``.
        func values(number: Int64) -> [Value] {
            [
                .text(name), .text(user), .timestamp(moment), .timestamp(moment), .text(user), .int(0), .int(0),
                .text(doctype), .text(docname), .text(entry.text), .int(number),
            ]
        }
    }
}
