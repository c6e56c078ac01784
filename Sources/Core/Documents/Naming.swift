internal import Storage
internal import Values

/// How documents get their names.
///
/// First comes what is amended (`X-1`, `X-2`, …), then a single's own name, then a Document Naming Rule that fits, then what
/// the DocType says. All counters are rows of one table; a counter moves in the transaction that uses its number, and back
/// when the document that took its newest number is deleted, so that no gap stays.
enum Naming {
    /// The counters of the series.
    static let table = TableSchema(
        "_series", columns: [.init("prefix", .text, required: true), .init("current", .integer, required: true)])

    /// A name that waits for its number.
    struct Counted {
        let document: Document
        let number: SeriesPattern.Resolved
    }

    /// Names new documents of one DocType; a counter is moved once for all of them.
    static func name(_ documents: [Document], in session: Session, _ hooks: Hooks?) throws {
        guard let type = documents.first?.doctype else { return }
        let rules = session.registry.namingRules[type.name] ?? []
        var counted: [Counted] = []
        for document in documents {
            try session.about(document) {
                if let number = try name(document, type, rules, in: session, hooks) {
                    counted.append(Counted(document: document, number: number))
                } else {
                    try checkName(document)
                }
            }
        }
        try count(counted, in: session)
        for one in counted { try session.about(one.document) { try checkName(one.document) } }
    }

    /// Gives a document that comes back the next number where another has its name now.
    ///
    /// - Returns: whether it was counted; else it keeps its name.
    static func renumber(_ document: Document, in session: Session) throws -> Bool {
        let type = document.doctype
        guard document["amended_from"].isEmpty, !type.isSingle else { return false }
        let rules = session.registry.namingRules[type.name] ?? []
        if try !rules.contains(where: { try $0.applies(to: document) }) {
            switch type.naming {
            case .series, .expression, .autoincrement: break
            case .format(let text): guard try NameFormat(text).counts else { return false }
            default: return false
            }
        }
        guard let number = try name(document, type, rules, in: session, nil) else { return false }
        try count([Counted(document: document, number: number)], in: session)
        return true
    }

    /// Names one document; gives the counter it has to wait for, if any.
    private static func name(
        _ document: Document, _ type: DocType, _ rules: [NamingRule], in session: Session, _ hooks: Hooks?
    ) throws -> SeriesPattern.Resolved? {
        if document.has("amended_from"), case .text(let original) = document["amended_from"] {
            document.name = try amendedName(original, of: document, type, in: session)
            return nil
        }
        if type.isSingle {
            document.name = type.name
            return nil
        }
        if let rule = try rules.first(where: { try $0.applies(to: document) }) {
            return rule.resolve(document, at: session.now)
        }
        switch type.naming {
        case .series(let series): return try SeriesPattern(chosen(series, document)).resolve(document, at: session.now)
        case .expression(let text): return SeriesPattern(text).resolve(document, at: session.now)
        case .format(let text):
            let format = try NameFormat(text)
            if format.counts { return format.resolve(document, at: session.now) }
            document.name = format.resolve(document, at: session.now).before.trimmedName
        case .autoincrement:
            return .autoincrement(type)
        case .field(let field): document.name = document[field].description.trimmedName
        case .prompt: document.name = document.name.trimmedName
        case .hash: document.name = session.newIdentifier()
        case .uuid:
            if !UUIDText.isValid(document.name) { document.name = UUIDText.version7(from: session.newIdentifier()) }
        case .controller:
            guard let hooks else {
                document.name = session.newIdentifier()
                break
            }
            document.name = try hooks.autoname(document, session).trimmedName
        }
        return nil
    }

    /// The series the document says, or the first.
    private static func chosen(_ series: [String], _ document: Document) throws -> String {
        let chosen = document.text("naming_series")
        guard !chosen.isEmpty else {
            guard let first = series.first else {
                throw Problem(
                    .mandatory, "\(document.doctype.name) has no series", field: "naming_series",
                    fix: "Add one to the options of naming_series.")
            }
            if document.has("naming_series") { document.set("naming_series", first) }
            return first
        }
        guard series.contains(chosen) else {
            throw Problem(
                .notAnOption, "There is no series \(FieldDefinition.short(chosen))", field: "naming_series",
                fix: "Use one of: \(series.joined(separator: ", ")).")
        }
        return chosen
    }

    /// `X-1` for the first amendment of X, then `X-2`.
    private static func amendedName(
        _ original: String, of new: Document, _ type: DocType, in session: Session
    ) throws -> String {
        guard let document = try session.load(type, [original]).first else {
            throw Problem(.brokenLink, "\(type.name) \(original) does not exist", field: "amended_from")
        }
        try session.require(.amend, type, document)
        guard document.docstatus == .cancelled else {
            throw Problem(
                .transition, "\(type.name) \(original) is not cancelled", field: "amended_from",
                fix: "Cancel it before you amend it.")
        }
        if document.has("naming_series"), new.text("naming_series").isEmpty {
            new["naming_series"] = document["naming_series"]
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

    /// A document that is called by a field keeps its name in it; renaming changes both.
    static func syncField(_ document: Document) {
        guard case .field(let field) = document.doctype.naming, !document.isNew,
            let slot = document.doctype.slot(of: field), case .text(let text) = document.values[slot],
            text.trimmedName != document.name
        else { return }
        document.values[slot] = document.values[Document.Slot.name]
    }
}

extension String {
    /// The text without spaces around it.
    var trimmedName: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        return Substring(self).trimmed
    }
}
