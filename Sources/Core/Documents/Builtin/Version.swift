internal import Values

/// What changed in a document, once for each save that changed something.
public struct Version: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Version", module: "Core", kind: .ledger, sort: ("creation", true), permissions: [.read("System Manager")],
        summary: "What changed in a document, once for each save.")

    public let refDoctype = Data(.required, .indexed, .named("ref_doctype"))
    public let docname = Data(.required, .indexed, .inListView)
    public let data = JSONField()
    public init() {}

    static let tableName = "version"
    static let columns = [
        "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "ref_doctype", "docname", "data",
    ]

    static func row(
        name: String, _ doctype: String, _ docname: String, _ changes: JSON, by user: String, at time: Timestamp
    ) -> [Value] {
        [
            .text(name), .text(user), .timestamp(time), .timestamp(time), .text(user), .int(0), .int(0), .text(doctype),
            .text(docname), .text(changes.text),
        ]
    }
}
