import Documents
import Reports
import Values

/// A module whose documents have fields for some only: what rights over HTTP are tried on.
enum Vault {
    static let module = Module("Vault", roles: ["Vault Keeper"], reports: [report]) { registry in
        registry.add(VaultLine.self, VaultBox.self)
        registry.add(
            Method("vault.open", writes: false, parameters: [.required("box")]) { arguments, session in
                session.present(try session.get("Vault Box", arguments.required("box")))
            })
    }

    private static let report = Report(
        "Vault Boxes", module: "Vault", doctype: "Vault Box", filters: [.optional("shelf", .link, "Shelf")],
        summary: "The boxes of each shelf."
    ) { _, session in
        let rows = try session.privileged {
            try session.list(ListQuery("Vault Box", fields: ["name", "shelf", "title"], orderBy: "name", limit: 0)).rows
        }
        return ReportResult(
            columns: [
                ReportColumn("name", .link, options: "Vault Box"), ReportColumn("shelf", .link, options: "Shelf"),
                ReportColumn("title", .data),
            ], rows: rows)
    }

    /// Two boxes with texts that stand nowhere else: what everyone who may read them sees, and what only keepers see.
    static func fill(_ session: Session) throws {
        for (box, shelf) in [("V-1", "Crime"), ("V-2", "Poetry")] {
            let document = try session.document(
                "Vault Box",
                from: [
                    "__newname": .string(box), "title": .string("\(box) mark-title"), "shelf": .string(shelf),
                    "secret": .string("\(box) mark-secret"), "phone": .string("\(box) mark-phone"),
                    "lines": [["text": .string("\(box) mark-line"), "cost": .string("\(box) mark-cost")]],
                ])
            try session.insert(document)
            try session.apply(
                ["secret": .string("\(box) mark-secret now"), "title": .string("\(box) mark-title now")], to: document)
            try session.save(document)
        }
    }
}

struct VaultLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Vault Line", module: "Vault", kind: .child)
    let text = Data(.inListView)
    let cost = Data(.inListView, .level(1))
    init() {}
}

struct VaultBox: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Vault Box", module: "Vault", naming: .prompt, title: "title", search: ["title"], sort: ("name", false),
        permissions: [
            .manage("Vault Keeper"), Permission("Vault Keeper", [.read, .write, .mask], permlevel: 1),
            Permission("Reader Role", [.read, .write, .create, .report, .export]),
        ])
    let title = Data(.inListView)
    let shelf = Link(Shelf.self, .inListView, .inStandardFilter)
    let secret = Data(.inListView, .inStandardFilter, .level(1))
    let phone = Data(.inListView, .inStandardFilter, .masked)
    let lines = Table(VaultLine.self)
    init() {}
}
