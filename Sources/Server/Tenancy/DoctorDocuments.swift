internal import Documents
internal import Storage
internal import Values

/// The checks of documents themselves.
enum DoctorDocuments {
    private static let atOnce = 1_000

    /// Each document is what the last entry of the audit log about it says, and none came or went without an entry.
    ///
    /// Goes through both in the order of the names, a thousand at a time.
    static func digests(_ session: Session, _ notes: inout Doctor.Notes) throws {
        notes.looked = 0
        for type in session.registry.doctypes where type.kind == .document && !type.isVirtual {
            var after = ""
            var isLast = false
            while !isLast {
                let names = try session.transaction.query(
                    "SELECT name FROM \(quoted(type.table)) WHERE name > ? ORDER BY name LIMIT \(atOnce)",
                    [.text(after)], [.text]
                ).compactMap { $0[0].text }
                isLast = names.count < atOnce
                let entries = try lastEntries(type.name, after, isLast ? nil : names.last, session)
                try compare(type, names, entries, session, &notes)
                after = names.last ?? after
            }
        }
    }

    /// The action and digest of the last entry about each document of a range of names.
    private static func lastEntries(
        _ doctype: String, _ after: String, _ last: String?, _ session: Session
    ) throws -> [Name: (action: String, digest: [UInt8])] {
        var range = "doctype = ? AND name > ?"
        var arguments: [Value] = [.text(doctype), .text(after)]
        if let last {
            range += " AND name <= ?"
            arguments.append(.text(last))
        }
        var entries: [Name: (action: String, digest: [UInt8])] = [:]
        try session.transaction.forEach(
            """
            SELECT a.name, a.action, a.digest FROM _audit a
            JOIN (SELECT max(number) AS number FROM _audit WHERE \(range) GROUP BY name) l ON l.number = a.number
            """, arguments, [.text, .text, .bytes]
        ) { row in
            entries[row[0].text ?? ""] = (row[1].text ?? "", row[2].bytes ?? [])
        }
        return entries
    }

    private static func compare(
        _ type: DocType, _ names: [String], _ entries: [Name: (action: String, digest: [UInt8])], _ session: Session,
        _ notes: inout Doctor.Notes
    ) throws {
        var entries = entries
        for document in try session.getMany(type.name, names) {
            notes.looked = (notes.looked ?? 0) + 1
            guard let entry = entries.removeValue(forKey: document.name) else {
                notes.add("\(type.name) \(document.name) is not in the audit log")
                continue
            }
            if entry.action == "delete" || entry.action == "rename_away" {
                let end = entry.action == "delete" ? "deleted" : "renamed"
                notes.add("\(type.name) \(document.name) exists, but the audit log says that it was \(end)")
            } else if entry.digest != document.digest {
                notes.add("\(type.name) \(document.name) is not what the audit log says of its last \(entry.action)")
            }
        }
        for (name, entry) in entries.sorted(by: { $0.key < $1.key })
        where entry.action != "delete" && entry.action != "rename_away" {
            notes.add("\(type.name) \(name) is gone, but the audit log does not say that it was deleted")
        }
    }

    /// No name stands before a counter that has not reached it: the next document would get a name that is taken.
    static func series(_ session: Session, _ notes: inout Doctor.Notes) throws {
        var counters: [Name: Int64] = [:]
        try session.transaction.forEach("SELECT prefix, current FROM _series", [], [.text, .integer]) {
            counters[$0[0].text ?? ""] = $0[1].int
        }
        notes.looked = counters.count
        var highest: [Name: (number: Int64, name: String, doctype: String)] = [:]
        for type in session.registry.doctypes where type.kind == .document && !type.isVirtual {
            let hasRules = session.registry.hasNamingRules(type.name)
            switch type.naming {
            case .series(let all) where !hasRules && all.allSatisfy { $0.hasSuffix("#") || !$0.contains("#") }: break
            case .series, .expression, .format, .autoincrement:
                try countedByPattern(type, counters, session, &notes)
                continue
            default:
                if hasRules { try countedByPattern(type, counters, session, &notes) }
                continue
            }
            let original = type.isSubmittable ? "amended_from" : "NULL"
            let sql = "SELECT name, \(original) FROM \(quoted(type.table))"
            try session.transaction.forEach(sql, [], [.text, .text]) { row in
                guard let name = row[0].text else { return }
                guard let (prefix, number) = split(name, counters) else {
                    // An amended document is called after the one it takes the place of, a renamed one as somebody chose.
                    if row[1].isNull, !type.isRenamable {
                        notes.add("\(type.name) \(name) was counted by no counter that there is")
                    }
                    return
                }
                if number > highest[prefix]?.number ?? 0 { highest[prefix] = (number, name, type.name) }
            }
        }
        for (prefix, top) in highest.sorted(by: { $0.key < $1.key }) where top.number > counters[prefix] ?? 0 {
            notes.add(
                "the series \(prefix) stands at \(counters[prefix] ?? 0), but there is \(top.doctype) \(top.name)")
        }
    }

    /// The same for documents that are counted by a pattern or by rules, which their fields are needed for: a thousand at a
    /// time. Of each counter the document furthest ahead is noted.
    private static func countedByPattern(
        _ type: DocType, _ counters: [Name: Int64], _ session: Session, _ notes: inout Doctor.Notes
    ) throws {
        var ahead: [Name: (name: String, current: Int64)] = [:]
        var after = ""
        var isLast = false
        while !isLast {
            let names = try session.transaction.query(
                "SELECT name FROM \(quoted(type.table)) WHERE name > ? ORDER BY name LIMIT \(atOnce)", [.text(after)],
                [.text]
            ).compactMap { $0[0].text }
            isLast = names.count < atOnce
            let documents = try session.getMany(type.name, names)
            for (document, behind) in zip(documents, try session.countersBehind(documents, counters)) {
                if let behind { ahead[behind.key] = (document.name, behind.current) }
            }
            after = names.last ?? after
        }
        for (key, top) in ahead.sorted(by: { $0.key < $1.key }) {
            notes.add("the series \(key) stands at \(top.current), but there is \(type.name) \(top.name)")
        }
    }

    /// The counter a name was counted by, the longest that fits, and its number.
    private static func split(_ name: String, _ counters: [Name: Int64]) -> (prefix: String, number: Int64)? {
        let digits = name.utf8.reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        for length in 1...max(1, min(digits, 18)) where length <= digits {
            let prefix = String(name.dropLast(length))
            if counters[prefix] != nil, let number = Int64(name.suffix(length)) { return (prefix, number) }
        }
        return nil
    }
}
