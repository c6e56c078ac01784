internal import Documents
internal import EventLog
internal import Storage
internal import Values

/// The checks of the file, the tables and the two logs.
enum DoctorChecks {
    /// The engine's own check of its file.
    static func file(_ session: Session, _ notes: inout Doctor.Notes) throws {
        for problem in try TenantFile.integrity(in: session.transaction) { notes.add(problem) }
    }

    /// Every table that is declared is there with its columns, indexes and rules.
    static func tables(_ session: Session, _ notes: inout Doctor.Notes) throws {
        let tables = session.registry.allTables + TenantFile.systemTables
        notes.looked = tables.count
        for table in tables {
            let columns = table.columns.map { "t." + quoted($0.name) }.joined(separator: ",")
            do {
                try session.savepoint {
                    _ = try session.transaction.query(
                        "SELECT \(columns) FROM \(quoted(table.name)) t LIMIT 0", [], table.columns.map(\.type))
                }
            } catch StorageError.failed(_, let message) {
                notes.add("table \(table.name): \(message)")
            }
        }
        guard notes.count == 0 else { return }
        do {
            // On a snapshot nothing can be written: this passes only when nothing is missing.
            try session.savepoint { _ = try session.transaction.migrate(to: tables) }
        } catch is StorageError {
            notes.add(
                "an index or a rule against changing a ledger is missing; the next start of a server brings it back")
        }
    }

    /// What the company says of itself is of this version, and nothing else is said.
    static func facts(_ directory: String?, _ session: Session, _ notes: inout Doctor.Notes) throws {
        for problem in try CompanyFacts.differences(files: directory, in: session.transaction) { notes.add(problem) }
    }

    /// Nobody but its owner can read what lies in the company's directory.
    static func rights(_ directory: String, _ notes: inout Doctor.Notes) throws {
        for path in try PrivateFolder.open(in: directory) {
            notes.add(
                "\(path) can be reached by others than its owner; the next start of a server by its owner mends it")
        }
    }

    /// Events are numbered from 1 without gaps, and no consumer is ahead of them.
    static func eventNumbers(_ session: Session, _ notes: inout Doctor.Notes) throws {
        notes.looked = try count("_event", session)
        for number in try EventLog.gaps(in: session.transaction) { notes.add("event \(number) is missing") }
        let head = try EventLog.head(in: session.transaction)
        try session.transaction.forEach(
            "SELECT consumer, number FROM _cursor WHERE number > ? ORDER BY consumer", [.int(head)], [.text, .integer]
        ) { row in
            notes.add("consumer \(row[0]) has done event \(row[1]), but the newest is \(head)")
        }
    }

    /// Each change of a document has its event and its audit entry, so that neither log can lose its end unseen.
    ///
    /// A document that was submitted as it was inserted has two events and one entry.
    static func eventCounts(_ session: Session, _ notes: inout Doctor.Notes) throws {
        var events: [String: Int64] = [:]
        try session.transaction.forEach(
            "SELECT type, count(*) FROM _event GROUP BY type", [], [.text, .integer]
        ) { events[$0[0].text ?? ""] = $0[1].int }
        var entries: [String: Int64] = [:]
        try session.transaction.forEach(
            "SELECT doctype, action, count(*) FROM _audit GROUP BY doctype, action", [], [.text, .text, .integer]
        ) { row in
            guard let type = session.registry.find(row[0].text ?? "") else { return }
            guard let past = past(row[1].text ?? "") else { return }
            entries["cauldron.\(type.table).\(past)", default: 0] += row[2].int ?? 0
        }
        for type in session.registry.doctypes where type.kind == .document && !type.isVirtual {
            for verb in [
                "created", "updated", "submitted", "cancelled", "deleted", "discarded", "restored", "renamed",
            ] {
                let key = "cauldron.\(type.table).\(verb)"
                let (event, entry) = (events[key] ?? 0, entries[key] ?? 0)
                if event < entry || event > entry && !(verb == "created" && type.isSubmittable) {
                    notes.add("\(type.name) \(verb): \(event) events, but \(entry) audit entries")
                }
            }
            let (created, born) = (
                events["cauldron.\(type.table).created"] ?? 0, entries["cauldron.\(type.table).created"] ?? 0
            )
            if created - born > entries["cauldron.\(type.table).submitted"] ?? 0 {
                notes.add("\(type.name) created: \(created) events, but \(born) audit entries")
            }
        }
        notes.looked = events.count
    }

    /// What the event of an action of the audit log says has happened; nil where it has none of its own.
    private static func past(_ action: String) -> String? {
        switch action {
        case "insert": "created"
        case "submit": "submitted"
        case "cancel": "cancelled"
        case "delete": "deleted"
        case "discard": "discarded"
        case "restore": "restored"
        case "rename": "renamed"
        // Told of together with the new name.
        case "rename_away": nil
        default: "updated"
        }
    }

    private static func count(_ table: String, _ session: Session) throws -> Int? {
        try session.transaction.first("SELECT count(*) FROM \(quoted(table))", [], [.integer])?[0].int.map(Int.init)
    }
}
