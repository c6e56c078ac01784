internal import Storage
internal import Values

/// How documents get their names.
enum Naming {
    /// The counters of the series.
    static let table = TableSchema(
        "_series", columns: [.init("prefix", .text, required: true), .init("current", .integer, required: true)])

    /// Names new documents of one DocType; a counter is moved once for all of them.
    static func name(_ documents: [Document], in session: Session, _ hooks: Hooks?) throws {
        guard let type = documents.first?.doctype else { return }
        for document in documents {
            try session.about(document) {
                if document.has("amended_from"), case .text(let original) = document["amended_from"] {
                    document.name = try amendedName(original, type, in: session)
                    return
                }
                switch type.naming {
                case .series: document.values[Document.Slot.name] = .null
                case .field(let field): document.name = trimmed(document.text(field))
                case .prompt: document.name = trimmed(document.name)
                case .hash: document.name = session.newIdentifier()
                case .controller: document.name = trimmed(try hooks?.autoname(document, session) ?? "")
                }
                if case .series = type.naming { return }
                try checkName(document)
            }
        }
        try count(documents.filter { $0.name.isEmpty }, in: session)
    }

    /// Gives numbers without gaps: a counter moves in the transaction that uses the number.
    private static func count(_ documents: [Document], in session: Session) throws {
        var prefixes: [(prefix: String, digits: Int, documents: [Document])] = []
        for document in documents {
            guard case .series(let series) = document.doctype.naming else { continue }
            let chosen = document.text("naming_series")
            if !chosen.isEmpty, !series.contains(chosen) {
                throw Problem(
                    .notAnOption, "There is no series \(chosen)", field: "naming_series",
                    fix: "Use one of: \(series.joined(separator: ", "))."
                ).about(document)
            }
            let (prefix, digits) = resolve(chosen.isEmpty ? series[0] : chosen, document, at: session.now)
            if let index = prefixes.firstIndex(where: { $0.prefix == prefix }) {
                prefixes[index].documents.append(document)
            } else {
                prefixes.append((prefix, digits, [document]))
            }
        }
        let sql = """
            INSERT INTO _series (prefix, current) VALUES (?, ?)
            ON CONFLICT (prefix) DO UPDATE SET current = _series.current + excluded.current RETURNING current
            """
        for (prefix, digits, documents) in prefixes {
            let row = try session.transaction.first(sql, [.text(prefix), .int(Int64(documents.count))], [.integer])
            var number = (row?[0].int ?? 0) - Int64(documents.count)
            for document in documents {
                number += 1
                let text = String(number)
                document.name = prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
            }
        }
    }

    /// The text before the number, and how many digits the number has at least. Parts stand between dots.
    private static func resolve(
        _ series: String, _ document: Document, at now: Timestamp
    ) -> (prefix: String, digits: Int) {
        var prefix = ""
        var digits = 5
        for part in series.split(separator: ".") {
            let day = now.day
            switch part {
            case "YYYY": prefix += padded(day.year, 4)
            case "YY": prefix += padded(day.year % 100, 2)
            case "MM": prefix += padded(day.month, 2)
            case "DD": prefix += padded(day.day, 2)
            case "JJJ": prefix += padded(day.dayOfYear, 3)
            case "WW": prefix += padded(day.isoWeek.week, 2)
            default:
                if part.allSatisfy({ $0 == "#" }) {
                    digits = part.count
                } else if part.first == "{", part.last == "}", document.has(String(part.dropFirst().dropLast())) {
                    prefix += document.text(String(part.dropFirst().dropLast()))
                } else {
                    prefix += part
                }
            }
        }
        return (prefix, digits)
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// `X-1` for the first amendment of X, then `X-2`.
    private static func amendedName(_ original: String, _ type: DocType, in session: Session) throws -> String {
        guard let document = try session.load(type, [original]).first else {
            throw Problem(.brokenLink, "\(type.name) \(original) does not exist", field: "amended_from")
        }
        try session.require(.amend, type, document)
        guard document.docstatus == .cancelled else {
            throw Problem(
                .transition, "\(type.name) \(original) is not cancelled", field: "amended_from",
                fix: "Cancel it before you amend it.")
        }
        let first = document["amended_from"].text
        guard first != nil, let dash = original.lastIndex(of: "-"),
            let number = Int(original[original.index(after: dash)...])
        else { return "\(original)-1" }
        return "\(original[..<dash])-\(number + 1)"
    }

    /// Names have 1 to 140 characters, none of `<`, `>` and control characters, and are not those of unsaved documents.
    private static func checkName(_ document: Document) throws {
        let name = document.name
        let type = document.doctype
        if name.isEmpty {
            if case .field(let field) = type.naming {
                throw Problem(
                    .mandatory, "\(type.field(field)?.label ?? field) is missing", field: field, fix: "Give \(field).")
            }
            throw Problem(.mandatory, "\(type.name) needs a name", field: "name", fix: "Give name.")
        }
        guard name.utf8.count <= Limits.lineCharacters || name.count <= Limits.lineCharacters else {
            throw Problem(
                .tooLong, "The name has \(name.count) characters, more than \(Limits.lineCharacters)", field: "name")
        }
        let isBad = name.unicodeScalars.contains { $0 == "<" || $0 == ">" || $0.value < 32 || $0.value == 127 }
        if isBad || name.hasPrefix("New \(type.name)") {
            throw Problem(.invalidName, "\(type.name) cannot be called \(name)", field: "name")
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
        var part = Substring(text)
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }

    /// Moves a counter back when the document that took its newest number is deleted, so that no gap stays.
    static func giveBack(_ document: Document, in session: Session) throws {
        guard case .series = document.doctype.naming else { return }
        let digits = document.name.reversed().prefix { $0.isASCII && $0.isNumber }.count
        // The digits of the prefix may run into those of the number; only the counter's own prefix is found.
        for length in stride(from: min(digits, 18), to: 0, by: -1) {
            guard let number = Int64(document.name.suffix(length)) else { continue }
            try session.transaction.execute(
                "UPDATE _series SET current = current - 1 WHERE prefix = ? AND current = ?",
                [.text(String(document.name.dropLast(length))), .int(number)])
        }
    }
}
