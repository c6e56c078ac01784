import Documents
import Lists
import Reports
import Values

/// A module whose documents have fields for some only: what rights over HTTP are tried on.
enum Vault {
    static let module = Module("Vault", roles: ["Vault Keeper"], reports: [report, secrets]) { registry in
        registry.add(VaultLine.self, VaultBox.self)
        registry.add(
            Method("vault.open", writes: false, parameters: [.required("box")]) { arguments, session in
                session.present(try session.get("Vault Box", arguments.required("box")))
            })
    }

    private static let report = Report(
        "Vault Boxes", module: "Vault", doctype: "Vault Box",
        filters: [
            .optional("shelf", .link, "Shelf"), .optional("secret", .data), .optional("phone", .data),
        ], orderedBy: .of("Vault Box", "secret"), summary: "The boxes of each shelf."
    ) { _, session in
        let rows = try session.privileged {
            try session.list(
                ListQuery(
                    "Vault Box", fields: ["name", "shelf", "title", "secret", "phone", "lines.cost", "lines.text"],
                    orderBy: "secret desc", limit: 0)
            ).rows
        }
        let cost: ReportSources = .of("Vault Line", "cost", through: "Vault Box")
        let entries = rows.map { row -> ReportRow in
            let both = "\(row[3].text ?? "") \(row[4].text ?? "")"
            return ReportRow(row + [.text(both), .int(12)])
        }
        let total: [Value] = [.text("Total"), .null, .null, .text("mark-secret in all"), .text("mark-phone in all")]
        return ReportResult(
            columns: [
                ReportColumn("name", .link, options: "Vault Box"), ReportColumn("shelf", .link, options: "Shelf"),
                ReportColumn("title", .data), ReportColumn("secret", .data), ReportColumn("phone", .data),
                ReportColumn("cost", .data, from: cost),
                ReportColumn("text", .data, from: .of("Vault Line", "text", through: "Vault Box")),
                ReportColumn("both", .data, from: .of("Vault Box", "secret", "phone")),
                ReportColumn("calls", .int, from: .of("Vault Box", "phone")),
            ],
            rows: entries + [ReportRow(total + [.text("mark-cost in all"), .null, .null, .int(24)], .total)],
            message: ReportMessage("The first is mark-secret", from: .of("Vault Box", "secret")),
            summary: [
                ReportFigure("Cost", .text("mark-cost in all"), from: cost),
                ReportFigure("Boxes", .int(2), from: .of("Vault Box", "name")),
            ])
    }

    /// A report whose rows are chosen by what only keepers see.
    private static let secrets = Report(
        "Vault Secrets", module: "Vault", doctype: "Vault Box", filters: [], needs: .of("Vault Box", "secret"),
        summary: "The boxes that have a secret."
    ) { _, _ in
        ReportResult(columns: [ReportColumn("name", .link, options: "Vault Box")], rows: [])
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
