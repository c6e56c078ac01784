import Documents
import Reports
import TestSupport
import Testing
import Values

/// What levels, masks and missing rights leave of a report.
@Suite(.bothEngines) struct ReportScreenTests {
    private static let columns = [
        ReportColumn("title", .data), ReportColumn("carrier", .data), ReportColumn("kind", .data),
        ReportColumn("target", .dynamicLink, options: "kind"), ReportColumn("weight", .float),
        ReportColumn("price", .currency), ReportColumn("density", .float, from: .of("Parcel", "weight", "price")),
        ReportColumn("sender", .link, options: "Sender"),
        ReportColumn("sender_phone", .data, from: .of("Sender", "phone", namedBy: "sender")),
        ReportColumn("note", .data, from: .of("Parcel Line", "note", through: "Parcel")),
        ReportColumn("vault", .data, from: .of("Closed", "text")), ReportColumn("gone", .data),
        ReportColumn("indent", .int, from: .none),
    ]

    private static func entry(_ title: String, _ weight: Int64, _ price: Int64, _ sender: String) -> ReportRow {
        ReportRow([
            .text(title), .text("Post"), .text("Sender"), .text(sender), .int(weight), .int(price),
            .int(weight * price),
            .text(sender), .text("phone of \(sender)"), .text("n"), .text("v"), .text("g"), .int(0),
        ])
    }

    /// Ordered by price, from the highest.
    private static let rows =
        [entry("b", 2, 30, "ana"), entry("a", 3, 20, "bo"), entry("c", 1, 10, "ana")] + [
            ReportRow(
                [
                    .text("Total"), .null, .null, .null, .int(6), .int(60), .null, .null, .text("2 phones"), .null,
                    .null, .null,
                    .null,
                ],
                .total)
        ]

    private static func report(
        _ rows: [ReportRow] = rows, needs: ReportSources = .none, orderedBy: ReportSources = .of("Parcel", "price")
    ) -> Report {
        Report(
            "Parcels", module: "Test", doctype: "Parcel",
            filters: [.optional("price", .currency), .optional("weight", .float)],
            needs: needs, orderedBy: orderedBy, summary: "Parcels."
        ) { _, _ in
            ReportResult(
                columns: columns, rows: rows, message: ReportMessage("60 in all", from: .of("Parcel", "price")),
                summary: [
                    ReportFigure("Price", .int(60), from: .of("Parcel", "price", "weight")),
                    ReportFigure("Parcels", .int(3), from: .of("Parcel", "title")),
                    ReportFigure("Phones", .int(2), from: .of("Sender", "phone")),
                ])
        }
    }

    /// Runs the report as somebody whose roles see what the table below says.
    private func run(
        _ report: Report = report(), _ arguments: JSONObject = [:], as roles: Set<Name>
    ) async throws -> ReportResult {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { registry in
            registry.add(Parcel.self, ParcelLine.self, Sender.self, Closed.self)
        }
        try await company.write { session in
            for name in ["ana", "bo"] { try session.make("Sender", ["title": .string(name), "phone": "p"]) }
            try session.make("User", ["email": "lim@example.com", "first_name": "lim@example.com"])
            try session.make(
                "User Permission",
                [
                    "user": "lim@example.com", "allow": "Sender", "for_value": "ana", "apply_to_all_doctypes": 0,
                    "applicable_for": "Sender",
                ])
        }
        let restrictions =
            try await company.read { try User.actor("lim@example.com", in: $0) }?.restrictions ?? Restrictions()
        let actor = Actor(user: "lim@example.com", roles: roles, restrictions: restrictions)
        return try await company.read(as: actor) { try report.result(Arguments(arguments), in: $0) }
    }

    private func names(_ result: ReportResult) -> [String] { result.columns.map(\.name) }

    private func column(_ name: String, _ result: ReportResult) throws -> [Value] {
        let index = try #require(result.columns.firstIndex { $0.name == name })
        return result.rows.map { $0.values[index] }
    }

    @Test func `who sees all fields sees the report as it was made`() async throws {
        let result = try await run(as: ["Keeper", "Boss"])
        let expected = Self.columns.map(\.name).filter { $0 != "vault" && $0 != "gone" }
        #expect(names(result) == expected)
        #expect(try column("title", result) == ["b", "a", "c", "Total"].map(Value.text))
        #expect(result.message != nil && result.summary.map(\.label) == ["Price", "Parcels"])
    }

