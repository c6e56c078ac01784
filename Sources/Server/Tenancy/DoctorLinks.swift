internal import Documents
internal import Storage
internal import Values

/// The checks of what points from one row to another.
enum DoctorLinks {
    /// Every link leads to a document that exists: one statement for each link field, and for a dynamic one for each
    /// DocType it names.
    ///
    /// Ledgers and kept figures may name vouchers that were cancelled and deleted; their dynamic links are not followed.
    static func links(_ session: Session, _ notes: inout Doctor.Notes) throws {
        var looked = 0
        for type in session.registry.doctypes where !type.isVirtual {
            for field in type.storedColumns {
                if field.type == .link, let target = session.registry.find(field.options ?? "") {
                    guard session.registry.isInTable(target) else { continue }
                    try follow(Step(type: type, field: field, target: target), session, &notes)
                    looked += 1
                } else if field.type == .dynamicLink, type.kind == .document || type.kind == .child {
                    try followDynamic(type, field, session, &notes)
                    looked += 1
                }
            }
        }
        notes.looked = looked
    }

    /// A link field and the DocType it leads to.
    private struct Step {
        let type: DocType
        let field: FieldDefinition
        let target: DocType
        /// The field that holds the target's name, for a dynamic link.
        var selector: String?
    }

    private static func follow(_ step: Step, _ session: Session, _ notes: inout Doctor.Notes) throws {
        let column = "t.\(quoted(step.field.name))"
        let holder = step.type.kind == .child ? "t.parenttype, t.parent, t.idx" : "NULL, t.name, NULL"
        var from = """
            FROM \(quoted(step.type.table)) t LEFT JOIN \(quoted(step.target.table)) x ON x.name = \(column)
            WHERE x.name IS NULL AND \(column) IS NOT NULL AND \(column) <> ''
            """
        var arguments: [Value] = []
        if let selector = step.selector {
            from += " AND t.\(quoted(selector)) = ?"
            arguments.append(.text(step.target.name))
        }
        var first: [String] = []
        try session.transaction.forEach(
            "SELECT \(holder), \(column) \(from) ORDER BY t.name LIMIT \(shown)", arguments,
            [.text, .text, .integer, .text]
        ) { row in
            let place = row[0].isNull ? "\(step.type.name) \(row[1])" : "\(row[0]) \(row[1]), row \(row[2])"
            first.append("\(place): \(step.field.name) names \(step.target.name) \(row[3]), which does not exist")
        }
        guard !first.isEmpty else { return }
        let total = first.count < shown ? first.count : try count(from, arguments, session)
        notes.add(first, of: total)
    }

    private static func followDynamic(
        _ type: DocType, _ field: FieldDefinition, _ session: Session, _ notes: inout Doctor.Notes
    ) throws {
        guard let selector = field.options, type.slot(of: selector) != nil else { return }
        let named = try session.transaction.query(
            """
            SELECT DISTINCT \(quoted(selector)) FROM \(quoted(type.table))
            WHERE \(quoted(field.name)) IS NOT NULL AND \(quoted(field.name)) <> ''
            """, [], [.text])
        for name in named.map({ $0[0].text ?? "" }).sorted() {
            guard let target = session.registry.find(name) else {
                notes.add("\(type.name): \(field.name) is set where \(selector) is \(name.isEmpty ? "empty" : name)")
                continue
            }
            guard session.registry.isInTable(target) else { continue }
            try follow(Step(type: type, field: field, target: target, selector: selector), session, &notes)
        }
    }

    /// Every row of a child table belongs to a document that exists and has its docstatus, and the rows of a table are
    /// numbered from 1 without gaps.
    static func rows(_ session: Session, _ notes: inout Doctor.Notes) throws {
        var looked = 0
        for child in session.registry.doctypes where child.kind == .child && !child.isVirtual {
            var places: [String] = []
            for parent in session.registry.parents(of: child.name) {
                let fields = parent.tables.filter { $0.field.options == child.name }.map(\.field.name)
                places += fields.map { parent.name + "\u{1F}" + $0 }
            }
            let table = quoted(child.table)
            try session.transaction.forEach(
                "SELECT parenttype, parentfield, count(*) FROM \(table) GROUP BY parenttype, parentfield", [],
                [.text, .text, .integer]
            ) { row in
                looked += Int(row[2].int ?? 0)
                guard !places.contains("\(row[0])\u{1F}\(row[1])") else { return }
                notes.add(
                    "\(child.name): \(row[2]) rows belong to the table \(row[1]) of \(row[0]), which there is not")
            }
            var parents: Set<String> = []
            for parent in session.registry.parents(of: child.name) where parents.insert(parent.name).inserted {
                try rows(of: child, in: parent, session, &notes)
            }
            try numbers(of: child, session, &notes)
        }
        notes.looked = looked
    }

    private static func rows(
        of child: DocType, in parent: DocType, _ session: Session, _ notes: inout Doctor.Notes
    ) throws {
        let from = """
            FROM \(quoted(child.table)) t LEFT JOIN \(quoted(parent.table)) p ON p.name = t.parent
            WHERE t.parenttype = ? AND (p.name IS NULL OR p.docstatus <> t.docstatus)
            """
        var first: [String] = []
        try session.transaction.forEach(
            "SELECT t.name, t.parent, t.docstatus, p.docstatus \(from) ORDER BY t.name LIMIT \(shown)",
            [.text(parent.name)], [.text, .text, .integer, .integer]
        ) { row in
            first.append(
                row[3].isNull
                    ? "\(child.name) \(row[0]) belongs to \(parent.name) \(row[1]), which does not exist"
                    : "\(child.name) \(row[0]) has docstatus \(row[2]), its \(parent.name) \(row[1]) has \(row[3])")
        }
        guard !first.isEmpty else { return }
        notes.add(first, of: first.count < shown ? first.count : try count(from, [.text(parent.name)], session))
    }

    private static func numbers(of child: DocType, _ session: Session, _ notes: inout Doctor.Notes) throws {
        let sql = """
            SELECT parenttype, parent, parentfield, count(*), max(idx) FROM \(quoted(child.table))
            GROUP BY parent, parenttype, parentfield
            HAVING count(*) <> max(idx) OR count(DISTINCT idx) <> count(*) OR min(idx) <> 1
            ORDER BY parent LIMIT \(shown)
            """
        try session.transaction.forEach(sql, [], [.text, .text, .text, .integer, .integer]) { row in
            notes.add("\(row[0]) \(row[1]): the \(row[3]) rows of \(row[2]) are not numbered from 1 without gaps")
        }
    }

    private static func count(_ from: String, _ arguments: [Value], _ session: Session) throws -> Int {
        Int(try session.transaction.first("SELECT count(*) \(from)", arguments, [.integer])?[0].int ?? 0)
    }

    private static let shown = 20
}
