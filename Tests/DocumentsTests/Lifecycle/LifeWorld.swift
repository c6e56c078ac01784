import Documents
import Storage
import TestSupport
import Values

/// Something with a name that much hangs on.
struct LifePart: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Life Part", module: "Life", naming: .field("code"), .renamable, title: "title",
        permissions: [.manage("Manager"), .work("Worker"), .read("Visitor")])
    let code = Data(.required, .setOnlyOnce)
    let title = Data()
    let price = CurrencyField()
    let weight = FloatField()
    let made = DateField()
    let checked = DatetimeField()
    let secret = Password()
    let twin = Link("Life Part")
    let barcode = Data(.unique)
    init() {}

    static func beforeRename(_ part: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        if rename.new == "never" { throw Problem(.refused, "Not that name") }
        return rename.new == "loud" ? "LOUD" : rename.new
    }
    static func afterRename(_ part: Doc<Self>, _ rename: Rename, in session: Session) throws {
        session.emit("life.renamed", subject: rename.old, ["new": .string(part.name)])
    }
}

/// A place in a tree.
struct LifeBox: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Life Box", module: "Life", naming: .prompt, .renamable, tree: "parent_box",
        permissions: [.manage("Manager"), .manage("Worker")])
    let parentBox = Link("Life Box")
    let isGroup = Check()
    let only = Link(LifePart.self, .unique)
    init() {}
}

struct LifeLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Life Line", module: "Life", kind: .child)
    let part = Link(LifePart.self, .required)
    let box = Link(LifeBox.self)
    let note = Data(.allowOnSubmit)
    let qty = FloatField(.fallback(1))
    let secret = Password()
    init() {}
}

/// Work with parts, which is posted.
struct LifeJob: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Life Job", module: "Life", naming: .series(["LJ-.YYYY.-.####"]), .submittable, .repeatable, .tracksSeen,
        title: "subject",
        permissions: [
            .manage("Manager"), .work("Worker"), Permission("Clerk", [.read, .create, .write], ifOwner: true),
        ])
    let subject = Data(.required)
    let postingDate = DateField(.today)
    let dueDate = DateField()
    let status = Select(["Draft", "Submitted", "Cancelled"], .readOnly)
    let part = Link(LifePart.self)
    let cause = Link("Life Job")
    let aboutType = Data()
    let about = DynamicLink("about_type")
    let lines = Table(LifeLine.self)
    let extras = Table(LifeLine.self, .allowOnSubmit)
    let remark = SmallText(.allowOnSubmit)
    init() {}

    static func validate(_ job: Doc<Self>, in session: Session) throws {
        job.status = job.docstatus == .submitted ? "Submitted" : "Draft"
        if job.subject == "refuse" { throw Problem(.refused, "Refused by the controller", field: "subject") }
    }
    static func beforeCancel(_ job: Doc<Self>, in session: Session) throws { job.status = "Cancelled" }
    static func onSubmit(_ job: Doc<Self>, in session: Session) throws { try post(job, 1, session) }
    static func onCancel(_ job: Doc<Self>, in session: Session) throws { try post(job, -1, session) }

    private static func post(_ job: Doc<Self>, _ sign: Int, _ session: Session) throws {
        let rows = try job.lines.map { line in
            let row = try session.new(LifeWork.self)
            row.part = line.part
            row.job = job.name
            row.qty = line.qty * Exact(sign)
            try session.transaction.execute(
                """
                INSERT INTO _life_count (part, number) VALUES (?, ?)
                ON CONFLICT (part) DO UPDATE SET number = _life_count.number + excluded.number
                """, [.text(line.part), .int(Int64(sign))])
            return row
        }
        try session.append(rows)
    }
}

/// The ledger of the work.
struct LifeWork: DocTypeSchema {
    static let doctype = DocTypeInfo("Life Work", module: "Life", kind: .ledger, permissions: [.read("Manager")])
    let part = Link(LifePart.self, .indexed)
    let job = Data()
    let qty = FloatField()
    init() {}
}

/// A company of these, in which something is kept by the names of parts.
struct LifeWorld: TestCompany {
    let company: TemporaryCompany
    static let manager = Actor(user: "mia@example.com", roles: ["Manager"])
    static let worker = Actor(user: "wil@example.com", roles: ["Worker"])
    static let visitor = Actor(user: "vic@example.com", roles: ["Visitor"])
    static let nobody = Actor(user: "nora@example.com", roles: [])
    static let noon = Timestamp("2026-03-02 12:00:00") ?? Timestamp(microseconds: 0)