    @Test func `columns of hidden fields are taken out, with all that is made of them, of totals too`() async throws {
        let result = try await run(as: ["Clerk"])
        #expect(
            !names(result).contains("price") && !names(result).contains("density") && !names(result).contains("note"))
        for row in result.rows { #expect(row.values.count == result.columns.count) }
        #expect(result.message == nil && result.summary.map(\.label) == ["Parcels"])
        #expect(!"\(result.rows)".contains("30") && !"\(result.rows)".contains("60"))
    }

    @Test func `masked numbers become text that nothing adds up`() async throws {
        let result = try await run(as: ["Clerk"])
        let masked = Value.text(Session.maskedText)
        #expect(try column("weight", result) == [masked, masked, masked, masked])
        #expect(result.columns.first { $0.name == "weight" }?.type == .data)
        // Nothing stays nothing.
        #expect(try column("carrier", result) == [masked, masked, masked, .null])
    }

    @Test func `entries are ordered anew where their order tells what is hidden, and totals stay`() async throws {
        let result = try await run(as: ["Clerk"])
        #expect(try column("title", result) == ["a", "b", "c", "Total"].map(Value.text))
        let unordered = try await run(Self.report(orderedBy: .of("Parcel", "title")), as: ["Clerk"])
        #expect(try column("title", unordered) == ["b", "a", "c", "Total"].map(Value.text))
        let tree = [ReportRow(Self.rows[0].values, .group)] + Self.rows[1...]
        #expect(
            try await column("title", run(Self.report(tree), as: ["Clerk"]))
                == ["b", "a", "c", "Total"].map(Value.text))
    }

    @Test func `a dynamic link whose DocType is hidden is text`() async throws {
        let result = try await run(as: ["Clerk"])
        #expect(!names(result).contains("kind"))
        let target = try #require(result.columns.first { $0.name == "target" })
        #expect(target.type == .data && target.options == nil)
        let whole = try await run(as: ["Keeper", "Boss"])
        #expect(whole.columns.first { $0.name == "target" }?.options == "kind")
    }

    @Test func `what was fetched from a document that may not be read is null`() async throws {
        let result = try await run(as: ["Keeper", "Boss"])
        #expect(try column("sender_phone", result) == [.text("phone of ana"), .null, .text("phone of ana"), .null])
    }

    @Test func `fields of a DocType without rights, and fields that are not there, are hidden`() async throws {
        let result = try await run(as: ["Keeper"])
        #expect(!names(result).contains("sender_phone"))
        #expect(!names(result).contains("vault") && !names(result).contains("gone"))
    }

    @Test func `who may only select a DocType sees of it what a search shows`() async throws {
        let result = try await run(as: ["Keeper", "Picker"])
        #expect(!names(result).contains("sender_phone") && names(result).contains("sender"))
    }

    @Test func `what a report needs or a filter asks about has to be open`() async throws {
        for (needs, field) in [("price", "price"), ("weight", "weight")] {
            let report = Self.report(needs: .of("Parcel", needs))
            let error = await problem { _ = try await run(report, as: ["Clerk"]) }
            #expect(error?.kind == .forbidden && error?.field == field && error?.doctype == "Parcel")
            let asked = await problem { _ = try await run(Self.report(), [field: 1], as: ["Clerk"]) }
            #expect(asked?.kind == .forbidden && asked?.field == field)
            #expect(await problem { _ = try await run(report, [field: 1], as: ["Keeper"]) } == nil)
        }
        #expect(await problem { _ = try await run(Self.report(), ["price": ""], as: ["Clerk"]) } == nil)
    }
}

struct Parcel: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Parcel", module: "Test", title: "title",
        permissions: [
            .read("Clerk"), .read("Keeper"), Permission("Keeper", [.read, .mask], permlevel: 1),
            Permission("Keeper", [.mask]),
        ])
    let title = Data()
    let carrier = Data(.masked)
    let kind = Data(.level(1))
    let target = DynamicLink("kind")
    let weight = FloatField(.masked)
    let price = CurrencyField(.level(1))
    let sender = Link("Sender")
    let lines = Table(ParcelLine.self, .level(1))
    init() {}
}

struct ParcelLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Parcel Line", module: "Test", kind: .child)
    let note = Data()
    init() {}
}

struct Sender: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Sender", module: "Test", naming: .field("title"), title: "title",
        permissions: [.read("Boss"), Permission("Picker", [.select])])
    let title = Data(.required)
    let phone = Data()
    init() {}
}

struct Closed: DocTypeSchema {
    static let doctype = DocTypeInfo("Closed", module: "Test", permissions: [.read("Nobody")])
    let text = Data()
    init() {}
}