    init() async throws {
        company = try await TemporaryCompany(actor: Self.manager, noon: Self.noon) { registry in
            registry.add(LifePart.self, LifeBox.self, LifeLine.self, LifeJob.self, LifeWork.self)
            registry.add(
                table: TableSchema(
                    "_life_count",
                    columns: [
                        .init("part", .text, required: true),
                        .init("number", .integer, required: true, fallback: .int(0)),
                    ]))
            registry.add(
                renaming: Renaming("Life Part") { rename, session in
                    try session.transaction.execute(
                        """
                        INSERT INTO _life_count (part, number) SELECT ?, number FROM _life_count WHERE part = ?
                        ON CONFLICT (part) DO UPDATE SET number = _life_count.number + excluded.number
                        """, [.text(rename.new), .text(rename.old)])
                    try session.transaction.execute(
                        "DELETE FROM _life_count WHERE part = ?", [.text(rename.old)])
                })
        }
        try await write(as: .administrator) { session in
            for actor in [Self.manager, Self.worker, Self.visitor, Self.nobody] {
                let roles = actor.roles.subtracting(["All", "Guest"]).sorted()
                for role in roles where try !session.exists("Role", role) {
                    try session.make("Role", ["role_name": .string(role)])
                }
                try session.make(
                    "User",
                    [
                        "email": .string(actor.user), "first_name": .string(actor.user),
                        "roles": .array(roles.map { ["role": .string($0)] }),
                    ])
            }
        }
        try await write { session in
            for code in ["bolt", "nut", "gear"] {
                try session.make("Life Part", ["code": .string(code), "title": .string("The \(code)"), "price": "1.5"])
            }
            for name in ["shelf", "crate"] as [JSON] { try session.make("Life Box", ["name": name]) }
        }
    }

    /// A job with a line for each part.
    @discardableResult
    func job(
        _ subject: String, _ parts: [String], submits: Bool = false, _ more: JSONObject = [:]
    ) async throws -> String {
        try await write { session in
            var object: JSONObject = ["subject": .string(subject)]
            object["lines"] = .array(parts.map { ["part": .string($0), "box": "shelf"] })
            for (key, value) in more { object[key] = value }
            let job = try session.make("Life Job", object)
            if submits { try session.submit(job) }
            return job.name
        }
    }

    /// What does not fit together: links that lead nowhere, rows without a document, documents that are not what the
    /// audit log says, counts that differ from the ledger.
    func faults() async throws -> [String] {
        try await read(as: .administrator) { session in
            var faults: [String] = []
            for type in session.registry.doctypes where !type.isVirtual {
                for field in type.allColumns where field.expression == nil {
                    faults += try LifeWorld.broken(type, field, session)
                }
                if type.kind == .document { faults += try LifeWorld.unlogged(type, session) }
            }
            let counts = try session.transaction.query(
                """
                SELECT part, sum(CASE WHEN qty > 0 THEN 1 ELSE -1 END) FROM life_work GROUP BY part
                EXCEPT SELECT part, number FROM _life_count
                """, [], [.text, .integer])
            return faults + counts.map { "the count of \($0[0]) is not \($0[1])" }
        }
    }

    private static func broken(_ type: DocType, _ field: FieldDefinition, _ session: Session) throws -> [String] {
        var targets: [String] = []
        var selector = ""
        if field.type == .link, let target = field.options { targets = [target] }
        if field.type == .dynamicLink, let options = field.options, type.slot(of: options) != nil {
            selector = options
            targets = try session.transaction.query(
                "SELECT DISTINCT \(quoted(options)) FROM \(quoted(type.table))", [], [.text]
            ).compactMap { $0[0].text }
        }
        return try targets.flatMap { name -> [String] in
            guard let target = session.registry.find(name), !target.isVirtual else { return [] }
            var sql = """
                SELECT \(quoted(field.name)) FROM \(quoted(type.table)) t WHERE \(quoted(field.name)) IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM \(quoted(target.table)) x WHERE x.name = t.\(quoted(field.name)))
                """
            var arguments: [Value] = []
            if !selector.isEmpty {
                sql += " AND \(quoted(selector)) = ?"
                arguments = [.text(name)]
            }
            return try session.transaction.query(sql, arguments, [.text]).map {
                "\(type.name).\(field.name) names \(name) \($0[0])"
            }
        }
    }

    private static func unlogged(_ type: DocType, _ session: Session) throws -> [String] {
        var last: [String: (action: String, digest: [UInt8])] = [:]
        try session.transaction.forEach(
            "SELECT name, action, digest FROM _audit WHERE doctype = ? ORDER BY number", [.text(type.name)],
            [.text, .text, .bytes]
        ) { row in last[row[0].text ?? ""] = (row[1].text ?? "", row[2].bytes ?? []) }
        let names = try session.transaction.query("SELECT name FROM \(quoted(type.table)) ORDER BY name", [], [.text])
            .compactMap { $0[0].text }
        var faults: [String] = []
        for document in try session.getMany(type.name, names) {
            guard let entry = last.removeValue(forKey: document.name) else {
                faults.append("\(type.name) \(document.name) is not in the audit log")
                continue
            }
            if entry.digest != document.digest {
                faults.append("\(type.name) \(document.name) is not what its last \(entry.action) left")
            }
        }
        for (name, entry) in last where entry.action != "delete" && entry.action != "rename_away" {
            faults.append("\(type.name) \(name) went without an entry")
        }
        return faults
    }
}
